package io.github.clockeddispatch;

import java.util.List;

/**
 * The function of a {@linkplain ForwardingDispatcher#stage link with a function in it}, called with each message.
 *
 * @param <S> the type of the messages that come in
 * @param <T> the type of those that go on
 */
@FunctionalInterface
public interface Stage<S, T> {

    /**
     * Makes of one message any number of others, which get its number. It is called by one thread at a time, in the order
     * of the numbers.
     *
     * @param sequence the number of the message
     * @param payload the message
     * @return what goes on, in order; may be empty
     * @throws Exception anything: the link, what it leads to, and what it comes from fail with it
     */
    List<T> apply(long sequence, S payload) throws Exception;
}
