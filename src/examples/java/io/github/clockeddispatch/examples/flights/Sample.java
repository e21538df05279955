package io.github.clockeddispatch.examples.flights;

import java.util.List;

/**
 * Where everything stood at a moment.
 *
 * @param nanos the time since the start
 * @param number the last number given
 * @param clocks the time of each view's clock, read after the number
 */
record Sample(long nanos, long number, List<Long> clocks) {
    Sample {
        clocks = List.copyOf(clocks);
    }

    /** How many numbers the view was behind, at least: its clock may have moved on before it was read. */
    long behind(int view) {
        return Math.max(0, number - clocks.get(view));
    }
}
