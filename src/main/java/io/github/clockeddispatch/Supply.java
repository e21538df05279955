package io.github.clockeddispatch;

import java.util.Collection;

/**
 * Where an inbox's messages and numbers come from, if they do not come by themselves: what the inbox tells it and asks it.
 * The serialising dispatcher puts messages and numbers into the inbox as soon as there are any, and needs to be told
 * nothing. All is called under the hub's lock.
 */
interface Supply {

    /** Nothing needs to be asked for. */
    Supply NONE = new Supply() {};

    /** Whether there may be more than the inbox knows, until {@link #refresh} has been called. Read without the lock. */
    default boolean isDerived() {
        return false;
    }

    /** Brings the inbox's frontier up to date, and fills the inbox with what is due. */
    default void refresh() {}

    /** The inbox has room, or another number is waited for, or its reader waits, or it may be so. */
    default void needed() {}

    /** Whether nobody has anything left for the inbox, nor can bring more; whatever they have left for others. */
    default boolean isSpent() {
        return false;
    }

    /** Adds the threads that must go on before the inbox's frontier can reach a number. */
    default void addBlockers(long number, Collection<Thread> threads) {}

    /** The inbox has stopped: nothing more is wanted. */
    default void stopped() {}

    /** The least number that is accepted for the inbox and not in it; 0 for none. */
    default long firstHeld() {
        return 0;
    }

    /** The least number that was due and has been given up, when the dispatcher was closed; 0 for none. */
    default long firstLost() {
        return 0;
    }

    /** The greatest number at which the top of something that it comes from stands; 0 where numbers begin here. */
    default long top() {
        return 0;
    }

    /** What has yet to come before more can be given, for exceptions; empty where nothing is missing. */
    default String describe() {
        return "";
    }

    /** The same for people who watch. */
    default Snapshot.HeldBack heldBack() {
        return Snapshot.HeldBack.NOTHING;
    }
}
