package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.bench.Contestant.Clock;
import io.github.clockeddispatch.bench.Contestant.Mesh;
import io.github.clockeddispatch.bench.Contestant.Port;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Who sends to whom, for the workloads that measure a rate. All that is delivered is checked: each number once, rising for
 * each receiver, the messages of each thread in their order, and the clocks at the end.
 *
 * @param readers receivers that are read; they are the first
 * @param idle receivers that get nothing
 * @param ports the receivers that each sender addresses; none for all
 * @param threads how many use each sender
 * @param stalled whether there is one more pair, whose receiver nobody reads
 * @param bytes how large an array is made for each message; 0 for messages that were made before
 */
record Layout(int readers, int idle, int[][] ports, int threads, boolean stalled, int bytes) {

    static Layout pairs(int pairs) {
        int[][] ports = new int[pairs][];
        for (int i = 0; i < pairs; i++) {
            ports[i] = new int[] {i};
        }
        return new Layout(pairs, 0, ports, 1, false, 0);
    }

    static Layout toOne(int senders, int threads) {
        return new Layout(1, 0, Collections.nCopies(senders, new int[] {0}).toArray(int[][]::new), threads, false, 0);
    }

    static Layout toAll(int receivers) {
        return new Layout(receivers, 0, new int[][] {{}}, 1, false, 0);
    }

    static Layout toGroup(int receivers) {
        return new Layout(
                receivers, 0, new int[][] {IntStream.range(0, receivers).toArray()}, 1, false, 0);
    }

    Layout beside(int receivers) {
        return new Layout(readers, receivers, ports, threads, stalled, 0);
    }

    Layout besideAStalledPair() {
        return new Layout(readers, idle, ports, threads, true, 0);
    }

    Layout ofBytes(int size) {
        return new Layout(readers, idle, ports, threads, stalled, size);
    }

    /** What is sent: made before, and told apart by its place in a cycle. */
    private record Token(int thread, int index) {
        static final int CYCLE = 1 << 10;

        static Token[] cycle(int thread) {
            Token[] tokens = new Token[CYCLE];
            for (int i = 0; i < CYCLE; i++) {
                tokens[i] = new Token(thread, i);
            }
            return tokens;
        }
    }

    private record Parcel(Token token, byte[] bytes) {}

    /** What one reader was given. */
    private static final class Tally implements Contestant.Handler {
        private final long expected;
        private final int[] next;
        private long last;
        long count;
        long sum;

        Tally(long expected, int threads) {
            this.expected = expected;
            next = new int[threads];
        }

        @Override
        public void handle(long number, Object payload) {
            Token token = (Token) (payload instanceof Parcel parcel ? parcel.token : payload);
            if (number <= last || token.index != next[token.thread]) {
                throw new IllegalStateException(number + " after " + last + ", " + token + " in place of "
                        + next[token.thread] + ", as number " + count + " of " + expected);
            }
            last = number;
            next[token.thread] = token.index + 1 & Token.CYCLE - 1;
            count++;
            sum += number;
        }
    }

    int senders() {
        return ports.length * threads;
    }

    private boolean isForAllReaders() {
        return ports.length == 1 && (ports[0].length == 0 || ports[0].length == readers);
    }

    private long expected(int receiver, long each) {
        long expected = 0;
        for (int[] to : ports) {
            boolean addressed = to.length == 0;
            for (int one : to) {
                addressed |= one == receiver;
            }
            expected += addressed ? each * threads : 0;
        }
        return expected;
    }

    /**
     * Sends so many messages in each thread.
     *
     * @return how long it took until all were given, in nanoseconds
     */
    long run(Contestant contestant, int capacity, long each) throws Exception {
        int stuck = readers + idle;
        try (Mesh mesh = contestant.open(stuck + (stalled ? 1 : 0), capacity)) {
            BenchThreads crew = new BenchThreads(contestant.threads());
            List<Tally> tallies = new ArrayList<>();
            CountDownLatch ready = new CountDownLatch(readers);
            AtomicLong begin = new AtomicLong();
            AtomicLong end = new AtomicLong();
            for (int r = 0; r < readers; r++) {
                int receiver = r;
                Tally tally = new Tally(expected(r, each), senders());
                tallies.add(tally);
                crew.addIdler("reader-" + r, () -> {
                    mesh.read(receiver, tally.expected, (number, payload) -> {
                        tally.handle(number, payload);
                        if (tally.count == tally.expected) {
                            end.accumulateAndGet(System.nanoTime(), Math::max);
                            ready.countDown();
                        }
                    });
                });
            }
            for (int r = readers; r < stuck; r++) {
                int receiver = r;
                crew.addIdler(
                        "idle-" + r,
                        () -> mesh.read(receiver, Long.MAX_VALUE, (number, payload) -> {
                            throw new IllegalStateException(receiver + " was given " + number);
                        }));
            }
            for (int p = 0; p < ports.length; p++) {
                Port port = mesh.port(ports[p]);
                CountDownLatch open = new CountDownLatch(threads);
                for (int t = 0; t < threads; t++) {
                    Token[] tokens = Token.cycle(p * threads + t);
                    crew.add("sender-" + p + "-" + t, () -> {
                        begin.compareAndSet(0, System.nanoTime());
                        for (long i = 0; i < each; i++) {
                            Token token = tokens[(int) i & Token.CYCLE - 1];
                            port.send(bytes == 0 ? token : new Parcel(token, new byte[bytes]));
                        }
                        open.countDown();
                        if (open.getCount() == 0) {
                            port.close();
                        }
                    });
                }
            }
            crew.add("waits for the readers", ready::await);
            if (stalled) {
                Port port = mesh.port(stuck);
                crew.addIdler("stalled", () -> {
                    while (true) {
                        port.send("stalled");
                    }
                });
            }
            crew.run();
            check(mesh, tallies, each);
            return end.get() - begin.get();
        }
    }

    private void check(Mesh mesh, List<Tally> tallies, long each) {
        if (stalled) {
            return; // how many numbers the stalled pair has got, nobody knows
        }
        long numbers = each * senders();
        long sum = 0;
        for (int r = 0; r < readers; r++) {
            Tally tally = tallies.get(r);
            require(tally.count == tally.expected, "count of " + r, tally.count);
            if (isForAllReaders()) {
                require(tally.sum == numbers * (numbers + 1) / 2, "numbers of " + r, tally.sum);
            }
            sum += tally.sum;
        }
        require(isForAllReaders() || sum == numbers * (numbers + 1) / 2, "numbers", sum);
        for (int r = 0; r < readers + idle; r++) {
            Clock clock = mesh.clock(r);
            require(clock.time() == numbers, "clock of " + r + " at the end", clock.time());
        }
    }

    private static void require(boolean holds, String what, long is) {
        if (!holds) {
            throw new IllegalStateException(what + " is " + is);
        }
    }
}
