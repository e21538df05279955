package io.github.clockeddispatch.engine.receiving;

import java.util.List;

/**
 * A source of messages for inboxes, as {@link Reachability} keeps account of it.
 *
 * @see "docs/design.md: Rooms"
 */
public interface Producer<T> {

    /** The state of a producer; what it promises is 0 where nothing is promised. */
    record State(String name, String state, int capacity, int queued, List<String> waitsFor, long promise) {}

    /** When it joined, among the dispatcher's senders and receivers. */
    long order();

    /** The receivers that it can reach; empty where that is {@linkplain #isBroadcast all} of them. */
    List<? extends Endpoint<T>> targets();

    default boolean isBroadcast() {
        return targets().isEmpty();
    }

    /** One of its targets has stopped. Called without the core's lock. Returns what is to be stopped therefore. */
    List<Stopping> targetStopped();
}
