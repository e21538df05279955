package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What stands below a {@code LogicalClock}: the clock of one receiver, which is its {@link Endpoint}, or a {@link JointClock}. Anybody
 * may ask it, without a lock.
 *
 * @see "docs/design.md: Several clocks"
 */
public interface Clock extends Blockers.Node {

    /** What looks at the receivers that must reach a number before a clock does. */
    interface Visitor {

        /**
         * The number has not been given, and who must reach it is known only when it has.
         *
         * @param counter what reaches it then
         * @return whether to visit those that would have to reach it now
         */
        boolean notGiven(Endpoint<?> counter);

        /** A receiver must reach a number: the one that is asked for, or a lesser one, after which nothing more is for it. */
        void receiver(Endpoint<?> receiver, long sequence);

        /** A receiver that must reach it never will. */
        void stopped(StopReason why);
    }

    /** A dispatcher that it belongs to. */
    Core<?> core();

    /** What it is called in front of "@" and a number. */
    String name();

    /** Whose clock it is, in words that follow "the clock of", for exceptions. */
    String label();

    long time();

    /** The greatest number up to a limit that it has reached. */
    default long timeUpTo(long limit) {
        return Math.min(limit, time());
    }

    default boolean hasReached(long sequence) {
        return time() >= sequence;
    }

    /** Returns whether it will never reach a number: a receiver has stopped below it, or the number will not be given. */
    boolean isOutOfReach(long sequence);

    /** How far it stands behind its bound. */
    long lag();

    /** Waits for a number. Returns whether it has reached it; false where the time is over. */
    boolean await(long sequence, Deadline deadline) throws InterruptedException;

    /** Returns a future that is completed when it has reached a number. To complete it otherwise takes the wait out. */
    CompletableFuture<Long> whenReached(long sequence);

    /** Visits those that must reach a number. May hold a lock for a moment, but not while it calls the visitor. */
    void visit(long sequence, Visitor visitor);

    /** The clocks that it is made of, each made of no others; itself where there are none. */
    default List<Clock> parts() {
        return List.of(this);
    }

    /** Says that nothing is given yet, as a merge is held; empty otherwise. */
    default String describeHeld() {
        return "";
    }

    /** Says what a wait for it waits for. */
    default String describe(long sequence) {
        return "the clock of " + label() + " to reach " + sequence + describeHeld();
    }
}
