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
     * Makes any number of messages, which get the same number, out of one. It is called by one thread at a time, in the order of the
     * numbers.
     *
     * @param sequence the number of the message
     * @param payload the message
     * @return the messages that go on, in order; may be empty
     * @throws Exception to fail the link, the receivers that it leads to, and the one that it comes from
     */
    List<T> apply(long sequence, S payload) throws Exception;
}
