package io.github.clockeddispatch.examples.flights;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
    private final Shell shell;

    MergedDemo(Runner runner, Shell shell) {
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
        Shell.exit(arguments, shell -> new MergedDemo(MergedOperation::run, shell)::run);
    }

    /** Does it all; returns the exit code. */
    int run(Input input) throws IOException, InterruptedException, ExecutionException, TimeoutException {
        MergedFindings findings = find(input);
        shell.out().print(MergedReport.of(findings));
        if (!findings.areCorrect()) {
            return ExitCode.WRONG;
        }
        Files.createDirectories(shell.output());
        Path log = shell.output().resolve("merged.log");
        try (Draft draft = new Draft(log)) {
            Files.write(
                    draft.path(),
                    findings.shown().log().stream().map(LogLine::describe).toList());
            draft.publish();
        }
        shell.out().println("Log: " + log.toUri());
        return ExitCode.CORRECT;
    }

    private MergedFindings find(Input input) throws InterruptedException, ExecutionException, TimeoutException {
        List<MergedRun> runs = new ArrayList<>();
        try (ProgressLine progress = shell.progress()) {
            for (int i = 1; i <= RUNS; i++) {
                String run = "Run " + i + " of " + RUNS;
                runs.add(runner.run(input.flights(), Shell.observer(progress, run)));
            }
        }
        return new MergedFindings(input.name(), runs, DelayTable.sequentially(input.flights()));
    }
}
