package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.bench.peers.Peers;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * One contestant at one workload, in a virtual machine of its own: {@code Trial WORKLOAD CONTESTANT CAPACITY TRIALS MILLIS}.
 * Prints a line for each trial: what was measured, and the share of the processors that others had.
 */
public final class Trial {
    static final String OURS = "Clocked Dispatch";
    static final String RECEIVES = "Clocked Dispatch, receiveMessage";

    /** How the names begin of those that are no peers, but show what the work costs at least. */
    static final String FLOOR = "Floor";

    private static final long WARM_UP = 1_500_000_000;

    private Trial() {}

    static Map<String, Contestant> contestants() {
        Map<String, Contestant> all = new LinkedHashMap<>();
        all.put(OURS, Clocked.FOR_EACH);
        all.put(RECEIVES, Clocked.RECEIVE);
        all.putAll(Peers.all());
        return all;
    }

    static Map<String, Merging> merging() {
        Map<String, Merging> all = new LinkedHashMap<>();
        all.put(OURS, new ClockedMerge());
        all.putAll(Peers.merging());
        return all;
    }

    /** Those that can do this work. */
    static Set<String> names(Workload workload) {
        return workload.streams == null ? contestants().keySet() : merging().keySet();
    }

    /** Not where a stalled pair, thousands of readers that see all, or of waiters that are all woken, leave nothing to be measured. */
    static boolean canDo(Workload workload, String name) {
        boolean disruptor = name.startsWith("Disruptor");
        boolean oneLock = name.endsWith("one lock");
        boolean waiters = workload.name.startsWith("WAITERS");
        if (name.startsWith(FLOOR)) {
            return workload.name.equals(name.endsWith("one producer") ? "W2" : "W3");
        }
        if (name.endsWith("skip list")) {
            return waiters;
        }
        if (oneLock && !name.startsWith("ArrayBlockingQueue")) {
            return workload.name.equals("W8") || workload.name.startsWith("ALL");
        }
        return switch (workload.name) {
            case "W5" -> !oneLock && !disruptor;
            case "W8G" -> name.startsWith(OURS); // there, as to all
            case "W4_4096" -> !disruptor;
            case "WAITERS_1000", "WAITERS_10000", "WAITERS_100000" -> name.startsWith(OURS);
            default -> !(waiters && disruptor);
        };
    }

    static double[] run(Workload workload, String name, int capacity, long count) throws Exception {
        Streams streams = workload.streams;
        return streams == null
                ? workload.run(Objects.requireNonNull(contestants().get(name), name), capacity, count)
                : new double[] {streams.run(Objects.requireNonNull(merging().get(name), name), capacity, count)};
    }

    public static void main(String[] args) throws Exception {
        Workload workload = Workload.of(args[0]);
        String contestant = args[1];
        int capacity = Integer.parseInt(args[2]);
        int trials = Integer.parseInt(args[3]);
        long nanos = Long.parseLong(args[4]) * 1_000_000;
        long count = 1 << 10;
        long begin = System.nanoTime();
        for (double perNano = 0; System.nanoTime() - begin < WARM_UP; ) {
            long one = System.nanoTime();
            run(workload, contestant, capacity, count);
            perNano = Math.max(perNano, count / (double) (System.nanoTime() - one));
            count = Math.clamp((long) (perNano * nanos), 1 << 10, 4 * count); // a run that was disturbed does not count
        }
        if (workload.isPaced()) {
            count = nanos / 1_000_000;
        }
        for (int i = 0; i < trials; i++) {
            Load before = Load.now();
            double[] measured = run(workload, contestant, capacity, count);
            StringBuilder line = new StringBuilder("TRIAL,");
            line.append(String.format(Locale.ROOT, "%.3f", Load.now().ofOthersSince(before)));
            for (double value : measured) {
                line.append(String.format(Locale.ROOT, ",%.1f", value));
            }
            System.out.println(line);
        }
        System.exit(0); // whatever threads a peer has left
    }
}
