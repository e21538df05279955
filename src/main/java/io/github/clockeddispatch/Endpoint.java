package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.NumberHeap;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a receiver owns, of either kind of dispatcher: who reads, who waits for the clock, how it ends or stops. Guarded by the
 * hub's lock, but for what its {@link ReadSide} does alone. Where its messages are kept, and what its clock is derived from, its
 * kind says: an {@link Inbox}, or the {@link MergePoint} of a merge.
 */
abstract class Endpoint<T> {

    final Hub<T> hub;
    final String name;

    /** When it joined, among the dispatcher's senders and receivers. */
    final long order;

    final long joinedAt;

    final NumberHeap<ClockWait> waits = new NumberHeap<>();

    /** The reader that waits, and has not been woken; null for none. Written under the lock. */
    private volatile @Nullable Thread waiter;

    /** The thread that is in a reading method. Written by {@link ReadSide}. */
    volatile @Nullable Thread inside;

    /**
     * The thread that reads until the end, in {@code forEach…} or for a link, so that no other can read in its place; null
     * where the receiver is read by hand. Written by the reader, read by watches, snapshots and those who write exceptions.
     */
    volatile @Nullable Thread readsOn;

    /** The other half of the reader's side. Written once, before the receiver can be seen. */
    @Nullable
    ReadSide<T> side;

    /** The link that reads it; null for none. Written under the lock, read by anybody. */
    volatile @Nullable Relay<?, ?> relay;

    /**
     * The thread that was last given something. Written by the reader, read by anybody; weak, so that a thread that has ended is
     * not kept.
     */
    private volatile @Nullable WeakReference<Thread> reader;

    /** Why it stopped; null while it goes on. Written once, under the lock. */
    volatile @Nullable Stop stop;

    /**
     * When it stopped, in the order of {@link Hub#nextOrder}; 0 while it goes on. Written once, under the lock, before
     * {@link #stop}.
     */
    private long stopOrder;

    /** Whether it has been discarded (G10). Written once, under the lock; read by anybody. */
    private volatile boolean discarded;

    /** Why something that was accepted for it never got in here; null where nothing was given up. Guarded by the lock. */
    private @Nullable Stop givenUp;

    /** What can reach it, and how it ends: written by {@link Reach} under the lock. */
    final Reach.Of<T> reach = new Reach.Of<>();

    /** What stood first when its dispatcher began to close; null before. Guarded by the lock. */
    private @Nullable Sight sight;

    /** Its place in the hub's list, kept by the hub under the lock. */
    int place = -1;

    Endpoint(Hub<T> hub, String name, long order, long joinedAt) {
        this.hub = hub;
        this.name = name;
        this.order = order;
        this.joinedAt = joinedAt;
    }

    /** Makes the reader's half. */
    abstract ReadSide<T> newSide();

    // ---- the clock

    /** Where its clock stands. */
    abstract long time();

    /** How far numbers have been given; in a merge, are due. All that is numbered up to there can be read. */
    abstract long bound();

    /** The greatest number that its clock can reach when no number is given any more. Under the lock. */
    abstract long last();

    /** The least number that was accepted and given up when the dispatcher was closed; 0 for none. */
    long firstLost() {
        return 0;
    }

    /** The first number that is not finished; 0 for none. */
    abstract long firstUnfinished();

    /** Whether something is in hand, for exceptions. */
    abstract boolean hasInHand();

    // ---- what links bring from here

    /** When the clock has got there, all that was accepted for it is finished. Under the lock. */
    abstract long accepted();

    /** How far its bound gets without anybody's doing, if that of those above does, from which links lead here. Under the lock. */
    abstract long promised();

    /** Whether nothing more comes, as its dispatcher is closed, and all that was due is finished. */
    boolean isOver() {
        return hub.isFinal() && stop == null && time() >= last();
    }

    /**
     * How many messages there have been for it, but for those of which its own dispatcher's {@code close} tells. Under the lock.
     */
    abstract long arrived();

    /** How many of them have been taken. Under the lock, while nobody reads. */
    abstract long taken();

    /** Adds the receivers from which links lead here. */
    void addAbove(Collection<Endpoint<?>> above) {}

    /**
     * It, and all receivers from which something can get here, by any number of links, but nothing above one that has stopped. Each comes
     * after those above it, as messages go.
     */
    final Set<Endpoint<?>> withAllAbove() {
        Set<Endpoint<?>> all = new LinkedHashSet<>();
        Set<Endpoint<?>> begun = new HashSet<>();
        Deque<Endpoint<?>> path = new ArrayDeque<>();
        path.push(this);
        while (!path.isEmpty()) {
            Endpoint<?> next = path.element();
            if (begun.add(next)) {
                if (next.stop == null) {
                    List<Endpoint<?>> above = new ArrayList<>();
                    next.addAbove(above);
                    above.forEach(path::push);
                }
            } else {
                path.pop();
                all.add(next);
            }
        }
        return all;
    }

    boolean hasReached(long number) {
        return time() >= number;
    }

    /** Under the lock: settles all who are due, wakes those for whom there is room, and has the rest be told. */
    abstract void settle();

    /** Where a wait is added that is not due: makes room in memory, so that it can be told. Under the lock. */
    void reserveWait() {}

    /** Settles all waits up to a number. Under the lock. */
    final void settleUpTo(long time) {
        while (waits.firstNumber() <= time) {
            ClockWait due = waits.first();
            due.settle(null); // where this throws, it is still there to be settled by a failure
            waits.remove(due);
        }
    }

    /** The least number that is waited for; {@code Long.MAX_VALUE} for none. Under the lock. */
    long firstWaited() {
        return waits.firstNumber();
    }

    // ---- the reader

    /** Whether neither a stop, an end nor anything else is near. A hint, read without the lock. */
    abstract boolean isQuiet();

    /** Whether the reader waits, and has not been woken. */
    boolean readerWaits() {
        return waiter != null;
    }

    /** Reader, under the lock: wants to be woken from now on, which it may be at once. */
    void readerBeginsToWait() {
        waiter = Thread.currentThread();
        shrink();
    }

    /** Reader, under the lock: gives back memory, being about to wait with nothing to do. */
    void shrink() {
        waits.shrink(Inbox.KEPT_PLACES);
    }

    /** Reader, under the lock: wants to be woken no more. */
    void readerWaitsNoMore() {
        readerIsAwake();
    }

    /** The same, where it looks at once what there is. */
    final void readerIsAwake() {
        waiter = null;
    }

    /** The reader that waits looks again. Under the lock, which it does not take to wake up. */
    void wakeReader() {
        Thread thread = waiter;
        if (thread != null) {
            waiter = null;
            LockSupport.unpark(thread);
        }
    }

    /** Reader: another thread reads than before. */
    void readBy(Thread thread) {
        reader = new WeakReference<>(thread);
    }

    /** The thread that was last given something; null for none. */
    @Nullable
    Thread reader() {
        WeakReference<Thread> last = reader;
        return last == null ? null : last.get();
    }

    /** An error, such as that there is no memory, has come in the midst of reading: what was taken may not have been given. */
    void broken(Error error) {
        hub.fail(this, error);
    }

    // ---- waiting for the clock

    /** Adds a wait, which may be settled at once. Under the lock. */
    void add(ClockWait wait) {
        Stop why = stop;
        if (time() >= wait.number()) {
            wait.settle(null);
        } else if (why != null) {
            wait.settle(why);
        } else if (wait.number() > last() && hub.isFinal()) {
            wait.settle(noSuchNumber(wait.number()));
        } else {
            reserveWait();
            waits.add(wait);
            settle();
        }
    }

    /** Adds a wait, or throws an error and leaves none behind. Under the lock. */
    private void addWhole(ClockWait wait) {
        try {
            add(wait);
        } catch (Error e) {
            waits.remove(wait);
            throw e;
        }
    }

    /** Has a wait, which may be settled at once, wait for this number from now on, whatever it waited for. Under the lock. */
    void reschedule(ClockWait wait, long number) {
        waits.reschedule(wait, number);
        settle();
    }

    /** Takes a wait out, unless it was settled. Takes the lock. */
    private void giveUp(ClockWait wait) {
        hub.lock.lock();
        try {
            remove(wait);
        } finally {
            hub.lock.unlock();
        }
    }

    void remove(ClockWait wait) {
        if (waits.remove(wait)) {
            settle();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // the reader has a moment to finish before this one parks
    boolean await(long number, Deadline deadline) throws InterruptedException {
        if (!deadline.isNow() && number <= bound()) {
            Thread.yield();
            if (hasReached(number)) {
                return true;
            }
        }
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> awaitInTurn(number, deadline))
                : awaitInTurn(number, deadline);
    }

    private boolean awaitInTurn(long number, Deadline deadline) throws InterruptedException {
        var wait = new ClockWait.OfThread(number, this);
        hub.lock.lock();
        try {
            if (deadline.isNever()) {
                checkNotInOwnHand(number);
            }
            addWhole(wait);
        } finally {
            hub.lock.unlock();
        }
        try {
            if (!wait.isTold()) {
                wait.await(deadline);
            }
        } finally {
            if (!wait.isTold()) {
                giveUp(wait); // with the lock, and so it is known whether it had been settled
            }
        }
        return wait.checkReached();
    }

    /**
     * Throws if the calling thread would wait for what it must finish itself: it is the reader, and has that in hand. The three
     * reads are in the reverse of the order in which a reader writes, so that what another thread takes meanwhile does not count
     * as the caller's own.
     */
    private void checkNotInOwnHand(long number) {
        long first = firstUnfinished();
        ReadSide<T> by = side;
        if (first == 0 || first > number || by == null || !by.isInHand(first)) {
            return;
        }
        VarHandle.acquireFence();
        Thread self = Thread.currentThread();
        Thread other = inside; // to which it has handed the receiver over, and which finishes what is in hand
        if (reader() == self && (other == null || other == self)) {
            String thread = Texts.name(self);
            throw new IllegalStateException("deadlock: " + thread + " waits for the clock of \"" + name + "\" to reach "
                    + number + ", held by " + thread + ", which has " + first + " in hand. " + Wait.ADVICE);
        }
    }

    /** Waits until what was accepted for each, up to its number, is finished or discarded. */
    static <T> boolean awaitFinished(Map<Endpoint<T>, Long> marks, Deadline deadline) throws InterruptedException {
        marks.forEach(Endpoint::isDone); // throws before any wait where something will never be finished
        for (var mark : marks.entrySet()) {
            if (!mark.getKey().awaitFinished(mark.getValue(), deadline)) {
                marks.forEach(Endpoint::isDone); // one of the others may have failed meanwhile
                return false;
            }
        }
        return true;
    }

    private boolean awaitFinished(long number, Deadline deadline) throws InterruptedException {
        try {
            return isDone(number) || await(number, deadline);
        } catch (ClosedException e) {
            if (discarded) {
                return true;
            }
            throw e; // it was not discarded, but given up
        }
    }

    /**
     * Returns whether what was accepted for it up to a number is finished or discarded, or it has stopped with nothing unfinished.
     *
     * @throws DispatchException if some of it was given up, and will never be finished
     */
    private boolean isDone(long number) {
        hub.lock.lock();
        try {
            if (discarded) {
                return true;
            }
            Stop missing = givenUp;
            if (missing == null && number > last() && hub.isFinal()) {
                missing = noSuchNumber(number);
            }
            Stop why = stop;
            if (missing == null && why != null && why.number() > time()) {
                missing = why;
            }
            if (missing != null) {
                throw missing.exception();
            }
            return why != null || time() >= number;
        } finally {
            hub.lock.unlock();
        }
    }

    CompletableFuture<Long> whenReached(long number) {
        if (hasReached(number)) {
            return CompletableFuture.completedFuture(number);
        }
        var wait = new ClockWait.OfFuture(number, hub.threads);
        hub.lock.lock();
        try {
            addWhole(wait);
        } finally {
            hub.lock.unlock();
        }
        // Whoever completes it, by cancel, orTimeout or complete, frees the wait. Not whenComplete, which wraps a
        // failure in an exception that asks for the text of it.
        var unused = wait.future.handle((reached, failure) -> {
            giveUp(wait);
            return true;
        });
        return wait.future;
    }

    // ---- who waits for whom

    /** Adds those who must go on before the clock can reach a number. Without a lock. */
    abstract void addBlockers(long number, Blockers blockers);

    /** Adds the thread that reads until the end, if there is one: nobody else can make room here, or finish anything. */
    final void addReader(Collection<Thread> threads) {
        Thread by = readsOn;
        if (by != null) {
            threads.add(by);
        }
    }

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
        Stop now = stop;
        if (now == null) {
            now = stopAt(stopClock(), cause, how, lost);
            stopOrder = hub.nextOrder();
            stop = now;
        }
        forget();
        while (!waits.isEmpty()) {
            ClockWait first = waits.first();
            first.settle(now);
            waits.remove(first);
        }
        wakeReader();
    }

    /** Stops the clock where it stands. Returns the first number that is not finished; where there is none, where it stands. */
    abstract long stopClock();

    /** G10: nobody is given what is in here, nothing keeps it, and nobody waits for room here. Settles the waits that are due. */
    abstract void forget();

    private Stop stopAt(long number, @Nullable Throwable cause, String how, @Nullable LostAbove lost) {
        try {
            String what = this + " " + how + " at number " + number;
            return cause == null ? Stop.closed(what, number, lost) : Stop.failed(what, cause, number);
        } catch (OutOfMemoryError e) {
            // the clock has been stopped: once more, with less
            return cause == null ? Stop.closed(how, number, lost) : Stop.failed(how, cause, number);
        }
    }

    long stopOrder() {
        return stopOrder;
    }

    /** It is discarded: {@code awaitFinished} leaves it out from now on. */
    void discard() {
        discarded = true;
    }

    /** It has stopped: it takes nothing more from where it came from. */
    void cutSupply() {}

    /** Whether nobody has anything left for it, nor can bring more; whatever they have left for others. */
    boolean isSpent() {
        return false;
    }

    /** Whether it has been given all that there will ever be. Under the lock. */
    boolean isAtEnd() {
        return reach.isAtEnd();
    }

    /** Something that was accepted for it was given up before it got in here: {@code awaitFinished} throws this. */
    void gaveUp(Stop why) {
        if (givenUp == null) {
            givenUp = why;
        }
    }

    /** Numbers above the last will not be given any more: nobody shall wait for them. */
    void numbersEnd() {
        List<ClockWait> kept = new ArrayList<>(waits.size());
        try {
            while (!waits.isEmpty()) {
                ClockWait wait = waits.first();
                if (wait.number() > last()) {
                    wait.settle(noSuchNumber(wait.number()));
                } else {
                    kept.add(wait);
                }
                waits.remove(wait);
            }
        } finally {
            for (int i = 0; i < kept.size(); i++) {
                waits.add(kept.get(i)); // takes no memory, having been there
            }
        }
        settle();
    }

    private Stop noSuchNumber(long number) {
        Stop failure = hub.failure();
        long given = bound();
        return failure != null
                ? failure
                : Stop.closed(hub + " is closed at number " + given + ": "
                        + number + " will not be " + (number > given ? "given; " : "finished; ")
                        + describe());
    }

    @Nullable
    Stop stopped() {
        return stop;
    }

    /** For the reader that lost against a stop. */
    RuntimeException stoppedException() {
        hub.lock.lock(); // the clock is stopped a little before the reason is written
        try {
            return Objects.requireNonNull(stop).exception();
        } finally {
            hub.lock.unlock();
        }
    }

    // ---- for people

    boolean isDiscarded() {
        return discarded;
    }

    abstract int pending();

    abstract long discarded();

    /** Notes what stands first, so that {@link #describeHand} can tell for how long it has. Under the lock. */
    void look() {
        sight = new Sight();
    }

    /** Says what the reader has in hand, in words that follow "the reader", for exceptions. */
    String describeHand() {
        long first = firstUnfinished();
        Sight before = sight;
        if (!hasInHand()) {
            return " with nothing in hand";
        }
        return (readsOn != null ? " in the handler of " : " with ")
                + first
                + (readsOn != null ? "" : " in hand")
                + (before != null && before.first == first ? " for at least " + Texts.duration(before.age()) : "");
    }

    /** What stood first when somebody began to wait, to tell later for how long it has stood there at least. */
    final class Sight {
        private final long first = firstUnfinished();
        private final long nanoTime = System.nanoTime();

        long age() {
            return System.nanoTime() - nanoTime;
        }

        String describe() {
            boolean same = first != 0 && first == firstUnfinished();
            return Endpoint.this.describe() + (same ? ", " + first + " for at least " + Texts.duration(age()) : "");
        }
    }

    /** Where it stands, for exceptions. */
    String describe() {
        long first = firstUnfinished();
        return this + " stands at " + time() + " of " + bound()
                + (first == 0 ? ", nothing unfinished" : ", first unfinished " + first) + describeRest();
    }

    /** Says how full it is and what is missing, as what follows a list of other things, for exceptions. Under the lock. */
    abstract String describeRest();

    abstract int capacity();

    abstract Snapshot.HeldBack heldBack();

    Snapshot.ReceiverState state() {
        Stop why = stop;
        String state = why == null
                ? isAtEnd() ? "ended" : reach.isEnding() ? "ending" : "open"
                : why.isFailure() ? "failed" : "closed";
        Thread by = reader();
        return new Snapshot.ReceiverState(
                name,
                state,
                joinedAt,
                time(),
                firstUnfinished(),
                capacity(),
                pending(),
                discarded(),
                waits.size(),
                by == null ? "" : "thread " + Texts.name(by),
                heldBack());
    }

    @Override
    public String toString() {
        return "receiver \"" + name + "\"";
    }
}
