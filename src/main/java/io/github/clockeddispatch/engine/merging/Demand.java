package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The demand of a receiver of a merge: which lanes are to notify it, and of what, so that its reader is woken and the waits for its
 * clock are settled. Guarded by the core's lock; its {@link MergeGate} calls it whenever something may have changed.
 *
 * <p>Nobody is notified without need. A reader that sleeps, and waits for the clock, arm one or two lanes: the one that promises
 * least, for messages that would be due at once; and one that must promise more before anything else can become due. Who arms a lane
 * rechecks after that; who is notified looks anew, and arms again. For that it plays on with the reader's tree, which is its own
 * while the reader sleeps; else it looks at all lanes.
 *
 * @see "docs/design.md: The merge, By need"
 */
final class Demand<T> {

    /** How often it looks anew, under the lock, where sources go on meanwhile. */
    private static final int ROUNDS = 64;

    private final MergeGate<T> gate;
    private final Merger<T> merger;
    private final Intake<T> intake;

    /** The lane that must promise more before anything can become due, or a wait is over; null where nobody needs that. */
    private @Nullable Lane<T> guard;

    /** The lane that is to notify of messages that would be due at once; null for none. */
    private @Nullable Lane<T> demanded;

    /** The lane that was last a guard: of those that come in turn it is the last one. */
    private @Nullable Lane<T> lastGuard;

    /** The source that was last seen to promise least, how much, and since when; for snapshots and exceptions. */
    private @Nullable MergeInput<T> awaited;

    private long awaitedPromise;
    private long awaitedSince;

    Demand(MergeGate<T> gate) {
        this.gate = gate;
        this.merger = gate.merger;
        this.intake = gate.intake;
    }

    // ---- rechecking

    /** Settles the waits up to a number, and has the reader tell of the next one. */
    void settleWaits(long time) {
        gate.waits.settleUpTo(time);
        intake.setNotifyAt(intake.isSettled() ? gate.waits.firstSequence() : Long.MIN_VALUE);
    }

    /**
     * The reader sleeps, or is the caller with nothing in hand: settles the waits that are due, wakes it if a message is, and arms lanes
     * for the rest.
     */
    void settleByTree(boolean sleeps) {
        gate.adopt();
        for (int rounds = 0; ; rounds++) {
            if (rounds == ROUNDS) {
                gate.wakeReader(); // sources overtake each other: it looks itself, without the lock
                settleByLook();
                return;
            }
            if (sleeps && !gate.readerWaits()) {
                settleByLook(); // it was told of its end, or by a wait of its own: the tree is the reader's again
                return;
            }
            if (intake.hasNext()) {
                settleWaits(intake.nextSequence() - 1);
                disarm();
                gate.wakeReader();
                return;
            }
            settleWaits(intake.treeBound());
            if (sleeps && !gate.readerWaits()) {
                continue;
            }
            long waited = gate.waits.firstSequence();
            Lane<T> least = intake.least();
            if (least == null || intake.isAtLimit()) {
                disarm();
                if (!merger.awaitKnown(gate, least == null && intake.limit() == Lane.NONE ? waited : Lane.NONE)) {
                    return;
                }
                continue;
            }
            note(least, intake.treeBound());
            long horizon = intake.horizon();
            long held = intake.heldByLeast();
            long needed = Math.min(sleeps ? Math.min(horizon, held) : Lane.NONE, waited);
            Lane<T> on = guard(least, needed);
            arm(on, needed, sleeps ? least : null, horizon);
            if (!intake.hasNext()
                    && intake.least() == least
                    && intake.heldByLeast() == held
                    && (on == null || on.promised() < needed)) {
                return;
            }
        }
    }

    /** Chooses a lane that has not promised as much as is needed: the one that came last before, if it has not come again. */
    private @Nullable Lane<T> guard(Lane<T> least, long needed) {
        if (needed == Lane.NONE) {
            return null;
        }
        Lane<T> last = lastGuard;
        if (last != null && last.promised() < needed) {
            return last;
        }
        lastGuard = least;
        return least;
    }

    /** The reader is awake, or there is none: it tells of its own progress, and lanes need notify of promises alone. */
    void settleByLook() {
        long waited;
        do {
            settleWaits(gate.waits.isEmpty() ? 0 : gate.timeUnderLock());
            waited = gate.waits.firstSequence();
            // once more, as the reader may have gone on before it could see notifyAt
        } while (waited != Lane.NONE && (gate.timeUnderLock() >= waited || !armByLook(waited)));
        if (waited == Lane.NONE) {
            disarm();
            merger.awaitKnown(gate, Lane.NONE);
        }
    }

    /** Arms a lane, where the first wait needs a promise to rise, and rechecks. Returns false where it has risen meanwhile. */
    private boolean armByLook(long waited) {
        boolean needsPromise = intake.inHand() == 0 && intake.limit() == Lane.NONE;
        Lane<T> least = needsPromise ? gate.leastLane(waited) : null;
        if (least != null) {
            note(least, least.promised());
        }
        arm(least, waited, null, Long.MIN_VALUE);
        boolean needsKnown = // where a message is there, the reader asks once more when it has finished that
                needsPromise && least == null && gate.isUnreached() && intake.firstUnfinished() == 0;
        boolean isKnown = merger.awaitKnown(gate, needsKnown ? waited : Lane.NONE);
        if (least != null) {
            return least.promised() < waited;
        }
        return gate.timeUnderLock() < waited && !isKnown;
    }

    // ---- arming

    private void disarm() {
        arm(null, Lane.NONE, null, Long.MIN_VALUE);
    }

    /** Has one lane notify when it promises as much, one of messages below a number, and those that did before no more. */
    private void arm(@Nullable Lane<T> newGuard, long promised, @Nullable Lane<T> newDemanded, long below) {
        Lane<T> oldGuard = guard;
        Lane<T> oldDemanded = demanded;
        guard = newGuard;
        demanded = newDemanded;
        if (oldGuard != null && oldGuard != newGuard && oldGuard != newDemanded) {
            oldGuard.awaitPromise(Lane.NONE, Long.MIN_VALUE);
        }
        if (oldDemanded != null && oldDemanded != newGuard && oldDemanded != newDemanded) {
            oldDemanded.awaitPromise(Lane.NONE, Long.MIN_VALUE);
        }
        if (newGuard != null) {
            newGuard.awaitPromise(promised, newGuard == newDemanded ? below : Long.MIN_VALUE);
            LaneEndpoint.source(newGuard).asked();
        }
        if (newDemanded != null && newDemanded != newGuard) {
            newDemanded.awaitPromise(Lane.NONE, below);
        }
    }

    /** A lane is about to be removed. */
    void forget(Lane<T> lane) {
        if (guard == lane || demanded == lane) {
            disarm();
        }
        if (lastGuard == lane) {
            lastGuard = null;
        }
    }

    // ---- who holds it back

    /** Nothing is due before that lane promises more: notes since when that has been so. */
    private void note(Lane<T> least, long promised) {
        MergeInput<T> source = LaneEndpoint.source(least);
        if (source != awaited || promised != awaitedPromise) {
            awaited = source;
            awaitedPromise = promised;
            awaitedSince = System.nanoTime();
        }
    }

    /** The name of the source that was last seen to promise least; empty for none. */
    String lastAwaited() {
        return awaited == null ? "" : awaited.name();
    }

    /** How much that had promised. */
    long lastPromise() {
        return awaitedPromise;
    }

    /** Tells that so many messages are held back by that lane, and for how long. */
    Endpoint.HeldBack heldBack(int messages, Lane<T> least) {
        note(least, least.promised());
        return new Endpoint.HeldBack(
                messages,
                LaneEndpoint.source(least).name(),
                LaneEndpoint.source(least).toString(),
                awaitedPromise,
                Duration.ofNanos(System.nanoTime() - awaitedSince));
    }
}
