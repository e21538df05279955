package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.HandlerTimer;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The reader's side of an {@link Endpoint}: the reading methods. One thread at a time is in here; what it finds it may leave to
 * the next by any happens-before edge.
 *
 * @see "docs/design.md: The way of a message"
 */
public abstract class ReadSide<T> extends Poller<T> {

    private final Endpoint<T> endpoint;

    // by the thread that is inside

    /** The {@code threadId} of the thread that was last given something; 0 for none. */
    private long readerId;

    /** In the handler of a batch, which finishes all or nothing. */
    private boolean inBatch;

    public ReadSide(Endpoint<T> endpoint) {
        super(endpoint);
        this.endpoint = endpoint;
        endpoint.side = this;
    }

    // ---- one delivery

    /** The next delivery; null where the time is over. */
    @Nullable
    public <R> R receive(Deadline deadline, boolean ticks, Deliveries<? super T, R> deliveries)
            throws InterruptedException {
        if (!enter(deadline)) {
            return null;
        }
        try {
            finishIfInterrupted();
            return next(deadline, ticks, deliveries);
        } catch (Error e) {
            throw broken(e);
        } finally {
            endpoint.release();
        }
    }

    /** The next delivery that is there now; null where there is none. */
    @Nullable
    public <R> R tryReceive(Deliveries<? super T, R> deliveries) {
        if (!enter()) {
            return null;
        }
        try {
            return next(Deadline.NOW, true, deliveries);
        } catch (InterruptedException e) {
            throw new AssertionError("has waited", e);
        } catch (Error e) {
            throw broken(e);
        } finally {
            endpoint.release();
        }
    }

    private <R> @Nullable R next(Deadline deadline, boolean ticks, Deliveries<? super T, R> deliveries)
            throws InterruptedException {
        while (true) {
            Found found = find(deadline, ticks);
            if (found == Found.NOTHING) {
                return null;
            }
            readBySelf();
            if (found == Found.TICK) {
                return deliveries.tick(told);
            }
            if (found == Found.END) {
                return deliveries.end(endpoint.time());
            }
            T payload = take();
            if (payload != null) {
                return deliveries.message(told, payload);
            }
        }
    }

    // ---- all of them

    public <H> void forEachMessage(H handler, Function<H, Handler<T>> how) throws InterruptedException {
        var unused = enter(Deadline.NEVER);
        forEachMessageClaimed(handler, how);
    }

    /** Does so in the thread for which the receiver was {@linkplain Endpoint#claim claimed}. */
    public <H> void forEachMessageClaimed(H handler, Function<H, Handler<T>> how) throws InterruptedException {
        Boolean before = null;
        try {
            before = readOn(true);
            Handler<T> bound = how.apply(handler);
            finishIfInterrupted();
            readBySelf();
            while (find(Deadline.NEVER, false) == Found.MESSAGE) {
                T payload = take();
                if (payload != null) {
                    handle(bound, payload);
                    finishIfInterrupted();
                }
            }
        } catch (Error e) {
            throw broken(e);
        } finally {
            exit(before);
        }
    }

    public <H, M> void forEachBatch(int max, Maker<T, M> maker, H handler, Function<H, Handler<List<M>>> how)
            throws InterruptedException {
        var unused = enter(Deadline.NEVER);
        forEachBatchClaimed(max, maker, handler, how);
    }

    /** Does so in the thread for which the receiver was claimed. */
    public <H, M> void forEachBatchClaimed(int max, Maker<T, M> maker, H handler, Function<H, Handler<List<M>>> how)
            throws InterruptedException {
        Boolean before = null;
        try {
            before = readOn(true);
            Handler<List<M>> bound = how.apply(handler);
            finishIfInterrupted();
            readBySelf();
            while (find(Deadline.NEVER, false) == Found.MESSAGE) {
                long first = nextSequence();
                List<M> batch = Collections.unmodifiableList(takeBatch(max, maker));
                if (batch.isEmpty()) {
                    continue;
                }
                inBatch = true;
                HandlerTimer timed = beginCall(first);
                try {
                    bound.handle(first, batch);
                    if (timed != null) {
                        timed.more(batch.size() - 1);
                    }
                    endCall(timed);
                } catch (Throwable e) {
                    throw failed(first, e);
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

    /**
     * Gives a subscriber what it demands, in the thread for which the receiver was claimed, and which keeps it.
     *
     * @return whether it has come to the end; false where nothing is demanded, or the subscriber is over
     */
    public <H> boolean forEachDemanded(Subscribed subscriber, H handler, Function<H, Handler<T>> how)
            throws InterruptedException {
        Boolean before = null;
        try {
            before = readOn(true);
            Handler<T> bound = how.apply(handler);
            readBySelf();
            while (!subscriber.isOver() && subscriber.isDemanding()) {
                finishIfInterrupted();
                Found found = find(Deadline.NEVER, false);
                if (found == Found.END) {
                    return true;
                }
                T payload = found == Found.NOTHING || subscriber.isOver() ? null : take();
                if (payload != null) {
                    handle(bound, payload);
                    subscriber.given();
                }
            }
            finish();
            return false;
        } catch (Error e) {
            throw broken(e);
        } finally {
            readNoMore(before);
        }
    }

    /** Returns whether something is in hand. For whoever may read next. */
    public boolean holds() {
        return inHand() != 0;
    }

    public <H> int drain(H handler, Function<H, Handler<T>> how, int max) {
        if (!enter()) {
            return 0;
        }
        try {
            Handler<T> bound = how.apply(handler);
            long last = endpoint.bound(); // what comes meanwhile, also from the handler, is for the next call
            int count = 0;
            Found found = Found.NOTHING;
            while (count < max && (found = find(Deadline.NOW, false)) == Found.MESSAGE && nextSequence() <= last) {
                readBySelf();
                T payload = take();
                if (payload != null) {
                    handle(bound, payload);
                    count++;
                }
            }
            finish();
            endRow();
            return count == 0 && found == Found.END ? -1 : count;
        } catch (InterruptedException e) {
            throw new AssertionError("has waited", e);
        } catch (Error e) {
            throw broken(e);
        } finally {
            endpoint.release();
        }
    }

    public void acknowledge() {
        if (endpoint.inside == Thread.currentThread()) {
            if (inBatch) {
                throw new IllegalStateException(
                        endpoint + " is in the handler of a batch, which finishes all of it when it returns");
            }
            finish();
            return;
        }
        if (!enter()) {
            return; // what is in hand is another's
        }
        try {
            finish();
        } catch (Error e) {
            throw broken(e);
        } finally {
            endpoint.release();
        }
    }

    /** An error, as that there is no memory, has come in the midst: what was taken may not have been given. G13. */
    private Error broken(Error error) {
        endpoint.broken(error);
        return error;
    }

    private void handle(Handler<T> handler, T payload) {
        if (Recorder.mayRecord()) {
            handleTimed(handler, payload);
            return;
        }
        long sequence = told;
        try {
            handler.handle(sequence, payload);
        } catch (Throwable e) {
            throw failed(sequence, e);
        }
    }

    private void handleTimed(Handler<T> handler, T payload) {
        long sequence = told;
        HandlerTimer timed = beginCall(sequence);
        try {
            handler.handle(sequence, payload);
            endCall(timed);
        } catch (Throwable e) {
            throw failed(sequence, e);
        }
    }

    private RuntimeException failed(long sequence, Throwable cause) {
        drop();
        endRow();
        if (endpoint.isDiscarded()
                && cause instanceof RuntimeException closed
                && endpoint.core.exceptions.isOfClosing(closed)) {
            return closed; // G10: the receiver has been discarded, which is no failure
        }
        String how = "has failed" + endpoint.describeAttempts();
        endpoint.core.fail(endpoint, cause, how);
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return endpoint.core.exception(StopReason.failed(
                "the handler of " + endpoint + " " + how + " at number " + sequence, cause, sequence));
    }

    // ---- for a thread of the library's own, which is the reader for as long as it runs

    /** Makes that thread the reader. What is in hand is handed to it: no other thread is to finish that. */
    public void handTo(Thread thread) {
        readBy(thread);
    }

    /** The link's thread begins to read, until the {@linkplain #end end}. */
    public void begin() {
        readBySelf();
        var unused = readOn(false);
    }

    /** The link's thread reads no more. */
    public void end() {
        exit(null);
    }

    // ---- steps

    /** Claims the receiver. Returns false where it is not free yet, as a subscriber's reader is about to leave. */
    private boolean enter() {
        try {
            return enter(Deadline.NOW);
        } catch (InterruptedException e) {
            throw new AssertionError("has waited", e);
        }
    }

    /** The same; waits for that, and returns false where the time is over. */
    private boolean enter(Deadline deadline) throws InterruptedException {
        if (!endpoint.tryClaim(Thread.currentThread()) && !Turn.claim(endpoint, deadline)) {
            return false;
        }
        try {
            entered();
        } catch (Error e) {
            endpoint.release();
            throw broken(e);
        }
        return true;
    }

    /** Notes that the calling thread, which is inside, is the reader. */
    private void readBySelf() {
        readBy(Thread.currentThread());
    }

    private void readBy(Thread thread) {
        if (thread.threadId() != readerId) {
            endpoint.readBy(thread);
            readerId = thread.threadId();
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
        endpoint.readsOn = Thread.currentThread();
        return Wait.readsOn(runsHandlers);
    }

    private void exit(@Nullable Boolean before) {
        readNoMore(before);
        endpoint.release();
    }

    private void readNoMore(@Nullable Boolean before) {
        endpoint.readsOn = null;
        Wait.readsAsBefore(before);
        endRow();
    }

    private void finishIfInterrupted() throws InterruptedException {
        if (Thread.currentThread().isInterrupted()) {
            finish(); // where this throws, the flag stays
            var unused = Thread.interrupted();
            throw new InterruptedException();
        }
    }
}
