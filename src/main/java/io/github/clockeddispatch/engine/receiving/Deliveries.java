package io.github.clockeddispatch.engine.receiving;

/**
 * A factory of what a caller is given, one object for each message.
 *
 * @param <T> the type of the messages
 * @param <R> the type of what is made
 * @see "docs/design.md: Rooms"
 */
public interface Deliveries<T, R> {

    /** Returns a message with its number. */
    R message(long sequence, T payload);

    /** Returns that the clock has got there. */
    R tick(long sequence);

    /** Returns that nothing more comes. */
    R end(long sequence);
}
