package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.LogicalClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Writes down where the clocks of the views stand, until the dispatcher is closed: whenever the first clock has moved on
 * by some numbers, and after a while in any case. It waits, and does not spin. The first view should be a quick one.
 */
final class ClockSampler implements Callable<List<Sample>> {
    private static final int SAMPLES_WANTED = 1000;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(2);

    private final Dispatcher<?> dispatcher;
    private final List<LogicalClock> clocks;
    private final long numbersPerSample;
    private final Consumer<Sample> observer;

    ClockSampler(Dispatcher<?> dispatcher, List<LogicalClock> clocks, long numbersExpected, Consumer<Sample> observer) {
        this.dispatcher = dispatcher;
        this.clocks = List.copyOf(clocks);
        this.numbersPerSample = Math.max(1, numbersExpected / SAMPLES_WANTED);
        this.observer = observer;
    }

    @Override
    public List<Sample> call() throws InterruptedException {
        List<Sample> samples = new ArrayList<>();
        long start = System.nanoTime();
        while (true) {
            long number = dispatcher.sequence();
            long nanos = System.nanoTime() - start;
            Sample sample = new Sample(
                    nanos, number, clocks.stream().map(LogicalClock::time).toList());
            samples.add(sample);
            observer.accept(sample);
            try {
                clocks.getFirst().waitUntil(number + numbersPerSample, LONGEST_PAUSE);
            } catch (ClosedException closed) {
                return samples;
            }
        }
    }
}
