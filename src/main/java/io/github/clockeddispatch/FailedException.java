package io.github.clockeddispatch;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A receiver, or the whole dispatcher, has failed. {@link #getCause()} is what made it fail, and {@link #sequence()} is
 * where.
 */
public class FailedException extends DispatchException {
    private static final long serialVersionUID = 1;

    /** Where it stopped. */
    private final long sequence;

    /** What is told after the cause. */
    private final String rest;

    /** @param what what has failed; the text of the cause is left to {@link #getMessage()} */
    FailedException(String what, long sequence, Throwable cause) {
        this(what, sequence, cause, "");
    }

    FailedException(String what, long sequence, Throwable cause, String rest) {
        super(what, cause);
        this.sequence = sequence;
        this.rest = rest;
    }

    /** What has failed, without the cause. */
    String what() {
        return Objects.requireNonNullElse(super.getMessage(), "");
    }

    /**
     * Says what has failed, and why. The text of the cause is asked for here, by the thread that calls this; where it cannot be
     * had, it is the name of the cause's class.
     *
     * @return the text
     */
    @Override
    public String getMessage() {
        return what() + ": " + text(getCause()) + rest;
    }

    private static String text(@Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        try {
            String text = cause.toString();
            if (text != null) {
                return text;
            }
        } catch (Throwable e) {
            // it is foreign code, which may do anything: its name is enough
        }
        return cause.getClass().getName();
    }

    /**
     * The number at which it stopped: that of the first unfinished message; where there was none, that at which the
     * clock stood.
     *
     * @return the number, 0 or more
     */
    public long sequence() {
        return sequence;
    }
}
