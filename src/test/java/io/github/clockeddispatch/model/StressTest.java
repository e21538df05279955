package io.github.clockeddispatch.model;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Many threads in all forms of all calls, with random time-outs, interrupts, withdrawals, joins and leaves; then the
 * conservation law, order, and clocks. Each round has a seed of its own, which is its name. What happens depends on how
 * threads run, too, so a seed repeats what is attempted, not what comes of it.
 *
 * <p>{@code -Dstress.seconds=} says for how long (10), {@code -Dstress.seed=} with which seed it begins.
 */
class StressTest {

    static LongStream seeds() {
        long first = Long.getLong("stress.seed", System.nanoTime());
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("stress.seconds", 10)).toNanos();
        return LongStream.iterate(first, seed -> new Random(seed).nextLong())
                .takeWhile(seed -> System.nanoTime() < end);
    }

    @ParameterizedTest(name = "-Dstress.seed={0}")
    @MethodSource("seeds")
    void nothingIsLostAndNothingComesTwice(long seed) {
        try {
            new StressRound(seed).run();
        } catch (Throwable e) {
            throw new AssertionError("in the round of -Dstress.seed=" + seed + ": " + e, e);
        }
    }
}
