package io.github.clockeddispatch.engine.waiting;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;

/**
 * The time until which a call may wait. It is fixed once, at the call, so that waking up early does not prolong it.
 *
 * @see "docs/design.md: Waits"
 */
public final class Deadline {

    /** No limit. */
    public static final Deadline NEVER = new Deadline(Long.MAX_VALUE, Long.MAX_VALUE, true);

    /** Do not wait. */
    public static final Deadline NOW = new Deadline(0, 0, false);

    /** From here on a time cannot be told from "for ever" by {@code System.nanoTime()}: 146 years. */
    private static final long TOO_LONG = Long.MAX_VALUE / 2;

    private final long end;
    private final long timeout;
    private final boolean never;

    private Deadline(long end, long timeout, boolean never) {
        this.end = end;
        this.timeout = timeout;
        this.never = never;
    }

    /** At zero or less: do not wait; too long to represent: for ever. */
    public static Deadline in(Duration timeout) {
        Objects.requireNonNull(timeout, "timeout"); // whose own exception has no text once this is compiled
        if (timeout.isNegative() || timeout.isZero()) {
            return NOW;
        }
        long nanos = nanos(timeout);
        return nanos == TOO_LONG ? NEVER : new Deadline(System.nanoTime() + nanos, nanos, false);
    }

    /** Returns a time in nanoseconds: 0 for a negative one, {@link #TOO_LONG} for one that is too long to represent. */
    public static long nanos(Duration time) {
        if (time.isNegative()) {
            return 0;
        }
        return time.toSeconds() >= TimeUnit.NANOSECONDS.toSeconds(TOO_LONG) ? TOO_LONG : time.toNanos();
    }

    public boolean isNow() {
        return this == NOW;
    }

    public boolean isNever() {
        return never;
    }

    /** The time that there was in the beginning, in nanoseconds. */
    public long timeout() {
        return timeout;
    }

    /** The time left in nanoseconds, 0 where it is over. */
    public long left() {
        if (never) {
            return Long.MAX_VALUE;
        }
        return isNow() ? 0 : Math.max(0, end - System.nanoTime());
    }

    /** Parks until the thread is unparked or interrupted, or the time is over, or for no reason. */
    public void park(Object blocker) {
        if (never) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, left());
        }
    }

    /**
     * Waits for a signal, as its caller does in a loop over what it waits for.
     *
     * @return false, without having waited, where the time is over
     */
    @SuppressWarnings("WaitNotInLoop") // the loop is the caller's
    public boolean await(Condition condition) throws InterruptedException {
        if (never) {
            condition.await();
            return true;
        }
        long left = left();
        if (left == 0) {
            return false;
        }
        var unused = condition.awaitNanos(left);
        return true;
    }

    /** Waits for a signal; an interrupt does not end the wait, and the flag is set again. For short waits. */
    public boolean awaitUninterruptibly(Condition condition) {
        boolean interrupted = Thread.interrupted();
        try {
            return await(condition);
        } catch (InterruptedException e) {
            interrupted = true;
            return true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
