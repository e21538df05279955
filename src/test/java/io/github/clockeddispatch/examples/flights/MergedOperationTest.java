package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Snapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MergedOperationTest {
    private static List<Flight> flights() throws Exception {
        return Flights.read(
                "2001-01-01 00:10,10,100,ORD,LAX", // a notice: the Midwest's first delay
                "2001-01-01 00:20,30,100,ORD,JFK", // a notice
                "2001-01-01 00:30,-4,100,ORD,LAX",
                "2001-01-01 00:40,2,100,ORD,LAX");
    }

    @Test
    void aDeskAloneMakesAnExactLog() throws Exception {
        MergedRun run = MergedOperation.run(flights(), sample -> {});

        List<String> lines = run.log().stream().map(LogLine::describe).toList();
        assertEquals(6, lines.size(), lines::toString);
        assertEquals(
                List.of(
                        "ORD to LAX; ORD 10.0 minutes late on average (1)",
                        "ORD to JFK; ORD 20.0 minutes late on average (2)",
                        "ORD to LAX; ORD 12.0 minutes late on average (3)",
                        "ORD to LAX; ORD 9.5 minutes late on average (4)"),
                lines.stream()
                        .filter(line -> line.contains(" to "))
                        .map(line -> line.substring(line.indexOf(' ') + 1))
                        .toList());
        assertEquals(Optional.empty(), run.difference());
    }

    @Test
    void everyStageMakesALineOfANoticeWithTheSameNumber() throws Exception {
        Event notice = new Event.Notice("fog");
        List<AuditLog.Entry> dispatched = List.of(
                new AuditLog.Entry(4, notice),
                new AuditLog.Entry(1, notice), // no stage has an airport yet
                new AuditLog.Entry(2, departure("2001-01-01 00:10,10,100,LAX,JFK")),
                new AuditLog.Entry(3, departure("2001-01-01 00:10,20,100,BTR,LAX")));

        List<LogLine> lines = MergedLog.sequentially(dispatched, MergedOperation.STAGES);

        assertEquals(
                List.of(2L, 3L, 4L, 4L), lines.stream().map(LogLine::number).toList());
        assertEquals(
                List.of("LAX", "BTR", "BTR", "LAX"),
                lines.stream().map(line -> line.delay().airport().code()).toList());
    }

    private static Event departure(String line) throws Exception {
        return new Event.Departure(Flights.read(line).getFirst());
    }

    @Test
    void numbersThatAreMissingAreNoticed() throws Exception {
        List<AuditLog.Entry> dispatched =
                List.of(new AuditLog.Entry(1, new Event.Notice("fog")), new AuditLog.Entry(3, new Event.Notice("ice")));

        assertThrows(IllegalStateException.class, () -> MergedLog.sequentially(dispatched, 4));
    }

    @Test
    void theLogTakesNoLineUnderAnotherNumber() throws Exception {
        Flight flight = flights().getFirst();
        LogLine line = new LogLine(7, new Event.Departure(flight), AirportDelay.of(flight));
        MergedLog log = new MergedLog();

        assertThrows(IllegalStateException.class, () -> log.handle(8, line));
        assertFalse(log.has(flight));
        log.handle(7, line);
        assertTrue(log.has(flight));
        assertEquals(List.of(line), log.lines());
    }

    @Test
    void inTheEndEveryClockIsUpToDate() throws Exception {
        MergedRun run = MergedOperation.run(flights(), sample -> {});

        assertEquals(
                List.of("stage 1", "stage 2", "stage 3", "stage 4", "log"),
                run.run().views());
        assertEquals(6, run.run().numbers());
        assertEquals(6, run.run().samples().getLast().clocks().getLast());
    }

    @Test
    void whoWasWaitedForMostOftenComesFirst() {
        List<HeldBack> waits = HeldBack.bySource(List.of(
                Snapshot.HeldBack.NOTHING,
                new Snapshot.HeldBack(3, "b", 10, Duration.ofMillis(2)),
                new Snapshot.HeldBack(9, "a", 12, Duration.ofMillis(1)),
                new Snapshot.HeldBack(5, "b", 14, Duration.ofMillis(1))));

        assertEquals(
                List.of(
                        new HeldBack("b", 0.5, 5, Duration.ofMillis(2)),
                        new HeldBack("a", 0.25, 9, Duration.ofMillis(1))),
                waits);
    }
}
