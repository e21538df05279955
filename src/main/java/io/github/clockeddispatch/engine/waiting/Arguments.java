package io.github.clockeddispatch.engine.waiting;

/** Checks what callers give. */
public final class Arguments {

    /** The last number that there can be. */
    public static final long LAST_SEQUENCE = Long.MAX_VALUE - 1;

    private static final int MAX_CAPACITY = 1 << 30;

    private Arguments() {}

    public static int capacity(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("no capacity from 1 to " + MAX_CAPACITY + ": " + capacity);
        }
        return capacity;
    }

    /** A number that a message can have. */
    public static long messageSequence(long sequence) {
        if (sequence < 1 || sequence > LAST_SEQUENCE) {
            throw new IllegalArgumentException("no number from 1 to " + LAST_SEQUENCE + ": " + sequence);
        }
        return sequence;
    }

    /** A number, or 0 for "nothing yet". */
    public static long sequence(long sequence) {
        if (sequence < 0 || sequence > LAST_SEQUENCE) {
            throw new IllegalArgumentException("no number from 0 to " + LAST_SEQUENCE + ": " + sequence);
        }
        return sequence;
    }
}
