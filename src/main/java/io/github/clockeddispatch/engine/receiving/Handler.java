package io.github.clockeddispatch.engine.receiving;

/**
 * How something of the caller's is given a message. That is an argument, and not part of this, so that nothing is made before reading begins.
 *
 * @param <H> the type of what handles messages
 * @param <T> the type of what it is given
 */
@FunctionalInterface
public interface Handler<H, T> {

    /** Gives something with its number. What this throws fails the receiver. */
    void handle(H handler, long sequence, T given) throws Exception;
}
