package io.github.clockeddispatch;

import io.github.clockeddispatch.Delivery.Message;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The reader's side of an {@link Endpoint}: taking, finishing, waiting. One thread at a time is in here; what it finds it may
 * leave to the next by any happens-before edge. To take needs no lock; how it goes, the kind of the dispatcher says. Where there
 * is nothing to take, waiting begins under the hub's lock, so that no message can come in between.
 */
abstract class ReadSide<T> {

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
            INSIDE = MethodHandles.lookup().findVarHandle(Endpoint.class, "inside", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Endpoint<T> inbox;

    // what follows is the thread's that is inside

    /** The {@code threadId} of the thread that was last given something; 0 for none. */
    private long readerId;

    /** The number that the reader was last told. */
    private long told;

    /** In the handler of a batch, which finishes all or nothing. */
    private boolean inBatch;

    ReadSide(Endpoint<T> inbox) {
        this.inbox = inbox;
        this.told = inbox.joinedAt;
        inbox.side = this;
    }

    /** The first number that was given and is not finished; 0 for none. Exact only where the reader asks. */
    abstract long inHand();

    /** Returns whether this is the first number in hand. Exact only where the reader asks. */
    boolean isInHand(long number) {
        return inHand() == number;
    }

    // ---- steps of the kind

    /** The calling thread has become the one that reads. */
    void entered() {}

    /** Whether there is something to take. */
    abstract boolean hasNext();

    /** The number of that. */
    abstract long nextNumber();

    /**
     * Takes the next message, there being one, and finishes what was in hand.
     *
     * @return the message; null where it is withheld: then it is to be looked anew
     */
    abstract @Nullable T takeNext();

    /** Takes messages, there being one, and finishes what was in hand; of what it takes, the first is in hand. */
    abstract void takeBatch(int max, List<Message<T>> batch);

    /** Finishes what is in hand, if anything is. */
    abstract void finish();

    /** The handler has failed: nothing is in hand any more, though it is not finished. */
    abstract void drop();

    /** Under the lock: whether there is something to take, after a last look. */
    abstract boolean hasNextAtLast();

    /** Under the lock, the reader being about to wait: whether something has come after all. */
    abstract boolean isToGoOn();

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
        while (true) {
            Found found = find(deadline, ticks);
            if (found == Found.NOTHING) {
                return null;
            }
            readBySelf();
            if (found == Found.TICK) {
                return new Delivery.Tick<>(told);
            }
            if (found == Found.END) {
                return new Delivery.End<>(inbox.time());
            }
            T payload = take();
            if (payload != null) {
                return new Message<>(told, payload);
            }
        }
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
                T payload = take();
                if (payload != null) {
                    handle(handler, payload);
                    finishIfInterrupted();
                }
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
                if (batch.isEmpty()) {
                    continue;
                }
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
            while (count < max && (found = find(Deadline.NOW, false)) == Found.MESSAGE && nextNumber() <= bound) {
                readBySelf();
                T payload = take();
                if (payload != null) {
                    handle(handler, payload);
                    count++;
                }
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
        inbox.broken(error);
        return error;
    }

    private void handle(MessageHandler<? super T> handler, T payload) {
        long number = told;
        try {
            handler.handle(number, payload);
        } catch (Throwable e) {
            throw failed(number, e);
        }
    }

    private RuntimeException failed(long number, Throwable cause) {
        drop();
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
     * Keeps all others out for a thread that is still to be started, until {@link #exit} is called. Throws where another one reads.
     */
    void claim(Thread thread) {
        if (!INSIDE.compareAndSet(inbox, null, thread)) {
            throw beingRead();
        }
    }

    /** Makes that thread the reader. What is in hand is handed to it: no other thread is to finish that. */
    void handTo(Thread thread) {
        readBy(thread);
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
     * @param awaited tells at which number the merge below wants to be told; whoever lowers it unparks this thread
     */
    Found awaitForLink(ClockWait.OfReader tick, LongSupplier awaited) throws InterruptedException {
        while (true) {
            long number;
            inbox.hub.lock.lock();
            try {
                inbox.readerIsAwake(); // it may have been woken by the merge below
                if (hasNextUnderLock()) {
                    return Found.MESSAGE;
                }
                if (inbox.reach.isAtEnd() && inbox.hub.isFinal()) {
                    return Found.END;
                }
                number = awaited.getAsLong();
                if (inbox.time() >= number) {
                    return Found.TICK;
                }
                inbox.readerBeginsToWait(); // before the tick, which may be due by now
                // also where nothing is awaited: to be woken at the end
                inbox.reschedule(tick, Math.min(number, Arguments.LAST_NUMBER));
                if (isToGoOn()) {
                    inbox.readerWaitsNoMore();
                }
            } finally {
                inbox.hub.lock.unlock();
            }
            while (inbox.readerWaits() && awaited.getAsLong() >= number) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                LockSupport.park(inbox);
            }
        }
    }

    // ---- steps

    private void enter() {
        Thread self = Thread.currentThread();
        if (!INSIDE.compareAndSet(inbox, null, self)) {
            throw beingRead();
        }
        try {
            entered();
        } catch (Error e) {
            exit();
            throw broken(e);
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
        entered();
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

    /** Takes the next message, there being one, and finishes what was in hand. Returns null where it is withheld. */
    @Nullable
    T take() {
        long number = nextNumber();
        T payload = takeNext();
        if (payload != null) {
            told = number;
        }
        return payload;
    }

    private List<Message<T>> takeBatch(int max) {
        List<Message<T>> batch = new ArrayList<>();
        takeBatch(max, batch);
        if (!batch.isEmpty()) {
            told = batch.get(batch.size() - 1).sequence();
        }
        return batch;
    }

    /**
     * Looks for what is next, and waits for it. What is in hand is finished, except where a message is found, whose taking
     * does that.
     */
    @SuppressWarnings("ThreadPriorityCheck") // whoever sends has a moment to do so before this one parks
    private Found find(Deadline deadline, boolean ticks) throws InterruptedException {
        boolean yielded = false;
        while (true) {
            if (hasNext()) {
                return Found.MESSAGE;
            }
            finish();
            if (inbox.isQuiet() && (!ticks || inbox.time() <= told)) {
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
            inbox.hub.lock.lock();
            try {
                if (hasNextUnderLock()) {
                    return Found.MESSAGE;
                }
                if (inbox.reach.isAtEnd()) {
                    return Found.END;
                }
                long time = inbox.time();
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
        if (isToGoOn() || (tick != null && inbox.time() > told)) {
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

    /** Whether a message is there. Throws where nothing can be read any more. */
    private boolean hasNextUnderLock() {
        Stop why = inbox.stopped();
        if (why != null) {
            throw why.exception();
        }
        return hasNextAtLast();
    }
}
