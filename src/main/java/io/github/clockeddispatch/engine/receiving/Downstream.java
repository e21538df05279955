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

    /** The receiver has stopped. Returns what is to be stopped therefore. Called without a lock. */
    List<Stopping> fromStopped(StopReason why);

    /** Says where the messages stand that have not been taken down; empty where there are none. Under the receiver's lock. */
    String whereLeft();

    /** Tells how many messages have not been taken down by now, as they will not get to all that are below. Takes the receiver's lock. */
    void tellLeft(LostAbove lost);

    /** The receiver has been discarded with the merge below: tells how many messages are lost with it. Under the receiver's lock. */
    void tellLost(LostAbove lost, String where);
}
