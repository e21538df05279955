package io.github.clockeddispatch;

import java.util.Collection;

/** The clock of another dispatcher's receiver, from which a link takes its promises. */
interface Upstream {

    /** Where it stands: nothing numbered up to there will come from it any more. Called under the hub's lock. */
    long time();

    /** Where the top of all that it comes from stands. Called under the hub's lock. */
    long top();

    /**
     * Asks for the promise to be raised when the clock gets there, in place of what was asked before. Called under the
     * hub's lock.
     *
     * @param number when; {@code Long.MAX_VALUE} for never
     */
    void watch(long number);

    /** Adds the threads that must go on before it can get to a number. Called under the hub's lock. */
    void addBlockers(long number, Collection<Thread> threads);

    /** A receiver that the link leads to has stopped. Called without the hub's lock. */
    void targetStopped();
}
