package io.github.clockeddispatch;

/**
 * Exception thrown when a forwarder is given a number up to which it has promised that nothing more will come, or is overtaken by
 * such a promise while it waits for room. Nothing was forwarded.
 */
public class LateMessageException extends DispatchException {
    private static final long serialVersionUID = 1;

    /** The forwarder's name. */
    private final String source;

    /** The number of the message. */
    private final long sequence;

    /** The number up to which the forwarder had promised. */
    private final long promised;

    LateMessageException(String source, long sequence, long promised) {
        super(
                "forwarder \"" + source + "\" cannot forward number " + sequence
                        + ": it has promised that nothing up to " + promised + " will come from it any more."
                        + " A forward of n promises n - 1, also where it is refused or withdrawn for want of room.",
                null);
        this.source = source;
        this.sequence = sequence;
        this.promised = promised;
    }

    /**
     * Returns the name of the forwarder.
     *
     * @return the name
     */
    public String source() {
        return source;
    }

    /**
     * Returns the number of the message.
     *
     * @return the number, not above {@link #promised()}
     */
    public long sequence() {
        return sequence;
    }

    /**
     * Returns the number up to which the forwarder had promised.
     *
     * @return the number
     */
    public long promised() {
        return promised;
    }
}
