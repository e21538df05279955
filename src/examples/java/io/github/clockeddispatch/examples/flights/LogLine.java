package io.github.clockeddispatch.examples.flights;

import java.util.Locale;

/**
 * What a stage makes of an event.
 *
 * @param number the event's number
 * @param event what happened
 * @param delay for a departure, the delays of its origin, this one included; for a notice, those of the worst of the stage's
 *     airports
 */
record LogLine(long number, Event event, AirportDelay delay) {

    /** As a line of a file. */
    String describe() {
        String what = switch (event) {
            case Event.Departure(Flight flight) ->
                flight.origin().code() + " to " + flight.destination().code();
            case Event.Notice(String text) -> text;
        };
        return String.format(
                Locale.ROOT,
                "%d; %s; %s %.1f minutes late on average (%,d)",
                number,
                what,
                delay.airport().code(),
                delay.mean(),
                delay.departures());
    }
}
