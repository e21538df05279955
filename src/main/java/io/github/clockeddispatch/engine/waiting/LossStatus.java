package io.github.clockeddispatch.engine.waiting;

/**
 * What is known of a loss: whether something that had been accepted was given up when a dispatcher was closed.
 *
 * @see "docs/design.md: The merge, Ends"
 */
public enum LossStatus {
    NOTHING,
    SOMETHING,

    /** Not known in time: it counts as lost. */
    UNKNOWN;

    /** Returns the worse of two. */
    public LossStatus or(LossStatus other) {
        return compareTo(other) > 0 ? this : other;
    }
}
