package io.github.clockeddispatch.faults;

import java.util.concurrent.atomic.AtomicLong;

/** Throws one {@link OutOfMemoryError}, at the k-th place where an armed thread is about to allocate something. */
public final class AllocationFault {
    private static volatile Thread thread;
    private static volatile boolean allBut;
    private static volatile OutOfMemoryError thrown;
    private static final AtomicLong left = new AtomicLong();
    private static final AtomicLong counted = new AtomicLong();

    private AllocationFault() {}

    /** Arms the calling thread, or all but the calling thread; from now on they count. */
    static void arm(boolean others, long k) {
        thrown = null;
        left.set(k);
        counted.set(0);
        allBut = others;
        thread = Thread.currentThread();
    }

    /** Returns how many allocations were counted. */
    static long disarm() {
        thread = null;
        return counted.get();
    }

    /** What was thrown; null where it did not come to that. */
    static OutOfMemoryError thrown() {
        return thrown;
    }

    /** Called by the transformed library before each allocation. */
    public static void here() {
        Thread armed = thread;
        if (armed == null || (Thread.currentThread() == armed) == allBut) {
            return;
        }
        counted.incrementAndGet();
        if (left.decrementAndGet() == 0) {
            OutOfMemoryError error = new OutOfMemoryError("planted");
            thrown = error;
            throw error;
        }
    }
}
