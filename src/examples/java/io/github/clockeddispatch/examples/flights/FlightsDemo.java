package io.github.clockeddispatch.examples.flights;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Dispatches real departures from four desks to several views, one of which is slow, and checks and measures what the
 * library promises. {@code ./demo --help} tells how to run it.
 */
public final class FlightsDemo {
    private static final int CORRECT = 0;
    private static final int WRONG = 1;
    private static final int BAD_INPUT = 2;

    private static final int RUNS = Findings.WARM_UPS + 10;

    /** How the flights are dispatched. */
    @FunctionalInterface
    interface Runner {
        RunResult run(List<Flight> flights, Optional<DelayStatistics> statistics, Consumer<Sample> observer)
                throws InterruptedException, ExecutionException, TimeoutException;
    }

    private final Runner runner;
    private final Path output;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    FlightsDemo(Runner runner, Path output, PrintStream out, PrintStream err, boolean terminal) {
        this.runner = runner;
        this.output = output;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /**
     * Runs the program, and ends the virtual machine with its exit code.
     *
     * @param arguments where to write; whether errors go to a terminal, {@code true} or {@code false}; and, if it is not the
     *     one built in, the file with the flights
     * @throws Exception if something else fails than what the exit codes tell of
     */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        FlightsDemo demo = new FlightsDemo(
                Operation::run, Path.of(arguments[0]), out, System.err, Boolean.parseBoolean(arguments[1]));
        System.exit(demo.run(arguments.length > 2 ? Optional.of(arguments[2]) : Optional.empty()));
    }

    /** Does it all; returns the exit code. */
    int run(Optional<String> file) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        List<Flight> flights;
        try {
            flights = read(file);
        } catch (InputException e) {
            err.println(e.getMessage());
            return BAD_INPUT;
        }
        Files.createDirectories(output);
        try (Draft journal = new Draft(output.resolve("delays.csv"));
                Draft page = new Draft(output.resolve("flights.html"))) {
            Findings findings = find(file.orElse("flights.csv"), flights, journal.path());
            out.print(Report.of(findings));
            if (!findings.areCorrect()) {
                return WRONG;
            }
            Files.writeString(page.path(), Page.of(findings));
            journal.publish();
            page.publish();
            out.println("Picture: " + output.resolve("flights.html").toUri());
            return CORRECT;
        }
    }

    private static List<Flight> read(Optional<String> file) throws IOException, InputException {
        Airports airports;
        try (BufferedReader reader = resource("airports.csv")) {
            airports = Airports.read("airports.csv", reader);
        }
        if (file.isEmpty()) {
            try (BufferedReader reader = resource("flights.csv")) {
                return FlightReader.read("flights.csv", reader, airports);
            }
        }
        String name = file.get();
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
                Objects.requireNonNull(FlightsDemo.class.getResourceAsStream("/" + name), name),
                StandardCharsets.UTF_8));
    }

    private Findings find(String file, List<Flight> flights, Path journal)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        DelayTable expected = DelayTable.sequentially(flights);
        List<RunResult> with = new ArrayList<>();
        List<RunResult> without = new ArrayList<>();
        try (ProgressLine progress = new ProgressLine(err, terminal)) {
            for (int i = 1; i <= RUNS; i++) {
                String run = "Run " + i + " of " + RUNS;
                Consumer<Sample> alone = observer(progress, run + " without the delay statistics");
                Consumer<Sample> beside = observer(progress, run + " with the delay statistics");
                without.add(runner.run(flights, Optional.empty(), alone));
                try (DelayStatistics statistics = new DelayStatistics(journal)) {
                    with.add(runner.run(flights, Optional.of(statistics), beside));
                }
            }
        }
        return new Findings(file, with, without, expected);
    }

    private static Consumer<Sample> observer(ProgressLine progress, String run) {
        return sample -> progress.show(() -> run + ": " + sample.describe());
    }
}
