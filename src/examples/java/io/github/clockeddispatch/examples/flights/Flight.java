package io.github.clockeddispatch.examples.flights;

import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A departure.
 *
 * @param line the line of the file that it came from, which identifies it
 * @param scheduled when it should have left, by the clock of its origin
 * @param delayMinutes how late it was; negative where it was early
 * @param distanceMiles how far it went
 * @param origin where it came from
 * @param destination where it went
 */
record Flight(
        int line, LocalDateTime scheduled, int delayMinutes, int distanceMiles, Airport origin, Airport destination) {

    /** For each region, those that it dispatches, in their order; there may be none. */
    static Map<Region, List<Flight>> byRegion(List<Flight> flights) {
        Map<Region, List<Flight>> byRegion = new EnumMap<>(Region.class);
        for (Region region : Region.values()) {
            byRegion.put(region, new ArrayList<>());
        }
        flights.forEach(flight -> byRegion.get(flight.origin().region()).add(flight));
        return byRegion;
    }
}
