package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.merging.Relay;

/**
 * A connection from a receiver of another dispatcher into a {@linkplain ForwardingDispatcher merge}: that receiver's messages are
 * forwarded, and its clock is what the link promises, in a virtual thread of the merge's own.
 *
 * <p>All methods may be called by any thread.
 */
public final class Link implements AutoCloseable {

    private final Relay<?, ?> relay;

    Link(Relay<?, ?> relay) {
        this.relay = relay;
    }

    /**
     * Returns the name of this link, as snapshots and exceptions tell it.
     *
     * @return a text with the names of the other dispatcher and of its receiver
     */
    public String name() {
        return relay.name();
    }

    /**
     * Closes this link, and discards the receiver that it comes from, so that nobody waits for that to be read. What has been
     * forwarded is still delivered; the rest is discarded with that receiver. It does not wait, and closing it again does nothing.
     */
    @Override
    public void close() {
        relay.close();
    }

    /**
     * Returns a string that identifies this link.
     *
     * @return a text with its name
     */
    @Override
    public String toString() {
        return relay.toString();
    }
}
