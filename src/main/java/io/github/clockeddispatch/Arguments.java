package io.github.clockeddispatch;

/** Checks what callers give. */
final class Arguments {

    /** The last number that there can be. */
    static final long LAST_NUMBER = Long.MAX_VALUE - 1;

    private static final int MAX_CAPACITY = 1 << 30;

    private Arguments() {}

    static int capacity(int capacity) {
        if (capacity < 1 || capacity > MAX_CAPACITY) {
            throw new IllegalArgumentException("no capacity from 1 to " + MAX_CAPACITY + ": " + capacity);
        }
        return capacity;
    }

    /** A number that a message can have. */
    static long messageNumber(long number) {
        if (number < 1 || number > LAST_NUMBER) {
            throw new IllegalArgumentException("no number from 1 to " + LAST_NUMBER + ": " + number);
        }
        return number;
    }

    /** A number, or 0 for "nothing yet". */
    static long number(long number) {
        if (number < 0 || number > LAST_NUMBER) {
            throw new IllegalArgumentException("no number from 0 to " + LAST_NUMBER + ": " + number);
        }
        return number;
    }
}
