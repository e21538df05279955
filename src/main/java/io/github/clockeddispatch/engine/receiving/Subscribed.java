package io.github.clockeddispatch.engine.receiving;

/**
 * A subscriber that has claimed a receiver, as the receiver sees it. While it demands something, a thread reads for it.
 *
 * @see "docs/design.md: Subscribers"
 */
public interface Subscribed {

    // ---- for the thread that reads

    /** Returns whether it wants nothing more: it has cancelled, or was refused. */
    boolean isOver();

    /** Returns whether it demands a message. */
    boolean isDemanding();

    /** It was given a message that it had demanded. */
    void given();

    // ---- under the core's lock

    /** Returns whether that thread is its own, and has not been started, as it demands nothing. */
    boolean isWaiting(Thread thread);

    /**
     * Has it be told of an end, where it demands nothing: the receiver has stopped or ended, or its dispatcher is closed. Does nothing where
     * none of that is so, or a thread reads, which finds out itself.
     */
    void look();
}
