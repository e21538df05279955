package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.waiting.CoreLock;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Exceptions;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A sender's bounded queue: many threads put into it under its own lock, one pump takes out of it under the core's lock.
 * Whoever needs both locks takes the channel's first.
 *
 * <p>"Its own lock" is two: a {@code SpinLock}, and a {@code ReentrantLock}. To hold the lock is to
 * hold both. A sender that only puts a message in its slot {@linkplain #tryPut acquires the spin lock alone}, for some nanoseconds in
 * which nothing can make it wait; so whoever comes with the lock may spin, and whoever finds the spin lock acquired takes
 * the lock, and parks there if need be.
 *
 * @see "docs/design.md: Why a pump for each sender"
 */
final class Channel<T> extends ChannelRing<T> {

    private final Exceptions exceptions;

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition notFull = lock.newCondition();
    private final Condition notEmpty = lock.newCondition();

    /** How many threads wait for a slot. Written under the channel's lock. */
    private volatile int waiting;

    /** Whether the pump waits for a message. Under the channel's lock. */
    private boolean pumpIsIdle;

    /** Written once, under the channel's lock. */
    private volatile @Nullable StopReason closed;

    /** Why it has stopped delivering; a failure takes the place of any other reason. Written under both locks. */
    private volatile @Nullable StopReason stop;

    Channel(int capacity, CoreLock coreLock, Exceptions exceptions) {
        super(capacity, coreLock);
        this.exceptions = exceptions;
    }

    void lock() {
        lock.lock();
        boolean acquired = false;
        try {
            acquire();
            acquired = true;
        } finally {
            if (!acquired) {
                lock.unlock();
            }
        }
    }

    void unlock() {
        try {
            release();
        } finally {
            lock.unlock();
        }
    }

    void lockBoth() {
        lock();
        boolean both = false;
        try {
            coreLock.lock();
            both = true;
        } finally {
            if (!both) {
                unlock();
            }
        }
    }

    /** Lets go of the channel first, as others are told after the core's lock. */
    void unlockBoth() {
        try {
            unlock();
        } finally {
            coreLock.unlock();
        }
    }

    boolean isClosed() {
        return closed != null;
    }

    @Nullable
    StopReason stopped() {
        return stop;
    }

    /** Throws unless a message can be put in. */
    void checkOpen() {
        StopReason why = stop;
        if (why == null) {
            why = closed;
        }
        if (why != null) {
            throw exceptions.of(why);
        }
    }

    /**
     * Puts a message in its slot, unless there is none, or somebody else is at it, or the pump is to be woken: all this is done
     * under the lock.
     */
    boolean tryPut(T payload) {
        if (!tryAcquire()) {
            return false;
        }
        boolean returns = false;
        try {
            if (pumpIsIdle || !hasFreeSlot() || !hasSlot() || stop != null || closed != null) {
                return false;
            }
            store(payload);
            returns = true;
            return true;
        } finally {
            if (returns) {
                release();
            } else {
                acquired = 0; // takes no call, for which there may be no stack
            }
        }
    }

    // ---- senders: under the channel's lock

    /**
     * Waits until there is a free slot.
     *
     * @return false where the time is over
     */
    boolean awaitSlot(Wait thread) throws InterruptedException {
        release();
        try {
            thread.begin(); // may start the watch's thread: not with the spin lock
        } finally {
            acquire();
        }
        checkOpen();
        waiting++;
        boolean found = hasFreeSlot(); // once more, as the pump looks whether anybody waits after it has made room
        try {
            while (!found && awaitSignal(thread)) {
                checkOpen();
                found = hasFreeSlot();
            }
        } finally {
            waiting--;
            if (!found && hasFreeSlot()) {
                notFull.signal(); // the signal may have been for this thread: pass it on
            }
        }
        return found;
    }

    private boolean awaitSignal(Wait thread) throws InterruptedException {
        release();
        try {
            return thread.await();
        } finally {
            acquire();
        }
    }

    /** Puts an entry in its slot, there being one, and wakes the pump. */
    void put(Object entry) {
        if (!hasSlot()) {
            grow();
        }
        store(entry);
        if (pumpIsIdle) {
            pumpIsIdle = false;
            notEmpty.signal();
        }
    }

    /** Accepts nothing from now on; those that wait for a slot learn it. */
    void close(StopReason why) {
        if (closed == null) {
            closed = why;
            notFull.signalAll();
            notEmpty.signal();
        }
    }

    // ---- under both locks

    /** Takes a withdrawn entry out; what is behind it moves up. Returns the position at which it was. */
    long remove(PendingDispatch<T> entry) {
        long position = takeOut(entry);
        notFull.signal();
        return position;
    }

    /**
     * Gives up what is in there, and accepts nothing more.
     *
     * @return how many messages were given up whose send had returned
     */
    int abandon(StopReason why) {
        if (stop == null || why.isFailure()) {
            stop = why;
        }
        int messages = giveUpAll(why);
        notFull.signalAll();
        pumpIsIdle = false;
        notEmpty.signal();
        return messages;
    }

    // ---- who waits for whom

    /** Returns how many threads wait for a slot. */
    int blocked() {
        return waiting;
    }

    /** A wait of the calling thread for a slot. */
    Wait waitForSlot(Wait.Target target, Deadline deadline) {
        return new Wait(target, lock, notFull, deadline);
    }

    // ---- the pump

    /** Waits until there is something to deliver. Returns false where there never will be. Takes the channel's lock. */
    boolean awaitEntry() throws InterruptedException {
        if (size() > 0 && stop == null) {
            return true;
        }
        lock();
        try {
            while (size() == 0) {
                if (isClosed() || stop != null) {
                    return false;
                }
                shrink();
                pumpIsIdle = true;
                release();
                try {
                    notEmpty.await();
                } finally {
                    acquire();
                }
            }
            return stop == null;
        } finally {
            pumpIsIdle = false;
            unlock();
        }
    }

    /** Without the core's lock: wakes as many senders as slots have become free. */
    void slotsFreed(int count) {
        if (waiting > 0) {
            lock.lock(); // to signal takes no more than that
            try {
                for (int i = Math.min(count, waiting); i > 0; i--) {
                    notFull.signal();
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
