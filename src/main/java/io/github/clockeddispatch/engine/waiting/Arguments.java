package io.github.clockeddispatch.engine.waiting;

/**
 * The checks of what callers give.
 *
 * @see "docs/design.md: Rooms"
 */
public final class Arguments {

    /** The last number that there can be. */
    public static final long LAST_SEQUENCE = Long.MAX_VALUE - 1;

    private static final int MAX_CAPACITY = 1 << 30;

    private Arguments() {}

    public static int capacity(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException(
                    "capacity must be between 1 and " + MAX_CAPACITY + ", but was " + capacity);
        }
        return capacity;
    }

    /** A number that a message can have. */
    public static long messageSequence(long sequence) {
        if (sequence < 1 || sequence > LAST_SEQUENCE) {
            throw new IllegalArgumentException(
                    "sequence must be between 1 and " + LAST_SEQUENCE + ", but was " + sequence);
        }
        return sequence;
    }

    /** A number, or 0 for "nothing yet". */
    public static long sequence(long sequence) {
        if (sequence < 0 || sequence > LAST_SEQUENCE) {
            throw new IllegalArgumentException(
                    "sequence must be between 0 and " + LAST_SEQUENCE + ", but was " + sequence);
        }
        return sequence;
    }
}
