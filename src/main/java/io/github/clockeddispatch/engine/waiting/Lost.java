package io.github.clockeddispatch.engine.waiting;

/**
 * The answer to the question whether something that had been accepted was lost, as a dispatcher was closed.
 *
 * @see "docs/design.md: The merge, Ends"
 */
public enum Lost {
    NOTHING,
    SOMETHING,

    /** It has not come out in time: so it may be. */
    UNKNOWN
}
