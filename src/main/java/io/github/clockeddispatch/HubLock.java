package io.github.clockeddispatch;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a {@link Hub}. Threads whose waits are settled under it are told when it is let go: what they do next then waits for
 * nobody, and sees all that was done under it.
 */
final class HubLock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    /** The wait that was settled last in this hold; linked to the one before. Guarded by this lock. */
    private transient ClockWait.@Nullable OfThread settled;

    /** A wait has been settled, under this lock: tells its thread later. */
    void settled(ClockWait.OfThread wait) {
        wait.settledBefore = settled;
        settled = wait;
    }

    @Override
    public void unlock() {
        ClockWait.OfThread last = settled;
        if (last == null || getHoldCount() > 1) {
            super.unlock();
            return;
        }
        settled = null;
        super.unlock();
        tell(last);
    }

    /** Tells those whose waits are settled. To be called by whoever has settled one before it waits at a condition of this lock. */
    void tellSettled() {
        ClockWait.OfThread last = settled;
        settled = null;
        tell(last);
    }

    private static void tell(ClockWait.@Nullable OfThread last) {
        Error problem = null;
        for (ClockWait.OfThread wait = last; wait != null; wait = wait.settledBefore) {
            try {
                wait.tell();
            } catch (Error e) { // the others stand nowhere else
                problem = e;
            }
        }
        if (problem != null) {
            throw problem;
        }
    }
}
