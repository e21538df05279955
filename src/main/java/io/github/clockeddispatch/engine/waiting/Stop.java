package io.github.clockeddispatch.engine.waiting;

import org.jspecify.annotations.Nullable;

/**
 * The reason why something stopped. It is kept where it stopped, and each caller that meets it gets an exception of its own.
 * Nothing of the cause is called here: its text is foreign code, which only {@code FailedException.getMessage} asks for.
 *
 * @param what what has happened, without the cause
 * @param cause why it failed; null where it was closed
 * @param number where it stopped; 0 where that says nothing
 * @param misuse whether the caller asked for the impossible: an {@code IllegalStateException}
 * @param lost where it is told what is given up with it, and therefore; null where that is nobody's business
 */
public record Stop(
        String what,
        @Nullable Throwable cause,
        long number,
        boolean misuse,
        @Nullable LostAbove lost) {

    public static Stop closed(String what) {
        return closed(what, 0);
    }

    public static Stop closed(String what, long number) {
        return closed(what, number, null);
    }

    public static Stop closed(String what, long number, @Nullable LostAbove lost) {
        return new Stop(what, null, number, false, lost);
    }

    public static Stop failed(String what, Throwable cause, long number) {
        return new Stop(what, cause, number, false, null);
    }

    public static Stop misuse(String what) {
        return new Stop(what, null, 0, true, null);
    }

    public boolean isFailure() {
        return cause != null;
    }
}
