package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.life.DeadlockWatch;
import io.github.clockeddispatch.engine.waiting.Arguments;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The settings that both dispatchers have.
 *
 * <p>Its methods are not final, so that the compiler adds a bridge to each of them to the public builders. Without one they could
 * not be called by reflection, as this class is not public.
 *
 * @param <B> the builder itself
 */
abstract class CommonBuilder<B extends CommonBuilder<B>> {

    private @Nullable String name;
    long startAfter;
    int channelCapacity = 1024;
    Duration drainTimeout = Duration.ofSeconds(5);
    boolean endWithLastSender = true;

    @Nullable
    FailureListener listener;

    /** How old an untimed wait is when deadlocks are looked for. Only tests set it. */
    Duration watchAge = DeadlockWatch.AGE;

    CommonBuilder() {}

    abstract B self();

    /**
     * Sets the dispatcher's name. Exceptions tell it, and the names of its threads begin with it: in "shop", the pump of sender "desk" is
     * called {@code shop/pump-desk}, and the reader of receiver "stock", {@code shop/reader-stock}.
     *
     * @param value the name; by default {@code dispatcher-1}, {@code dispatcher-2} and so on, of merges {@code merge-1}
     * @return this
     */
    public B name(String value) {
        name = Objects.requireNonNull(value, "name");
        return self();
    }

    /** Returns the name that was set; where none was, the next one of a kind. */
    final String nameOr(String kind, AtomicLong unnamed) {
        return name == null ? kind + "-" + unnamed.incrementAndGet() : name;
    }

    /**
     * Sets the number that the first one comes after.
     *
     * @param sequence the number before the first one, from 0 to {@code Long.MAX_VALUE - 1}; 0 by default
     * @return this
     * @throws IllegalArgumentException if there is no such number
     */
    public B startAfter(long sequence) {
        startAfter = Arguments.sequence(sequence);
        return self();
    }

    /**
     * Sets how many messages the channel of each sender, or the buffer of each forwarder, can hold.
     *
     * @param capacity from 1 to 2<sup>30</sup>; 1024 by default; memory is taken as needed
     * @return this
     * @throws IllegalArgumentException if there is no such capacity
     */
    public B channelCapacity(int capacity) {
        channelCapacity = Arguments.capacity(capacity);
        return self();
    }

    /**
     * Sets how long {@link AutoCloseable#close() close} waits for what was accepted to be delivered, and for the dispatcher's own readers
     * to finish.
     *
     * @param timeout how long at most; at zero or less it does not wait; 5 seconds by default
     * @return this
     */
    public B drainTimeout(Duration timeout) {
        drainTimeout = Objects.requireNonNull(timeout, "timeout");
        return self();
    }

    /**
     * Sets the listener that is told of each receiver that fails, and of the dispatcher if it fails as a whole. Without a listener, each
     * failure is one line of the {@code System.Logger} "io.github.clockeddispatch", at level {@code ERROR}.
     *
     * @param failureListener the listener
     * @return this
     */
    public B onFailure(FailureListener failureListener) {
        listener = Objects.requireNonNull(failureListener, "listener");
        return self();
    }

    /**
     * Sets whether a receiver ends when the last open sender, or forwarder, that can reach it has been closed.
     *
     * @param ends true, as by default; false if only the dispatcher's {@code close()} ends receivers
     * @return this
     */
    public B endWithLastSender(boolean ends) {
        endWithLastSender = ends;
        return self();
    }
}
