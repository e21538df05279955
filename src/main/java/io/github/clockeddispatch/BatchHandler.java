package io.github.clockeddispatch;

import java.util.List;

/**
 * A function that is called with several messages at once, for views that commit, or force to disk. All of them count as finished when
 * {@link #handle} has returned, none before.
 *
 * @param <T> the type of the messages
 */
@FunctionalInterface
public interface BatchHandler<T> {

    /**
     * Handles the messages.
     *
     * @param messages at least one message, in rising order; unmodifiable
     * @throws Exception to stop the receiver: its clock stays below the first of these messages, and whoever waits for
     *     more gets a {@link FailedException} with this cause
     */
    void handle(List<Delivery.Message<T>> messages) throws Exception;
}
