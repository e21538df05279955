package io.github.clockeddispatch.engine.waiting;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * A blocking call that tells the {@code ForkJoinPool} whose thread it blocks, so that another thread does that one's work (G14).
 * An untimed wait for a condition tells the pool by itself; this is for timed waits, and for parking.
 *
 * @see "docs/design.md: Locks"
 */
public final class Blocking implements ForkJoinPool.ManagedBlocker {

    /** The call that blocks. Made without a lock: the pool may create a thread then, which runs foreign code. */
    @FunctionalInterface
    public interface Call {
        boolean run() throws InterruptedException;
    }

    private final Call call;

    // of the calling thread alone

    private boolean begun;
    private boolean result;

    private Blocking(Call call) {
        this.call = call;
    }

    /** Returns whether the calling thread is one of a pool, which must be {@linkplain #tell told} before it parks. */
    public static boolean isToBeTold() {
        return Thread.currentThread() instanceof ForkJoinWorkerThread;
    }

    /** Returns the same for a wait for a condition, which tells the pool by itself where it is untimed. */
    public static boolean isToBeTold(Deadline deadline) {
        return !deadline.isNever() && !deadline.isNow() && isToBeTold();
    }

    /** Tells the pool, then makes the call. */
    public static boolean tell(Call call) throws InterruptedException {
        var blocking = new Blocking(call);
        try {
            ForkJoinPool.managedBlock(blocking);
        } catch (RuntimeException e) {
            if (blocking.begun) {
                throw e;
            }
            return call.run(); // the pool has no thread to spare, and cannot create one
        }
        return blocking.result;
    }

    @Override
    public boolean block() throws InterruptedException {
        begun = true;
        result = call.run();
        return true;
    }

    @Override
    public boolean isReleasable() {
        return false;
    }
}
