package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.progress.NumberHeap;
import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.HubLock;
import io.github.clockeddispatch.engine.waiting.Stop;
import io.github.clockeddispatch.engine.waiting.Wait;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One that waits until a receiver's clock reaches a number. It stands in its {@link Endpoint}'s heap until it is settled, by
 * whoever makes it due, under the hub's lock, or taken out by itself.
 */
public abstract class ClockWait extends NumberHeap.Node {

    ClockWait(long number) {
        super(number);
    }

    /** Settles it: with null when the clock has reached the number, else with why it never will. */
    abstract void settle(@Nullable Stop stop);

    /** A reader in {@code receive}, which is told when the clock passes what it was last told. */
    public static final class OfReader extends ClockWait {
        private final Endpoint<?> inbox;

        public OfReader(long number, Endpoint<?> inbox) {
            super(number);
            this.inbox = inbox;
        }

        @Override
        void settle(@Nullable Stop why) {
            inbox.wakeReader();
        }
    }

    /**
     * A thread in {@code waitUntil}. It waits at a lock of its own, taken last, so that who is woken need not meet all others at the
     * hub's.
     */
    static final class OfThread extends ClockWait implements Wait.Target, HubLock.Settled {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition told = lock.newCondition();
        private final Endpoint<?> inbox;

        // under the hub's lock; read when it was told, too

        private boolean settled;
        private @Nullable Stop stop;

        /** The wait that was settled before this one in the same hold of the lock. */
        private HubLock.@Nullable Settled before;

        /** Written under its lock. */
        private volatile boolean isTold;

        OfThread(long number, Endpoint<?> inbox) {
            super(number);
            this.inbox = inbox;
        }

        @Override
        public Watch watch() {
            return inbox.hub.watch();
        }

        @Override
        public long sequence() {
            return number();
        }

        @Override
        public String describe() {
            return "the clock of \"" + inbox.name + "\" to reach " + number();
        }

        @Override
        public void addBlockers(Collection<Thread> threads) {
            if (!isTold) {
                Blockers blockers = new Blockers(threads);
                blockers.add(inbox, number());
                blockers.askAll();
            }
        }

        @Override
        void settle(@Nullable Stop why) {
            if (!settled) { // after an error it may be settled once more
                inbox.hub.lock.settled(this);
                settled = true;
                stop = why;
            }
        }

        @Override
        public void follow(HubLock.@Nullable Settled other) {
            before = other;
        }

        @Override
        public HubLock.@Nullable Settled before() {
            return before;
        }

        @Override
        @SuppressWarnings(
                "ThreadPriorityCheck") // the thread has the lock for some nanoseconds; to wait for it might take memory
        public void tell() {
            while (!lock.tryLock()) {
                Thread.yield();
            }
            try {
                isTold = true;
                told.signal();
            } finally {
                lock.unlock();
            }
        }

        /** Waits, without the hub's lock, until it is told, or the time is over. */
        void await(Deadline deadline) throws InterruptedException {
            var waiting = new Wait(this, lock, told, deadline);
            try {
                waiting.begin(); // may start the watch's thread: not with the lock
                awaitTold(waiting);
            } finally {
                waiting.end();
            }
        }

        private void awaitTold(Wait waiting) throws InterruptedException {
            lock.lock();
            try {
                boolean late = false;
                while (!isTold && !late) {
                    late = !waiting.await();
                }
            } finally {
                lock.unlock();
            }
        }

        boolean isTold() {
            return isTold;
        }

        /** Returns whether it is settled; throws where the number cannot be reached. For its thread: once told, or after it has had the hub's lock. */
        boolean checkReached() {
            Stop why = stop;
            if (why != null) {
                throw inbox.hub.exception(why);
            }
            return settled;
        }
    }

    /** A future of {@code whenReached}, completed on a thread of its own. */
    static final class OfFuture extends ClockWait {
        private final Hub<?> hub;
        final CompletableFuture<Long> future = new CompletableFuture<>();

        OfFuture(long number, Hub<?> hub) {
            super(number);
            this.hub = hub;
        }

        @Override
        void settle(@Nullable Stop why) {
            hub.threads.start("clock-future-" + number(), () -> {
                try {
                    if (why == null) {
                        future.complete(number());
                    } else {
                        future.completeExceptionally(hub.exception(why));
                    }
                } catch (Error e) {
                    future.completeExceptionally(e); // rather than never
                }
            });
        }
    }
}
