package io.github.clockeddispatch.engine.waiting;

import org.jspecify.annotations.Nullable;

/**
 * A factory of the exceptions that callers get. The engine knows none of their types; whoever opens a dispatcher gives it this.
 *
 * @see "docs/design.md: Rooms"
 */
public interface Exceptions {

    /** Returns a new exception that says why something stopped. */
    default RuntimeException of(StopReason why) {
        return of(why, "");
    }

    /**
     * Returns a new exception that says why something stopped.
     *
     * @param more what is to follow the cause of a failure in its text
     */
    RuntimeException of(StopReason why, String more);

    /** Returns the reason that an exception was made of; null for one that was not made here. */
    @Nullable
    StopReason reasonOf(Throwable exception);

    /** Returns whether an exception says that something is closed, or was discarded. */
    default boolean isOfClosing(Throwable exception) {
        StopReason why = reasonOf(exception);
        return why != null && !why.isFailure();
    }

    /** Returns the cause of an exception that says that something has failed; of any other, that itself. */
    default Throwable causeOf(Throwable exception) {
        StopReason why = reasonOf(exception);
        Throwable cause = why == null ? null : why.cause();
        return cause == null ? exception : cause;
    }

    /** Returns a new exception for a message whose number its source had promised not to send any more. */
    RuntimeException late(String source, long sequence, long promised);

    /** Returns a new exception for a {@code close} that something was lost with. */
    RuntimeException unclean(String what);
}
