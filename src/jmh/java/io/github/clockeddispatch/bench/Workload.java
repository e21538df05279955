package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.bench.Contestant.Clock;
import io.github.clockeddispatch.bench.Contestant.Mesh;
import io.github.clockeddispatch.bench.Contestant.Port;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What is measured. Names are those of docs/performance.md; some have a number, after the last underscore: {@code
 * RECEIVERS_64}.
 */
final class Workload {

    /** Runs once, with about so many messages. */
    private interface Run {
        double[] of(Contestant contestant, int capacity, long count) throws Exception;
    }

    /** What the first figure is. */
    enum Unit {
        MESSAGES_PER_SECOND,
        /** The median; then the 99th and the 99.9th percentile. */
        NANOSECONDS
    }

    final String name;
    final String title;
    final Unit unit;
    private final @Nullable Run run;
    final @Nullable Streams streams;

    private Workload(String name, String title, Unit unit, @Nullable Run run, @Nullable Streams streams) {
        this.name = name;
        this.title = title;
        this.unit = unit;
        this.run = run;
        this.streams = streams;
    }

    /** All that are compared, where nothing else is asked for. */
    static final String USUAL = "W1/W2/W3/W3B/W4_1/W4_4096/W5/W8/W8G/W9_2/W9_8/W9_64/W9D_2/W9D_8/W9D_64/W6/W6D"
            + "/WAITERS_10000/WAITERS_100000";

    /** So that a hundred thousand waiters are not measured by a few. */
    private static final long LEAST_WAKE_UPS = 20_000;

    /** The one of this name. */
    static Workload of(String name) {
        int underscore = name.lastIndexOf('_');
        String kind = underscore < 0 ? name : name.substring(0, underscore);
        int n = underscore < 0 ? 1 : Integer.parseInt(name.substring(underscore + 1));
        return switch (kind) {
            case "W1" -> rate(name, "one pair", Layout.pairs(1));
            case "W2" -> rate(name, "four pairs", Layout.pairs(4));
            case "W3" -> rate(name, "eight senders to one receiver", Layout.toOne(8, 1));
            case "W3B" -> rate(name, "eight threads on one sender", Layout.toOne(1, 8));
            case "W4", "RECEIVERS" ->
                rate(
                        name,
                        "one pair beside " + n + " idle receivers",
                        Layout.pairs(1).beside(n));
            case "W5" ->
                rate(name, "four pairs beside a stalled one", Layout.pairs(4).besideAStalledPair());
            case "W6" ->
                latency(
                        name,
                        "dispatch, until an idle receiver's clock is there",
                        (c, k, count) -> dispatching(c, k, count, 1));
            case "W6D" ->
                latency(
                        name,
                        "dispatch, until the addressed receiver has finished it",
                        (c, k, count) -> dispatching(c, k, count, 0));
            case "W8" -> rate(name, "to all of eight receivers", Layout.toAll(8));
            case "W8G" -> rate(name, "to a group of eight receivers", Layout.toGroup(8));
            case "W9", "SOURCES" -> merge(name, "merge of " + n + " streams", new Streams(n, false));
            case "W9D" -> merge(name, "merge of " + n + " streams without gaps", new Streams(n, true));
            case "WAITERS" ->
                new Workload(
                        name,
                        n + " wait for one clock, each in turn",
                        Unit.MESSAGES_PER_SECOND,
                        (c, k, count) -> waking(c, k, count, n),
                        null);
            case "PAIRS" -> rate(name, n + " pairs", Layout.pairs(n));
            case "SENDERS" -> rate(name, n + " senders to one receiver", Layout.toOne(n, 1));
            case "ALL" -> rate(name, "to all of " + n + " receivers", Layout.toAll(n));
            case "BYTES" ->
                rate(
                        name,
                        "one pair, each message a new array of " + n + " bytes",
                        Layout.pairs(1).ofBytes(n));
            case "PACED" -> latency(name, "a message each millisecond", Workload::paced);
            default -> throw new IllegalArgumentException("no workload " + name);
        };
    }

    private static Workload rate(String name, String title, Layout layout) {
        return new Workload(
                name,
                title,
                Unit.MESSAGES_PER_SECOND,
                (contestant, capacity, count) -> {
                    long enough =
                            200L * (layout.readers() + layout.idle() + layout.senders()); // or starting threads counts
                    long each = Math.max(1, Math.max(count, enough) / layout.senders());
                    return new double[] {each * layout.senders() * 1e9 / layout.run(contestant, capacity, each)};
                },
                null);
    }

    private static Workload merge(String name, String title, Streams streams) {
        return new Workload(name, title, Unit.MESSAGES_PER_SECOND, null, streams);
    }

    private static Workload latency(String name, String title, Run run) {
        return new Workload(name, title, Unit.NANOSECONDS, run, null);
    }

    /**
     * Runs once.
     *
     * @param count how many messages about
     * @return messages a second; of a latency the median, the 99th and the 99.9th percentile, in nanoseconds
     */
    double[] run(Contestant contestant, int capacity, long count) throws Exception {
        return Objects.requireNonNull(run).of(contestant, capacity, count);
    }

    /** Whether it lasts as long as it has messages: these cannot come faster. */
    boolean isPaced() {
        return name.startsWith("PACED");
    }

    @Override
    public String toString() {
        return name;
    }

    /** One message each millisecond; how long until its handler begins, and, last, the processor time for each. */
    private static double[] paced(Contestant contestant, int capacity, long count) throws Exception {
        long[] nanos = new long[(int) count];
        Load before = Load.now();
        try (Mesh mesh = contestant.open(1, capacity)) {
            BenchThreads crew = new BenchThreads(contestant.threads());
            crew.addIdler(
                    "reader",
                    () -> mesh.read(0, count, (number, payload) -> {
                        nanos[(int) number - 1] = System.nanoTime() - (Long) payload;
                    }));
            Port port = mesh.port(0);
            crew.add("sends", () -> {
                long next = System.nanoTime();
                for (int i = 0; i < count; i++) {
                    next += 1_000_000;
                    LockSupport.parkNanos(next - System.nanoTime());
                    port.send(System.nanoTime());
                }
                mesh.clock(0).waitUntil(count);
                port.close();
            });
            crew.run();
        }
        double processor = Load.now().ownNanosSince(before) / (double) count;
        Arrays.sort(nanos);
        return new double[] {at(nanos, 0.5), at(nanos, 0.99), at(nanos, 0.999), processor};
    }

    /** Dispatches to receiver 0 and waits for the clock of the given one, again and again. */
    private static double[] dispatching(Contestant contestant, int capacity, long count, int watched) throws Exception {
        long[] nanos = new long[(int) count];
        try (Mesh mesh = contestant.open(2, capacity)) {
            BenchThreads crew = new BenchThreads(contestant.threads());
            crew.addIdler("reader", () -> mesh.read(0, count, (number, payload) -> {}));
            crew.addIdler("idle", () -> mesh.read(1, Long.MAX_VALUE, (number, payload) -> {}));
            Port port = mesh.port(0);
            Clock clock = mesh.clock(watched);
            crew.add("asks", () -> {
                for (int i = 0; i < count; i++) {
                    long begin = System.nanoTime();
                    long number = port.dispatch("message");
                    clock.waitUntil(number);
                    nanos[i] = System.nanoTime() - begin;
                }
                mesh.clock(0).waitUntil(count);
                port.close();
            });
            crew.run();
        }
        Arrays.sort(nanos);
        return new double[] {at(nanos, 0.5), at(nanos, 0.99), at(nanos, 0.999)};
    }

    private static double at(long[] sorted, double share) {
        return sorted[(int) Math.min(sorted.length - 1, (long) (sorted.length * share))];
    }

    /**
     * So many wait for one clock, each for a number of its own; the next is sent when one was woken, which waits again, for a
     * number behind those of all others. So all but one wait all the time; at the end they are interrupted.
     */
    private static double[] waking(Contestant contestant, int capacity, long atLeast, int waiters) throws Exception {
        long count = Math.max(atLeast, LEAST_WAKE_UPS);
        try (Mesh mesh = contestant.open(1, capacity)) {
            BenchThreads crew = new BenchThreads(contestant.threads());
            Clock clock = mesh.clock(0);
            Semaphore woken = new Semaphore(0);
            AtomicInteger ready = new AtomicInteger();
            for (int w = 1; w <= waiters; w++) {
                int first = w;
                crew.addIdler("waiter", () -> {
                    ready.incrementAndGet();
                    for (long number = first; ; number += waiters) {
                        clock.waitUntil(number);
                        woken.release();
                    }
                });
            }
            crew.addIdler("reader", () -> mesh.read(0, Long.MAX_VALUE, (number, payload) -> {}));
            Port port = mesh.port(0);
            long[] nanos = new long[1];
            crew.add("wakes", () -> {
                while (ready.get() < waiters || !crew.isIdle()) {
                    Thread.sleep(1);
                }
                long begin = System.nanoTime();
                for (long i = 0; i < count; i++) {
                    port.send("message");
                    woken.acquire();
                }
                nanos[0] = System.nanoTime() - begin;
            });
            crew.run();
            port.close();
            return new double[] {count * 1e9 / nanos[0]};
        }
    }
}
