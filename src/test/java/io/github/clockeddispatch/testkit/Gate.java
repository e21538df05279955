package io.github.clockeddispatch.testkit;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A door that is shut until it is opened, once. Nobody waits before it for ever. */
public final class Gate {
    private final CountDownLatch latch = new CountDownLatch(1);
    private final CountDownLatch arrived = new CountDownLatch(1);

    /** Opens it. */
    public void open() {
        latch.countDown();
    }

    /** Says whether it has been opened. */
    public boolean isOpen() {
        return latch.getCount() == 0;
    }

    /** Waits until it is open. */
    public void pass() throws InterruptedException {
        arrived.countDown();
        if (!latch.await(Await.BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the gate was not opened within " + Await.BOUND);
        }
    }

    /** Like {@link #pass()}, for a handler that pays no attention to interrupts; the flag is set again. */
    public void passUninterruptibly() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    pass();
                    return;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits until somebody has come to {@link #pass()}. */
    public void awaitArrival() throws InterruptedException {
        if (!arrived.await(Await.BOUND.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("nobody came to the gate within " + Await.BOUND);
        }
    }
}
