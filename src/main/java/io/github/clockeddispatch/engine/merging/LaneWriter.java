package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.CoreLock;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The write side of a source's lanes: its ledger, a lane to each receiver that it reaches, and the fast path, on which the thread that
 * forwards accepts messages and promises without a lock.
 *
 * <p>All else is under the core's lock, with the ledger sealed, so that the thread that forwards meets the lock. Until it has done so,
 * nobody else unseals it: what it had begun is not accepted, and it does it anew under the lock ({@link LockedWriter}).
 *
 * @see "docs/design.md: The way of a forward"
 */
abstract class LaneWriter<T> extends Ledger implements Producer<T> {

    final Merger<T> merger;
    final Core<T> core;
    final CoreLock lock;
    final int capacity;

    /** Made here, as what was accepted must be told also where there is no memory. */
    private final Runnable telling = this::tellUnderLock;

    /** One for each receiver that it reaches and that has not stopped. Replaced under the lock, while it is sealed. */
    Way<T>[] lanes = noLanes();

    /** The number of the last message, or its complement where that was a part. Written by the thread that forwards. */
    long last;

    /** Merges want to be told when it promises as much, as receivers that nothing reaches go by that. Written under the lock. */
    volatile long notifyKnownAt = Lane.NONE;

    /**
     * What is numbered up to there is to nobody: who has joined has done so at or above it. Written under the lock, while it is sealed.
     */
    long toNobody;

    /** The thread that waits for room; null for none. Written by it. */
    volatile @Nullable Thread waiting;

    LaneWriter(Merger<T> merger, int capacity, long sequence) {
        super(sequence);
        this.merger = merger;
        this.core = merger.core();
        this.lock = core.lock;
        this.capacity = capacity;
    }

    @SuppressWarnings("unchecked") // nothing is ever put into it
    private static <T> Way<T>[] noLanes() {
        return (Way<T>[]) new Way<?>[0];
    }

    /** f. */
    final long promised() {
        Way<T>[] all = lanes;
        return all.length == 0 ? promise() : all[0].promised();
    }

    // ---- the fast path: the thread that forwards, without the lock

    /** Accepts a message without the lock, unless something is in the way. */
    final boolean forwardFast(long sequence, T payload, boolean part) {
        long position = position();
        Way<T>[] to = lanes;
        if (position < 0 || !isProducer() || !isNext(sequence, to) || !hasFreeSlot(to)) {
            return false;
        }
        write(to, sequence, payload, part);
        if (!accept(position)) {
            withdraw(to, to.length);
            return false;
        }
        last = part ? ~sequence : sequence;
        noteHeld(to);
        if (isAwaited(to, sequence, part ? sequence - 1 : sequence)) {
            tell();
        }
        return true;
    }

    /** Returns whether nothing but room can be missing for a message, and the lock. */
    final boolean isNext(long sequence, Way<T>[] to) {
        long own = ownPromise();
        return own >= 0 && sequence > own && sequence > promisedByLast() && sequence > toNobody && to.length > 0;
    }

    final long promisedByLast() {
        return last < 0 ? ~last - 1 : last;
    }

    /** The number of the last message. */
    final long lastSequence() {
        return last < 0 ? ~last : last;
    }

    private boolean hasFreeSlot(Way<T>[] to) {
        for (Way<T> lane : to) {
            if (!lane.hasFreeSlot(capacity)) {
                return false;
            }
        }
        return true;
    }

    /** Writes it on all lanes; where there is no memory, on none. */
    static <T> void write(Way<T>[] to, long sequence, T payload, boolean part) {
        int written = 0;
        try {
            for (Way<T> lane : to) {
                lane.write(sequence, part, payload);
                written++;
            }
        } finally {
            if (written < to.length) {
                withdraw(to, written);
            }
        }
    }

    private static void withdraw(Way<?>[] to, int written) {
        for (int i = 0; i < written; i++) {
            to[i].withdraw();
        }
    }

    /** After something was accepted or promised: whether somebody wants to be told. */
    final boolean isAwaited(Way<T>[] to, long sequence, long promised) {
        boolean isAwaited = promised >= notifyKnownAt;
        for (Way<T> lane : to) {
            isAwaited |= lane.isAwaited(sequence, promised);
        }
        return isAwaited;
    }

    /** After something was accepted: where it may be held back, and that is recorded, notes since when. */
    final void noteHeld(Way<T>[] to) {
        if (Recorder.mayRecord() && Recorder.active().recordsHeldBack()) {
            for (Way<T> lane : to) {
                lane.to.held.holds();
            }
        }
    }

    final boolean tryAdvance(long sequence) {
        Way<T>[] to = lanes;
        if ((to.length == 0 && !isBroadcast()) || !tryPromise(sequence)) {
            return false;
        }
        if (isAwaited(to, Lane.NONE, sequence)) {
            tell();
        }
        wakeForward(); // it may have been overtaken
        return true;
    }

    /**
     * Returns whether there is no room for a message. Where a lane is full of nothing but parts of its number, there is: none of them
     * goes on before that number is promised, and so who waited for room would wait for itself.
     */
    final boolean isFull(long sequence) {
        for (Way<T> lane : lanes) {
            if (!lane.hasFreeSlot(capacity) && !lane.isFullOf(sequence)) {
                return true;
            }
        }
        return false;
    }

    /** There is room on a lane where this waits for it, or no more will come soon; or something else has happened. */
    final void wakeForward() {
        LockSupport.unpark(waiting);
    }

    // ---- who is to be told

    /** Has those look who may want to. */
    final void tell() {
        core.wholly(telling);
    }

    final void tellUnderLock() {
        for (Way<T> lane : lanes) {
            lane.to.settle();
        }
        if (promised() >= notifyKnownAt) {
            notifyKnownAt = Lane.NONE;
            merger.knownRose();
        }
    }

    // ---- the lanes: under the lock

    /** Has the thread that forwards meet the lock. From now on the word promises what the last message does, so lanes may come and go. */
    final void lockOut() {
        seal();
        promiseSealed(promised());
    }

    /** Adds a lane, while this is sealed, or nobody has it yet. */
    final void add(Way<T> lane) {
        Way<T>[] more = Arrays.copyOf(lanes, lanes.length + 1);
        more[lanes.length] = lane;
        lanes = more;
    }

    final void remove(Lane<T> lane) {
        lockOut();
        lanes = Arrays.stream(lanes).filter(other -> other != lane).toArray(size -> Arrays.copyOf(noLanes(), size));
    }

    /** The number of the last message that has not been given to all; 0 where there is none. Under the lock. */
    final long lastOnLanes() {
        return Arrays.stream(lanes).mapToLong(Lane::last).max().orElse(0);
    }
}
