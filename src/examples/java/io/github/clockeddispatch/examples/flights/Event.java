package io.github.clockeddispatch.examples.flights;

/** What the desks tell the views. */
sealed interface Event {

    /**
     * A flight has left.
     *
     * @param flight the flight
     */
    record Departure(Flight flight) implements Event {}

    /**
     * Something that everybody should know.
     *
     * @param text what to know
     */
    record Notice(String text) implements Event {}
}
