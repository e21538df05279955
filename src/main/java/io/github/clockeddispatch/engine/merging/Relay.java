package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.ClockWait;
import io.github.clockeddispatch.engine.receiving.Downstream;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Poller.Found;
import io.github.clockeddispatch.engine.receiving.ReadSide;
import io.github.clockeddispatch.engine.receiving.Stopping;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.LossStatus;
import io.github.clockeddispatch.engine.waiting.LostAbove;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a link: the reader of a receiver of the upper dispatcher, and a source of the merge, whose promise is that
 * receiver's clock. A message is finished there when it has been accepted here; so the clock never runs ahead of what was
 * forwarded, and may be read, by anybody and at any time, as what the link promises.
 *
 * <p>Its thread sleeps for as long as there is no message, however far the upper clock goes. Where the merge needs a number,
 * the thread stands among the waits of the upper clock at just that number: whoever needs it arms a lane, and wakes the
 * thread.
 *
 * @see "docs/design.md: The merge, Links"
 */
public final class Relay<S, T> implements Downstream {

    private final Links<T> links;
    private final MergeInput<T> source;
    private final Endpoint<S> from;
    private final ReadSide<S> side;

    /** What is done with each message; null for nothing: then S is T. */
    private final @Nullable Step<? super S, ? extends T> stage;

    /** How many messages its receiver had been given before it was linked. */
    private final long before;

    /** How many messages a stage was done with, all of their results being accepted. Written by its thread. */
    private final AtomicLong staged = new AtomicLong();

    // under the upper lock

    private boolean carriesNoMore;

    /** Who wants to know what becomes of the message that a stage has in hand. */
    private @Nullable LostAbove awaiting;

    /** Stands among the waits of the upper clock, at what is needed. */
    private final ClockWait.OfReader tick;

    /** Its thread, once it runs. */
    private volatile @Nullable Thread thread;

    /** Its merge is being closed, and ends it when its thread has ended. */
    private volatile boolean isLast;

    /** It is being ended; that the receiver is discarded then is no failure. */
    private volatile boolean ending;

    /** Its thread carries nothing any more, and is about to look whether that receiver has stopped. Written by its thread. */
    private volatile boolean hasEnded;

    Relay(Links<T> links, MergeInput<T> source, Endpoint<S> from, @Nullable Step<? super S, ? extends T> stage) {
        this.links = links;
        this.source = source;
        this.from = from;
        this.side = Objects.requireNonNull(from.side);
        this.stage = stage;
        this.tick = new ClockWait.OfReader(0, from);
        from.core.lock.lock();
        try {
            this.before = from.taken();
        } finally {
            from.core.lock.unlock();
        }
    }

    public String name() {
        return source.name();
    }

    @Override
    public boolean isStage() {
        return stage != null;
    }

    Endpoint<S> from() {
        return from;
    }

    MergeInput<T> source() {
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
                carriesNoMore();
                side.end();
            }
            end();
        } catch (Throwable e) {
            try {
                failed(e);
            } catch (Error again) {
                from.core.broken(again);
                source.core().broken(again);
            }
        } finally {
            hasEnded = true;
            if (!ending || from.stopped() != null || from.isOver()) {
                leave();
            } // else whoever ends it is to stop that receiver; where he fails, the merge knows what is left to stop
        }
    }

    private void leave() {
        from.downstream = null;
        links.ended(this);
    }

    /**
     * The upper dispatcher is closed. What was given up with it is missing below: no clock there may pass it. So it fails, once all has
     * been finished that it has promised; where its own merge is being closed, its promise stays, and ends with that.
     */
    private void end() throws InterruptedException {
        if (from.awaitLost(Deadline.NOW) == LossStatus.NOTHING) {
            source.close(StopReason.closed(this + " has come to its end"));
            return;
        }
        if (source.core().isOpen()) {
            source.awaitFinished();
        }
        if (source.core().isOpen()) {
            source.fail(from.core.exception(StopReason.closed(from.core + " was closed, and " + from
                    + " did not get all that is numbered above " + from.time())));
        } else {
            source.losesAbove();
        }
    }

    private void carryAll() throws Exception {
        while (true) {
            if (side.hasNext()) {
                S payload = side.take();
                if (payload != null) {
                    carry(side.told, payload);
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

    private void carry(long sequence, S payload) throws Exception {
        if (stage == null) {
            @SuppressWarnings("unchecked") // without a stage S is T
            T same = (T) payload;
            source.forward(sequence, same, true, Deadline.NEVER);
            return;
        }
        source.clockMoved(); // the stage may take long, and may have no results
        var timed = side.beginCall(sequence);
        List<? extends T> results = stage.apply(sequence, payload);
        side.endCall(timed);
        for (T result : Objects.requireNonNull(results, "the stage's result")) {
            source.forward(
                    sequence, Objects.requireNonNull(result, "one of the stage's results"), true, Deadline.NEVER);
        }
        staged.lazySet(staged.getPlain() + 1);
    }

    /** The thread ends. */
    private void carriesNoMore() {
        from.core.lock.lock();
        try {
            from.waits.remove(tick);
            carriesNoMore = true;
            if (awaiting != null) {
                awaiting.end();
            }
        } finally {
            from.core.lock.unlock();
        }
    }

    /** The receiver, the stage or the merge has stopped: neither does what stands above and below. */
    private void failed(Throwable problem) {
        StopReason above = from.stopped();
        StopReason below = source.stopBelow();
        if (ending) { // whoever ends it discards what is above, and tells
            source.close(StopReason.closed(this + " is closed"));
        } else if (above == null && below != null && !below.isFailure()) {
            close(lostWith(below));
        } else if (above != null) {
            source.fail(Objects.requireNonNullElse(above.cause(), problem));
        } else if (!isLast || !from.core.exceptions.isOfClosing(problem)) {
            Throwable cause = from.core.exceptions.causeOf(problem);
            new Stopping(from, cause, "has failed, as " + this + " has failed,", false).run();
            source.fail(cause);
        }
    }

    // ---- ends

    /** The receiver that it comes from has stopped: tells what is to be stopped therefore. Without a lock. */
    @Override
    public List<Stopping> fromStopped(StopReason why) {
        if (ending) {
            source.close(StopReason.closed(this + " is closed"));
            if (hasEnded) {
                leave();
            }
            return List.of();
        }
        return source.failed(failure(why));
    }

    /** Returns what fails below, where the receiver that it comes from, or one above, has stopped. */
    private Throwable failure(StopReason why) {
        Throwable cause = why.cause();
        return cause == null ? from.core.exception(why) : cause;
    }

    /** A receiver of the merge that it leads to has stopped: tells what is to be stopped therefore. Without a lock. */
    List<Stopping> targetStopped() {
        StopReason why = source.stopBelow();
        if (why == null) {
            return List.of();
        }
        Throwable cause = why.cause();
        if (cause == null) {
            List<Stopping> discarded = List.of(discarded(lostWith(why)));
            ending = true;
            return discarded;
        }
        return List.of(new Stopping(from, cause, "has failed, as what " + this + " leads to has failed,", false));
    }

    /** Returns what collects the losses above a discarded target. */
    private static LostAbove lostWith(StopReason below) {
        return Objects.requireNonNullElse(below.lost(), LostAbove.ON_PURPOSE);
    }

    private Stopping discarded(LostAbove lost) {
        return new Stopping(from, null, "was discarded with " + this, true, this, lost).begun();
    }

    /** Returns what must fail, as its receiver or one above was stopped by others before the merge was closed, and nobody was told. */
    List<Stopping> cutOff(StopReason why) {
        Throwable failure = failure(why);
        String how = "has failed, as " + this + " was cut off,";
        return source.targets().stream()
                .map(target -> new Stopping(target, failure, how, false))
                .toList();
    }

    /** Its merge is being closed: brings no further number. Returns the last one. */
    long endAfterLast() {
        isLast = true;
        return source.endAfterLast();
    }

    /** Its merge is being closed, and refuses what it brings from now on, which is no failure. */
    void refuse() {
        isLast = true;
    }

    /** What happens to it from now on is no failure. */
    void ends() {
        ending = true;
    }

    /** Ends, and discards the receiver that it comes from, on purpose. */
    public void close() {
        close(LostAbove.ON_PURPOSE);
    }

    /** Ends, and discards the receiver that it comes from: what is lost with that is told to {@code lost}. */
    void close(LostAbove lost) {
        Stopping discarded = discarded(lost);
        ends();
        discarded.run();
        source.close(StopReason.closed(this + " is closed"));
    }

    /** Waits until all up to a number has come through, as far as it comes at all, or the time is over. */
    void awaitReached(long sequence, Deadline deadline) throws InterruptedException {
        long wanted = sequence;
        while (true) {
            try {
                var unused = from.waits.await(wanted, deadline);
                return;
            } catch (RuntimeException e) {
                Throwable cause = from.core.exceptions.causeOf(e);
                if (cause != e) {
                    if (!ending) {
                        source.fail(cause); // as its thread does, which may not have come to that
                    }
                    return;
                }
                if (!from.core.exceptions.isOfClosing(e)) {
                    throw e;
                }
                long last = from.last(); // its dispatcher is closed: nothing above comes, and who is concerned is told
                if (from.stopped() != null || last >= wanted) {
                    return;
                }
                wanted = last;
            }
        }
    }

    /** Ends, where nothing more comes and all has been brought, though its thread has not come to that. So it holds nothing back. */
    void endIfOver(Deadline deadline) throws InterruptedException {
        var unused = from.awaitLost(deadline);
        if (from.isOver()) {
            end();
        }
    }

    // ---- what is lost with its receiver: under the upper lock

    /** How many messages have come there and not from there to here. When both have ended, a stage may have one in hand still. */
    private long left(long arrived) {
        return arrived - before - (stage == null ? source.tail() : staged.get());
    }

    /** Says where they stand, while the receiver goes on; empty where there are none. */
    @Override
    public String whereLeft() {
        return left(from.arrived()) > 0 ? from.describe() : "";
    }

    /** The receiver has been discarded, and nothing is accepted here any more. */
    @Override
    public void tellLost(LostAbove lost, String where) {
        long arrived = from.arrived();
        if (stage != null && !carriesNoMore) {
            lost.begin();
            awaiting = lost;
        }
        lost.add(this, () -> left(arrived), where.isEmpty() ? from.describe() : where);
    }

    @Override
    public void tellLeft(LostAbove lost) {
        from.core.lock.lock();
        try {
            long left = left(from.arrived());
            if (left > 0) {
                lost.add(this, left, from + " goes on without what this leads to");
            }
        } finally {
            from.core.lock.unlock();
        }
    }

    String describe() {
        return this + " may not have brought all that was above it; " + from.describe();
    }

    @Override
    public String toString() {
        return "link \"" + name() + "\"";
    }
}
