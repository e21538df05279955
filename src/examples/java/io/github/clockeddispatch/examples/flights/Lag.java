package io.github.clockeddispatch.examples.flights;

import java.util.List;

/**
 * How far a view's clock was behind.
 *
 * @param numbers by how many numbers, at most
 * @param nanos by how much time, at most: how long ago the number after the clock's had been given
 * @param share for which part of the run it was behind at all, from 0 to 1
 */
record Lag(long numbers, long nanos, double share) {

    static Lag of(List<Sample> samples, int view) {
        long numbers = 0;
        long nanos = 0;
        long nanosBehind = 0;
        int passed = 0; // the first sample whose number was above the clock
        for (int i = 0; i < samples.size(); i++) {
            Sample sample = samples.get(i);
            if (sample.behind(view) == 0) {
                continue;
            }
            while (samples.get(passed).number() <= sample.clocks().get(view)) {
                passed++;
            }
            numbers = Math.max(numbers, sample.behind(view));
            nanos = Math.max(nanos, sample.nanos() - samples.get(passed).nanos());
            if (i + 1 < samples.size()) {
                nanosBehind += samples.get(i + 1).nanos() - sample.nanos();
            }
        }
        long run = samples.isEmpty()
                ? 0
                : samples.getLast().nanos() - samples.getFirst().nanos();
        return new Lag(numbers, nanos, run == 0 ? 0 : (double) nanosBehind / run);
    }
}
