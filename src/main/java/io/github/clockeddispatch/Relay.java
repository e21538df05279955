package io.github.clockeddispatch;

import io.github.clockeddispatch.ReadSide.Found;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a link is: the reader of a receiver of the upper dispatcher, and a source of the merge, whose promise is that
 * receiver's clock. A message is finished there when it has been accepted here; so the clock never runs ahead of what was
 * forwarded, and may be read, by anybody and at any time, as what the link promises.
 *
 * <p>Its thread sleeps for as long as there is no message, however far the upper clock goes. Where the merge needs a number,
 * the thread stands among the waits of the upper clock at just that number.
 *
 * <p>Who holds the merge's lock may take the upper dispatcher's; never the other way round.
 */
final class Relay<S, T> implements Upstream {

    /** How many messages are moved under one hold of the lock at the most. */
    private static final int BATCH = 256;

    private final Merger<T> merger;
    private final ReentrantLock lock;
    private final Source<T> source;
    private final Inbox<S> from;
    private final ReadSide<S> side;

    /** What is done with each message; null for nothing: then S is T. */
    private final @Nullable Stage<? super S, ? extends T> stage;

    /** Stands among the waits of the upper clock, at what is needed. Under the upper lock. */
    private final ClockWait.OfReader tick;

    /** Whether the thread waits for messages. Under the lock. */
    private boolean idle;

    /** The number at which the idle thread is to be woken. Under the lock. */
    private long watched;

    /** Its thread, once it runs. */
    private volatile @Nullable Thread thread;

    /** It is being ended; that the receiver is discarded then is no failure. */
    private volatile boolean ending;

    Relay(Merger<T> merger, Source<T> source, Receiver<S> from, @Nullable Stage<? super S, ? extends T> stage) {
        this.merger = merger;
        this.lock = merger.hub().lock;
        this.source = source;
        this.from = from.inbox;
        this.side = from.side;
        this.stage = stage;
        this.tick = new ClockWait.OfReader(0, this.from);
    }

    String name() {
        return source.name();
    }

    Hub<S> upper() {
        return from.hub;
    }

    // ---- the promise

    @Override
    public long time() {
        return from.time();
    }

    @Override
    public long top() {
        from.hub.lock.lock();
        try {
            return from.top();
        } finally {
            from.hub.lock.unlock();
        }
    }

    @Override
    public void addBlockers(long number, Collection<Thread> threads) {
        from.hub.lock.lock();
        try {
            from.addBlockers(number, threads);
        } finally {
            from.hub.lock.unlock();
        }
    }

    @Override
    public void watch(long number) {
        if (idle && number < watched) { // to be woken at a number that is not needed any more does no harm
            wakeAt(number);
        }
    }

    private void wakeAt(long number) {
        watched = number;
        from.hub.lock.lock();
        try {
            // also where nothing is needed: to be woken at the end
            from.reschedule(tick, Math.min(number, Arguments.LAST_NUMBER));
        } finally {
            from.hub.lock.unlock();
        }
    }

    // ---- the thread

    boolean runsOn(Thread other) {
        return thread == other;
    }

    void run() {
        thread = Thread.currentThread();
        try {
            try {
                side.begin();
                carryAll();
            } finally {
                unwatch();
                side.end();
            }
            end();
        } catch (Throwable e) {
            failed(e);
        } finally {
            merger.ended(this);
        }
    }

    /** The upper dispatcher is closed. What it has given up is missing below: no clock there may pass it. */
    private void end() {
        long lost;
        from.hub.lock.lock();
        try {
            lost = from.firstLost();
        } finally {
            from.hub.lock.unlock();
        }
        if (lost == 0) {
            source.close(Stop.closed(this + " has come to its end"));
        } else {
            source.fail(new ClosedException(
                    from.hub + " was closed, and did not deliver number " + lost + " to " + from, null));
        }
    }

    private void carryAll() throws Exception {
        while (true) {
            if (!side.hasNext()) {
                side.finish();
                setIdle();
                if (side.awaitForLink(tick) == Found.END) {
                    return;
                }
            }
            if (stage == null) {
                carry();
            } else {
                apply(stage);
            }
        }
    }

    private void setIdle() {
        lock.lock();
        try {
            source.raise(time());
            idle = true;
            wakeAt(source.needed());
        } finally {
            lock.unlock();
        }
    }

    /** The thread ends: nobody shall put its tick among the waits again. */
    private void unwatch() {
        lock.lock();
        try {
            idle = false;
            from.hub.lock.lock();
            try {
                from.remove(tick);
            } finally {
                from.hub.lock.unlock();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Moves what is there, as far as there is room. */
    private void carry() throws InterruptedException {
        lock.lock();
        try {
            idle = false;
            long number = 0;
            for (int count = 0; count < BATCH && side.hasNext(); count++) {
                number = side.nextNumber();
                if (!source.hasRoom(number)) {
                    source.appended(number - 1);
                }
                if (!source.hasRoom(number)) {
                    side.finish();
                    source.awaitRoom(number, Deadline.NEVER);
                }
                source.checkOpen(number);
                @SuppressWarnings("unchecked") // without a stage S is T
                T payload = (T) side.take();
                source.append(number, payload);
            }
            source.appended(number - 1);
        } finally {
            lock.unlock();
        }
    }

    private void apply(Stage<? super S, ? extends T> function) throws Exception {
        lock.lock();
        try {
            idle = false;
        } finally {
            lock.unlock();
        }
        while (side.hasNext()) {
            long number = side.nextNumber();
            S payload = side.take();
            lock.lock();
            try {
                source.raise(number - 1);
            } finally {
                lock.unlock();
            }
            List<? extends T> results = Objects.requireNonNull(function.apply(number, payload), "the stage's result");
            for (T result : results) {
                source.forward(
                        number, Objects.requireNonNull(result, "one of the stage's results"), true, Deadline.NEVER);
            }
        }
    }

    /** The receiver, the stage or the merge goes on no more: neither does what stands above and below. */
    private void failed(Throwable problem) {
        Stop above = from.stopped();
        if (ending) {
            source.close(Stop.closed(this + " is closed"));
        } else if (above != null) {
            Throwable cause = above.cause();
            source.fail(cause == null ? problem : cause);
        } else if (isClosedBelow()) {
            close();
            source.close(Stop.closed(this + " is closed, as all that it leads to is"));
        } else {
            Throwable cause =
                    problem instanceof FailedException && problem.getCause() != null ? problem.getCause() : problem;
            from.hub.fail(from, cause, "has failed, as " + this + " has failed,");
            source.fail(cause);
        }
    }

    private boolean isClosedBelow() {
        Stop why = source.stopBelow();
        return why != null && !why.isFailure();
    }

    // ---- ends

    /** A receiver of the merge that it leads to has failed, or all of them have been discarded. */
    @Override
    public void targetStopped() {
        Stop why = source.stopBelow();
        if (why != null) {
            endWith(why);
        }
    }

    /** Ends it, and the receiver that it comes from. */
    void endWith(Stop why) {
        Throwable cause = why.cause();
        if (cause == null) {
            close();
        } else {
            from.hub.fail(from, cause, "has failed, as what " + this + " leads to has failed,");
        }
    }

    void close() {
        ending = true;
        from.hub.discard(from, "was discarded with " + this);
    }

    /** Waits until all up to a number has come through. */
    boolean awaitReached(long number, Deadline deadline) throws InterruptedException {
        try {
            return from.await(number, deadline);
        } catch (ClosedException e) {
            return true; // nothing more comes, and who is concerned is told
        } catch (FailedException e) {
            Throwable cause = e.getCause();
            if (cause != null && !ending) {
                source.fail(cause); // as its thread does, which may not have come to that
            }
            return true;
        }
    }

    String describe() {
        return this + " has not brought what there was above; " + from.describe();
    }

    @Override
    public String toString() {
        return "link \"" + name() + "\"";
    }
}
