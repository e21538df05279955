package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.time.LocalDateTime;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlightReaderTest {
    private static final String GOOD = "2001-01-01 00:47,66,1750,LAX,JFK";

    @Test
    void readsEachLine() throws IOException, InputException {
        List<Flight> flights = Flights.read(GOOD, "2001-01-01 01:24,-5,407,BTR,ORD");

        Airports airports = Flights.airports();
        assertEquals(
                List.of(
                        new Flight(
                                2,
                                LocalDateTime.of(2001, 1, 1, 0, 47),
                                66,
                                1750,
                                airports.find("LAX").orElseThrow(),
                                airports.find("JFK").orElseThrow()),
                        new Flight(
                                3,
                                LocalDateTime.of(2001, 1, 1, 1, 24),
                                -5,
                                407,
                                airports.find("BTR").orElseThrow(),
                                airports.find("ORD").orElseThrow())),
                flights);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "2001-01-01 01:10,95,2399,XYZ,LAX    | unknown airport \"XYZ\"",
                "2001-01-01 01:10,95,2399,LAX,xyz    | unknown airport \"xyz\"",
                "2001-01-01 01:10,95,2399,LAX        | expected 5 fields but found 4: \"2001-01-01 01:10,95,2399,LAX\"",
                "2001-01-01 01:10,95,2399,LAX,JFK,   | expected 5 fields but found 6: \"2001-01-01 01:10,95,2399,LAX,JFK,\"",
                "2001-01-01 01:10,late,2399,LAX,JFK  | expected a delay in whole numbers but found \"late\"",
                "2001-01-01 01:10,95,,LAX,JFK        | expected a distance in whole numbers but found \"\"",
                "2001-02-29 01:10,95,2399,LAX,JFK    | expected a time like 2001-01-31 23:59 but found \"2001-02-29 01:10\"",
                "2001-01-01 24:00,95,2399,LAX,JFK    | expected a time like 2001-01-31 23:59 but found \"2001-01-01 24:00\"",
                "\"2001-01-01 01:10,95,2399,LAX,JFK  | a quotation mark is not closed: \"\"2001-01-01 01:10,95,2399,LAX,JFK\"",
            })
    void tellsFileLineAndProblem(String broken, String problem) {
        InputException e = assertThrows(InputException.class, () -> Flights.read(GOOD, broken.strip(), GOOD));

        assertEquals("f.csv:3: " + problem, e.getMessage());
    }

    @Test
    void refusesBlankLines() {
        InputException e = assertThrows(InputException.class, () -> Flights.read(GOOD, "", GOOD));

        assertEquals("f.csv:3: expected 5 fields but found 1: \"\"", e.getMessage());
    }

    @Test
    void quotesOnOneShortLine() {
        InputException e = assertThrows(InputException.class, () -> Flights.read("\u0007" + "x".repeat(1000)));

        assertEquals("f.csv:2: expected 5 fields but found 1: \"?" + "x".repeat(59) + "...\"", e.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Scheduled,delay", "\u00ef\u00bb\u00bfscheduled,delay_minutes,distance_miles,origin,destination"
            })
    void refusesAnotherHeader(String header) {
        InputException e = assertThrows(InputException.class, () -> Flights.readAll(header + "\n" + GOOD));

        assertEquals(
                "f.csv:1: expected the header \"" + FlightReader.HEADER + "\" but found "
                        + InputException.quote(header),
                e.getMessage());
    }

    @Test
    void refusesAnEmptyFile() {
        InputException e = assertThrows(InputException.class, () -> Flights.readAll(""));

        assertEquals("f.csv: empty, where the header \"" + FlightReader.HEADER + "\" was expected", e.getMessage());
    }

    @Test
    void refusesAFileWithoutFlights() {
        InputException e = assertThrows(InputException.class, () -> Flights.read());

        assertEquals("f.csv: no flights in it", e.getMessage());
    }
}
