package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

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

    /** Returns what it says on the page. */
    String describe() {
        String behind = IntStream.range(0, clocks.size())
                .mapToObj(view -> String.format(Locale.ROOT, "%,d", behind(view)))
                .collect(Collectors.joining(", "));
        return String.format(Locale.ROOT, "number %,d; the views are behind by %s", number, behind);
    }

    /** How many numbers the view was behind, at least: its clock may have moved on before it was read. */
    long behind(int view) {
        return Math.max(0, number - clocks.get(view));
    }
}
