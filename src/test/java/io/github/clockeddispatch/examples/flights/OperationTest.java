package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.FailedException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperationTest {
    private static final List<String> LINES = List.of(
            "2001-01-01 00:10,10,100,ORD,LAX", // a notice: the Midwest's first delay
            "2001-01-01 00:20,30,100,LAX,JFK", // a notice
            "2001-01-01 00:30,-4,100,JFK,LAX",
            "2001-01-01 00:40,5,100,ORD,LAX",
            "2001-01-01 00:50,15,100,BTR,LAX", // a notice
            "2001-01-01 01:00,11,100,ORD,LAX"); // a notice: longer than the 10

    private static List<Flight> flights() throws Exception {
        return Flights.read(LINES.toArray(String[]::new));
    }

    @Test
    void withoutStatisticsEachFlightAndNoticeTakesANumber() throws Exception {
        RunResult run = Operation.run(flights(), Optional.empty(), sample -> {});

        assertEquals(6, run.departures());
        assertEquals(4, run.notices());
        assertEquals(10, run.numbers());
        assertEquals(List.of("departure board", "audit log"), run.views());
        assertEquals(Optional.empty(), run.delays());
    }

    @Test
    void theStatisticsTakeANumberForEachFlightToo(@TempDir Path directory) throws Exception {
        List<Flight> flights = flights();
        try (DelayStatistics statistics = new DelayStatistics(directory.resolve("journal"))) {
            RunResult run = Operation.run(flights, Optional.of(statistics), sample -> {});

            assertEquals(16, run.numbers());
            assertEquals(List.of("departure board", "audit log", "delay statistics"), run.views());
            assertEquals(Optional.of(DelayTable.sequentially(flights)), run.delays());
        }
    }

    @Test
    void clocksOfSamplesRise() throws Exception {
        List<Sample> samples =
                Operation.run(flights(), Optional.empty(), sample -> {}).samples();

        for (int i = 1; i < samples.size(); i++) {
            Sample before = samples.get(i - 1);
            Sample after = samples.get(i);
            assertTrue(before.nanos() <= after.nanos());
            assertTrue(before.number() <= after.number());
            assertTrue(before.clocks().get(0) <= after.clocks().get(0));
        }
    }

    @Test
    void inTheEndEveryClockIsUpToDate(@TempDir Path directory) throws Exception {
        try (DelayStatistics statistics = new DelayStatistics(directory.resolve("journal"))) {
            RunResult run = Operation.run(flights(), Optional.of(statistics), sample -> {});

            assertEquals(List.of(16L, 16L, 16L), run.samples().getLast().clocks());
        }
    }

    @Test
    void aViewThatFailsEndsAll(@TempDir Path directory) throws Exception {
        DelayStatistics statistics = new DelayStatistics(directory.resolve("journal"));
        statistics.close();
        List<Flight> flights = flights();

        ExecutionException e = assertThrows(
                ExecutionException.class, () -> Operation.run(flights, Optional.of(statistics), sample -> {}));

        assertInstanceOf(FailedException.class, e.getCause());
        assertInstanceOf(ClosedChannelException.class, e.getCause().getCause());
    }
}
