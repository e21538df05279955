package io.github.clockeddispatch.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.testkit.LiveThreads;
import io.github.clockeddispatch.testkit.LiveThreads.Live;
import io.github.clockeddispatch.testkit.Numbers;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * One stack of dispatchers for as long as one likes, and visitors that come and go. Between two visits it stands still:
 * what was accepted has been given, exactly; the threads are those that it began with; and the heap is no larger.
 *
 * <p>{@code mvn -q -Psoak verify -Dsoak.minutes=20} (1); {@code -Dseed=} says with which seed (which repeats what is
 * attempted, not what comes of it).
 */
class Soak {
    private final List<Long> heaps = new ArrayList<>();

    @Test
    @Timeout(value = 30, unit = TimeUnit.DAYS)
    void nothingIsLostAndNothingGrows() throws Exception {
        double minutes = Double.parseDouble(System.getProperty("soak.minutes", "1"));
        Random random = Numbers.random("soak");
        long begin = System.nanoTime();
        long time = (long) (minutes * Duration.ofMinutes(1).toNanos());
        long mark = LiveThreads.mark();
        SoakedStack stack = new SoakedStack(random);
        List<String> threads = names(mark);
        System.out.println("visits  minutes      messages given   heap kB  threads");
        for (long passed = 0; passed < time; passed = System.nanoTime() - begin) {
            long stay = Math.min(Duration.ofMillis(500 + random.nextInt(5_000)).toNanos(), time - passed);
            new Visitors(stack, new Random(random.nextLong())).stay(Duration.ofNanos(stay));
            stack.check();
            Awaitility.await("the threads that it began with")
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(names(mark)).isEqualTo(threads));
            heaps.add(heap());
            if (heaps.size() % 10 == 0 || passed + stay >= time) {
                System.out.printf(
                        "%6d  %7.1f  %18d  %8d  %7d%n",
                        heaps.size(), passed / 6e10, stack.given(), heaps.getLast() >> 10, threads.size());
            }
        }
        stack.close();
        assertThat(names(mark)).isEmpty();
        checkHeap();
    }

    private static List<String> names(long mark) {
        return LiveThreads.since(mark).stream().map(Live::name).sorted().toList();
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    /** What is used after a full collection, in the last quarter, against the second: the first is for warming up. */
    private void checkHeap() {
        int quarter = heaps.size() / 4;
        long before = median(heaps.subList(quarter, 2 * quarter + 1));
        long after = median(heaps.subList(3 * quarter, heaps.size()));
        System.out.printf("heap: %d kB in the second quarter, %d kB in the last%n", before >> 10, after >> 10);
        assertThat(after).as("heap in the last quarter").isLessThan(before + before / 50 + (256 << 10));
    }

    private static long median(List<Long> some) {
        return some.stream().sorted().toList().get(some.size() / 2);
    }
}
