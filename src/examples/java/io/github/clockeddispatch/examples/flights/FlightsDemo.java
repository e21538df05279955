package io.github.clockeddispatch.examples.flights;

import java.io.IOException;
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
    private final Shell shell;

    FlightsDemo(Runner runner, Shell shell) {
        this.runner = runner;
        this.shell = shell;
    }

    /**
     * Runs the program, and ends the virtual machine with its exit code.
     *
     * @param arguments as {@link Shell#exit} takes them
     * @throws Exception if something else fails than what the exit codes tell of
     */
    public static void main(String[] arguments) throws Exception {
        Shell.exit(arguments, shell -> new FlightsDemo(Operation::run, shell)::run);
    }

    /** Does it all; returns the exit code. */
    int run(Input input) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        Files.createDirectories(shell.output());
        try (Draft journal = new Draft(shell.output().resolve("delays.csv"));
                Draft page = new Draft(shell.output().resolve("flights.html"))) {
            Findings findings = find(input, journal.path());
            shell.out().print(Report.of(findings));
            if (!findings.areCorrect()) {
                return ExitCode.WRONG;
            }
            Files.writeString(page.path(), Page.of(findings));
            journal.publish();
            page.publish();
            shell.out()
                    .println(
                            "Picture: " + shell.output().resolve("flights.html").toUri());
            return ExitCode.CORRECT;
        }
    }

    private Findings find(Input input, Path journal)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        List<Flight> flights = input.flights();
        List<RunResult> with = new ArrayList<>();
        List<RunResult> without = new ArrayList<>();
        try (ProgressLine progress = shell.progress()) {
            for (int i = 1; i <= RUNS; i++) {
                String run = "Run " + i + " of " + RUNS;
                Consumer<Sample> alone = Shell.observer(progress, run + " without the delay statistics");
                Consumer<Sample> beside = Shell.observer(progress, run + " with the delay statistics");
                without.add(runner.run(flights, Optional.empty(), alone));
                try (DelayStatistics statistics = new DelayStatistics(journal)) {
                    with.add(runner.run(flights, Optional.of(statistics), beside));
                }
            }
        }
        return new Findings(input.name(), with, without, DelayTable.sequentially(flights));
    }
}
