package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Wait;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The wait of a forward for room in the lanes of its source. The thread that waits takes no lock, nor does who
 * wakes it.
 *
 * @see "docs/design.md: The merge, Free slots"
 */
final class LaneSlots<T> implements Wait.Target {

    /** How long a forward that finds no room waits for much of it, in nanoseconds, before it waits for any. */
    private static final long GATHERING = 1_000_000;

    /** The least capacity of which it is worth while to wait for a half. */
    private static final int MUCH = 64;

    private final LockedWriter<T> source;

    /** The wait of the thread that forwards; null while it does not wait. Written by that thread, read by snapshots. */
    private volatile @Nullable Wait waiting;

    LaneSlots(LockedWriter<T> source) {
        this.source = source;
    }

    /**
     * Waits until there is room, or a message with this number cannot be accepted any more, or whoever has sealed the ledger wants to
     * be met.
     *
     * @return false if the time is over
     */
    boolean await(long sequence, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold()
                ? Blocking.tell(() -> awaitTold(sequence, deadline))
                : awaitTold(sequence, deadline);
    }

    private boolean awaitTold(long sequence, Deadline deadline) throws InterruptedException {
        Way<T>[] to = source.lanes;
        int capacity = source.capacity;
        var wait = new Wait(this, deadline);
        waiting = wait;
        source.waiting = wait.thread;
        for (Way<T> lane : to) {
            lane.to.slotWaiters.getAndIncrement();
        }
        try {
            if (capacity >= MUCH) {
                if (!askForSlots(to, capacity / 2) || !source.mayWait(sequence)) {
                    return true;
                }
                LockSupport.parkNanos(this, Math.min(GATHERING, deadline.left()));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            wait.begin(); // may park, and so take a signal: not between asking and waiting
            while (askForSlots(to, 1) && source.mayWait(sequence) && source.lanes == to && source.isFull(sequence)) {
                if (!wait.await()) {
                    return false;
                }
            }
            return true;
        } finally {
            source.waiting = null;
            waiting = null;
            wait.end();
            for (Way<T> lane : to) {
                lane.to.slotWaiters.getAndDecrement();
                lane.awaitHead(Lane.NONE);
            }
        }
    }

    /**
     * Asks to be told when each lane has so many free slots. Returns whether it is to wait for that: not where each has one, and its
     * reader sleeps, as no more will come soon.
     */
    private boolean askForSlots(Way<T>[] to, int slots) {
        int capacity = source.capacity;
        boolean waits = false;
        for (Way<T> lane : to) {
            if (!lane.hasFreeSlot(capacity - slots + 1)) {
                lane.awaitHead(Math.min(source.tail() - capacity + slots, lane.head() + Math.max(1, slots - 1)));
                waits |= !lane.hasFreeSlot(capacity)
                        || (!lane.hasFreeSlot(capacity - slots + 1) && !lane.to.readerWaits());
            }
        }
        return waits;
    }

    /** For how long a forward has waited, in nanoseconds; 0 where none does. */
    long waitingNanos() {
        Wait wait = waiting;
        return wait == null ? 0 : Math.max(1, wait.age());
    }

    /** Adds the threads that must go on before there is room. */
    @Override
    public void addBlockers(Collection<Thread> threads) {
        Blockers blockers = new Blockers(threads);
        source.lock.lock();
        try {
            if (source.isOpen()) {
                for (Way<T> lane : source.lanes) {
                    if (lane.size() >= source.capacity) {
                        lane.to.addBlockers(lane, blockers);
                    }
                }
            }
        } finally {
            source.lock.unlock();
        }
        blockers.askAll();
    }

    /** Adds the first lane without room, and why its first message is not taken. */
    @Override
    public void explain(Causes causes) {
        source.lock.lock();
        try {
            for (Way<T> lane : source.lanes) {
                if (lane.size() >= source.capacity) {
                    String taken = " is full (" + lane.size() + " of " + source.capacity + ")";
                    String what = "the buffer of " + source + " for \"" + lane.to.name + "\"" + taken;
                    causes.add(Causes.Kind.NO_ROOM, lane.to.name, lane.first(), 0, what);
                    causes.then(lane.to, lane.first());
                    return;
                }
            }
        } finally {
            source.lock.unlock();
        }
    }

    @Override
    public Watch watch() {
        return source.core().watch();
    }

    @Override
    public Wait.Kind kind() {
        return Wait.Kind.ROOM;
    }

    @Override
    public String name() {
        return source.name();
    }

    @Override
    public String describe() {
        return "room in the buffer of " + source + source.merger.joining.describeHeld();
    }
}
