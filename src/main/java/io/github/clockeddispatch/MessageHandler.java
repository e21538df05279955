package io.github.clockeddispatch;

/**
 * A function that is called with each message. The message counts as finished when {@link #handle} has returned.
 *
 * @param <T> the type of the messages
 */
@FunctionalInterface
public interface MessageHandler<T> {

    /**
     * Handles one message.
     *
     * @param sequence its number, at least 1
     * @param payload what was sent
     * @throws Exception to stop the receiver: its clock stays below this message, and whoever waits for more gets a
     *     {@link FailedException} with this cause
     */
    void handle(long sequence, T payload) throws Exception;
}
