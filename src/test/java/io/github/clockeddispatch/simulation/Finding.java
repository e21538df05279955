package io.github.clockeddispatch.simulation;

/** What is wrong with a schedule, and was told by the scheduler or by a scenario's oracle. */
public final class Finding extends RuntimeException {
    private static final long serialVersionUID = 1;

    Finding(String what) {
        super(what);
    }
}
