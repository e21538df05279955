package io.github.clockeddispatch.engine.receiving;

/**
 * One that waits for {@link Slots} in an inbox. Called under the core's lock.
 *
 * @see "docs/design.md: Free slots"
 */
public interface SlotWaiter {

    /** A slot is free; or none will ever be needed again, as the inbox has stopped. */
    void slotSeen();
}
