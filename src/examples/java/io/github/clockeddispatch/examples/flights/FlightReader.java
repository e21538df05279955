package io.github.clockeddispatch.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reads flights, all or none: the first line that is not as it should be ends the reading. */
final class FlightReader {
    static final String HEADER = "scheduled,delay_minutes,distance_miles,origin,destination";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);

    private final CsvTable table;
    private final Airports airports;

    private FlightReader(CsvTable table, Airports airports) {
        this.table = table;
        this.airports = airports;
    }

    static List<Flight> read(String file, BufferedReader reader, Airports airports) throws IOException, InputException {
        CsvTable table = new CsvTable(file, reader, HEADER);
        List<Flight> flights = new FlightReader(table, airports).readAll();
        if (flights.isEmpty()) {
            throw new InputException(file, "no flights in it");
        }
        return flights;
    }

    private List<Flight> readAll() throws IOException, InputException {
        List<Flight> flights = new ArrayList<>();
        for (List<String> fields = table.next(); !fields.isEmpty(); fields = table.next()) {
            flights.add(new Flight(
                    table.line(),
                    time(fields.get(0)),
                    integer("delay", fields.get(1)),
                    integer("distance", fields.get(2)),
                    airport(fields.get(3)),
                    airport(fields.get(4))));
        }
        return flights;
    }

    private LocalDateTime time(String text) throws InputException {
        try {
            return LocalDateTime.parse(text, TIME);
        } catch (DateTimeParseException e) {
            throw broken("time like 2001-01-31 23:59", text, e);
        }
    }

    private int integer(String what, String text) throws InputException {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw broken(what + " in whole numbers", text, e);
        }
    }

    private Airport airport(String code) throws InputException {
        return airports.find(code).orElseThrow(() -> table.problem("unknown airport " + InputException.quote(code)));
    }

    private InputException broken(String expected, String found, Exception cause) {
        InputException problem = table.problem("expected a " + expected + " but found " + InputException.quote(found));
        problem.initCause(cause);
        return problem;
    }
}
