package io.github.clockeddispatch.examples.flights;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where a program was started.
 *
 * @param output where its files go; need not exist
 * @param out where its results go
 * @param err where progress and errors go
 * @param terminal whether errors go to a terminal
 */
record Shell(Path output, PrintStream out, PrintStream err, boolean terminal) {

    /** What a program does with its input; returns the exit code. */
    @FunctionalInterface
    interface Program {
        int run(Input input) throws Exception;
    }

    /**
     * Runs a program, and ends the virtual machine with its exit code.
     *
     * @param arguments where to write; whether errors go to a terminal, {@code true} or {@code false}; and, if it is not the
     *     one built in, the file with the flights
     */
    static void exit(String[] arguments, Function<Shell, Program> program) throws Exception {
        Shell shell = new Shell(
                Path.of(arguments[0]),
                new PrintStream(System.out, true, StandardCharsets.UTF_8),
                System.err,
                Boolean.parseBoolean(arguments[1]));
        Optional<String> file = arguments.length > 2 ? Optional.of(arguments[2]) : Optional.empty();
        System.exit(shell.run(file, program.apply(shell)));
    }

    /** Runs a program if its input can be used; returns the exit code. */
    int run(Optional<String> file, Program program) throws Exception {
        Input input;
        try {
            input = Input.read(file);
        } catch (InputException e) {
            err.println(e.getMessage());
            return ExitCode.BAD_INPUT;
        }
        return program.run(input);
    }

    ProgressLine progress() {
        return new ProgressLine(err, terminal);
    }

    /** Shows how far a run has come. */
    static Consumer<Sample> observer(ProgressLine progress, String run) {
        return sample -> progress.show(() -> run + ": " + sample.describe());
    }
}
