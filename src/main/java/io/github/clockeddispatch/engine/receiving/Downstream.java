package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.List;

/**
 * The consumer of a receiver's messages in a merge below, as the receiver's own dispatcher sees it.
 *
 * @see "docs/design.md: Rooms"
 */
public interface Downstream {

    /** Returns whether the user's code is called with each message. */
    boolean isStage();

    /** The receiver has stopped. Returns what is to be stopped therefore. Called without a lock. */
    List<Stopping> fromStopped(StopReason why);

    /** Returns where the messages stand that were not brought down; empty if there are none. Under the lock of the receiver's core. */
    String whereLeft();

    /** Adds the messages not brought down so far, which will not reach every receiver below. Takes the lock of the receiver's core. */
    void tellLeft(LostAbove lost);

    /** The receiver has been discarded with this link: adds how many messages are lost with it. Under the lock of the receiver's core. */
    void tellLost(LostAbove lost, String where);
}
