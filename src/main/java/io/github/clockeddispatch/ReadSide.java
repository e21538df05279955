package io.github.clockeddispatch;

import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.progress.NumberedRing;
import io.github.clockeddispatch.progress.Watermark;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The reader's side of an {@link Inbox}: taking, finishing, waiting. One thread at a time is in here; what it finds it may
 * leave to the next by any happens-before edge.
 *
 * <p>Taking is lock-free: the message leaves the ring, then one compare-and-set of the watermark finishes what was in hand
 * and makes the new one the first unfinished. Where there is nothing to take, finishing and waiting happen under the hub's
 * lock, so that no message can come in between.
 */
final class ReadSide<T> {

    /** What a reader may find. */
    enum Found {
        MESSAGE,
        TICK,
        END,
        NOTHING
    }

    private static final VarHandle INSIDE;

    static {
        try {
            INSIDE = MethodHandles.lookup().findVarHandle(Inbox.class, "inside", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Inbox<T> inbox;
    private final NumberedRing<T> ring;
    private final Watermark watermark;

    // what follows is the thread's that is inside

    /** The first number that was given and is not finished; 0 for none. */
    private long inHand;

    /** The {@code threadId} of the thread that was last given something; 0 for none. */
    private long readerId;

    /** The number that the reader was last told. */
    private long told;

    /** It was stopped when a message had left the ring: nothing in there can be taken any more. */
    private boolean stopped;

    /** In the handler of a batch, which finishes all or nothing. */
    private boolean inBatch;

    ReadSide(Inbox<T> inbox) {
        this.inbox = inbox;
        this.ring = inbox.ring;
        this.watermark = inbox.watermark;
        this.told = inbox.joinedAt;
        inbox.side = this;
    }

    /** Returns whether this is the first number in hand. Exact only where the reader asks. */
    boolean isInHand(long number) {
        return inHand == number;
    }

    // ---- one delivery

    /** The next delivery; null where the time is over. */
    @Nullable
    Delivery<T> receive(Deadline deadline, boolean ticks) throws InterruptedException {
        enter();
        try {
            finishIfInterrupted();
            return next(deadline, ticks);
        } catch (Error e) {
            throw broken(e);
        } finally {
            exit();
        }
    }

    /** The next delivery that is there now; null where there is none. */
    @Nullable
    Delivery<T> tryReceive() {
        enter();
        try {
            return next(Deadline.NOW, true);
        } catch (InterruptedException e) {
            throw new AssertionError("has waited", e);
        } catch (Error e) {
            throw broken(e);
        } finally {
            exit();
        }
    }

    private @Nullable Delivery<T> next(Deadline deadline, boolean ticks) throws InterruptedException {
        Found found = find(deadline, ticks);
        if (found == Found.NOTHING) {
            return null;
        }
        readBySelf();
        return switch (found) {
            case MESSAGE -> {
                T payload = take();
                yield new Message<>(inHand, payload);
            }
            case TICK -> new Delivery.Tick<>(told);
            default -> new Delivery.End<>(watermark.time());
        };
    }

    // ---- all of them

    void forEachMessage(MessageHandler<? super T> handler) throws InterruptedException {
        enter();
        forEachMessageClaimed(handler);
    }

    /** Does so in the thread for which the receiver was {@linkplain #claim claimed}. */
    void forEachMessageClaimed(MessageHandler<? super T> handler) throws InterruptedException {
        Boolean before = null;
        try {
            before = readOn(true);
            finishIfInterrupted();
            readBySelf();
            while (find(Deadline.NEVER, false) == Found.MESSAGE) {
                handle(handler, take());
                finishIfInterrupted();
            }
        } catch (Error e) {
            throw broken(e);
        } finally {
            exit(before);
        }
    }

    void forEachBatch(int max, BatchHandler<? super T> handlerOfAny) throws InterruptedException {
        @SuppressWarnings("unchecked") // it can only read from the list, and messages do not change
        BatchHandler<T> handler = (BatchHandler<T>) handlerOfAny;
        enter();
        Boolean before = null;
        try {
            before = readOn(true);
            finishIfInterrupted();
            readBySelf();
            while (find(Deadline.NEVER, false) == Found.MESSAGE) {
                List<Message<T>> batch = Collections.unmodifiableList(takeBatch(max));
                inBatch = true;
                try {
                    handler.handle(batch);
                } catch (Throwable e) {
                    throw failed(batch.get(0).sequence(), e);
                } finally {
                    inBatch = false;
                }
                finishIfInterrupted();
            }
        } catch (Error e) {
            throw broken(e);
        } finally {
            exit(before);
        }
    }

    int drain(MessageHandler<? super T> handler, int max) {
        enter();
        try {
            long bound = inbox.bound(); // what comes meanwhile, also from the handler, is for the next call
            int count = 0;
            Found found = Found.NOTHING;
            while (count < max && (found = find(Deadline.NOW, false)) == Found.MESSAGE && ring.nextNumber() <= bound) {
                readBySelf();
                handle(handler, take());
                count++;
            }
            finish();
            return count == 0 && found == Found.END ? -1 : count;
        } catch (InterruptedException e) {
            throw new AssertionError("has waited", e);
        } catch (Error e) {
            throw broken(e);
        } finally {
            exit();
        }
    }

    void acknowledge() {
        if (inbox.inside == Thread.currentThread()) {
            if (inBatch) {
                throw new IllegalStateException(
                        inbox + " is in the handler of a batch, which finishes all of it when it returns");
            }
            finish();
            return;
        }
        enter();
        try {
            finish();
        } catch (Error e) {
            throw broken(e);
        } finally {
            exit();
        }
    }

    /** An error, as that there is no memory, has come in the midst: what was taken may not have been given. G13. */
    private Error broken(Error error) {
        if (inbox.supply().isDerived()) {
            inbox.hub.broken(error); // it may have come while messages moved on from others' buffers
        } else {
            inbox.hub.fail(inbox, error);
        }
        return error;
    }

    private void handle(MessageHandler<? super T> handler, T payload) {
        long number = inHand;
        try {
            handler.handle(number, payload);
        } catch (Throwable e) {
            throw failed(number, e);
        }
    }

    private RuntimeException failed(long number, Throwable cause) {
        inHand = 0;
        if (cause instanceof ClosedException closed && inbox.isDiscarded()) {
            return closed; // G10: the receiver has been discarded, which is no failure
        }
        inbox.hub.fail(inbox, cause);
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new FailedException("the handler of " + inbox + " has failed at number " + number, number, cause);
    }

    // ---- for a thread of the library's own, which is the reader for as long as it runs

    /**
     * Makes a thread that is still to be started the reader, until it calls {@link #exit}. What is in hand is handed to it: no other
     * thread is to finish that. Throws where another one reads.
     */
    void claim(Thread thread) {
        if (!INSIDE.compareAndSet(inbox, null, thread)) {
            throw beingRead();
        }
        try {
            readBy(thread);
        } catch (Error e) {
            exit();
            throw e;
        }
    }

    /** The link's thread begins to read, until the {@linkplain #end end}. */
    void begin() {
        readBySelf();
        var unused = readOn(false);
    }

    /** The link's thread reads no more. */
    void end() {
        exit(null);
    }

    /**
     * Waits for a message, or until the clock gets to the number of the tick, or for the end of the whole dispatcher: until
     * then the clock goes on.
     *
     * @param tick what stands among the waits of the clock
     */
    Found awaitForLink(ClockWait.OfReader tick) throws InterruptedException {
        while (true) {
            inbox.hub.lock.lock();
            try {
                if (hasNextUnderLock()) {
                    return Found.MESSAGE;
                }
                if (watermark.time() >= tick.number()) {
                    return Found.TICK;
                }
                if (inbox.reach.isAtEnd() && inbox.hub.isFinal()) {
                    return Found.END;
                }
                inbox.readerBeginsToWait();
            } finally {
                inbox.hub.lock.unlock();
            }
            park(Deadline.NEVER, null);
        }
    }

    boolean hasNext() {
        return !stopped && ring.hasNext();
    }

    long nextNumber() {
        return ring.nextNumber();
    }

    // ---- steps

    private void enter() {
        Thread self = Thread.currentThread();
        if (!INSIDE.compareAndSet(inbox, null, self)) {
            throw beingRead();
        }
    }

    private IllegalStateException beingRead() {
        Thread other = inbox.inside;
        return new IllegalStateException(
                other == Thread.currentThread()
                        ? inbox + " is being read by this thread already: a handler cannot read its own receiver"
                        : inbox + " is being read by another thread" + (other == null ? "" : ", " + Texts.name(other)));
    }

    /** Notes that the calling thread, which is inside, is the reader. */
    private void readBySelf() {
        readBy(Thread.currentThread());
    }

    private void readBy(Thread thread) {
        if (thread.threadId() != readerId) {
            inbox.readBy(thread);
            readerId = thread.threadId();
        }
    }

    /** Lets others read. */
    void exit() {
        try {
            INSIDE.setRelease(inbox, null);
        } catch (StackOverflowError e) {
            inbox.inside = null; // takes no call
        }
    }

    /**
     * Says that the thread that is inside reads until the end, so that others may come to wait for it.
     *
     * @param runsHandlers false where it is a link's
     * @return what {@link #exit(Boolean)} restores
     */
    private @Nullable Boolean readOn(boolean runsHandlers) {
        inbox.readsOn = Thread.currentThread();
        return Wait.readsOn(runsHandlers);
    }

    private void exit(@Nullable Boolean before) {
        inbox.readsOn = null;
        Wait.readsAsBefore(before);
        exit();
    }

    private void finishIfInterrupted() throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            finish(); // where this throws, the flag stays
            var unused = Thread.interrupted();
            throw new InterruptedException();
        }
    }

    /** Takes the next message, there being one, and finishes what was in hand. */
    T take() {
        long number = ring.nextNumber();
        T payload = ring.take();
        moveTo(number, 1);
        told = number;
        return Objects.requireNonNull(payload); // null only where it was stopped
    }

    private List<Message<T>> takeBatch(int max) {
        List<Message<T>> batch = new ArrayList<>();
        int size = Math.min(max, ring.published()); // what comes meanwhile is for the next one
        int taken = 0;
        long first = ring.nextNumber();
        do {
            long number = ring.nextNumber();
            T payload = ring.take();
            taken++;
            if (payload == null) {
                break; // it was stopped, as is found next
            }
            batch.add(new Message<>(number, payload));
        } while (taken < size);
        moveTo(first, taken);
        told = batch.get(batch.size() - 1).sequence();
        return batch;
    }

    private void moveTo(long number, int taken) {
        if (!watermark.finish(inHand == 0 ? number : inHand, number)) {
            inHand = 0;
            stopped = true;
            ring.untake(taken);
            throw inbox.stoppedException();
        }
        inHand = number;
        inbox.progressed(number);
    }

    /** Finishes what is in hand, without taking anything. */
    void finish() {
        long first = inHand;
        if (first == 0) {
            return;
        }
        inHand = 0;
        if (ring.hasNext()) {
            long next = ring.nextNumber();
            if (!watermark.finish(first, next)) {
                throw inbox.stoppedException();
            }
            inbox.progressed(next);
        } else {
            inbox.hub.lock.lock();
            try {
                finishUnderLock(first);
            } finally {
                inbox.hub.lock.unlock();
            }
        }
    }

    private void finishUnderLock(long first) {
        inbox.refill();
        if (!watermark.finish(first, ring.hasNext() ? ring.nextNumber() : inbox.firstLost())) {
            throw inbox.stoppedException();
        }
        inbox.settle();
    }

    /**
     * Looks for what is next, and waits for it. What is in hand is finished, except where a message is found, whose taking
     * does that.
     */
    @SuppressWarnings("ThreadPriorityCheck") // whoever sends has a moment to do so before this one parks
    private Found find(Deadline deadline, boolean ticks) throws InterruptedException {
        boolean yielded = false;
        while (true) {
            if (!stopped && ring.hasNext()) {
                return Found.MESSAGE;
            }
            if (deadline.isNow() && inHand == 0 && inbox.isQuiet() && (!ticks || watermark.time() <= told)) {
                return Found.NOTHING;
            }
            ClockWait.OfReader tick = null;
            inbox.hub.lock.lock();
            try {
                if (inHand != 0 && !ring.hasNext()) {
                    long first = inHand;
                    inHand = 0;
                    finishUnderLock(first);
                }
                if (hasNextUnderLock()) {
                    return Found.MESSAGE;
                }
                if (inbox.reach.isAtEnd()) {
                    return Found.END;
                }
                long time = watermark.time();
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
                inbox.hub.lock.unlock();
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
        var tick = ticks ? new ClockWait.OfReader(told + 1, inbox) : null;
        if (tick != null) {
            inbox.add(tick);
        }
        inbox.readerBeginsToWait();
        // in a merge, adding the tick may have brought in what was not there a moment ago
        if (ring.hasNext() || (tick != null && watermark.time() > told)) {
            inbox.readerWaitsNoMore();
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
            if (tick != null || inbox.readerWaits()) {
                inbox.hub.lock.lock();
                try {
                    waitNoMore(tick);
                } finally {
                    inbox.hub.lock.unlock();
                }
            }
        }
    }

    /** Returns whether it was woken. */
    private boolean parkUntilWoken(Deadline deadline) throws InterruptedException {
        while (inbox.readerWaits() && deadline.left() > 0) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            deadline.park(inbox);
        }
        return !inbox.readerWaits();
    }

    private void waitNoMore(ClockWait.@Nullable OfReader tick) {
        inbox.readerWaitsNoMore();
        if (tick != null) {
            inbox.remove(tick);
        }
    }

    /** Whether a message is there, or can be brought in. Throws where nothing can be read any more. */
    private boolean hasNextUnderLock() {
        Stop why = inbox.stopped();
        if (why != null) {
            throw why.exception();
        }
        inbox.refill();
        return ring.hasNext();
    }
}
