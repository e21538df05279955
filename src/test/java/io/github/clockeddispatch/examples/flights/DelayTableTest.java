package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.clockeddispatch.Delivery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DelayTableTest {
    private static List<Flight> flights() throws IOException, InputException {
        return Flights.read(
                "2001-01-01 00:10,10,100,ORD,LAX",
                "2001-01-01 00:20,30,100,LAX,JFK",
                "2001-01-01 00:30,-4,100,JFK,LAX",
                "2001-01-01 00:40,20,100,ORD,LAX",
                "2001-01-01 00:50,15,100,BTR,LAX");
    }

    @Test
    void theWorstMeanComesFirstAndEqualOnesByCode() throws IOException, InputException {
        Airports airports = Flights.airports();

        assertEquals(
                List.of(
                        new AirportDelay(airports.find("LAX").orElseThrow(), 1, 30),
                        new AirportDelay(airports.find("BTR").orElseThrow(), 1, 15),
                        new AirportDelay(airports.find("ORD").orElseThrow(), 2, 30),
                        new AirportDelay(airports.find("JFK").orElseThrow(), 1, -4)),
                DelayTable.sequentially(flights()).rows());
    }

    @Test
    void theWorstAreAsManyAsThereAre() throws IOException, InputException {
        DelayTable table = DelayTable.sequentially(flights());

        assertEquals(table.rows().subList(0, 2), table.worst(2));
        assertEquals(table.rows(), table.worst(10));
    }

    @Test
    void theViewComesToTheSameAndJournalsIt(@TempDir Path directory) throws IOException, InputException {
        Path journal = directory.resolve("journal.csv");
        List<Flight> flights = flights();
        List<Delivery.Message<Event>> messages = new ArrayList<>();
        for (Flight flight : flights) {
            messages.add(new Delivery.Message<>(10L * flight.line(), new Event.Departure(flight)));
        }
        messages.add(3, new Delivery.Message<>(45, new Event.Notice("fog")));

        try (DelayStatistics statistics = new DelayStatistics(journal)) {
            statistics.handle(messages.subList(0, 2));
            statistics.handle(messages.subList(2, 6));

            assertEquals(DelayTable.sequentially(flights), statistics.table());
        }
        assertEquals(
                List.of("20,ORD,10", "30,LAX,30", "40,JFK,-4", "50,ORD,20", "60,BTR,15"), Files.readAllLines(journal));
    }
}
