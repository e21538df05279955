package io.github.clockeddispatch;

import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;

/**
 * A wait that a {@code ForkJoinPool} is told of whose thread it blocks, so that another thread does that one's work (G14).
 * A condition tells it by itself, but only where it waits without a limit of time.
 */
final class Blocking implements ForkJoinPool.ManagedBlocker {

    /** What waits. It holds no lock when it is called, as the pool may make a thread then, by code of the user. */
    @FunctionalInterface
    interface Call {
        boolean run() throws InterruptedException;
    }

    private final Call call;
    private boolean begun;
    private boolean result;

    private Blocking(Call call) {
        this.call = call;
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
    static boolean tell(Call call) throws InterruptedException {
        var blocking = new Blocking(call);
        try {
            ForkJoinPool.managedBlock(blocking);
        } catch (RuntimeException e) {
            if (blocking.begun) {
                throw e;
            }
            return call.run(); // the pool may have no more threads, or cannot make one
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
