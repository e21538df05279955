package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.MessageHandler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Shows which flights have left. Passengers look at it whenever they like, so the set is a concurrent one: that makes a
 * look safe, not up to date. For the latter they wait for the view's clock.
 */
final class DepartureBoard implements MessageHandler<Event> {
    /** By line of the file. Added to by the board's reader, read by passengers. */
    private final Set<Integer> departed = ConcurrentHashMap.newKeySet();

    @Override
    public void handle(long sequence, Event event) {
        switch (event) {
            case Event.Departure(Flight flight) -> departed.add(flight.line());
            case Event.Notice notice -> {} // the board is for departures
        }
    }

    boolean shows(Flight flight) {
        return departed.contains(flight.line());
    }
}
