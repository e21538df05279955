package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Exceptions;
import io.github.clockeddispatch.engine.waiting.HubLock;
import io.github.clockeddispatch.engine.waiting.Stop;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A sender's bounded queue: many threads put into it under its own lock, one pump takes out of it under the hub's lock.
 * Whoever needs both locks takes the channel's first.
 *
 * <p>"Its own lock" is two: the word that is seized, and a {@code ReentrantLock}. To hold the lock is to
 * hold both. A sender that only puts a message in its place {@linkplain #tryPut seizes the word alone}, for some nanoseconds in
 * which nothing can make it wait; so whoever comes with the lock may spin for the word, and whoever finds the word seized takes
 * the lock, and parks there if need be.
 */
final class Channel<T> extends ChannelRing<T> {

    private final Exceptions exceptions;

    private final ReentrantLock lock = new ReentrantLock();

    private final Condition notFull = lock.newCondition();
    private final Condition notEmpty = lock.newCondition();

    /** How many threads wait for a place. Written under the channel's lock. */
    private volatile int waiting;

    /** Whether the pump waits for a message. Under the channel's lock. */
    private boolean pumpIsIdle;

    /** Written once, under the channel's lock. */
    private volatile @Nullable Stop closed;

    /** Why it delivers no more; a failure takes the place of any other reason. Written under both locks. */
    private volatile @Nullable Stop stop;

    Channel(int capacity, HubLock hubLock, Exceptions exceptions) {
        super(capacity, hubLock);
        this.exceptions = exceptions;
    }

    void lock() {
        lock.lock();
        boolean seized = false;
        try {
            seize();
            seized = true;
        } finally {
            if (!seized) {
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
            hubLock.lock();
            both = true;
        } finally {
            if (!both) {
                unlock();
            }
        }
    }

    /** Lets go of the channel first, as others are told after the hub's lock. */
    void unlockBoth() {
        try {
            unlock();
        } finally {
            hubLock.unlock();
        }
    }

    boolean isClosed() {
        return closed != null;
    }

    @Nullable
    Stop stopped() {
        return stop;
    }

    /** Throws unless a message can be put in. */
    void checkOpen() {
        Stop why = stop;
        if (why == null) {
            why = closed;
        }
        if (why != null) {
            throw exceptions.of(why);
        }
    }

    /**
     * Puts a message in its place, unless there is none, or somebody else is at it, or the pump is to be woken: all this is done
     * under the lock.
     */
    boolean tryPut(T payload) {
        if (!trySeize()) {
            return false;
        }
        boolean returns = false;
        try {
            if (pumpIsIdle || !hasPlace() || !hasSlot() || stop != null || closed != null) {
                return false;
            }
            store(payload);
            returns = true;
            return true;
        } finally {
            if (returns) {
                release();
            } else {
                seized = 0; // takes no call, for which there may be no stack
            }
        }
    }

    // ---- senders: under the channel's lock

    /**
     * Waits until there is a place.
     *
     * @return false where the time is over
     */
    boolean awaitPlace(Wait thread) throws InterruptedException {
        release();
        try {
            thread.begin(); // may start the watch's thread: not with the word
        } finally {
            seize();
        }
        checkOpen();
        waiting++;
        boolean found = hasPlace(); // once more, as the pump looks whether anybody waits after it has made room
        try {
            while (!found && awaitSignal(thread)) {
                checkOpen();
                found = hasPlace();
            }
        } finally {
            waiting--;
            if (!found && hasPlace()) {
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
            seize();
        }
    }

    /** Puts an entry in its place, there being one, and wakes the pump. */
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

    /** Accepts nothing from now on; those that wait for a place learn it. */
    void close(Stop why) {
        if (closed == null) {
            closed = why;
            notFull.signalAll();
            notEmpty.signal();
        }
    }

    // ---- under both locks

    /** Takes a withdrawn entry out; what is behind it moves up. Returns the position at which it was. */
    long remove(Ticket<T> entry) {
        long position = takeOut(entry);
        notFull.signal();
        return position;
    }

    /**
     * Gives up what is in there, and accepts nothing more.
     *
     * @return how many messages were given up whose send had returned
     */
    int abandon(Stop why) {
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

    /** A wait of the calling thread for a place. */
    Wait waitForPlace(Wait.Target target, Deadline deadline) {
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
                    seize();
                }
            }
            return stop == null;
        } finally {
            pumpIsIdle = false;
            unlock();
        }
    }

    /** Without the hub's lock: wakes as many senders as places have become free. */
    void placesFreed(int count) {
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
