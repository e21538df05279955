package io.github.clockeddispatch.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The airports that are known, by their codes. */
final class Airports {
    static final String HEADER = "iata,name,city,state";

    private final Map<String, Airport> byCode;

    private Airports(Map<String, Airport> byCode) {
        this.byCode = byCode;
    }

    static Airports read(String file, BufferedReader reader) throws IOException, InputException {
        Map<String, Airport> byCode = new HashMap<>();
        CsvTable table = new CsvTable(file, reader, HEADER);
        for (List<String> fields = table.next(); !fields.isEmpty(); fields = table.next()) {
            String state = fields.get(3);
            Optional<Region> region = Region.ofState(state);
            if (region.isEmpty()) {
                throw table.problem("unknown state " + InputException.quote(state));
            }
            Airport airport = new Airport(fields.get(0), fields.get(1), fields.get(2), state, region.get());
            if (byCode.putIfAbsent(airport.code(), airport) != null) {
                throw table.problem("airport " + InputException.quote(airport.code()) + " for the second time");
            }
        }
        return new Airports(byCode);
    }

    Optional<Airport> find(String code) {
        return Optional.ofNullable(byCode.get(code));
    }
}
