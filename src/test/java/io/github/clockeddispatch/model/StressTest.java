package io.github.clockeddispatch.model;

import io.github.clockeddispatch.testkit.Numbers;
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
        return Numbers.seeds(10);
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
