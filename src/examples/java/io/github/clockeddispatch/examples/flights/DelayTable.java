package io.github.clockeddispatch.examples.flights;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The airports, the one with the worst mean delay first.
 *
 * @param rows an airport each
 */
record DelayTable(List<AirportDelay> rows) {
    DelayTable {
        rows = List.copyOf(rows);
    }

    static DelayTable of(Collection<AirportDelay> delays) {
        return new DelayTable(delays.stream().sorted(AirportDelay.WORST_FIRST).toList());
    }

    /** What everything else is checked against: one loop, without threads, over the flights in the order of the file. */
    static DelayTable sequentially(List<Flight> flights) {
        Map<String, Long> departures = new TreeMap<>();
        Map<String, Long> minutes = new TreeMap<>();
        Map<String, Airport> airports = new TreeMap<>();
        for (Flight flight : flights) {
            String code = flight.origin().code();
            airports.put(code, flight.origin());
            departures.merge(code, 1L, Long::sum);
            minutes.merge(code, (long) flight.delayMinutes(), Long::sum);
        }
        return of(airports.entrySet().stream()
                .map(entry ->
                        new AirportDelay(entry.getValue(), departures.get(entry.getKey()), minutes.get(entry.getKey())))
                .toList());
    }

    /** One table of several that have no airport in common. */
    static DelayTable together(Collection<DelayTable> parts) {
        return of(parts.stream().flatMap(part -> part.rows().stream()).toList());
    }

    List<AirportDelay> worst(int count) {
        return rows.subList(0, Math.min(count, rows.size()));
    }
}
