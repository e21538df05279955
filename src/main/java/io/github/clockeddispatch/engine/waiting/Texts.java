package io.github.clockeddispatch.engine.waiting;

import java.util.Locale;

/**
 * Words for exceptions and snapshots.
 *
 * @see "docs/design.md: Locks"
 */
public final class Texts {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private Texts() {}

    /** Returns the name of a thread, in quotes. Calls nothing that its class can override, as that would be foreign code. */
    public static String name(Thread thread) {
        return "\"" + (thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName()) + "\"";
    }

    /**
     * Returns a duration as people read it: "0.3 ms", "105 ms", "1.2 s", "3 min 5 s".
     *
     * @param nanos how long, in nanoseconds, 0 or more
     */
    public static String duration(long nanos) {
        if (nanos < 10 * MILLI) {
            return String.format(Locale.ROOT, nanos % MILLI == 0 ? "%.0f ms" : "%.1f ms", nanos / (double) MILLI);
        }
        if (nanos < SECOND) {
            return nanos / MILLI + " ms";
        }
        if (nanos < 60 * SECOND) {
            return String.format(Locale.ROOT, nanos % SECOND == 0 ? "%.0f s" : "%.1f s", nanos / (double) SECOND);
        }
        return nanos / (60 * SECOND) + " min " + nanos / SECOND % 60 + " s";
    }
}
