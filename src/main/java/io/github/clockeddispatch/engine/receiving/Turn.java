package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The waits for a receiver whose subscriber has cancelled, until the thread has left that reads for it, and may be in its code.
 *
 * @see "docs/design.md: Subscribers"
 */
public final class Turn {

    /** How long those wait who cannot be interrupted. */
    private static final Duration MOMENT = Duration.ofSeconds(1);

    private Turn() {}

    /**
     * Claims a receiver for the calling thread. Throws where another one reads that is not about to leave.
     *
     * @return false where the time is over
     */
    static boolean claim(Endpoint<?> endpoint, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold(deadline)
                ? Blocking.tell(() -> claimInTurn(endpoint, deadline))
                : claimInTurn(endpoint, deadline);
    }

    private static boolean claimInTurn(Endpoint<?> endpoint, Deadline deadline) throws InterruptedException {
        Thread self = Thread.currentThread();
        endpoint.core.lock.lock();
        try {
            while (!endpoint.tryClaim(self)) {
                if (!endpoint.isLeaving() || endpoint.hasTurn(self)) {
                    throw endpoint.beingRead();
                }
                if (!deadline.await(endpoint.core.changed)) {
                    return false;
                }
            }
            return true;
        } finally {
            endpoint.core.lock.unlock();
        }
    }

    /** Waits, in a thread for which a receiver was claimed, until it is inside, or nobody wants it to be. */
    public static void await(Endpoint<?> endpoint, BooleanSupplier isGivenUp) throws InterruptedException {
        Thread self = Thread.currentThread();
        endpoint.core.lock.lock();
        try {
            while (!endpoint.hasTurn(self) && !isGivenUp.getAsBoolean()) {
                endpoint.core.changed.await();
            }
        } finally {
            endpoint.core.lock.unlock();
        }
    }

    /** Waits, for a moment at most, until nobody is about to leave: for those who claim at once. */
    public static void awaitLeaving(Endpoint<?> endpoint) {
        Deadline moment = Deadline.in(MOMENT);
        endpoint.core.lock.lock();
        try {
            boolean late = endpoint.hasTurn(Thread.currentThread());
            while (endpoint.isLeaving() && !late) {
                late = !moment.awaitUninterruptibly(endpoint.core.changed);
            }
        } finally {
            endpoint.core.lock.unlock();
        }
    }
}
