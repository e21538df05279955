package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Downstream;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.ReceiversAbove;
import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.LossStatus;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.Texts;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The endpoint of a receiver that takes from lanes: where its clock stands, what is on the lanes, and who holds it back. All of that is
 * derived, and nothing is changed here: a {@link MergeGate} does that. Anybody may ask, without the lock, if nothing else is said.
 *
 * @see "docs/design.md: The merge"
 */
abstract class LaneEndpoint<T> extends Endpoint<T> implements Intake.Control<T> {

    final Merger<T> merger;
    final Intake<T> intake;

    /** Whether a link from another merge leads here. Written under the lock. */
    volatile boolean isBelowMerge;

    /** How many messages were given up with it. Written under the lock, read by anybody. */
    volatile long discardedOnLanes;

    // written by the MergeGate, under the lock

    /** Where the clock has stopped; negative while it goes on. */
    long stoppedAt = -1;

    /** No promise counts any more: the merge is closed. */
    boolean frozen;

    /** Whether something was given up that had been accepted, here or above, when the merge was closed. */
    boolean lostAtClose;

    /** How many messages there were on lanes that are there no more, less those of which the merge's own {@code close} tells. */
    long passed;

    LaneEndpoint(Merger<T> merger, String name, long order, long joinedAt, long limit) {
        super(merger.core(), name, order, joinedAt);
        this.merger = merger;
        this.intake = new Intake<>(this, joinedAt, merger::known, limit);
    }

    @SuppressWarnings("unchecked") // no others lead here
    static <T> MergeInput<T> source(Lane<T> lane) {
        return ((Way<T>) lane).source;
    }

    // ---- the clock

    @Override
    public long time() {
        return isBelowMerge ? ClockTraversal.time(this) : ownTime();
    }

    /** Where the clock stands; for one below another merge, {@link #time} is to be asked. */
    final long ownTime() {
        long time = intake.time();
        if (time >= 0) {
            return time;
        }
        core.lock.lock();
        try {
            return timeUnderLock();
        } finally {
            core.lock.unlock();
        }
    }

    final long timeUnderLock() {
        return stoppedAt >= 0 ? stoppedAt : intake.isSettled() ? intake.settledTime() : intake.derivedTime();
    }

    /** w, the least promise. */
    @Override
    protected long bound() {
        return intake.bound();
    }

    @Override
    public long last() {
        return intake.bound();
    }

    @Override
    public long firstUnfinished() {
        long first = stop != null ? 0 : intake.firstUnfinished();
        return first > intake.limit() && core.isFinal() ? 0 : first; // what is above is lost, and nobody waits for it
    }

    @Override
    protected boolean hasInHand() {
        return intake.inHand() != 0;
    }

    @Override
    protected boolean isQuiet() {
        return stop == null && !reachability.isEnding() && intake.isCurrent();
    }

    /**
     * Returns whether the reader has taken a message, numbered above a number, that is not due, and is about to meet the lock
     * and put it back. To be asked after the lanes were looked at, from which it is missing.
     */
    final boolean isPuttingBack(long above) {
        long taking = intake.taking();
        return taking > above && !intake.isDue(taking);
    }

    // ---- what links bring: under the lock

    @Override
    public long accepted() {
        long accepted = 0;
        for (Lane<T> lane : intake.lanes()) {
            accepted = Math.max(accepted, lane.last());
        }
        // after the lanes: what has left one is being taken, or is in hand, or is finished and so at or below w
        accepted = Math.max(accepted, Math.max(intake.taking(), intake.inHand()));
        return Math.max(accepted, bound());
    }

    @Override
    public long promised() {
        long least = intake.limit();
        boolean isLinked = false;
        for (Lane<T> lane : intake.lanes()) {
            if (source(lane).upper() != null) {
                isLinked = true;
            } else {
                least = Math.min(least, lane.promised());
            }
        }
        return isLinked ? least : bound();
    }

    @Override
    public long arrived() {
        long all = passed;
        for (Lane<T> lane : intake.lanes()) {
            all += lane.arrived();
        }
        return all;
    }

    @Override
    public long taken() {
        long all = passed;
        for (Lane<T> lane : intake.lanes()) {
            all += lane.taken();
        }
        return all;
    }

    @Override
    protected void addAbove(Collection<Endpoint<?>> all) {
        for (Lane<T> lane : intake.lanes()) {
            Endpoint<?> above = source(lane).upperOrLast();
            if (above != null) {
                all.add(above);
            }
        }
    }

    @Override
    protected void tellLostAbove(LostAbove lost) {
        Set<Endpoint<?>> goingOn = new LinkedHashSet<>();
        for (Lane<T> lane : intake.lanes()) {
            Endpoint<?> above = source(lane).goesOnFrom();
            if (above != null) {
                goingOn.add(above);
            }
        }
        // from the top on: what comes down meanwhile is found further below
        for (Endpoint<?> above : ReceiversAbove.with(goingOn)) {
            Downstream link = above.downstream;
            if (link != null) {
                link.tellLeft(lost);
            }
        }
    }

    // ---- how it ends: under the lock

    @Override
    public boolean isOver() {
        core.lock.lock();
        try {
            return frozen && merger.lossIsKnown() && stop == null && timeUnderLock() >= bound();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public LossStatus awaitLost(Deadline deadline) {
        core.lock.lock();
        try {
            boolean late = false;
            while (!merger.lossIsKnown() && !late) {
                late = !deadline.awaitUninterruptibly(core.changed);
            }
            return lostAtClose ? LossStatus.SOMETHING : late ? LossStatus.UNKNOWN : LossStatus.NOTHING;
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    protected boolean isSpent() {
        return frozen ? intake.due() == 0 : intake.lanes().length == 0;
    }

    @Override
    protected boolean isAtEnd() {
        if (!reachability.isEnding() || reachability.isAtEnd()) {
            return reachability.isAtEnd();
        }
        for (Lane<T> lane : intake.lanes()) {
            if (!frozen && (source(lane).isOpen() || lane.size() > 0)) {
                return false;
            }
        }
        return !frozen || intake.due() == 0;
    }

    // ---- who waits for whom

    /** Returns whether nothing more comes on any lane. Under the lock. */
    final boolean isUnreached() {
        for (Lane<T> lane : intake.lanes()) {
            if (source(lane).isOpen()) {
                return false;
            }
        }
        return true;
    }

    /** The lane that promises least, if that is less than a number. Under the lock. */
    final @Nullable Lane<T> leastLane(long sequence) {
        Lane<T> least = null;
        long w = sequence;
        for (Lane<T> lane : intake.lanes()) {
            long promised = lane.promised();
            if (promised < w) {
                w = promised;
                least = lane;
            }
        }
        return least;
    }

    @Override
    public void addBlockers(long sequence, Blockers blockers) {
        core.lock.lock();
        try {
            long w = bound();
            long first = intake.firstUnfinished();
            if (first != 0 && first <= Math.min(sequence, w)) {
                addReader(blockers.threads());
            }
            if (sequence > w) {
                addBlockersOfPromise(sequence, blockers);
            }
        } finally {
            core.lock.unlock();
        }
    }

    /** Adds those who must go on before this lane can give its next message. Under the lock. */
    final void addBlockers(Lane<T> lane, Blockers blockers) {
        long sequence = lane.first();
        if (sequence <= bound()) {
            addReader(blockers.threads());
        } else {
            blockers.add(this, sequence - 1); // asked without the lock
            addBlockersOfPromise(sequence, blockers);
        }
    }

    private void addBlockersOfPromise(long sequence, Blockers blockers) {
        for (Lane<T> lane : intake.lanes()) {
            if (lane.promised() < sequence) {
                source(lane).addBlockersOfPromise(sequence, blockers);
            }
        }
    }

    // ---- for snapshots and exceptions

    @Override
    public int pending() {
        return stop != null ? 0 : intake.due();
    }

    @Override
    public long discarded() {
        return discardedOnLanes;
    }

    @Override
    protected int capacity() {
        return merger.capacity();
    }

    /** How many messages it holds back. */
    final int held() {
        int all = 0;
        for (Lane<T> lane : intake.lanes()) {
            all += lane.size();
        }
        return stop != null || frozen ? 0 : Math.max(0, all - intake.due());
    }

    @Override
    protected String describeRest() {
        HeldBack held = heldBack();
        return ", " + pending() + " pending"
                + (held.waitsFor().isEmpty() ? "" : ", waits for " + held.waitsFor())
                + (held.source().isEmpty()
                        ? ""
                        : ", which has promised " + held.promise() + ", for "
                                + Texts.duration(held.since().toNanos()))
                + (held.waitsFor().isEmpty() ? "" : ", " + held.messages() + " held back");
    }
}
