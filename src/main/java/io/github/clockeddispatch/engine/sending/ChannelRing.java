package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.waiting.CoreLock;
import io.github.clockeddispatch.engine.waiting.SpinLock;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The ring of a channel: its entries, from the head to the tail, each in a slot. It starts small and grows with what is in it. An
 * entry is a message, or a {@link PendingDispatch} that holds one. Every entry is live: one that is withdrawn is taken out, and its
 * slot is free at once.
 *
 * <p>The locks are explained at {@link Channel}. This is its superclass and not a field of it, so that a send finds the spin lock
 * and what it writes in one object.
 *
 * @see "docs/design.md: Why a pump for each sender"
 */
abstract class ChannelRing<T> extends SpinLock {

    private static final int INITIAL = 8;
    private static final VarHandle TAIL;

    static {
        try {
            TAIL = MethodHandles.lookup().findVarHandle(ChannelRing.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final CoreLock coreLock;
    private final int capacity;
    private final IntFunction<T> payloads = this::payload;

    /** Replaced under both locks, when it grows or shrinks; a slot at or above the tail is written under the channel's lock. */
    private @Nullable Object[] slots;

    /** The next position to take. Written under the core's lock. */
    private volatile long head;

    /** The next position to fill. Raised under the channel's lock (release), lowered under both; read with acquire. */
    @SuppressWarnings("UnusedVariable") // by TAIL
    private long tail;

    /** Under the channel's lock: what was last seen of the head, so that a send need not look at it each time. */
    private long headSeen;

    ChannelRing(int capacity, CoreLock coreLock) {
        this.capacity = capacity;
        this.coreLock = coreLock;
        this.slots = new @Nullable Object[initial()];
    }

    private int initial() {
        return Math.min(INITIAL, ceilingPowerOfTwo(capacity));
    }

    private static int ceilingPowerOfTwo(int n) {
        return n == 1 ? 1 : Integer.highestOneBit(n - 1) << 1;
    }

    final int capacity() {
        return capacity;
    }

    final int size() {
        return (int) Math.max(0, tail() - head);
    }

    final long head() {
        return head;
    }

    final long tail() {
        return (long) TAIL.getAcquire(this);
    }

    // ---- under the channel's lock

    final boolean hasFreeSlot() {
        if (tail - headSeen >= capacity) {
            headSeen = head;
        }
        return tail - headSeen < capacity;
    }

    /** Returns whether there is a slot without growing. */
    final boolean hasSlot() {
        if (tail - headSeen >= slots.length) {
            headSeen = head;
        }
        return tail - headSeen < slots.length;
    }

    final void store(Object entry) {
        long position = tail;
        slots[(int) position & (slots.length - 1)] = entry;
        TAIL.setRelease(this, position + 1);
    }

    final void grow() {
        @Nullable Object[] larger = new @Nullable Object[slots.length * 2];
        coreLock.lock();
        try {
            for (long p = head; p < tail; p++) {
                larger[(int) p & (larger.length - 1)] = slots[(int) p & (slots.length - 1)];
            }
            slots = larger;
        } finally {
            coreLock.unlock();
        }
    }

    /**
     * Goes back to as many slots as it started with, if it has grown beyond {@link Inbox#KEPT_SLOTS} and there is memory for
     * that. Called while it is empty, under the channel's lock.
     */
    final void shrink() {
        if (slots.length > Inbox.KEPT_SLOTS) {
            @Nullable Object[] small;
            try {
                small = new @Nullable Object[initial()];
            } catch (OutOfMemoryError e) {
                return;
            }
            coreLock.lock();
            try {
                slots = small;
            } finally {
                coreLock.unlock();
            }
        }
    }

    // ---- under both locks

    /** Takes a withdrawn entry out; what is behind it moves up. Returns the position at which it was. */
    final long takeOut(PendingDispatch<T> entry) {
        int mask = slots.length - 1;
        long position = tail - 1;
        Object moved = null;
        while (position >= head) {
            Object here = slots[(int) position & mask];
            slots[(int) position & mask] = moved;
            if (here == entry) {
                TAIL.setRelease(this, tail - 1);
                return position;
            }
            moved = here;
            position--;
        }
        throw new AssertionError("not in the channel: " + entry);
    }

    /** Gives up all entries. Returns how many of them were messages whose send had returned. */
    final int giveUpAll(StopReason why) {
        int messages = 0;
        int mask = slots.length - 1;
        for (long p = head; p < tail; p++) {
            if (slots[(int) p & mask] instanceof PendingDispatch<?> pending) {
                pending.stopped(why);
            } else {
                messages++;
            }
            slots[(int) p & mask] = null;
        }
        head = tail;
        return messages;
    }

    // ---- under the core's lock

    /**
     * Returns how many entries below a position stay until the pump takes them: not those of a timed {@code dispatch}, nor
     * those of futures, which a time-out or anybody may complete.
     *
     * @param dispatching gets the threads in an untimed {@code dispatch}: their entries are not counted, as each goes if its
     *     thread is interrupted
     */
    final int staying(long end, List<Thread> dispatching) {
        int count = 0;
        for (long p = head; p < end; p++) {
            Object entry = slots[(int) p & (slots.length - 1)];
            if (!(entry instanceof PendingDispatch<?>)) {
                count++;
            } else if (entry instanceof PendingDispatch.OfThread<?> pending && !pending.isTimed()) {
                dispatching.add(pending.thread);
            } // else it goes by itself, or when anybody completes its future
        }
        return count;
    }

    /** The messages from the head on, by their index. */
    final IntFunction<T> payloads() {
        return payloads;
    }

    @SuppressWarnings("unchecked") // only T and PendingDispatch<T> are ever put
    private T payload(int index) {
        Object entry = entry(index);
        return entry instanceof PendingDispatch<?> pending ? (T) pending.payload() : (T) entry;
    }

    private Object entry(int index) {
        return Objects.requireNonNull(slots[(int) (head + index) & (slots.length - 1)]);
    }

    /** The first {@code count} entries have got numbers and are gone. */
    final void numbered(long first, int count) {
        int mask = slots.length - 1;
        long from = head;
        for (int i = 0; i < count; i++) {
            int index = (int) (from + i) & mask;
            if (slots[index] instanceof PendingDispatch<?> pending) {
                pending.numbered(first + i);
            }
            slots[index] = null;
        }
        head = from + count;
    }
}
