package io.github.clockeddispatch.examples.flights;

import java.util.Comparator;

/**
 * How late the departures of one airport were.
 *
 * @param airport the airport
 * @param departures how many there were, at least 1
 * @param minutes their delays, added up
 */
record AirportDelay(Airport airport, long departures, long minutes) {

    /** The worst mean first; where two are the same, by code. */
    static final Comparator<AirportDelay> WORST_FIRST = Comparator.comparingDouble(AirportDelay::mean)
            .reversed()
            .thenComparing(delay -> delay.airport().code());

    static AirportDelay of(Flight flight) {
        return new AirportDelay(flight.origin(), 1, flight.delayMinutes());
    }

    AirportDelay plus(AirportDelay other) {
        return new AirportDelay(airport, departures + other.departures, minutes + other.minutes);
    }

    double mean() {
        return (double) minutes / departures;
    }
}
