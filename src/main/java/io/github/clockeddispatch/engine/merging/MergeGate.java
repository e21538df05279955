package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.ReadSide;
import io.github.clockeddispatch.engine.recording.RecordedHold;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Causes.Kind;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The receiving end of a merge, one for each receiver: what joins and leaves there, what its reader does under the core's lock, and how
 * it ends. Guarded by the core's lock, if nothing else is said. What the reader does without the lock, its {@link MergeReadSide} does.
 *
 * @see "docs/design.md: The merge"
 */
public final class MergeGate<T> extends LaneEndpoint<T> {

    /** How many forwards wait for room, here too. Each counts itself before it asks for room. */
    final AtomicInteger slotWaiters = new AtomicInteger();

    /** Which lanes are to notify this. Guarded by the lock. */
    private final Demand<T> demand = new Demand<>(this);

    final HeldRecording held = new HeldRecording(this);

    /** How many lanes nothing more comes on, some of which may have something left. Guarded by the lock. */
    private int closedLanes;

    MergeGate(Merger<T> merger, String name, long order, long joinedAt, long limit) {
        super(merger, name, order, joinedAt, limit);
    }

    @Override
    public ReadSide<T> newSide() {
        return new MergeReadSide<>(this);
    }

    /** Settles the waits that are due, wakes the reader if something is, and arms lanes for the rest. */
    @Override
    protected void settle() {
        if (stoppedAt >= 0) {
            waits.settleUpTo(stoppedAt);
            return;
        }
        boolean sleeps = readerWaits();
        if (sleeps || (inside == Thread.currentThread() && intake.inHand() == 0)) {
            demand.settleByTree(sleeps);
        } else {
            demand.settleByLook();
        }
    }

    // ---- the reader

    @Override
    protected void readerBeginsToWait() {
        super.readerBeginsToWait();
        settle();
        held.sleeps();
    }

    /** Reader, without the lock: something was held back for long. */
    void record(RecordedHold hold) {
        String source;
        long promised;
        core.lock.lock();
        try {
            source = demand.lastAwaited();
            promised = demand.lastPromise();
        } finally {
            core.lock.unlock();
        }
        hold.record(source, promised, intake.hasNext() ? intake.nextSequence() : 0);
    }

    @Override
    protected void readerWaitsNoMore() {
        boolean slept = readerWaits();
        super.readerWaitsNoMore();
        if (slept) {
            settle();
        }
    }

    @Override
    protected void shrink() {
        super.shrink();
        for (Lane<T> lane : intake.lanes()) {
            if (slotWaiters.get() > 0 && lane.isSlotAwaited()) {
                source(lane).wakeForward(); // nobody waits for much room while it sleeps
            }
            if (lane.slots() > Inbox.KEPT_SLOTS) {
                source(lane).shrink(lane);
            }
        }
    }

    /** Goes by the present lanes, and forgets those on which nothing more comes. The reader, or while it sleeps. */
    void adopt() {
        intake.adopt();
        if (!frozen && stoppedAt < 0) {
            intake.settle();
        }
        if (closedLanes > 0) {
            prune(); // may be the end, of which the reader is told: from then on the tree is its own
        }
        if (frozen && intake.lanes().length > 0 && intake.due() == 0) {
            dropRest();
        }
    }

    void adoptLanes() {
        core.lock.lock();
        try {
            adopt();
        } finally {
            core.lock.unlock();
        }
    }

    private void prune() {
        int left = 0;
        for (Lane<T> lane : intake.lanes()) {
            if (!source(lane).isOpen() && !source(lane).isFailing()) {
                if (lane.size() == 0) {
                    remove(lane);
                } else {
                    left++;
                }
            }
        }
        closedLanes = left;
    }

    private void remove(Lane<T> lane) {
        demand.forget(lane);
        passed += lane.arrived();
        intake.remove(lane);
        source(lane).passed(lane);
        if (isSpent()) {
            merger.spent(this);
        }
    }

    @Override
    public boolean met(Lane<T> lane, long sequence, @Nullable T message) {
        core.lock.lock();
        try {
            if (stoppedAt >= 0) {
                if (lane.wasTaken()) {
                    discardedOnLanes++; // it had left the lane when what was left there was counted
                }
                throw stoppedException();
            }
            boolean isDue = (intake.isSettled() && intake.limit() == Lane.NONE) || intake.isDue(sequence);
            if (isDue) {
                if (!frozen) {
                    intake.settle();
                }
            } else {
                if (frozen && lane.wasTaken()) { // it had left the lane when what was left there was counted
                    lostAtClose = true;
                    source(lane).losesOne((Way<T>) lane);
                }
                intake.putBack(lane, sequence, message);
            }
            demand.settleWaits(timeUnderLock());
            core.changed.signalAll(); // who joins may wait for what was in the way
            return isDue;
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public void finished(long first) {
        core.lock.lock();
        try {
            if (stoppedAt >= first) {
                return; // it was stopped after that
            }
            if (stoppedAt >= 0) {
                throw stoppedException();
            }
            adopt();
            settle();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public void slotFreed(Lane<T> lane) {
        source(lane).wakeForward();
    }

    @Override
    protected void broken(Error error) {
        core.broken(error);
    }

    // ---- sources: under the lock

    /** Nothing that is not due yet becomes due until {@link #opened}: what is in hand is, or is put back. */
    void opening() {
        intake.unsettle();
    }

    /** The source can reach the receiver from now on, or has something left that is for it too. */
    void opened(Lane<T> lane) {
        intake.add(lane);
        if (!source(lane).isOpen()) {
            closedLanes++;
        }
        changed();
    }

    /** A link leads here from another dispatcher's receiver. */
    void linked(Endpoint<?> above) {
        isBelowMerge |= above instanceof MergeGate<?>;
    }

    /** Who reads next goes by the present lanes: the clock need not be asked for under the lock until then. */
    void changed() {
        if (readerWaits()) {
            adopt();
        } else if (!isRead() && !frozen && stoppedAt < 0) {
            intake.settle(); // a reader that enters now sees that it has to adopt them
        }
        settle();
    }

    /** Nothing more comes on that lane. */
    void closed(Lane<T> lane) {
        if (lane.size() == 0 && (readerWaits() || !isRead())) {
            remove(lane);
        } else {
            closedLanes++; // the reader may have something to put back there
        }
        settle();
    }

    /** Nothing at all comes on that lane any more, and what is there is gone. */
    void cut(Lane<T> lane, int left, int due) {
        discardedOnLanes += frozen ? due : left;
        passed += lane.arrived();
        intake.remove(lane);
    }

    /** After the merge was closed, and all that was due has been given: the rest goes. */
    private void dropRest() {
        for (Lane<T> lane : intake.lanes()) {
            remove(lane);
        }
        merger.spent(this);
    }

    /** The merge starts. */
    void start() {
        intake.setLimit(Lane.NONE);
        changed();
    }

    /** The merge is closed: no promise counts any more. Returns whether something is held back, which is lost then. */
    boolean freeze() {
        boolean holdsBack = false;
        if (!frozen && stoppedAt < 0) {
            intake.unsettle();
            frozen = true;
            long w = bound(); // what is in hand and above it is about to be put back
            intake.setLimit(w);
            for (Lane<T> lane : intake.lanes()) {
                lane.markEnd();
                holdsBack |= lane.losesAbove(w);
            }
            lostAtClose |= holdsBack;
        }
        return holdsBack;
    }

    /** The merge is closed, and its {@code close} tells of so many messages that were for this. */
    void gaveUp(StopReason why, int messages) {
        if (messages > 0) {
            passed -= messages;
            gaveUp(why);
        }
    }

    // ---- stopping: under the lock

    @Override
    protected long stopClock() {
        intake.unsettle();
        long first = intake.firstUnfinished();
        stoppedAt = intake.derivedTime();
        if (first != 0 && first <= stoppedAt) {
            first = intake.firstUnfinished(); // the reader has finished it between the two looks
        }
        intake.setLimit(bound()); // what is above was not due, whoever leaves now
        merger.reached(bound());
        return first == 0 ? stoppedAt : first;
    }

    @Override
    protected void forget() {
        merger.awaitKnown(this, Lane.NONE);
        waits.settleUpTo(stoppedAt);
    }

    @Override
    protected void detachProducers() {
        for (Lane<T> lane : intake.lanes()) {
            source(lane).lose((Way<T>) lane);
        }
    }

    // ---- for snapshots and exceptions

    @Override
    public String describeHeld() {
        return merger.joining.describeHeld();
    }

    @Override
    protected void explainBound(long sequence, Causes causes) {
        String it = causes.of(name, "it", "receiver") + " is held back by ";
        Lane<T> least = leastLane(sequence);
        if (!merger.joining.isStarted()) {
            causes.add(Kind.HELD_BACK, core.name(), bound(), 0, it + core + ", which is held: start() was not called");
        } else if (least != null) {
            HeldBack held = demand.heldBack(held(), least);
            long nanos = Causes.known(held.since().toNanos());
            String promise = held.waitsFor() + ", which has promised " + held.promise();
            causes.add(Kind.HELD_BACK, held.source(), held.promise(), nanos, it + promise + Causes.forSome(nanos));
            source(least).explainPromise(sequence, causes);
        } else {
            String what =
                    sequence + " has not been promised: nothing reaches \"" + name + "\", and " + core + " is at ";
            causes.add(Kind.NOT_NUMBERED, core.name(), bound(), 0, what + bound());
        }
    }

    @Override
    protected HeldBack heldBack() {
        core.lock.lock();
        try {
            int held = held();
            Lane<T> least = leastLane(Lane.NONE);
            if (least == null || stop != null || frozen || (held == 0 && waits.isEmpty())) {
                return new HeldBack(held, "", "", 0, Duration.ZERO);
            }
            if (!merger.joining.isStarted()) {
                return new HeldBack(held, "", "start() of " + core + ", which is held", 0, Duration.ZERO);
            }
            return demand.heldBack(held, least);
        } finally {
            core.lock.unlock();
        }
    }
}
