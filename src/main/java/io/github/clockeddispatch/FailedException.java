package io.github.clockeddispatch;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when a receiver, or the whole dispatcher, has failed. {@link #getCause()} tells why, and {@link #sequence()} at which
 * number.
 */
public class FailedException extends DispatchException {
    private static final long serialVersionUID = 1;

    /** Where it stopped. */
    private final long sequence;

    /** What the text says after the cause. */
    private final String rest;

    /** @param what what has failed, without the cause, which {@link #getMessage()} appends */
    FailedException(String what, long sequence, Throwable cause, String rest) {
        super(what, cause);
        this.sequence = sequence;
        this.rest = rest;
    }

    /** Returns what has failed, without the cause. */
    String what() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /**
     * Returns what has failed, and why. The text of the cause is asked for by this call, in the calling thread; where it cannot be
     * had, the name of the cause's class stands for it.
     *
     * @return the text
     */
    @Override
    public String getMessage() {
        return what() + ": " + text(getCause()) + rest;
    }

    /** Returns the text of an exception, or, where it cannot be had, the name of its class. It is foreign code: not under a lock. */
    static String text(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        try {
            String text = cause.toString();
            if (text != null) {
                return text;
            }
        } catch (Throwable e) {
            // foreign code may throw anything: the name of the class must do
        }
        return cause.getClass().getName();
    }

    /**
     * Returns the number at which it stopped: that of the first unfinished message; where there was none, that at which the
     * clock stood.
     *
     * @return the number, 0 or more
     */
    public long sequence() {
        return sequence;
    }
}
