package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.bench.Merging.Funnel;

/**
 * Streams for a merge: messages come in blocks of eight from one source after the other. Where they are dense, each number is in
 * use, and nothing is promised but by the messages themselves. Else one number of seven is in use, and after each block its
 * source promises that nothing comes before its next.
 */
record Streams(int sources, boolean dense) {
    private static final int BLOCK = 8;

    /** Of so many numbers one is in use. */
    private int gap() {
        return dense ? 1 : 7;
    }

    /**
     * Sends and merges about so many messages.
     *
     * @return messages a second
     */
    double run(Merging contestant, int capacity, long count) throws Exception {
        long blocks = Math.max(1, count / BLOCK / sources);
        long messages = blocks * BLOCK * sources;
        long[] given = new long[2];
        long[] end = new long[1];
        long begin;
        try (Funnel funnel = contestant.open(sources, capacity)) {
            BenchThreads crew = new BenchThreads(Thread.ofVirtual());
            for (int s = 0; s < sources; s++) {
                int source = s;
                crew.add("source-" + s, () -> send(funnel, source, blocks));
            }
            crew.add("reader", () -> {
                funnel.read((number, payload) -> {
                    if (number <= given[0]) {
                        throw new IllegalStateException(number + " after " + given[0]);
                    }
                    given[0] = number;
                    given[1]++;
                });
                end[0] = System.nanoTime();
            });
            begin = System.nanoTime();
            crew.run();
            long last = (messages - 1) * gap() + 1;
            if (given[1] != messages || given[0] != last || funnel.time() < last) {
                throw new IllegalStateException(given[1] + " of " + messages + " messages, the last is " + given[0]
                        + " of " + last + ", the clock " + funnel.time());
            }
        }
        return messages * 1e9 / (end[0] - begin);
    }

    private void send(Funnel funnel, int source, long blocks) throws InterruptedException {
        int gap = gap();
        for (long block = 0; block < blocks; block++) {
            long first = (block * sources + source) * BLOCK;
            for (long i = first; i < first + BLOCK; i++) {
                funnel.forward(source, i * gap + 1, "message");
            }
            if (!dense) {
                funnel.advance(source, (first + (long) BLOCK * sources) * gap);
            }
        }
        funnel.end(source);
    }
}
