package io.github.clockeddispatch.engine.receiving;

/**
 * What is done with each message, in a thread that reads.
 *
 * @param <T> the type of the messages
 */
@FunctionalInterface
public interface Handler<T> {

    /** Handles a message with its number. What it throws fails the receiver. */
    void handle(long sequence, T payload) throws Exception;
}
