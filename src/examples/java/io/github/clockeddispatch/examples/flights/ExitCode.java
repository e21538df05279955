package io.github.clockeddispatch.examples.flights;

/** What the programs tell the shell; {@code ./demo --help} explains it. */
final class ExitCode {
    static final int CORRECT = 0;
    static final int WRONG = 1;
    static final int BAD_INPUT = 2;

    private ExitCode() {}
}
