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
        do {
            Sample sample = sample(start);
            samples.add(sample);
            observer.accept(sample);
        } while (isOpenAfterPause(samples.getLast()));
        samples.add(sample(start));
        return samples;
    }

    private Sample sample(long start) {
        long number = dispatcher.sequence();
        long nanos = System.nanoTime() - start;
        return new Sample(nanos, number, clocks.stream().map(LogicalClock::time).toList());
    }

    private boolean isOpenAfterPause(Sample sample) throws InterruptedException {
        try {
            clocks.getFirst().waitUntil(sample.number() + numbersPerSample, LONGEST_PAUSE);
            return true;
        } catch (ClosedException closed) {
            return false;
        }
    }
}
