package io.github.clockeddispatch.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The flights of a program, all or none.
 *
 * @param name what they were read from
 * @param flights at least one, in the order of the file
 */
record Input(String name, List<Flight> flights) {
    Input {
        flights = List.copyOf(flights);
    }

    /** Reads the file, or the one that is built in. */
    static Input read(Optional<String> file) throws IOException, InputException {
        Airports airports;
        try (BufferedReader reader = resource("airports.csv")) {
            airports = Airports.read("airports.csv", reader);
        }
        if (file.isPresent()) {
            return new Input(file.get(), read(file.get(), airports));
        }
        try (BufferedReader reader = resource("flights.csv")) {
            return new Input("flights.csv", FlightReader.read("flights.csv", reader, airports));
        }
    }

    private static List<Flight> read(String name, Airports airports) throws InputException {
        Path path = Path.of(name);
        if (Files.isDirectory(path)) {
            throw new InputException(name, "is a directory");
        }
        // All that belongs in the file is ASCII. Read like this, a byte that does not belong is found in its line.
        try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            return FlightReader.read(name, reader, airports);
        } catch (NoSuchFileException e) {
            throw new InputException(name, "no such file");
        } catch (AccessDeniedException e) {
            throw new InputException(name, "may not be read");
        } catch (IOException e) {
            throw new InputException(name, "cannot be read: " + e.getMessage());
        }
    }

    private static BufferedReader resource(String name) {
        return new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Input.class.getResourceAsStream("/" + name), name), StandardCharsets.UTF_8));
    }
}
