package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.merging.MergePoint.Way;
import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Wait;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;

/**
 * The wait of a forward for room in the lanes of its source. The thread that waits takes no lock, nor does who
 * wakes it.
 */
final class LaneRoom<T> implements Wait.Target {

    /** How long a forward that finds no room waits for much of it, in nanoseconds, before it waits for any. */
    private static final long GATHERING = 1_000_000;

    /** The least capacity of which it is worth while to wait for a half. */
    private static final int MUCH = 64;

    private final LockedWriter<T> source;

    LaneRoom(LockedWriter<T> source) {
        this.source = source;
    }

    /**
     * Waits until there is room, or a message with this number cannot be accepted any more, or whoever has sealed the ledger wants to
     * be met.
     *
     * @return false if the time is over
     */
    boolean await(long number, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold() ? Blocking.tell(() -> awaitTold(number, deadline)) : awaitTold(number, deadline);
    }

    private boolean awaitTold(long number, Deadline deadline) throws InterruptedException {
        Way<T>[] to = source.lanes;
        int capacity = source.capacity;
        var wait = new Wait(this, deadline);
        source.waiting = wait.thread;
        for (Way<T> lane : to) {
            lane.to.roomWaits.getAndIncrement();
        }
        try {
            if (capacity >= MUCH) {
                if (!askForRoom(to, capacity / 2) || !source.mayWait(number)) {
                    return true;
                }
                LockSupport.parkNanos(this, Math.min(GATHERING, deadline.left()));
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            wait.begin(); // may park, and so take a signal: not between asking and waiting
            while (askForRoom(to, 1) && source.mayWait(number) && source.lanes == to && source.isFull(number)) {
                if (!wait.await()) {
                    return false;
                }
            }
            return true;
        } finally {
            source.waiting = null;
            wait.end();
            for (Way<T> lane : to) {
                lane.to.roomWaits.getAndDecrement();
                lane.awaitHead(Lane.NONE);
            }
        }
    }

    /**
     * Asks to be told when each lane has so many places. Returns whether it is to wait for that: not where each has one, and its
     * reader sleeps, as no more will come soon.
     */
    private boolean askForRoom(Way<T>[] to, int places) {
        int capacity = source.capacity;
        boolean waits = false;
        for (Way<T> lane : to) {
            if (!lane.hasRoom(capacity - places + 1)) {
                lane.awaitHead(Math.min(source.tail() - capacity + places, lane.head() + Math.max(1, places - 1)));
                waits |= !lane.hasRoom(capacity) || (!lane.hasRoom(capacity - places + 1) && !lane.to.readerWaits());
            }
        }
        return waits;
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

    @Override
    public Watch watch() {
        return source.hub().watch();
    }

    @Override
    public String describe() {
        return "room in the buffer of " + source;
    }
}
