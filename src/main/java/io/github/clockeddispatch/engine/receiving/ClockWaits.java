package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.progress.NumberHeap;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Stop;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The waits for the clock of a receiver, ordered by number. Any thread adds one, by {@link #await}, {@link #whenReached} or
 * {@link #awaitFinished}, without a lock; all else is under the hub's lock. Which of them are due the {@link Endpoint} says.
 */
public final class ClockWaits {

    private final Endpoint<?> inbox;
    private final Hub<?> hub;

    /** Guarded by the hub's lock. */
    private final NumberHeap<ClockWait> heap = new NumberHeap<>();

    ClockWaits(Endpoint<?> inbox) {
        this.inbox = inbox;
        this.hub = inbox.hub;
    }

    // ---- under the lock

    public boolean isEmpty() {
        return heap.isEmpty();
    }

    int size() {
        return heap.size();
    }

    /** The least number that is waited for; {@code Long.MAX_VALUE} for none. */
    public long firstNumber() {
        return heap.firstNumber();
    }

    /** Gives back memory, keeping room for no more than a number of waits where there are few. */
    void shrink(int places) {
        heap.shrink(places);
    }

    /** Adds a wait, which may be settled at once. */
    void add(ClockWait wait) {
        Stop why = inbox.stop;
        if (inbox.time() >= wait.number()) {
            wait.settle(null);
        } else if (why != null) {
            wait.settle(why);
        } else if (wait.number() > inbox.last() && hub.isFinal()) {
            wait.settle(noSuchNumber(wait.number()));
        } else {
            inbox.reserveWait();
            heap.add(wait);
            inbox.settle();
        }
    }

    /** Adds a wait, or throws an error and leaves none behind. */
    private void addWhole(ClockWait wait) {
        try {
            add(wait);
        } catch (Error e) {
            heap.remove(wait);
            throw e;
        }
    }

    /** Has a wait, which may be settled at once, wait for this number from now on, whatever it waited for. */
    void reschedule(ClockWait wait, long number) {
        heap.reschedule(wait, number);
        inbox.settle();
    }

    /** Takes a wait out, unless it was settled. */
    public void remove(ClockWait wait) {
        if (heap.remove(wait)) {
            inbox.settle();
        }
    }

    /** Settles all waits up to a number. */
    public void settleUpTo(long time) {
        while (heap.firstNumber() <= time) {
            ClockWait due = heap.first();
            due.settle(null); // where this throws, it is still there to be settled by a failure
            heap.remove(due);
        }
    }

    /** The clock has stopped: settles all. */
    void settleAll(Stop why) {
        while (!heap.isEmpty()) {
            ClockWait first = heap.first();
            first.settle(why);
            heap.remove(first);
        }
    }

    /** Numbers above the last will not be given any more: nobody shall wait for them. */
    void numbersEnd() {
        List<ClockWait> kept = new ArrayList<>(heap.size());
        try {
            while (!heap.isEmpty()) {
                ClockWait wait = heap.first();
                if (wait.number() > inbox.last()) {
                    wait.settle(noSuchNumber(wait.number()));
                } else {
                    kept.add(wait);
                }
                heap.remove(wait);
            }
        } finally {
            for (int i = 0; i < kept.size(); i++) {
                heap.add(kept.get(i)); // takes no memory, having been there
            }
        }
        inbox.settle();
    }

    private Stop noSuchNumber(long number) {
        Stop failure = hub.failure();
        long given = inbox.bound();
        return failure != null
                ? failure
                : Stop.closed(hub + " is closed at number " + given + ": "
                        + number + " will not be " + (number > given ? "given; " : "finished; ")
                        + inbox.describe());
    }

    // ---- without a lock

    /** Waits for a number. Returns whether the clock has reached it; false where the time is over. */
    @SuppressWarnings("ThreadPriorityCheck") // the reader has a moment to finish before this one parks
    public boolean await(long number, Deadline deadline) throws InterruptedException {
        if (!deadline.isNow() && number <= inbox.bound()) {
            Thread.yield();
            if (inbox.hasReached(number)) {
                return true;
            }
        }
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> awaitInTurn(number, deadline))
                : awaitInTurn(number, deadline);
    }

    private boolean awaitInTurn(long number, Deadline deadline) throws InterruptedException {
        var wait = new ClockWait.OfThread(number, inbox);
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
        long first = inbox.firstUnfinished();
        ReadSide<?> by = inbox.side;
        if (first == 0 || first > number || by == null || !by.isInHand(first)) {
            return;
        }
        VarHandle.acquireFence();
        Thread self = Thread.currentThread();
        Thread other = inbox.inside; // to which it has handed the receiver over, and which finishes what is in hand
        if (inbox.reader() == self && (other == null || other == self)) {
            String thread = Texts.name(self);
            throw new IllegalStateException(
                    "deadlock: " + thread + " waits for the clock of \"" + inbox.name + "\" to reach " + number
                            + ", held by " + thread + ", which has " + first + " in hand. " + Wait.ADVICE);
        }
    }

    private void giveUp(ClockWait wait) {
        hub.lock.lock();
        try {
            remove(wait);
        } finally {
            hub.lock.unlock();
        }
    }

    /** Returns a future that is completed when the clock has reached a number. To complete it otherwise takes the wait out. */
    public CompletableFuture<Long> whenReached(long number) {
        if (inbox.hasReached(number)) {
            return CompletableFuture.completedFuture(number);
        }
        var wait = new ClockWait.OfFuture(number, hub);
        hub.lock.lock();
        try {
            addWhole(wait);
        } finally {
            hub.lock.unlock();
        }
        // Not whenComplete, which wraps a failure in an exception that asks for the text of it.
        var unused = wait.future.handle((reached, failure) -> {
            giveUp(wait);
            return true;
        });
        return wait.future;
    }

    /** Waits until what was accepted for each, up to its number, is finished or discarded. */
    public static <T> boolean awaitFinished(Map<Endpoint<T>, Long> marks, Deadline deadline) throws InterruptedException {
        // throws before any wait where something will never be finished
        marks.forEach((inbox, number) -> inbox.waits.isDone(number));
        for (var mark : marks.entrySet()) {
            if (!mark.getKey().waits.awaitFinished(mark.getValue(), deadline)) {
                marks.forEach((inbox, number) -> inbox.waits.isDone(number)); // one may have failed meanwhile
                return false;
            }
        }
        return true;
    }

    private boolean awaitFinished(long number, Deadline deadline) throws InterruptedException {
        try {
            return isDone(number) || await(number, deadline);
        } catch (RuntimeException e) {
            if (inbox.isDiscarded() && hub.isOfClosing(e)) {
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
            if (inbox.isDiscarded()) {
                return true;
            }
            Stop missing = inbox.givenUp();
            if (missing == null && number > inbox.last() && hub.isFinal()) {
                missing = noSuchNumber(number);
            }
            Stop why = inbox.stop;
            if (missing == null && why != null && why.number() > inbox.time()) {
                missing = why;
            }
            if (missing != null) {
                throw hub.exception(missing);
            }
            return why != null || inbox.time() >= number;
        } finally {
            hub.lock.unlock();
        }
    }
}
