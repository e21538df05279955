package io.github.clockeddispatch.engine.waiting;

import org.jspecify.annotations.Nullable;

/**
 * The reason why something stopped. It is kept where it stopped, and each caller that meets it gets an exception of its own.
 * Nothing of the cause is called here: its text is foreign code, which only {@code FailedException.getMessage} asks for.
 *
 * @param what what has happened, without the cause
 * @param cause why it failed; null where it was closed
 * @param sequence where it stopped; 0 where that says nothing
 * @param misuse whether the caller asked for the impossible: an {@code IllegalStateException}
 * @param lost collects what is lost with a receiver that was discarded with a link; null if it stopped otherwise
 * @see "docs/design.md: Rooms"
 */
public record StopReason(
        String what,
        @Nullable Throwable cause,
        long sequence,
        boolean misuse,
        @Nullable LostAbove lost) {

    public static StopReason closed(String what) {
        return closed(what, 0);
    }

    public static StopReason closed(String what, long sequence) {
        return closed(what, sequence, null);
    }

    public static StopReason closed(String what, long sequence, @Nullable LostAbove lost) {
        return new StopReason(what, null, sequence, false, lost);
    }

    public static StopReason failed(String what, Throwable cause, long sequence) {
        return new StopReason(what, cause, sequence, false, null);
    }

    public static StopReason misuse(String what) {
        return new StopReason(what, null, 0, true, null);
    }

    public boolean isFailure() {
        return cause != null;
    }
}
