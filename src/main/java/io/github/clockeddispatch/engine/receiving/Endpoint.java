package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.LossStatus;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.time.Duration;
import java.util.Collection;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The engine's side of a receiver: which thread reads, what waits for the clock, how it ends or stops. Guarded by the core's lock, but for
 * what its {@link ReadSide} does alone. Where its messages are, its kind says: an {@link Inbox}, or the {@code MergeGate} of a merge.
 *
 * @see "docs/design.md: Rooms"
 */
public abstract class Endpoint<T> extends OwnedByReader implements Clock {

    public final Core<T> core;
    public final String name;

    /** Where a receiver is in its life. */
    public enum Life {
        OPEN,
        ENDING,
        ENDED,
        FAILED,
        CLOSED
    }

    /** The state of a receiver; the last is null where it has not failed. */
    public record State(
            String name,
            Life life,
            long joinedAt,
            long time,
            long lag,
            ReaderReport.State reader,
            int capacity,
            int pending,
            long discarded,
            long skipped,
            int waits,
            HeldBack heldBack,
            @Nullable StopReason failure) {}

    /** The messages that are held back, what they wait for, and since when. */
    public record HeldBack(int messages, String source, String waitsFor, long promise, Duration since) {
        static final HeldBack NOTHING = new HeldBack(0, "", "", 0, Duration.ZERO);
    }

    /** When it joined, among the dispatcher's senders and receivers; 0 where it stands for the counter. */
    final long order;

    public final long joinedAt;

    public final ClockWaits waits;

    /** The other half of the reader's side. Written once, before the receiver can be seen. */
    @Nullable
    public ReadSide<T> side;

    /** The link that reads it; null for none. Written under the lock, read by anybody. */
    public volatile @Nullable Downstream downstream;

    /** Why it stopped; null while it goes on. Written once, under the lock. */
    public volatile @Nullable StopReason stop;

    /** When it stopped, by {@link Core#nextOrder}; 0 while it goes on. Written once, under the lock, before {@link #stop}. */
    long stopOrder;

    /** The bound of its clock when it stopped: nothing above is for it. Written once, under the lock, before {@link #stop}. */
    private long leftOutAt;

    /** Whether it has been discarded (G10). Written once, under the lock; read by anybody. */
    private volatile boolean discarded;

    /** Somebody was told that it has failed, or that it did so with its dispatcher. Guarded by the lock. */
    boolean failureTold;

    /** Why something that was accepted for it never got in here; null where nothing was given up. Guarded by the lock. */
    @Nullable
    StopReason givenUp;

    /** What can reach it, and how it ends: written by {@link Reachability} under the lock. */
    public final Reachability.Of<T> reachability = new Reachability.Of<>();

    /** Tells what its reader does. */
    public final ReaderReport report = new ReaderReport(this);

    /** Its place in the core's list, kept by the core under the lock. */
    int place = -1;

    public Endpoint(Core<T> core, String name, long order, long joinedAt) {
        this.core = core;
        this.name = name;
        this.order = order;
        this.joinedAt = joinedAt;
        this.waits = new ClockWaits(this);
    }

    /** Makes the reader's half. */
    public abstract ReadSide<T> newSide();

    // ---- the clock

    @Override
    public final Core<T> core() {
        return core;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final long lag() {
        long bound = bound(); // first, as in every look at a clock
        return Math.max(0, bound - time());
    }

    @Override
    public final boolean await(long sequence, Deadline deadline) throws InterruptedException {
        return waits.await(sequence, deadline);
    }

    @Override
    public final CompletableFuture<Long> whenReached(long sequence) {
        return waits.whenReached(sequence);
    }

    @Override
    public final boolean isOutOfReach(long sequence) {
        return waits.isOutOfReach(sequence);
    }

    @Override
    public final void visit(long sequence, Visitor visitor) {
        visitor.receiver(this, sequence);
    }

    @Override
    public final String label() {
        return "\"" + name + "\"";
    }

    /** How far numbers have been given; in a merge, are due. All that is numbered up to there can be read. */
    protected abstract long bound();

    /** The greatest number that its clock can reach when no number is given any more. Under the lock. */
    public abstract long last();

    /**
     * Returns whether something accepted for it, or above it, was lost when its dispatcher was closed. While that is not known yet, waits
     * until it is or the time is over; an interrupt does not end this short wait.
     */
    public LossStatus awaitLost(Deadline deadline) {
        return LossStatus.NOTHING;
    }

    /** The first number that is not finished; 0 for none. */
    public abstract long firstUnfinished();

    /** Returns whether something is in hand, for exceptions. */
    protected abstract boolean hasInHand();

    // ---- what links bring from here

    /** When the clock has got there, all that was accepted for it is finished. Under the lock. */
    public abstract long accepted();

    /** How far its bound gets without anybody's doing, if that of those above does, from which links lead here. Under the lock. */
    public abstract long promised();

    /** Returns whether nothing more comes, as its dispatcher is closed, and all that was due is finished. */
    public boolean isOver() {
        return core.isFinal() && stop == null && time() >= last();
    }

    /** How many messages there have been for it, but for those of which its own dispatcher's {@code close} tells. Under the lock. */
    public abstract long arrived();

    /** How many of them have been taken. Under the lock, while nobody reads. */
    public abstract long taken();

    /** Adds the receivers from which links lead here. */
    protected void addAbove(Collection<Endpoint<?>> above) {}

    /** It was discarded with a link below: adds what receivers above it that go on have not brought down. */
    protected void tellLostAbove(LostAbove lost) {}

    /** Under the lock: settles all who are due, wakes those for whom there is room, and has the rest be told. */
    protected abstract void settle();

    /** Where a wait is added that is not due: makes room in memory, so that it can be told. Under the lock. */
    void reserveWait() {}

    // ---- the reader

    /** Returns whether neither a stop, an end nor anything else is near. A hint, read without the lock. */
    protected abstract boolean isQuiet();

    @Override
    protected void shrink() {
        waits.shrink(Inbox.KEPT_SLOTS);
    }

    /** An error, such as that there is no memory, has come in the midst of reading: what was taken may not have been given. */
    protected void broken(Error error) {
        core.fail(this, error);
    }

    // ---- who waits for whom

    @Override
    public abstract void addBlockers(long sequence, Blockers blockers);

    @Override
    public final void explain(long sequence, Causes causes) {
        core.lock.lock();
        try {
            StopReason why = stop;
            long bound = bound();
            long first = firstUnfinished();
            if (time() >= sequence) {
                return;
            }
            if (why != null) {
                causes.thenStopped(core.exceptions, name, why);
            } else if (waits.hasEndedBefore(sequence)) {
                causes.thenStopped(core.exceptions, core.name(), waits.noSuchSequence(sequence));
            } else if (first != 0 && first <= Math.min(sequence, bound)) {
                report.explain(first, causes);
            } else if (sequence > bound) {
                explainBound(sequence, causes);
            }
        } finally {
            core.lock.unlock();
        }
    }

    /** Adds why its bound has not reached a number. Under the lock. */
    protected abstract void explainBound(long sequence, Causes causes);

    // ---- stopping: under the lock

    /**
     * Stops the clock, and everybody who waits here, unless it has stopped before. Where it ended in an error, it can be
     * called once more, and does the rest.
     *
     * @param cause why it fails; null where it is discarded or cut off
     * @param how what happened to it, for the exceptions
     */
    void stop(@Nullable Throwable cause, String how) {
        stop(cause, how, null);
    }

    /** The same; where it is told what is lost with it. */
    void stop(@Nullable Throwable cause, String how, @Nullable LostAbove lost) {
        StopReason now = stop;
        if (now == null) {
            now = stopAt(stopClock(), cause, how, lost);
            stopOrder = core.nextOrder();
            leftOutAt = bound();
            stop = now;
        }
        noteLeftOut();
        forget();
        waits.settleAll(now);
        wakeAtEnd();
        wakeRetry();
    }

    /** Stops the clock where it stands. Returns the first number that is not finished; where there is none, where it stands. */
    protected abstract long stopClock();

    /** G10: nobody is given what is in here, nothing keeps it, and nobody waits for room here. Settles the waits that are due. */
    protected abstract void forget();

    private StopReason stopAt(long sequence, @Nullable Throwable cause, String how, @Nullable LostAbove lost) {
        try {
            String what = this + " " + how + " at number " + sequence;
            return cause == null ? StopReason.closed(what, sequence, lost) : StopReason.failed(what, cause, sequence);
        } catch (OutOfMemoryError e) {
            // the clock has been stopped: once more, with less
            return cause == null ? StopReason.closed(how, sequence, lost) : StopReason.failed(how, cause, sequence);
        }
    }

    /** The bound of its clock when it stopped. */
    public long leftOutAt() {
        return leftOutAt;
    }

    /** It has stopped: senders that it is not a fixed target of note what it will never finish. It may come twice. */
    protected void noteLeftOut() {}

    /** It is discarded: {@code awaitFinished} leaves it out from now on. */
    void discard() {
        discarded = true;
    }

    /** It has stopped: those that feed it give it nothing more. */
    protected void detachProducers() {}

    /** Returns whether nobody has anything left for it, nor can bring more; whatever they have left for others. */
    protected boolean isSpent() {
        return false;
    }

    /** Returns whether it has been given all that there will ever be. Under the lock. */
    protected boolean isAtEnd() {
        return reachability.isAtEnd();
    }

    /** Something that was accepted for it was given up before it got in here: {@code awaitFinished} throws this. */
    public void gaveUp(StopReason why) {
        if (givenUp == null) {
            givenUp = why;
        }
    }

    @Nullable
    public StopReason stopped() {
        return stop;
    }

    /** For the reader that lost against a stop. */
    protected RuntimeException stoppedException() {
        core.lock.lock(); // the clock is stopped a little before the reason is written
        try {
            return core.exception(Objects.requireNonNull(stop));
        } finally {
            core.lock.unlock();
        }
    }

    // ---- for snapshots and exceptions

    public boolean isDiscarded() {
        return discarded;
    }

    public abstract int pending();

    public abstract long discarded();

    /** Returns whether it is somebody's: not where it stands for the counter. */
    final boolean hasJoined() {
        return order > 0;
    }

    /** Where it stands, for exceptions. */
    public String describe() {
        long first = firstUnfinished();
        return this + " stands at " + time() + " of " + bound()
                + (first == 0 ? ", nothing unfinished" : ", first unfinished " + first) + describeRest();
    }

    /** Says how full it is and what is missing, as what follows a list of other things, for exceptions. Under the lock. */
    protected abstract String describeRest();

    protected abstract int capacity();

    protected abstract HeldBack heldBack();

    State state() {
        StopReason why = stop;
        Life life = why == null
                ? isAtEnd() ? Life.ENDED : reachability.isEnding() ? Life.ENDING : Life.OPEN
                : why.isFailure() ? Life.FAILED : Life.CLOSED;
        long bound = bound(); // first, as in every look at a clock
        long time = time();
        return new State(
                name,
                life,
                joinedAt,
                time,
                Math.max(0, bound - time),
                report.state(),
                capacity(),
                pending(),
                discarded(),
                skipped(),
                waits.size(),
                heldBack(),
                life == Life.FAILED ? why : null);
    }

    @Override
    public String toString() {
        return "receiver \"" + name + "\"";
    }
}
