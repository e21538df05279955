package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Clock;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.WaitRecording;
import io.github.clockeddispatch.engine.recording.RecordedWait;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.CoreLock;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.OwnedThreads;
import io.github.clockeddispatch.engine.waiting.StackSpace;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeoutException;

/**
 * The port of a {@code Sender}: puts messages into its channel, tells which numbers they got, and takes them back. Called by any
 * threads, without a lock.
 *
 * <p>A caller of {@code dispatch} that finds the channel empty takes the pump's step itself, and so does {@code send} where the reader
 * sleeps.
 *
 * @see "docs/design.md: The way of a message"
 */
public final class SendPort<T> {

    private final SenderLifecycle<T> sender;
    private final Pump<T> pump;
    private final Core<T> core;
    private final CoreLock lock;
    private final Channel<T> channel;
    private final Route<T> route;
    private final AddressedClock<T> clock;

    SendPort(SenderLifecycle<T> sender, Pump<T> pump) {
        this.sender = sender;
        this.pump = pump;
        this.core = sender.core;
        this.lock = core.lock;
        this.channel = sender.channel;
        this.route = sender.route;
        this.clock = new AddressedClock<>(sender);
    }

    public String name() {
        return sender.name;
    }

    /** The clock of those that it addresses. */
    public Clock clock() {
        return clock;
    }

    OwnedThreads threads() {
        return core.threads;
    }

    RuntimeException exception(StopReason why) {
        return core.exception(why);
    }

    public void close(StopReason why) {
        sender.close(why);
    }

    // ---- messages

    public boolean send(T payload, Deadline deadline) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        checkOpen();
        return channel.tryPut(payload)
                || (route.readerSleeps() && dispatchInline(payload) != 0)
                || (!deadline.isNow() && putAfterYield(payload))
                || accept(payload, deadline);
    }

    /** Where a small channel is full, lets others go on for a moment: to park each few messages takes longer than these. */
    @SuppressWarnings("ThreadPriorityCheck") // the pump has a moment to make room before this one parks
    private boolean putAfterYield(T payload) {
        if (channel.capacity() >= Pump.SMALL_BATCH || channel.size() < channel.capacity()) {
            return false;
        }
        Thread.yield();
        return channel.tryPut(payload);
    }

    /** Waits for a free slot and puts an entry there. */
    private boolean accept(Object entry, Deadline deadline) throws InterruptedException {
        RecordedWait recorded = deadline.isNow()
                ? null
                : Recorder.active().sendWait(core.name(), sender.name, "a free slot in its channel");
        return recorded == null
                ? acceptTelling(entry, deadline)
                : WaitRecording.of(core, recorded, () -> acceptTelling(entry, deadline));
    }

    private boolean acceptTelling(Object entry, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> acceptInTurn(entry, deadline))
                : acceptInTurn(entry, deadline);
    }

    private boolean acceptInTurn(Object entry, Deadline deadline) throws InterruptedException {
        channel.lock();
        try {
            checkOpen();
            if (!channel.hasFreeSlot() && !awaitSlot(deadline)) {
                return false;
            }
            channel.put(entry);
            return true;
        } finally {
            channel.unlock();
        }
    }

    /** Under the channel's lock, which it may release. */
    private boolean awaitSlot(Deadline deadline) throws InterruptedException {
        Wait waiting = channel.waitForSlot(
                new PumpProgress(
                        sender,
                        Wait.Kind.ROOM,
                        "a free slot in the channel of",
                        () -> true,
                        channel::tail,
                        channel.capacity()),
                deadline);
        try {
            return channel.awaitSlot(waiting);
        } finally {
            waiting.end();
        }
    }

    public boolean trySend(T payload) {
        checkOpen();
        return channel.tryPut(payload) || acceptNow(payload);
    }

    private boolean acceptNow(T payload) {
        StackSpace.check();
        channel.lock();
        try {
            checkOpen();
            if (!channel.hasFreeSlot()) {
                return false;
            }
            channel.put(payload);
            return true;
        } finally {
            channel.unlock();
        }
    }

    public long dispatch(T payload, Deadline deadline) throws InterruptedException, TimeoutException {
        long now = dispatchInline(payload);
        return now != 0 ? now : dispatchInTurn(payload, deadline);
    }

    /**
     * Where nobody is before it, and there is room, takes the pump's step for a message that is never in the channel.
     *
     * @return its number; 0 where nothing was done
     */
    private long dispatchInline(T payload) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            if (channel.tryAcquire()) {
                boolean locked = false;
                try {
                    locked = lock.tryLock(); // who has acquired it must not wait
                    if (locked) {
                        return sequenceNow(payload);
                    }
                } finally {
                    channel.release(); // first, as others are told after the lock
                    if (locked) {
                        lock.unlock();
                    }
                }
            }
            channel.lockBoth();
            try {
                return sequenceNow(payload);
            } finally {
                channel.unlockBoth();
            }
        } catch (Error e) {
            if (pump.halfDone) {
                core.broken(e);
            }
            throw e;
        }
    }

    /** Under both locks. */
    private long sequenceNow(T payload) {
        checkOpen();
        return pump.sequenceNow(payload);
    }

    private long dispatchInTurn(T payload, Deadline deadline) throws InterruptedException, TimeoutException {
        var pending = new PendingDispatch.OfThread<>(payload, lock.newCondition(), deadline);
        if (!deadline.isNever()) {
            look();
        }
        if (!accept(pending, deadline)) {
            throw timeout(deadline);
        }
        Throwable refusal = null;
        boolean late = false;
        try {
            late = !awaitRecorded(pending, deadline);
        } catch (InterruptedException | RuntimeException | Error e) {
            refusal = e;
        }
        boolean withdrawn = (late || refusal != null) && withdraw(pending);
        if (withdrawn && refusal instanceof RuntimeException exception) {
            throw exception; // a deadlock
        }
        if (withdrawn && refusal instanceof Error error) {
            throw error;
        }
        if (withdrawn && refusal != null) {
            throw new InterruptedException();
        }
        if (withdrawn) {
            throw timeout(deadline);
        }
        if (refusal instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        StopReason why = pending.stop();
        if (why != null) {
            throw core.exception(why);
        }
        return pending.sequence();
    }

    /** Notes what stands first at each receiver, to tell later for how long it has. */
    private void look() {
        lock.lock();
        try {
            sender.targets().forEach(target -> target.report.look());
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitRecorded(PendingDispatch.OfThread<T> pending, Deadline deadline) throws InterruptedException {
        RecordedWait recorded = Recorder.active().sendWait(core.name(), sender.name, "a number");
        return recorded == null
                ? awaitTelling(pending, deadline)
                : WaitRecording.of(core, recorded, () -> awaitTelling(pending, deadline));
    }

    private boolean awaitTelling(PendingDispatch.OfThread<T> pending, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> awaitSequence(pending, deadline))
                : awaitSequence(pending, deadline);
    }

    /** Returns false where the time is over. */
    private boolean awaitSequence(PendingDispatch.OfThread<T> pending, Deadline deadline) throws InterruptedException {
        lock.lock();
        try {
            return !pending.isWaiting() || awaitSequenceUnderLock(pending, deadline);
        } finally {
            lock.unlock();
        }
    }

    private boolean awaitSequenceUnderLock(PendingDispatch.OfThread<T> pending, Deadline deadline)
            throws InterruptedException {
        var waiting = new Wait(
                new PumpProgress(sender, Wait.Kind.NUMBER, "a number from", pending::isWaiting, channel::tail, 0),
                lock,
                pending.condition,
                deadline);
        try {
            waiting.begin();
            while (pending.isWaiting()) {
                if (!waiting.await()) {
                    return false;
                }
            }
            return true;
        } finally {
            waiting.end();
        }
    }

    public CompletableFuture<Long> dispatchAsync(T payload) throws InterruptedException {
        long now = dispatchInline(payload);
        if (now != 0) {
            return completed(now);
        }
        var pending = new PendingDispatch.OfFuture<>(payload, this);
        boolean accepted = accept(pending, Deadline.NEVER);
        assert accepted;
        return pending.future;
    }

    private CompletableFuture<Long> completed(long sequence) {
        try {
            return new SequenceFuture(sequence);
        } catch (Error e) {
            core.broken(e); // it will be delivered, and nobody knows
            throw e;
        }
    }

    /** Sends all that a publisher publishes. Returns what will tell how many were sent. */
    public CompletableFuture<Long> sendAll(Flow.Publisher<? extends T> publisher) {
        var all = new SendAll<>(this, sender);
        lock.lock();
        try {
            checkOpen();
            sender.begin(all);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        } finally {
            lock.unlock();
        }
        return all.from(publisher);
    }

    /** Takes a message back, unless it has a number or was given up. */
    boolean withdraw(PendingDispatch<T> pending) {
        try {
            return tryWithdraw(pending);
        } catch (Error e) {
            core.broken(e);
            throw e;
        }
    }

    private boolean tryWithdraw(PendingDispatch<T> pending) {
        channel.lockBoth();
        try {
            if (!pending.isWaiting()) {
                return false;
            }
            long head = channel.head();
            long position = channel.remove(pending);
            pending.withdrawn();
            sender.passMarkers(marker -> marker.withdrawn(position, head));
            if (position == head) {
                route.forget();
            }
            sender.checkDrained();
            return true;
        } finally {
            channel.unlockBoth();
        }
    }

    /** Throws unless something can be sent. */
    void checkOpen() {
        channel.checkOpen();
        core.checkOpen("be sent");
        StopReason why = sender.dead();
        if (why != null) {
            throw core.exception(why);
        }
    }

    /** Says in whose way the message was: at the time-out, which is a little later. */
    private TimeoutException timeout(Deadline deadline) {
        List<Causes.Cause> causes = Causes.of(sender.name, first -> {
            lock.lock();
            try {
                sender.explain(first);
            } finally {
                lock.unlock();
            }
        });
        return new TimeoutException("dispatch by sender \"" + sender.name + "\" timed out after "
                + Texts.duration(deadline.timeout()) + " and was withdrawn: " + Causes.describe(causes));
    }
}
