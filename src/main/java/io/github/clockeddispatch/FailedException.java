package io.github.clockeddispatch;

/**
 * A receiver, or the whole dispatcher, has failed. {@link #getCause()} is what made it fail, and {@link #sequence()} is
 * where.
 */
public class FailedException extends DispatchException {
    private static final long serialVersionUID = 1;

    /** Where it stopped. */
    private final long sequence;

    FailedException(String message, long sequence, Throwable cause) {
        super(message, cause);
        this.sequence = sequence;
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
