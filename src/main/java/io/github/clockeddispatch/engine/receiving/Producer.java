package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Loss;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source of messages for inboxes, as {@link Reachability} keeps account of it.
 *
 * @see "docs/design.md: Rooms"
 */
public interface Producer<T> {

    /** The roles of producers. */
    enum Role {
        SENDER,
        FORWARDER,
        LINK
    }

    /** Where a producer is in its life. */
    enum Life {
        OPEN,
        CLOSED,
        STOPPED
    }

    /**
     * The state of a producer.
     *
     * @param blocked how many wait for room in its channel or buffer
     * @param waitsFor the receivers without room
     * @param waitingNanos for how long it has waited for room there; 0 where it does not
     * @param promise what it promises; 0 where nothing is promised
     */
    record State(
            String name,
            Role role,
            Life life,
            int capacity,
            int queued,
            int blocked,
            List<String> waitsFor,
            long waitingNanos,
            long promise) {}

    String name();

    /** What exceptions call it, by its kind and its name. */
    String called();

    /** When it joined, among the dispatcher's senders and receivers. */
    long order();

    /** The receivers that it can reach; empty where that is {@linkplain #isBroadcast all} of them. Of a group: under the core's lock. */
    List<? extends Endpoint<T>> targets();

    /** The group that it reaches; null where whom it reaches is fixed, or all. */
    default @Nullable TargetGroup<T, ?> group() {
        return null;
    }

    default boolean isBroadcast() {
        return group() == null && targets().isEmpty();
    }

    /** One of its targets has stopped. Called without the core's lock. Returns what is to be stopped therefore. */
    List<Stopping> targetStopped();

    /** What was given up after it had been accepted, except what a receiver has discarded; null for nothing. Under the core's lock. */
    @Nullable
    Loss lost();

    /** Under the core's lock. */
    State state();
}
