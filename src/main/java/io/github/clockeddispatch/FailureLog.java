package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.FailureSink;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.io.PrintWriter;
import java.io.Writer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The receiver of a dispatcher's failures: its listener or, if there is none, the log, which also gets what the listener throws. */
final class FailureLog implements FailureSink {

    private static final String LOGGER = "io.github.clockeddispatch";

    private final @Nullable FailureListener listener;

    FailureLog(@Nullable FailureListener listener) {
        this.listener = listener;
    }

    @Override
    public void failed(Core<?> core, String receiver, StopReason why) {
        Throwable cause = Objects.requireNonNull(why.cause());
        if (listener == null) {
            log(core, receiver, why, cause);
            return;
        }
        try {
            listener.failed(receiver, why.sequence(), cause);
        } catch (Throwable e) { // also one that is not declared
            logThrown(core, why, e);
        }
    }

    private static void log(Core<?> core, String receiver, StopReason why, Throwable cause) {
        try {
            String what = describe(why);
            String end = what.endsWith(".") ? " " : ". ";
            log((receiver.isEmpty() ? "" : core + ": ") + what + end + advice(receiver), cause);
        } catch (OutOfMemoryError e) {
            log(why.what(), cause); // once more, with less
        }
    }

    private static void logThrown(Core<?> core, StopReason why, Throwable thrown) {
        try {
            log(
                    "the FailureListener of " + core + " has thrown " + FailedException.text(thrown) + ", being told: "
                            + describe(why),
                    thrown);
        } catch (OutOfMemoryError e) {
            log("a FailureListener has thrown", thrown);
        }
    }

    private static String describe(StopReason why) {
        return why.what() + ": " + FailedException.text(why.cause());
    }

    private static String advice(String receiver) {
        return receiver.isEmpty()
                ? "Every call ends with that; Builder.onFailure is called in place of this line"
                : "Its clock does not go on, and senders to it alone are refused. A FailurePolicy of its reader can retry or skip;"
                        + " Builder.onFailure is called in place of this line";
    }

    private static void log(String text, Throwable cause) {
        System.getLogger(LOGGER).log(System.Logger.Level.ERROR, text, isPrintable(cause) ? cause : null);
    }

    /** Returns whether the stack trace of an exception can be had. Its text is foreign code, and a log may drop what it cannot print. */
    private static boolean isPrintable(Throwable cause) {
        try {
            cause.printStackTrace(new PrintWriter(Writer.nullWriter()));
            return true;
        } catch (Throwable e) { // also one that is not declared
            return false;
        }
    }
}
