package io.github.clockeddispatch.engine.receiving;

import org.jspecify.annotations.Nullable;

/**
 * One that waits for {@link Slots} in an inbox. Called under the core's lock.
 *
 * @see "docs/design.md: Free slots"
 */
public interface SlotWaiter {

    /** A slot is free; or none will ever be needed again, as the inbox has stopped, or left the group. */
    void slotSeen();

    /** The group that it waits for; null where that is none that can change. */
    default @Nullable TargetGroup<?, ?> group() {
        return null;
    }
}
