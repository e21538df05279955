package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Reachability;
import io.github.clockeddispatch.engine.receiving.WaitRecording;
import io.github.clockeddispatch.engine.recording.RecordedWait;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A writer of lanes that goes on under the core's lock where the fast path cannot: where there is no room, the calling thread is not the
 * producer, or the ledger is sealed. It throws where nothing is accepted any more, and says whom a promise waits for.
 *
 * @see "docs/design.md: The way of a forward"
 */
abstract class LockedWriter<T> extends LaneWriter<T> {

    private static final VarHandle USER;

    static {
        try {
            USER = MethodHandles.lookup().findVarHandle(LockedWriter.class, "user", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final String name;
    private final List<MergeGate<T>> targets;
    private final LaneSlots<T> slots = new LaneSlots<>(this);

    /** The thread that has not been able to forward at once; null for none. While it is there, nobody else unseals the ledger. */
    private volatile @Nullable Thread user;

    /** Why it accepts nothing any more; null while it does. Written once, under the lock. */
    volatile @Nullable StopReason stop;

    /** Whether it has refused a message as its merge is being closed. Guarded by the lock. */
    boolean hasRefused;

    /** Whether nothing above the last number is accepted any more. Written once, under the lock; it stays sealed then. */
    volatile boolean endsAfterLast;

    /**
     * Where a link's promises come from; null for a forwarder, and where nothing more comes from there. Written under the lock. Readers
     * look at it for each promise: so it is not beside what is written for each message.
     */
    volatile @Nullable Relay<?, T> relay;

    LockedWriter(Merger<T> merger, String name, List<MergeGate<T>> targets, int capacity, long sequence) {
        super(merger, capacity, sequence);
        this.name = name;
        this.targets = targets;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<MergeGate<T>> targets() {
        return targets;
    }

    final Core<T> core() {
        return core;
    }

    final boolean isOpen() {
        return stop == null;
    }

    /** It has failed, and whom it reaches is about to. */
    final boolean isFailing() {
        StopReason why = stop;
        return why != null && why.isFailure();
    }

    @Nullable
    final Relay<?, T> relay() {
        return relay;
    }

    /** The receiver of another dispatcher that a link comes from; null for a forwarder. */
    @Nullable
    final Endpoint<?> upper() {
        Relay<?, T> link = relay;
        return link == null ? null : link.from();
    }

    @Override
    protected final long upperClock() {
        Relay<?, T> link = relay;
        return link == null ? 0 : link.time();
    }

    // ---- forwarding

    /**
     * Accepts a message.
     *
     * @param part whether more with that number may come
     * @return false where there was no room in time
     */
    public final boolean forward(long sequence, T payload, boolean part, Deadline deadline)
            throws InterruptedException {
        if (forwardFast(sequence, payload, part)) {
            return true;
        }
        return forwardInTurn(sequence, payload, part, deadline);
    }

    /** Accepts a message, with the lock or a wait for room, where that is needed. */
    private boolean forwardInTurn(long sequence, T payload, boolean part, Deadline deadline)
            throws InterruptedException {
        enter();
        try {
            boolean isFull = isNext(sequence, lanes) && isFull(sequence) && tryAdvance(sequence - 1);
            if (!isFull && tryForwardInTurn(sequence, payload, part)) { // another thread may have advanced meanwhile
                return true;
            }
            return !deadline.isNow() && forwardRecorded(sequence, payload, part, deadline);
        } finally {
            user = null;
            if (isSealed()) { // by somebody who may have left it to this thread to unseal it
                lock.lock();
                try {
                    unsealIfOpen();
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private boolean forwardRecorded(long sequence, T payload, boolean part, Deadline deadline)
            throws InterruptedException {
        RecordedWait recorded = Recorder.active().sendWait(core.name(), name, "room in its buffers");
        return recorded == null
                ? forwardWhenFree(sequence, payload, part, deadline)
                : WaitRecording.of(core, recorded, () -> forwardWhenFree(sequence, payload, part, deadline));
    }

    /** Waits for room, and accepts a message. Returns false where the time is over. */
    private boolean forwardWhenFree(long sequence, T payload, boolean part, Deadline deadline)
            throws InterruptedException {
        while (slots.await(sequence, deadline)) {
            if (tryForwardInTurn(sequence, payload, part)) {
                return true;
            }
        }
        return false;
    }

    /** The thread that forwards has met the lock. */
    private void unsealInTurn() {
        if (!endsAfterLast) {
            unseal();
        }
    }

    /**
     * With the lock, and so in one step with what other threads promise, accepts a message if there is room; else promises what is below
     * it.
     */
    private boolean tryForwardInTurn(long sequence, T payload, boolean part) {
        boolean isFull;
        boolean isAwaited;
        lock.lock();
        try {
            lockOut(); // so that what is looked at now stays so
            checkOpen(sequence);
            boolean toSome = lanes.length > 0 && sequence > toNobody;
            isFull = toSome && isFull(sequence);
            if (isFull) {
                promiseSealed(sequence - 1);
            } else {
                accept(sequence, payload, part, toSome);
            }
            unsealInTurn();
            isAwaited = isAwaited(lanes, isFull ? Lane.NONE : sequence, isFull ? sequence - 1 : promisedByLast());
            noteHeld(lanes);
        } finally {
            lock.unlock();
        }
        if (isAwaited) {
            tell();
        }
        return !isFull;
    }

    /** Accepts a message, while this is sealed. */
    private void accept(long sequence, T payload, boolean part, boolean toSome) {
        if (toSome) {
            write(lanes, sequence, payload, part);
            acceptSealed();
        }
        last = part ? ~sequence : sequence;
        if (!toSome) {
            merger.toNobody(sequence);
        }
        boolean raised = promiseSealed(promisedByLast());
        becomeProducer(raised || relay != null); // beside a link's thread nobody promises without the lock
    }

    /** Not where another thread forwards: it may be about to, and must not do so after this has been unsealed. */
    private void unsealIfOpen() {
        if (isOpenToPromises()
                && stop == null
                && user == null
                && (relay == null ? core.isOpen() : !endsAfterLast)
                && core.failure() == null) {
            unseal();
        }
    }

    private void enter() {
        if (!USER.compareAndSet(this, null, Thread.currentThread())) {
            Thread other = user;
            throw new IllegalStateException(
                    this + " is being used by another thread" + (other == null ? "" : ", " + Texts.name(other)));
        }
    }

    /** Throws unless a message with this number can be accepted. */
    private void checkOpen(long sequence) {
        hasRefused |= relay == null && !core.isOpen();
        checkOpen();
        long own = relay == null ? promised() : Math.max(ownWord(), promisedByLast());
        if (sequence <= own) {
            throw core.exceptions.late(name, sequence, own);
        }
        if (endsAfterLast && sequence > lastSequence()) {
            hasRefused = true;
            throw core.exception(StopReason.closed(core + " is closed"));
        }
    }

    /** What was promised here, apart from a link's clock. */
    private long ownWord() {
        long word = ownPromise();
        return word < 0 ? ~word : word;
    }

    private void checkOpen() {
        StopReason why = stop;
        if (why == null) {
            if (relay == null) {
                core.checkOpen("be forwarded");
            } else {
                core.checkNotFailed(); // when a merge is closed, its links are drained first
            }
            why = dead();
        }
        if (why != null) {
            throw core.exception(why);
        }
    }

    /** Why nobody is left to forward to; null where somebody is, or can come. */
    private @Nullable StopReason dead() {
        if (isBroadcast() || lanes.length > 0) {
            return null;
        }
        Endpoint<T> last = Reachability.lastToStop(targets);
        return last == null ? null : last.stopped(); // null: it has ended, and they have got all of it
    }

    /** For how long a forward has waited for room, in nanoseconds; 0 where none does. */
    final long waitingNanos() {
        return slots.waitingNanos();
    }

    /** Returns whether room is all that a message waits for, as far as can be seen without the lock. */
    final boolean mayWait(long sequence) {
        return stop == null && (isSealed() ? endsAfterLast && sequence <= lastSequence() : ownPromise() < sequence);
    }

    // ---- promising

    public final void advance(long sequence) {
        if (!tryAdvance(sequence)) {
            core.wholly(() -> advanceInTurn(sequence));
        }
    }

    private void advanceInTurn(long sequence) {
        checkOpen();
        lockOut();
        if (promiseSealed(sequence)) {
            raisedSealed();
        }
        unsealIfOpen();
        wakeForward(); // it may have been overtaken
        tellUnderLock();
    }

    /** Receivers that nothing reaches want to be told when it promises as much. Under the lock. */
    final boolean awaitKnown(long sequence) {
        notifyKnownAt = Math.min(notifyKnownAt, sequence);
        asked();
        return promised() >= sequence;
    }

    /** Where a link's clock has moved: tells those who wait for that. */
    final void clockMoved() {
        if (isAwaited(lanes, Lane.NONE, promised())) {
            tell();
        }
    }

    /** The least number that somebody needs to be promised; {@link Lane#NONE} for none. */
    final long awaitedPromise() {
        if (relay == null) {
            return Lane.NONE; // it has ended, and promises nothing more
        }
        long least = notifyKnownAt;
        for (Way<T> lane : lanes) {
            least = Math.min(least, lane.awaitedPromise());
        }
        return least;
    }

    /** Somebody needs another number than before. Under the lock. */
    final void asked() {
        Relay<?, T> link = relay;
        if (link != null) {
            link.wake();
        }
    }

    /** Why a link that leads to its receivers cannot go on: one has failed, or all were discarded; null where it can. */
    @Nullable
    final StopReason stopBelow() {
        lock.lock();
        try {
            for (MergeGate<T> target : targets) {
                StopReason why = target.stopped();
                if (why != null && why.isFailure()) {
                    return why;
                }
            }
            return dead();
        } finally {
            lock.unlock();
        }
    }

    /** Adds the threads that must go on before more is promised than now, if that is less than a number. Under the lock. */
    final void addBlockersOfPromise(long sequence, Blockers blockers) {
        if (stop == null && promised() < sequence) {
            Thread forwarding = user;
            if (forwarding != null) {
                blockers.threads().add(forwarding);
            }
            Endpoint<?> above = upper();
            if (above != null) {
                blockers.add(above, sequence);
            }
        }
    }

    /** Adds why no more is promised than now: a forward that waits, or what a link comes from. Under the lock. */
    final void explainPromise(long sequence, Causes causes) {
        Thread forwarding = user;
        Endpoint<?> above = upper();
        if (above != null) {
            causes.then(above, sequence);
        } else if (forwarding != null) {
            causes.then(() -> {
                Wait waits = Wait.of(forwarding);
                if (waits != null) {
                    causes.then(forwarding, waits);
                }
            });
        }
    }
}
