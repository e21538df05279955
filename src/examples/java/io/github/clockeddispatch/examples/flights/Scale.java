package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.stream.LongStream;

/**
 * Maps values from 0 up to pixels on an axis.
 *
 * @param largest the value at the far end, more than 0
 * @param near the pixel of 0
 * @param far the pixel of the largest value
 */
record Scale(double largest, double near, double far) {

    double pixel(double value) {
        return near + (far - near) * value / largest;
    }

    /** Round values to mark on the axis: as few as possible, but at least so many after 0 where values are not below 1. */
    List<Long> ticks(int atLeast) {
        long step = 1;
        for (long next : roundSteps()) {
            if (largest / next < atLeast) {
                break;
            }
            step = next;
        }
        long chosen = step;
        return LongStream.rangeClosed(0, (long) (largest / chosen))
                .mapToObj(i -> i * chosen)
                .toList();
    }

    private List<Long> roundSteps() {
        return LongStream.iterate(1, power -> power <= largest, power -> power * 10)
                .boxed()
                .flatMap(power -> LongStream.of(power, 2 * power, 5 * power).boxed())
                .toList();
    }
}
