package io.github.clockeddispatch;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.RejectedExecutionException;

/**
 * A wait that a {@code ForkJoinPool} is told of whose thread it blocks, so that another thread does that one's work (G14).
 * A condition tells it by itself, but only where it waits without a limit of time.
 */
final class Blocking implements ForkJoinPool.ManagedBlocker {

    /** What waits. It holds no lock when it is called, as the pool may make a thread then, by code of the user. */
    @FunctionalInterface
    interface Wait {
        boolean run() throws InterruptedException;
    }

    private final Wait wait;
    private boolean begun;
    private boolean result;

    private Blocking(Wait wait) {
        this.wait = wait;
    }

    /** Whether a wait that nobody else tells of is to be {@linkplain #tell told of}. */
    static boolean isToBeTold() {
        return Thread.currentThread() instanceof ForkJoinWorkerThread;
    }

    /** The same for waits at a condition. */
    static boolean isToBeTold(Deadline deadline) {
        return !deadline.isNever() && !deadline.isNow() && isToBeTold();
    }

    /** Waits, having told the pool. */
    static boolean tell(Wait wait) throws InterruptedException {
        var blocking = new Blocking(wait);
        try {
            ForkJoinPool.managedBlock(blocking);
        } catch (RejectedExecutionException e) {
            if (blocking.begun) {
                throw e;
            }
            return wait.run(); // the pool may have no more threads
        }
        return blocking.result;
    }

    @Override
    public boolean block() throws InterruptedException {
        begun = true;
        result = wait.run();
        return true;
    }

    @Override
    public boolean isReleasable() {
        return false;
    }
}
