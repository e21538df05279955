package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class MeasuresTest {
    @Test
    void percentilesAreMeasuredTimes() {
        Latencies latencies = Latencies.of(List.of(
                LongStream.rangeClosed(51, 100).toArray(),
                LongStream.rangeClosed(1, 50).toArray()));

        assertEquals(50, latencies.percentile(50));
        assertEquals(99, latencies.percentile(99));
        assertEquals(100, latencies.longest());
    }

    @Test
    void oneTimeIsEveryPercentile() {
        Latencies latencies = Latencies.of(List.of(new long[] {7}, new long[0]));

        assertEquals(7, latencies.percentile(50));
        assertEquals(7, latencies.percentile(99));
        assertEquals(7, latencies.longest());
    }

    @Test
    void lagIsTheWorstInNumbersAndInTime() {
        List<Sample> samples = List.of(
                new Sample(0, 0, List.of(0L, 0L)),
                new Sample(10, 5, List.of(0L, 5L)),
                new Sample(20, 9, List.of(3L, 9L)), // the 4 was there at 10
                new Sample(30, 9, List.of(4L, 9L)), // the 5 was there at 10: 20 behind
                new Sample(40, 9, List.of(9L, 11L))); // moved on while it was read

        assertEquals(new Lag(6, 20, 0.75), Lag.of(samples, 0));
        assertEquals(new Lag(0, 0, 0), Lag.of(samples, 1));
    }

    @Test
    void lagOfNothing() {
        assertEquals(new Lag(0, 0, 0), Lag.of(List.of(), 0));
    }

    @Test
    void ticksAreRound() {
        assertEquals(List.of(0L, 5_000L, 10_000L, 15_000L, 20_000L), new Scale(20_028, 0, 100).ticks(4));
        assertEquals(List.of(0L, 20L, 40L, 60L), new Scale(79, 0, 100).ticks(3));
        assertEquals(List.of(0L, 1L, 2L), new Scale(2.5, 0, 100).ticks(4));
        assertEquals(List.of(0L), new Scale(0.5, 0, 100).ticks(4));
    }
}
