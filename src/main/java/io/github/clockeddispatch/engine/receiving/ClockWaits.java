package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.progress.SequenceHeap;
import io.github.clockeddispatch.engine.recording.RecordedWait;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The waits for the clock of a receiver, ordered by number. Any thread adds one, by {@link #await}, {@link #whenReached} or
 * {@link #awaitFinished}, without a lock; all else is under the core's lock. Which of them are due the {@link Endpoint} says.
 *
 * @see "docs/design.md: Waits"
 */
public final class ClockWaits {

    private final Endpoint<?> endpoint;
    private final Core<?> core;

    /** Guarded by the core's lock. */
    private final SequenceHeap<ClockWait> heap = new SequenceHeap<>();

    ClockWaits(Endpoint<?> endpoint) {
        this.endpoint = endpoint;
        this.core = endpoint.core;
    }

    // ---- under the lock

    public boolean isEmpty() {
        return heap.isEmpty();
    }

    int size() {
        return heap.size();
    }

    /** The least number that is waited for; {@code Long.MAX_VALUE} for none. */
    public long firstSequence() {
        return heap.firstSequence();
    }

    /** Gives back memory, keeping room for no more than a number of waits where there are few. */
    void shrink(int slots) {
        heap.shrink(slots);
    }

    /** Adds a wait, which may be settled at once. */
    void add(ClockWait wait) {
        StopReason why = endpoint.stop;
        if (endpoint.time() >= wait.sequence()) {
            wait.settle(null);
        } else if (why != null) {
            wait.settle(why);
        } else if (hasEndedBefore(wait.sequence())) {
            wait.settle(noSuchSequence(wait.sequence()));
        } else {
            endpoint.reserveWait();
            heap.add(wait);
            endpoint.settle();
        }
    }

    /** Adds a wait, or throws an error and leaves none behind. */
    void addWhole(ClockWait wait) {
        try {
            add(wait);
        } catch (Error e) {
            heap.remove(wait);
            throw e;
        }
    }

    /** Has a wait, which may be settled at once, wait for this number from now on, whatever it waited for. */
    void reschedule(ClockWait wait, long sequence) {
        heap.reschedule(wait, sequence);
        endpoint.settle();
    }

    /** Takes a wait out, unless it was settled. */
    public void remove(ClockWait wait) {
        if (heap.remove(wait)) {
            endpoint.settle();
        }
    }

    /** Settles all waits up to a number. */
    public void settleUpTo(long time) {
        while (heap.firstSequence() <= time) {
            ClockWait due = heap.first();
            due.settle(null); // where this throws, it is still there to be settled by a failure
            heap.remove(due);
        }
    }

    /** The clock has stopped: settles all. */
    void settleAll(StopReason why) {
        while (!heap.isEmpty()) {
            ClockWait first = heap.first();
            first.settle(why);
            heap.remove(first);
        }
    }

    /** Numbers above the last will not be given any more: nobody shall wait for them. */
    public void numbersEnd() {
        List<ClockWait> kept = new ArrayList<>(heap.size());
        try {
            while (!heap.isEmpty()) {
                ClockWait wait = heap.first();
                if (wait.sequence() > endpoint.last()) {
                    wait.settle(noSuchSequence(wait.sequence()));
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
        endpoint.settle();
    }

    /** Returns whether the clock ends before a number, as no more are given. Under the lock. */
    boolean hasEndedBefore(long sequence) {
        return core.isFinal() && sequence > endpoint.last();
    }

    StopReason noSuchSequence(long sequence) {
        StopReason failure = core.failure();
        long given = endpoint.bound();
        return failure != null
                ? failure
                : StopReason.closed(core + " is closed at number " + given + ": "
                        + sequence + " will not be " + (sequence > given ? "given" : "finished")
                        + (endpoint.hasJoined() ? "; " + endpoint.describe() : ""));
    }

    // ---- without a lock

    /** Returns whether the clock will never reach a number. */
    boolean isOutOfReach(long sequence) {
        core.lock.lock();
        try {
            return endpoint.time() < sequence && (endpoint.stop != null || hasEndedBefore(sequence));
        } finally {
            core.lock.unlock();
        }
    }

    /** Waits for a number. Returns whether the clock has reached it; false where the time is over. */
    @SuppressWarnings("ThreadPriorityCheck") // the reader has a moment to finish before this one parks
    public boolean await(long sequence, Deadline deadline) throws InterruptedException {
        if (!deadline.isNow() && sequence <= endpoint.bound()) {
            Thread.yield();
            if (endpoint.hasReached(sequence)) {
                return true;
            }
        }
        RecordedWait recorded =
                deadline.isNow() ? null : Recorder.active().clockWait(core.name(), endpoint.name, sequence);
        return recorded == null
                ? awaitTelling(sequence, deadline)
                : WaitRecording.of(core, recorded, () -> awaitTelling(sequence, deadline));
    }

    private boolean awaitTelling(long sequence, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> awaitInTurn(sequence, deadline))
                : awaitInTurn(sequence, deadline);
    }

    private boolean awaitInTurn(long sequence, Deadline deadline) throws InterruptedException {
        var wait = new ClockWait.OfThread(sequence, endpoint);
        core.lock.lock();
        try {
            if (deadline.isNever()) {
                checkNotInOwnHand(sequence, wait::describe);
            }
            addWhole(wait);
        } finally {
            core.lock.unlock();
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
     *
     * @param what what it waits for
     */
    void checkNotInOwnHand(long sequence, Supplier<String> what) {
        long first = endpoint.firstUnfinished();
        ReadSide<?> by = endpoint.side;
        if (first == 0 || first > sequence || by == null || !by.isInHand(first)) {
            return;
        }
        VarHandle.acquireFence();
        Thread self = Thread.currentThread();
        Thread other = endpoint.inside; // to which it has handed the receiver over, and which finishes what is in hand
        if (endpoint.reader() == self && (other == null || other == self)) {
            String thread = Texts.name(self);
            String text = "deadlock: " + thread + " waits for " + what.get() + ", held by " + thread + ", which has "
                    + first + " in hand. " + Wait.advice();
            Announcement.refused(core, text);
            throw new IllegalStateException(text);
        }
    }

    private void giveUp(ClockWait wait) {
        core.lock.lock();
        try {
            remove(wait);
        } finally {
            core.lock.unlock();
        }
    }

    /** Returns a future that is completed when the clock has reached a number. To complete it otherwise takes the wait out. */
    public CompletableFuture<Long> whenReached(long sequence) {
        if (endpoint.hasReached(sequence)) {
            return CompletableFuture.completedFuture(sequence);
        }
        var wait = new ClockWait.OfFuture(sequence, core);
        core.lock.lock();
        try {
            addWhole(wait);
        } finally {
            core.lock.unlock();
        }
        // Not whenComplete, which wraps a failure in an exception that asks for the text of it.
        var unused = wait.future.handle((reached, failure) -> {
            giveUp(wait);
            return true;
        });
        return wait.future;
    }

    /** Waits until what was accepted for each, up to its number, is finished or discarded. */
    public static <T> boolean awaitFinished(Map<Endpoint<T>, Long> marks, Deadline deadline)
            throws InterruptedException {
        // throws before any wait where something will never be finished
        marks.forEach((endpoint, sequence) -> endpoint.waits.isDone(sequence));
        for (var mark : marks.entrySet()) {
            if (!mark.getKey().waits.awaitFinished(mark.getValue(), deadline)) {
                marks.forEach((endpoint, sequence) -> endpoint.waits.isDone(sequence)); // one may have failed meanwhile
                return false;
            }
        }
        return true;
    }

    private boolean awaitFinished(long sequence, Deadline deadline) throws InterruptedException {
        try {
            return isDone(sequence) || await(sequence, deadline);
        } catch (RuntimeException e) {
            if (endpoint.isDiscarded() && core.exceptions.isOfClosing(e)) {
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
    private boolean isDone(long sequence) {
        core.lock.lock();
        try {
            if (endpoint.isDiscarded()) {
                return true;
            }
            StopReason missing = endpoint.givenUp;
            if (missing == null && hasEndedBefore(sequence)) {
                missing = noSuchSequence(sequence);
            }
            StopReason why = endpoint.stop;
            if (missing == null && why != null && why.sequence() > endpoint.time()) {
                missing = why;
            }
            if (missing != null) {
                throw core.exception(missing);
            }
            return why != null || endpoint.time() >= sequence;
        } finally {
            core.lock.unlock();
        }
    }
}
