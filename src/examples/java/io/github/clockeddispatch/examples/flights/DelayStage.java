package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.Stage;
import java.util.List;

/** Keeps the delays of a part of the airports, and makes a line of each departure; of a notice, if it has an airport yet. */
final class DelayStage implements Stage<Event, LogLine> {
    private final Delays delays = new Delays();

    @Override
    public List<LogLine> apply(long sequence, Event event) {
        return switch (event) {
            case Event.Departure(Flight flight) -> List.of(new LogLine(sequence, event, delays.add(flight)));
            case Event.Notice notice ->
                delays.worst().map(worst -> new LogLine(sequence, notice, worst)).stream()
                        .toList();
        };
    }

    /** To be called by those who have waited for the clock of the receiver that the stage reads. */
    DelayTable table() {
        return delays.table();
    }
}
