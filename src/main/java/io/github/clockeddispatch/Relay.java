package io.github.clockeddispatch;

import io.github.clockeddispatch.ReadSide.Found;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a link is: the reader of a receiver of the upper dispatcher, and a source of the merge, whose promise is that
 * receiver's clock. A message is finished there when it has been accepted here; so the clock never runs ahead of what was
 * forwarded, and may be read, by anybody and at any time, as what the link promises.
 *
 * <p>Its thread sleeps for as long as there is no message, however far the upper clock goes. Where the merge needs a number,
 * the thread stands among the waits of the upper clock at just that number: whoever needs it leaves word at a lane, and wakes the
 * thread.
 *
 * <p>Who holds the merge's lock may take the upper dispatcher's; never the other way round.
 */
final class Relay<S, T> {

    private final Merger<T> merger;
    private final Source<T> source;
    private final Endpoint<S> from;
    private final ReadSide<S> side;

    /** What is done with each message; null for nothing: then S is T. */
    private final @Nullable Stage<? super S, ? extends T> stage;

    /** Stands among the waits of the upper clock, at what is needed. Under the upper lock. */
    private final ClockWait.OfReader tick;

    /** Its thread, once it runs. */
    private volatile @Nullable Thread thread;

    /** It is being ended; that the receiver is discarded then is no failure. */
    private volatile boolean ending;

    Relay(Merger<T> merger, Source<T> source, Receiver<S> from, @Nullable Stage<? super S, ? extends T> stage) {
        this.merger = merger;
        this.source = source;
        this.from = from.inbox;
        this.side = from.side;
        this.stage = stage;
        this.tick = new ClockWait.OfReader(0, this.from);
    }

    String name() {
        return source.name();
    }

    Endpoint<S> from() {
        return from;
    }

    Source<T> source() {
        return source;
    }

    // ---- the promise

    long time() {
        return from.time();
    }

    /** The merge needs another number than before. Under the merge's lock. */
    void wake() {
        Thread sleeping = thread;
        if (sleeping != null) {
            LockSupport.unpark(sleeping);
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
            try {
                failed(e);
            } catch (Error again) {
                from.hub.broken(again);
                source.hub().broken(again);
            }
        } finally {
            from.relay = null;
            merger.ended(this);
        }
    }

    /** The upper dispatcher is closed. What it has given up is missing below: no clock there may pass it. */
    private void end() {
        long lost = from.firstLost();
        if (lost == 0) {
            source.close(Stop.closed(this + " has come to its end"));
        } else {
            source.fail(new ClosedException(
                    from.hub + " was closed, and did not deliver number " + lost + " to " + from, null));
        }
    }

    private void carryAll() throws Exception {
        while (true) {
            if (side.hasNext()) {
                long number = side.nextNumber();
                S payload = side.take();
                if (payload != null) {
                    carry(number, payload);
                }
            } else {
                side.finish();
                source.clockMoved();
                if (side.awaitForLink(tick, source::awaitedPromise) == Found.END) {
                    return;
                }
            }
        }
    }

    private void carry(long number, S payload) throws Exception {
        if (stage == null) {
            @SuppressWarnings("unchecked") // without a stage S is T
            T same = (T) payload;
            source.forward(number, same, true, Deadline.NEVER);
            return;
        }
        source.clockMoved(); // the stage may take long, and may have no results
        for (T result : Objects.requireNonNull(stage.apply(number, payload), "the stage's result")) {
            source.forward(number, Objects.requireNonNull(result, "one of the stage's results"), true, Deadline.NEVER);
        }
    }

    /** The thread ends. */
    private void unwatch() {
        from.hub.lock.lock();
        try {
            from.remove(tick);
        } finally {
            from.hub.lock.unlock();
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
        } else {
            Throwable cause =
                    problem instanceof FailedException && problem.getCause() != null ? problem.getCause() : problem;
            new Stopping(from, cause, "has failed, as " + this + " has failed,", false).run();
            source.fail(cause);
        }
    }

    private boolean isClosedBelow() {
        Stop why = source.stopBelow();
        return why != null && !why.isFailure();
    }

    // ---- ends

    /** The receiver that it comes from has stopped: tells what is to be stopped therefore. Without a lock. */
    List<Stopping> fromStopped(Stop why) {
        if (ending) {
            source.close(Stop.closed(this + " is closed"));
            return List.of();
        }
        Throwable cause = why.cause();
        return source.failed(cause == null ? why.exception() : cause);
    }

    /** A receiver of the merge that it leads to has stopped: tells what is to be stopped therefore. Without a lock. */
    List<Stopping> targetStopped() {
        Stop why = source.stopBelow();
        if (why == null) {
            return List.of();
        }
        Throwable cause = why.cause();
        if (cause == null) {
            ending = true;
            return List.of(discarded());
        }
        return List.of(new Stopping(from, cause, "has failed, as what " + this + " leads to has failed,", false));
    }

    private Stopping discarded() {
        return new Stopping(from, null, "was discarded with " + this, true);
    }

    /** What happens to it from now on is no failure. */
    void ends() {
        ending = true;
    }

    void close() {
        ends();
        discarded().run();
        source.close(Stop.closed(this + " is closed"));
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
