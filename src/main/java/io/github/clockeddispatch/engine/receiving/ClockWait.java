package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.progress.SequenceHeap;
import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.CoreLock;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Wait;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A wait until a receiver's clock reaches a number. It stands in its {@link Endpoint}'s heap until it is settled, by
 * whoever makes it due, under the core's lock, or taken out by itself.
 *
 * @see "docs/design.md: Waits"
 */
public abstract class ClockWait extends SequenceHeap.Node {

    ClockWait(long sequence) {
        super(sequence);
    }

    /** Settles it: with null when the clock has reached the number, else with why it never will. */
    abstract void settle(@Nullable StopReason stop);

    /** Takes the lock of a wait, which others have for some nanoseconds; to wait for it might take memory. */
    @SuppressWarnings("ThreadPriorityCheck")
    static void acquire(ReentrantLock lock) {
        while (!lock.tryLock()) {
            Thread.yield();
        }
    }

    /** A wait that is told of its being settled when the core's lock has been released. */
    abstract static class Told extends ClockWait implements CoreLock.Settled {

        // under the core's lock; read when it was told, too

        boolean settled;

        @Nullable
        StopReason stop;

        /** The wait that was settled before this one in the same hold of the lock. */
        private CoreLock.@Nullable Settled before;

        Told(long sequence) {
            super(sequence);
        }

        @Override
        final void settle(@Nullable StopReason why) {
            if (!settled) { // after an error it may be settled once more
                stop = why;
                isSettled();
                settled = true;
            }
        }

        /** It has been settled, and is to be told. Under the core's lock. */
        abstract void isSettled();

        @Override
        public final void follow(CoreLock.@Nullable Settled other) {
            before = other;
        }

        @Override
        public final CoreLock.@Nullable Settled before() {
            return before;
        }
    }

    /** A reader in {@code receive}, which is told when the clock passes what it was last told. */
    public static final class OfReader extends ClockWait {
        private final Endpoint<?> endpoint;

        public OfReader(long sequence, Endpoint<?> endpoint) {
            super(sequence);
            this.endpoint = endpoint;
        }

        @Override
        void settle(@Nullable StopReason why) {
            endpoint.wakeReader();
        }
    }

    /**
     * A thread in {@code waitUntil}. It waits at a lock of its own, taken last, so that who is woken need not meet all others at the
     * core's.
     */
    static final class OfThread extends Told implements Wait.Target {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition told = lock.newCondition();
        private final Endpoint<?> endpoint;

        /** Written under its lock. */
        private volatile boolean isTold;

        OfThread(long sequence, Endpoint<?> endpoint) {
            super(sequence);
            this.endpoint = endpoint;
        }

        @Override
        public Watch watch() {
            return endpoint.core.watch();
        }

        @Override
        public Wait.Kind kind() {
            return Wait.Kind.CLOCK;
        }

        @Override
        public String name() {
            return endpoint.name;
        }

        @Override
        public String describe() {
            return endpoint.describe(sequence());
        }

        @Override
        public void addBlockers(Collection<Thread> threads) {
            if (!isTold) {
                Blockers blockers = new Blockers(threads);
                blockers.add(endpoint, sequence());
                blockers.askAll();
            }
        }

        @Override
        public void explain(Causes causes) {
            causes.then(endpoint, sequence());
        }

        @Override
        void isSettled() {
            endpoint.core.lock.settled(this);
        }

        @Override
        public void tell() {
            acquire(lock);
            try {
                isTold = true;
                told.signal();
            } finally {
                lock.unlock();
            }
        }

        /** Waits, without the core's lock, until it is told, or the time is over. */
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

        /**
         * Returns whether it is settled; throws where the number cannot be reached. For its thread: once told, or after it has had the
         * core's lock.
         */
        boolean checkReached() {
            StopReason why = stop;
            if (why != null) {
                throw endpoint.core.exception(why);
            }
            return settled;
        }
    }

    /** A future of {@code whenReached}, completed on a thread of its own. */
    static final class OfFuture extends ClockWait {
        private final Core<?> core;
        final CompletableFuture<Long> future = new CompletableFuture<>();

        OfFuture(long sequence, Core<?> core) {
            super(sequence);
            this.core = core;
        }

        @Override
        void settle(@Nullable StopReason why) {
            core.threads.start("clock-future-" + sequence(), () -> {
                try {
                    if (why == null) {
                        future.complete(sequence());
                    } else {
                        future.completeExceptionally(core.exception(why));
                    }
                } catch (Error e) {
                    future.completeExceptionally(e); // rather than never
                }
            });
        }
    }
}
