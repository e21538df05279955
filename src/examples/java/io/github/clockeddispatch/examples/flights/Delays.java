package io.github.clockeddispatch.examples.flights;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Adds up the delays of airports. Written by one reader, read by those who have waited for its clock. */
final class Delays {
    private final Map<String, AirportDelay> byCode = new HashMap<>();

    /** Returns the delays of the flight's origin, this one included. */
    AirportDelay add(Flight flight) {
        return byCode.merge(flight.origin().code(), AirportDelay.of(flight), AirportDelay::plus);
    }

    /** The airport with the worst mean, if there is one. */
    Optional<AirportDelay> worst() {
        return byCode.values().stream().min(AirportDelay.WORST_FIRST);
    }

    DelayTable table() {
        return DelayTable.of(byCode.values());
    }
}
