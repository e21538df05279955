package io.github.clockeddispatch.engine.waiting;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A lock that is acquired by one atomic step, at a third of the price of a free {@code ReentrantLock}. It is held for some
 * nanoseconds only, in which its holder waits for nothing; so others may spin for it, even while they hold a lock. Releasing it
 * happens before it is acquired next.
 *
 * @see "docs/design.md: Why a pump for each sender"
 */
public abstract class SpinLock {

    private static final int SPINS = 64;
    private static final VarHandle ACQUIRED;

    static {
        try {
            ACQUIRED = MethodHandles.lookup().findVarHandle(SpinLock.class, "acquired", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** 0 while free. */
    @SuppressWarnings("UnusedVariable") // by ACQUIRED
    public volatile int acquired;

    /** Who has acquired it must not wait for anything before it {@linkplain #release releases} it. */
    public final boolean tryAcquire() {
        return (int) ACQUIRED.getAndSet(this, 1) == 0;
    }

    /** Acquires it, spinning while another thread has it, which may itself have no processor. */
    @SuppressWarnings("ThreadPriorityCheck")
    protected final void acquire() {
        for (int spins = 0; !tryAcquire(); spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }

    public final void release() {
        try {
            ACQUIRED.setRelease(this, 0);
        } catch (StackOverflowError e) {
            acquired = 0; // takes no call
        }
    }
}
