package io.github.clockeddispatch.engine.sending;

import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The subscription of a {@link SendAll}: one thread requests, any may cancel, and the publisher sees one call after the other, as it may ask
 * for. Nothing is locked: who cancels during a request leaves it to the thread that requests, and returns.
 *
 * @see "docs/design.md: Publishers"
 */
final class SerialSubscription {

    /** {@code NONE -> FREE <-> REQUESTING -> TO_BE_CANCELLED}, and from each to {@code CANCELLED}. */
    private enum State {
        NONE,
        FREE,
        REQUESTING,
        TO_BE_CANCELLED,
        CANCELLED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.NONE);

    /** Written once, before the state is FREE. */
    private volatile Flow.@Nullable Subscription subscription;

    /** Begins with the publisher's subscription, or cancels it where there is another one, or it was cancelled before. */
    void begin(Flow.Subscription given) {
        boolean isFirst = subscription == null;
        if (isFirst) {
            subscription = given;
        }
        if (!isFirst || !state.compareAndSet(State.NONE, State.FREE)) {
            given.cancel();
        }
    }

    /** Returns whether there is one. */
    boolean hasBegun() {
        return state.get() != State.NONE;
    }

    /** Requests more, unless it is cancelled. By one thread. */
    void request(long count) {
        Flow.Subscription to = subscription;
        if (to == null || !state.compareAndSet(State.FREE, State.REQUESTING)) {
            return;
        }
        try {
            to.request(count);
        } finally {
            if (!state.compareAndSet(State.REQUESTING, State.FREE)) {
                state.set(State.CANCELLED);
                to.cancel();
            }
        }
    }

    /** Cancels it, now or when the request that is being made has returned. By any thread. */
    void cancel() {
        State before = state.getAndUpdate(now ->
                now == State.REQUESTING || now == State.TO_BE_CANCELLED ? State.TO_BE_CANCELLED : State.CANCELLED);
        Flow.Subscription to = subscription;
        if (before == State.FREE && to != null) {
            to.cancel();
        }
    }
}
