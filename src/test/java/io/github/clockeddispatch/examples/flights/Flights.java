package io.github.clockeddispatch.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.List;

/** Small inputs for the tests. */
final class Flights {
    private static final String AIRPORTS = """
            iata,name,city,state
            LAX,Los Angeles International,Los Angeles,CA
            BTR,"Baton Rouge Metropolitan, Ryan",Baton Rouge,LA
            ORD,Chicago O'Hare International,Chicago,IL
            JFK,John F Kennedy Intl,New York,NY
            """;

    private Flights() {}

    static Airports airports() throws IOException, InputException {
        return Airports.read("airports.csv", lines(AIRPORTS));
    }

    /** Reads the lines, which follow the right header, from "f.csv". */
    static List<Flight> read(String... lines) throws IOException, InputException {
        return readAll(FlightReader.HEADER + "\n" + String.join("\n", lines));
    }

    /** Reads the whole text from "f.csv". */
    static List<Flight> readAll(String text) throws IOException, InputException {
        return FlightReader.read("f.csv", lines(text), airports());
    }

    static BufferedReader lines(String text) {
        return new BufferedReader(new StringReader(text));
    }
}
