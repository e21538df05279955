package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AirportsTest {
    @Test
    void readsNamesWithCommas() throws IOException, InputException {
        assertEquals(
                Optional.of(new Airport("BTR", "Baton Rouge Metropolitan, Ryan", "Baton Rouge", "LA", Region.SOUTH)),
                Flights.airports().find("BTR"));
    }

    @Test
    void knowsNoOthers() throws IOException, InputException {
        assertEquals(Optional.empty(), Flights.airports().find("XYZ"));
    }

    @Test
    void refusesUnknownStates() {
        assertProblem("a.csv:2: unknown state \"ZZ\"", "AAA,Some,Where,ZZ");
    }

    @Test
    void refusesAnAirportTwice() {
        assertProblem("a.csv:3: airport \"AAA\" for the second time", "AAA,Some,Where,CA\nAAA,Other,Where,CA");
    }

    private static void assertProblem(String expected, String lines) {
        InputException e = assertThrows(
                InputException.class, () -> Airports.read("a.csv", Flights.lines(Airports.HEADER + "\n" + lines)));
        assertEquals(expected, e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"CA,WEST", "TX,SOUTH", "IL,MIDWEST", "NY,NORTHEAST", "PR,SOUTH", "GU,WEST", "NA,MIDWEST"})
    void eachStateHasARegion(String state, Region region) {
        assertEquals(Optional.of(region), Region.ofState(state));
    }
}
