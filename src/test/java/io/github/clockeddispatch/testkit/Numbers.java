package io.github.clockeddispatch.testkit;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Assertions;

/** Sequence numbers, and random ones. */
public final class Numbers {
    private Numbers() {}

    /** All from 1 to the last. */
    public static List<Long> upTo(long last) {
        return between(1, last);
    }

    /** All from the first to the last. */
    public static List<Long> between(long first, long last) {
        return LongStream.rangeClosed(first, last).boxed().toList();
    }

    /** Fails unless each is greater than the one before. */
    public static void assertRising(List<Long> numbers) {
        for (int i = 1; i < numbers.size(); i++) {
            if (numbers.get(i) <= numbers.get(i - 1)) {
                Assertions.fail("not rising: " + numbers.get(i - 1) + ", " + numbers.get(i) + " at " + i);
            }
        }
    }

    /** Fails unless these are, in any order, all from the first to the last, each once. */
    public static void assertDense(long first, long last, Collection<Long> numbers) {
        Assertions.assertEquals(between(first, last), numbers.stream().sorted().toList());
    }

    /** A source of randomness whose seed is printed; {@code -Dseed=N} repeats a run. */
    public static Random random(String test) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println(test + ": seed " + seed);
        return new Random(seed);
    }

    /**
     * Seeds of the rounds of a stress test, as long as there is time: {@code -Dstress.seconds=} says for how long, {@code
     * -Dstress.seed=} with which seed it begins.
     */
    public static LongStream seeds(int seconds) {
        long first = Long.getLong("stress.seed", System.nanoTime());
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("stress.seconds", seconds))
                        .toNanos();
        return LongStream.iterate(first, seed -> new Random(seed).nextLong())
                .takeWhile(seed -> System.nanoTime() < end);
    }
}
