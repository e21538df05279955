package io.github.clockeddispatch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** A sender of {@link AnyDispatcher}: a {@link Sender}, or a {@link Forwarder} that gives each message the next number. */
public interface AnySender<T> extends AutoCloseable {
    String name();

    void send(T message) throws InterruptedException;

    boolean send(T message, Duration timeout) throws InterruptedException;

    boolean trySend(T message);

    long dispatch(T message) throws InterruptedException;

    long dispatch(T message, Duration timeout) throws InterruptedException, TimeoutException;

    /** Over a merge, it is complete when it is returned. */
    default CompletableFuture<Long> dispatchAsync(T message) throws InterruptedException {
        return CompletableFuture.completedFuture(dispatch(message));
    }

    @Override
    void close();
}
