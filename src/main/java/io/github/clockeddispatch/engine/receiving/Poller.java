package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.HandlerTimer;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Arguments;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The poll of a receiver by its reader: looks for what is next, waits for it, takes it. Called by the one thread that is inside its
 * {@link ReadSide}. To take needs no lock; how it goes, the kind of the dispatcher says. Where there is nothing to take, waiting begins
 * under the core's lock, so that no message can come in between.
 *
 * @see "docs/design.md: The way of a message"
 */
public abstract class Poller<T> {

    /** The kinds of what a reader may find. */
    public enum Found {
        MESSAGE,
        TICK,
        END,
        NOTHING
    }

    /** The function that makes what a batch holds of each message. */
    @FunctionalInterface
    public interface Maker<T, M> {
        M message(long sequence, T payload);
    }

    private final Endpoint<T> endpoint;

    /** The number that the reader was last told. Written by the thread that is inside. */
    public long told;

    /** What times the calls of handlers that are made in a row; null while none is timed. By the thread that is inside. */
    private @Nullable HandlerTimer row;

    /** The same, kept for the next row; null while nobody has recorded. */
    private @Nullable HandlerTimer timer;

    Poller(Endpoint<T> endpoint) {
        this.endpoint = endpoint;
        this.told = endpoint.joinedAt;
    }

    // ---- steps of the kind

    /** The first number that was given and is not finished; 0 for none. Exact only where the reader asks. */
    protected abstract long inHand();

    /** Returns whether this is the first number in hand. Exact only where the reader asks. */
    boolean isInHand(long sequence) {
        return inHand() == sequence;
    }

    /** The calling thread has become the one that reads. */
    protected void entered() {}

    /** Returns whether there is something to take. */
    public abstract boolean hasNext();

    /** The number of that. */
    public abstract long nextSequence();

    /**
     * Takes the next message, there being one, and finishes what was in hand.
     *
     * @return the message; null where it is withheld: then it is to be looked anew
     */
    protected abstract @Nullable T takeNext();

    /**
     * Takes messages, there being one, and finishes what was in hand; of what it takes, the first is in hand, and the last is what was
     * told.
     */
    protected abstract <M> void takeBatch(int max, List<M> batch, Maker<T, M> maker);

    /** Finishes what is in hand, if anything is. */
    public abstract void finish();

    /** The handler has failed: nothing is in hand any more, though it is not finished. */
    protected abstract void drop();

    /** The reader has waited, and does so no more. Without the lock. */
    protected void wakes() {}

    /** Under the lock: whether there is something to take, after a last look. */
    protected abstract boolean hasNextAtLast();

    /** Under the lock, the reader being about to wait: whether something has come after all. */
    protected abstract boolean isToGoOn();

    // ---- to take

    /** Takes the next message, there being one, and finishes what was in hand. Returns null where it is withheld. */
    @Nullable
    public final T take() {
        long sequence = nextSequence();
        T payload = takeNext();
        if (payload != null) {
            told = sequence;
        }
        return payload;
    }

    protected final <M> List<M> takeBatch(int max, Maker<T, M> maker) {
        List<M> batch = new ArrayList<>();
        takeBatch(max, batch, maker);
        return batch;
    }

    // ---- to time handlers

    /**
     * A handler is about to be called.
     *
     * @return what times the call; null where that is not recorded
     */
    public final @Nullable HandlerTimer beginCall(long sequence) {
        HandlerTimer open = row;
        return open == null && Recorder.active().timesHandlers() ? beginRow(sequence) : open;
    }

    private @Nullable HandlerTimer beginRow(long sequence) {
        if (timer == null) {
            timer = Recorder.active().handlerTimer(endpoint.core.name(), endpoint.name);
        }
        row = timer;
        if (row != null) {
            row.begin(sequence);
        }
        return row;
    }

    /** The call has returned. */
    public final void endCall(@Nullable HandlerTimer timed) {
        if (timed != null && timed.called()) {
            endRow();
        }
    }

    /** No more calls come for now, or one has thrown. */
    final void endRow() {
        HandlerTimer open = row;
        if (open != null) {
            row = null;
            open.end(told);
        }
    }

    // ---- to find, and to wait

    /**
     * Looks for what is next, and waits for it. What is in hand is finished, except where a message is found, whose taking
     * does that.
     */
    @SuppressWarnings("ThreadPriorityCheck") // whoever sends has a moment to do so before this one parks
    final Found find(Deadline deadline, boolean ticks) throws InterruptedException {
        boolean yielded = false;
        while (true) {
            if (hasNext()) {
                return Found.MESSAGE;
            }
            finish();
            endRow();
            if (endpoint.isQuiet() && (!ticks || endpoint.time() <= told)) {
                if (deadline.isNow()) {
                    return Found.NOTHING;
                }
                if (!yielded) {
                    yielded = true;
                    Thread.yield();
                    continue;
                }
            }
            ClockWait.OfReader tick = null;
            endpoint.core.lock.lock();
            try {
                Found found = look();
                if (found != Found.NOTHING || endpoint.isLeaving()) {
                    return found;
                }
                long time = endpoint.time();
                if (ticks && time > told) {
                    told = time;
                    return Found.TICK;
                }
                if (deadline.left() == 0) {
                    return Found.NOTHING;
                }
                if (yielded) {
                    tick = beginToWait(ticks);
                }
            } finally {
                endpoint.core.lock.unlock();
            }
            if (yielded) {
                park(deadline, tick);
            } else {
                Thread.yield();
            }
            yielded = !yielded;
        }
    }

    private ClockWait.@Nullable OfReader beginToWait(boolean ticks) {
        var tick = ticks ? new ClockWait.OfReader(told + 1, endpoint) : null;
        if (tick != null) {
            endpoint.waits.add(tick);
        }
        endpoint.readerBeginsToWait();
        if (isToGoOn() || (tick != null && endpoint.time() > told)) {
            endpoint.readerWaitsNoMore();
        }
        return tick;
    }

    /**
     * Waits, without the lock, until it is woken, or the time is over.
     *
     * @param tick what stands among the waits of the clock meanwhile
     */
    private void park(Deadline deadline, ClockWait.@Nullable OfReader tick) throws InterruptedException {
        try {
            var unused =
                    Blocking.isToBeTold() ? Blocking.tell(() -> parkUntilWoken(deadline)) : parkUntilWoken(deadline);
        } finally {
            if (tick != null || endpoint.readerWaits()) {
                endpoint.core.lock.lock();
                try {
                    waitNoMore(tick);
                } finally {
                    endpoint.core.lock.unlock();
                }
            }
            wakes();
        }
    }

    /** Returns whether it was woken. */
    private boolean parkUntilWoken(Deadline deadline) throws InterruptedException {
        while (endpoint.readerWaits() && deadline.left() > 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            deadline.park(endpoint);
        }
        return !endpoint.readerWaits();
    }

    private void waitNoMore(ClockWait.@Nullable OfReader tick) {
        endpoint.readerWaitsNoMore();
        if (tick != null) {
            endpoint.waits.remove(tick);
        }
    }

    /** Looks for what is next, and leaves what is in hand. By the reader, under the lock. Throws where nothing can be read any more. */
    public final Found look() {
        if (hasNextUnderLock()) {
            return Found.MESSAGE;
        }
        return endpoint.reachability.isAtEnd() ? Found.END : Found.NOTHING;
    }

    /** Returns whether a message is there. Throws where nothing can be read any more. */
    private boolean hasNextUnderLock() {
        StopReason why = endpoint.stopped();
        if (why != null) {
            throw endpoint.core.exception(why);
        }
        return hasNextAtLast();
    }

    /**
     * Waits for a message, or until the clock gets to the number of the tick, or for the end of the whole dispatcher: until
     * then the clock goes on.
     *
     * @param tick what stands among the waits of the clock
     * @param awaited tells at which number the merge below wants to be told; whoever lowers it unparks this thread
     */
    public Found awaitForLink(ClockWait.OfReader tick, LongSupplier awaited) throws InterruptedException {
        endRow();
        while (true) {
            long sequence;
            endpoint.core.lock.lock();
            try {
                endpoint.readerIsAwake(); // it may have been woken by the merge below
                if (hasNextUnderLock()) {
                    return Found.MESSAGE;
                }
                if (endpoint.reachability.isAtEnd() && endpoint.core.isFinal()) {
                    return Found.END;
                }
                sequence = awaited.getAsLong();
                if (endpoint.time() >= sequence) {
                    return Found.TICK;
                }
                endpoint.readerBeginsToWait(); // before the tick, which may be due by now
                if (sequence > Arguments.LAST_SEQUENCE) {
                    endpoint.waits.remove(tick); // nothing is awaited; it is woken at the end all the same
                } else {
                    endpoint.waits.reschedule(tick, sequence);
                }
                if (isToGoOn()) {
                    endpoint.readerWaitsNoMore();
                }
            } finally {
                endpoint.core.lock.unlock();
            }
            while (endpoint.readerWaits() && awaited.getAsLong() >= sequence) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.park(endpoint);
            }
            wakes();
        }
    }
}
