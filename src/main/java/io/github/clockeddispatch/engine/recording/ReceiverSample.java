package io.github.clockeddispatch.engine.recording;

import org.jspecify.annotations.Nullable;

/**
 * How a receiver stands.
 *
 * @param state where it is in its life
 * @param time where its clock stands
 * @param firstUnfinished the first unfinished number; 0 for none
 * @param unfinishedNanos for how long that has been so, at least
 * @param activity what its reader does
 * @param reader the thread that reads it; empty for none
 * @param at where that thread is; empty where nobody has looked
 * @param attempt how many times its handler has failed for the message in hand, and is called again
 * @param held how many messages are held back, in a merge
 * @param heldBy the source that holds them back; empty for none
 * @param failedAt the number at which it has failed; 0 where it has not
 * @param failure why it has failed, whose text is foreign code; null where it has not
 * @see "docs/design.md: Flight recorder"
 */
public record ReceiverSample(
        String dispatcher,
        String name,
        String state,
        long time,
        long lag,
        int pending,
        long firstUnfinished,
        long unfinishedNanos,
        String activity,
        String reader,
        String at,
        int attempt,
        int waits,
        int held,
        String heldBy,
        long failedAt,
        @Nullable Throwable failure) {}
