package io.github.clockeddispatch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A sender's bounded queue: many threads put into it under its own lock, one pump takes out of it under the hub's lock.
 * Whoever needs both locks takes the channel's first.
 *
 * <p>"Its own lock" is two: the word that is {@linkplain Seizable seized}, and a {@code ReentrantLock}. To hold the lock is to
 * hold both. A sender that only puts a message in its place {@linkplain #tryPut seizes the word alone}, for some nanoseconds in
 * which nothing can make it wait; so whoever comes with the lock may spin for the word, and whoever finds the word seized takes
 * the lock, and parks there if need be.
 *
 * <p>The ring starts small and grows with what is in it. An entry is a message, or a {@link Ticket} that holds one. Every
 * entry is live: one that is withdrawn is taken out, and its place is free at once.
 */
final class Channel<T> extends Seizable {

    private static final int INITIAL = 8;
    private static final VarHandle TAIL;

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(Channel.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final HubLock hubLock;
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition notFull = lock.newCondition();
    private final Condition notEmpty = lock.newCondition();
    private final int capacity;
    private final IntFunction<T> payloads = this::payload;

    /** Replaced under both locks, when it grows or shrinks; a slot at or above the tail is written under the channel's lock. */
    private @Nullable Object[] slots;

    /** The next position to take. Written under the hub's lock. */
    private volatile long head;

    /** The next position to fill. Raised under the channel's lock (release), lowered under both; read with acquire. */
    @SuppressWarnings("UnusedVariable") // by TAIL
    private long tail;

    /** Under the channel's lock: what was last seen of the head, so that a send need not look at it each time. */
    private long headSeen;

    /** How many threads wait for a place. Written under the channel's lock. */
    private volatile int waiting;

    /** Whether the pump waits for a message. Under the channel's lock. */
    private boolean pumpIsIdle;

    /** Written once, under the channel's lock. */
    private volatile @Nullable Stop closed;

    /** Why it delivers no more; a failure takes the place of any other reason. Written under both locks. */
    private volatile @Nullable Stop stop;

    Channel(int capacity, HubLock hubLock) {
        this.capacity = capacity;
        this.hubLock = hubLock;
        this.slots = new @Nullable Object[initial()];
    }

    private int initial() {
        return Math.min(INITIAL, ceilingPowerOfTwo(capacity));
    }

    private static int ceilingPowerOfTwo(int n) {
        return n == 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
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

    int capacity() {
        return capacity;
    }

    int size() {
        return (int) Math.max(0, tail() - head);
    }

    long head() {
        return head;
    }

    long tail() {
        return (long) TAIL.getAcquire(this);
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
            throw why.exception();
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

    boolean hasPlace() {
        if (tail - headSeen >= capacity) {
            headSeen = head;
        }
        return tail - headSeen < capacity;
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

    /** Whether there is one without growing. */
    private boolean hasSlot() {
        if (tail - headSeen >= slots.length) {
            headSeen = head;
        }
        return tail - headSeen < slots.length;
    }

    private void store(Object entry) {
        long position = tail;
        slots[(int) position & (slots.length - 1)] = entry;
        TAIL.setRelease(this, position + 1);
    }

    private void grow() {
        @Nullable Object[] larger = new @Nullable Object[slots.length * 2];
        hubLock.lock();
        try {
            for (long p = head; p < tail; p++) {
                larger[(int) p & (larger.length - 1)] = slots[(int) p & (slots.length - 1)];
            }
            slots = larger;
        } finally {
            hubLock.unlock();
        }
    }

    /**
     * Goes back to as many slots as it started with, if it has grown beyond {@link Inbox#KEPT_PLACES} and there is memory for
     * that. Called while it is empty, under the channel's lock.
     */
    private void shrink() {
        if (slots.length > Inbox.KEPT_PLACES) {
            @Nullable Object[] small;
            try {
                small = new @Nullable Object[initial()];
            } catch (OutOfMemoryError e) {
                return;
            }
            hubLock.lock();
            try {
                slots = small;
            } finally {
                hubLock.unlock();
            }
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
        int mask = slots.length - 1;
        long position = tail - 1;
        Object moved = null;
        while (position >= head) {
            Object here = slots[(int) position & mask];
            slots[(int) position & mask] = moved;
            if (here == entry) {
                TAIL.setRelease(this, tail - 1);
                notFull.signal();
                return position;
            }
            moved = here;
            position--;
        }
        throw new AssertionError("not in the channel: " + entry);
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
        int messages = 0;
        int mask = slots.length - 1;
        for (long p = head; p < tail; p++) {
            if (slots[(int) p & mask] instanceof Ticket<?> ticket) {
                ticket.stopped(why);
            } else {
                messages++;
            }
            slots[(int) p & mask] = null;
        }
        head = tail;
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

    /**
     * Returns how many entries below a position stay until the pump takes them: not those of a timed {@code dispatch}, nor
     * those of futures, which a time-out or anybody may complete. Under the hub's lock.
     *
     * @param dispatching gets the threads in an untimed {@code dispatch}: their entries are not counted, as each goes if its
     *     thread is interrupted
     */
    int staying(long end, List<Thread> dispatching) {
        int count = 0;
        for (long p = head; p < end; p++) {
            Object entry = slots[(int) p & (slots.length - 1)];
            if (!(entry instanceof Ticket<?>)) {
                count++;
            } else if (entry instanceof Ticket.OfThread<?> ticket && !ticket.isTimed()) {
                dispatching.add(ticket.thread);
            } // else it goes by itself, or when anybody completes its future
        }
        return count;
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

    /** Under the hub's lock: the messages from the head on, by their index. */
    IntFunction<T> payloads() {
        return payloads;
    }

    @SuppressWarnings("unchecked") // only T and Ticket<T> are ever put
    private T payload(int index) {
        Object entry = entry(index);
        return entry instanceof Ticket<?> ticket ? (T) ticket.payload() : (T) entry;
    }

    private Object entry(int index) {
        return Objects.requireNonNull(slots[(int) (head + index) & (slots.length - 1)]);
    }

    /** Under the hub's lock: the first {@code count} entries have got numbers and are gone. */
    void numbered(long first, int count) {
        int mask = slots.length - 1;
        long from = head;
        for (int i = 0; i < count; i++) {
            int index = (int) (from + i) & mask;
            if (slots[index] instanceof Ticket<?> ticket) {
                ticket.numbered(first + i);
            }
            slots[index] = null;
        }
        head = from + count;
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
