package io.github.clockeddispatch.engine.waiting;

/** Checks what callers give. */
public final class Arguments {

    /** The last number that there can be. */
    public static final long LAST_NUMBER = Long.MAX_VALUE - 1;

    private static final int MAX_CAPACITY = 1 << 30;

    private Arguments() {}

    public static int capacity(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("no capacity from 1 to " + MAX_CAPACITY + ": " + capacity);
        }
        return capacity;
    }

    /** A number that a message can have. */
    public static long messageNumber(long number) {
        if (number < 1 || number > LAST_NUMBER) {
            throw new IllegalArgumentException("no number from 1 to " + LAST_NUMBER + ": " + number);
        }
        return number;
    }

    /** A number, or 0 for "nothing yet". */
    public static long number(long number) {
        if (number < 0 || number > LAST_NUMBER) {
            throw new IllegalArgumentException("no number from 0 to " + LAST_NUMBER + ": " + number);
        }
        return number;
    }
}
