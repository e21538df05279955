package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.MessageHandler;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Keeps the lines of all stages in the order of their numbers. Passengers look at it whenever they like. */
final class MergedLog implements MessageHandler<LogLine> {
    private final List<LogLine> lines = new ArrayList<>();
    private final DepartureBoard index = new DepartureBoard();

    @Override
    public void handle(long sequence, LogLine line) {
        if (line.number() != sequence) {
            throw new IllegalStateException("the line of number " + line.number() + " came with " + sequence);
        }
        lines.add(line);
        index.handle(sequence, line.event());
    }

    /** Whether the flight has a line. */
    boolean has(Flight flight) {
        return index.shows(flight);
    }

    /** To be called by those who have waited for the log's clock. */
    List<LogLine> lines() {
        return List.copyOf(lines);
    }

    /**
     * What the log is checked against: one loop, without threads, over what the desks dispatched.
     *
     * @param dispatched all events, in any order
     * @param stages how many stages there are
     * @throws IllegalStateException if the numbers are not 1, 2, 3 and so on
     */
    static List<LogLine> sequentially(List<AuditLog.Entry> dispatched, int stages) {
        List<LogLine> lines = new ArrayList<>();
        Map<Airport, AirportDelay> delays = new HashMap<>();
        long last = 0;
        for (AuditLog.Entry entry : dispatched.stream()
                .sorted(Comparator.comparingLong(AuditLog.Entry::number))
                .toList()) {
            long number = entry.number();
            if (number != last + 1) {
                throw new IllegalStateException("after number " + last + " comes " + number);
            }
            last = number;
            switch (entry.event()) {
                case Event.Departure(Flight flight) -> {
                    AirportDelay before = delays.getOrDefault(flight.origin(), new AirportDelay(flight.origin(), 0, 0));
                    AirportDelay delay = new AirportDelay(
                            flight.origin(), before.departures() + 1, before.minutes() + flight.delayMinutes());
                    delays.put(flight.origin(), delay);
                    lines.add(new LogLine(number, entry.event(), delay));
                }
                case Event.Notice notice -> {
                    Map<Integer, List<AirportDelay>> byStage = delays.values().stream()
                            .sorted(AirportDelay.WORST_FIRST)
                            .collect(Collectors.groupingBy(
                                    delay -> delay.airport().part(stages), TreeMap::new, Collectors.toList()));
                    byStage.values().forEach(worst -> lines.add(new LogLine(number, notice, worst.getFirst())));
                }
            }
        }
        return lines;
    }
}
