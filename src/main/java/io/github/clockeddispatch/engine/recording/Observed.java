package io.github.clockeddispatch.engine.recording;

import java.util.function.Consumer;

/**
 * A dispatcher that can be asked how it stands. It is asked by a thread of the flight recorder, without a lock.
 *
 * @see "docs/design.md: Flight recorder"
 */
public interface Observed {

    /** Returns how all of it stands. */
    DispatcherSample dispatcher();

    /** Tells how its receivers stand. */
    void receivers(Consumer<ReceiverSample> observer);

    /** Tells how its senders stand; in a merge, its forwarders and links. */
    void senders(Consumer<SenderSample> observer);

    /** Tells how threads stand that have waited for long in its calls, the longest wait first. */
    void waits(Consumer<WaitSample> observer);
}
