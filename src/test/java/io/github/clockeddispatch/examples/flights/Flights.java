package io.github.clockeddispatch.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Small inputs for the tests. */
final class Flights {
    private static final String AIRPORTS = """
            iata,name,city,state
            LAX,Los Angeles International,Los Angeles,CA
            BTR,"Baton Rouge Metropolitan, Ryan",Baton Rouge,LA
            ORD,Chicago O'Hare International,Chicago,IL
            JFK,John F Kennedy Intl,New York,NY
            """;

    private static final List<String> ORIGINS = List.of("LAX", "SEA", "ATL", "MIA", "ORD", "DTW", "JFK", "BOS");

    private Flights() {}

    /** Writes so many flights, from all regions and two airports of each, into a file; returns its name. */
    static String write(Path file, int count) throws IOException {
        Files.write(
                file,
                Stream.concat(
                                Stream.of(FlightReader.HEADER),
                                IntStream.range(0, count)
                                        .mapToObj(i -> "2001-01-%02d %02d:%02d,%d,500,%s,DEN"
                                                .formatted(
                                                        1 + i / 1440,
                                                        i / 60 % 24,
                                                        i % 60,
                                                        i * 31 % 97 - 9,
                                                        ORIGINS.get(i % ORIGINS.size()))))
                        .toList());
        return file.toString();
    }

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
