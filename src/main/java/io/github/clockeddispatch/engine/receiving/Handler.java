package io.github.clockeddispatch.engine.receiving;

/**
 * A function that is called with each message, or each batch of them, by the thread that reads.
 *
 * <p>A caller's own handler is passed on as it is, with a function that makes one of these of it: that is called once reading has begun,
 * so that where there is no memory the receiver fails, as it does later on. A function that takes both at each message was 15 % slower in
 * a merge.
 *
 * @param <T> the type of what it is given
 * @see "docs/design.md: Rooms"
 */
@FunctionalInterface
public interface Handler<T> {

    /** Handles something with its number. What it throws fails the receiver. */
    void handle(long sequence, T given) throws Exception;
}
