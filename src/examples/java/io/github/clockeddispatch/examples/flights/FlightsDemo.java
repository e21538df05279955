package io.github.clockeddispatch.examples.flights;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Dispatches real departures from four desks to several views, one of which is slow, and checks and measures what the
 * library promises. {@code ./demo --help} tells how to run it.
 */
public final class FlightsDemo {
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
        Input input;
        try {
            input = Input.read(file);
        } catch (InputException e) {
            err.println(e.getMessage());
            return ExitCode.BAD_INPUT;
        }
        Files.createDirectories(output);
        try (Draft journal = new Draft(output.resolve("delays.csv"));
                Draft page = new Draft(output.resolve("flights.html"))) {
            Findings findings = find(input, journal.path());
            out.print(Report.of(findings));
            if (!findings.areCorrect()) {
                return ExitCode.WRONG;
            }
            Files.writeString(page.path(), Page.of(findings));
            journal.publish();
            page.publish();
            out.println("Picture: " + output.resolve("flights.html").toUri());
            return ExitCode.CORRECT;
        }
    }

    private Findings find(Input input, Path journal)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        List<Flight> flights = input.flights();
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
        return new Findings(input.name(), with, without, DelayTable.sequentially(flights));
    }

    private static Consumer<Sample> observer(ProgressLine progress, String run) {
        return sample -> progress.show(() -> run + ": " + sample.describe());
    }
}
