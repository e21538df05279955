package io.github.clockeddispatch.examples.flights;

/**
 * An airport.
 *
 * @param code its three-letter IATA code
 * @param name its name
 * @param city where it is
 * @param state the postal abbreviation of the state or territory
 * @param region whose desk dispatches its departures
 */
record Airport(String code, String name, String city, String state, Region region) {

    /** Which of so many parts it belongs to, from 0. It is the same in every run. */
    int part(int parts) {
        return Math.floorMod(code.hashCode(), parts);
    }
}
