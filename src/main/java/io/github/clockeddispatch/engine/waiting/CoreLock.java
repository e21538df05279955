package io.github.clockeddispatch.engine.waiting;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a dispatcher. Threads whose waits are settled under it are told when it is released: what they do next then waits for
 * nobody, and sees all that was done under it.
 *
 * @see "docs/design.md: Locks"
 */
public final class CoreLock extends ReentrantLock {
    private static final long serialVersionUID = 1;

    /** A wait that was settled under this lock. Those of one hold are linked through themselves, as that takes no memory. */
    public interface Settled {

        /** Notes the one that was settled before this one. */
        void follow(@Nullable Settled before);

        /** Returns the one that was settled before this one; null for none. */
        @Nullable
        Settled before();

        /** Tells the thread that waits. Called without this lock. */
        void tell();
    }

    /** The wait that was settled last in this hold; linked to the one before. Guarded by this lock. */
    private transient @Nullable Settled settled;

    /** A wait has been settled, under this lock: tells its thread later. */
    public void settled(Settled wait) {
        wait.follow(settled);
        settled = wait;
    }

    @Override
    public void unlock() {
        Settled last = settled;
        if (last == null || getHoldCount() > 1) {
            super.unlock();
            return;
        }
        settled = null;
        super.unlock();
        tell(last);
    }

    /** Tells those whose waits are settled. To be called by whoever has settled one before it waits at a condition of this lock. */
    public void tellSettled() {
        Settled last = settled;
        settled = null;
        tell(last);
    }

    private static void tell(@Nullable Settled last) {
        Error problem = null;
        for (Settled wait = last; wait != null; wait = wait.before()) {
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
