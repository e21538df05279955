package io.github.clockeddispatch.engine.recording;

/**
 * A dispatcher that can be asked how it stands. It is asked by a thread of the flight recorder, without a lock.
 *
 * @see "docs/design.md: Flight recorder"
 */
public interface Observed {

    /** Returns how all of it stands. */
    DispatcherSample dispatcher();

    /** Tells how its receivers stand. */
    void receivers(Observer<ReceiverSample> observer);

    /** Tells how its senders stand; in a merge, its forwarders and links. */
    void senders(Observer<SenderSample> observer);

    /** Tells how threads stand that have waited for long in its calls, the longest wait first. */
    void waits(Observer<WaitSample> observer);

    /** What is told. */
    @FunctionalInterface
    interface Observer<S> {
        void stands(S sample);
    }
}
