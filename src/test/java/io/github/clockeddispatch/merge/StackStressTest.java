package io.github.clockeddispatch.merge;

import io.github.clockeddispatch.testkit.Numbers;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random stacks of merges below one dispatcher, with diamonds, groups, stages, small buffers, slow readers, guests and one
 * branch that nobody reads or that fails; then conservation, order, and clocks that were right. Each round has a seed of
 * its own, which is its name. What happens depends on how threads run, too, so a seed repeats what is attempted, not what
 * comes of it.
 *
 * <p>{@code -Dstress.seconds=} says for how long (20), {@code -Dstress.seed=} with which seed it begins.
 */
class StackStressTest {

    static LongStream seeds() {
        return Numbers.seeds(20);
    }

    @ParameterizedTest(name = "-Dstress.seed={0}")
    @MethodSource("seeds")
    void everyRunEndsAndNoClockIsWrong(long seed) {
        try {
            new StackRound(seed).run();
        } catch (Throwable e) {
            throw new AssertionError("in the round of -Dstress.seed=" + seed + ": " + e, e);
        }
    }
}
