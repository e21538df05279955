package io.github.clockeddispatch.engine.receiving;

import java.util.concurrent.CompletableFuture;

/**
 * A future of a {@link JointClock}, completed on a thread of its own.
 *
 * @see "docs/design.md: Several clocks"
 */
final class FutureJointWait extends JointWait {
    final CompletableFuture<Long> future = new CompletableFuture<>();

    /** Whether a thread is about to look, or looks. Guarded by the lock. */
    private boolean isRunning = true;

    FutureJointWait(JointClock clock, long sequence) {
        super(clock, sequence);
    }

    @Override
    void settled(Part part) {
        part.tell(); // who comes to the end starts a thread
    }

    @Override
    void signal(Core<?> core) {
        if (!isRunning) {
            core.threads.start("clock-future-" + sequence, this::run);
            isRunning = true;
        }
    }

    /** Completes the future, or looks again. */
    void run() {
        try {
            do {
                if (isReached()) {
                    giveUp();
                    future.complete(sequence);
                    return;
                }
                look();
            } while (goesOn());
        } catch (RuntimeException | Error e) {
            giveUp(); // first: who is told finds nothing left
            future.completeExceptionally(e);
        }
    }

    private boolean goesOn() {
        lock.lock();
        try {
            isRunning = mayBeOver();
            return isRunning;
        } finally {
            lock.unlock();
        }
    }
}
