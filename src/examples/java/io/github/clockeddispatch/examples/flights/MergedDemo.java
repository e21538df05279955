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
 * Dispatches real departures through four stages, merges what these make of them into one log, and checks that it is in order
 * and never stale for who has waited. {@code ./demo merged --help} tells how to run it.
 */
public final class MergedDemo {
    private static final int RUNS = Findings.WARM_UPS + 10;

    /** How the flights are dispatched. */
    @FunctionalInterface
    interface Runner {
        MergedRun run(List<Flight> flights, Consumer<Sample> observer)
                throws InterruptedException, ExecutionException, TimeoutException;
    }

    private final Runner runner;
    private final Path output;
    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;

    MergedDemo(Runner runner, Path output, PrintStream out, PrintStream err, boolean terminal) {
        this.runner = runner;
        this.output = output;
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /**
     * Runs the program, and ends the virtual machine with its exit code.
     *
     * @param arguments as those of {@link FlightsDemo#main}
     * @throws Exception if something else fails than what the exit codes tell of
     */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        MergedDemo demo = new MergedDemo(
                MergedOperation::run, Path.of(arguments[0]), out, System.err, Boolean.parseBoolean(arguments[1]));
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
        MergedFindings findings = find(input);
        out.print(MergedReport.of(findings));
        if (!findings.areCorrect()) {
            return ExitCode.WRONG;
        }
        Files.createDirectories(output);
        Path log = output.resolve("merged.log");
        try (Draft draft = new Draft(log)) {
            Files.write(
                    draft.path(),
                    findings.shown().log().stream().map(LogLine::describe).toList());
            draft.publish();
        }
        out.println("Log: " + log.toUri());
        return ExitCode.CORRECT;
    }

    private MergedFindings find(Input input) throws InterruptedException, ExecutionException, TimeoutException {
        List<MergedRun> runs = new ArrayList<>();
        try (ProgressLine progress = new ProgressLine(err, terminal)) {
            for (int i = 1; i <= RUNS; i++) {
                String run = "Run " + i + " of " + RUNS;
                runs.add(runner.run(input.flights(), sample -> progress.show(() -> run + ": " + sample.describe())));
            }
        }
        return new MergedFindings(input.name(), runs, DelayTable.sequentially(input.flights()));
    }
}
