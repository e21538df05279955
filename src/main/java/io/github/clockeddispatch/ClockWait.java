package io.github.clockeddispatch;

import io.github.clockeddispatch.progress.NumberHeap;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * One that waits until a receiver's clock reaches a number. It stands in its {@link Endpoint}'s heap until it is settled, by
 * whoever makes it due, under the hub's lock, or taken out by itself.
 */
abstract class ClockWait extends NumberHeap.Node {

    ClockWait(long number) {
        super(number);
    }

    /** Settles it: with null when the clock has reached the number, else with why it never will. */
    abstract void settle(@Nullable Stop stop);

    /** A reader in {@code receive}, which is told when the clock passes what it was last told. */
    static final class OfReader extends ClockWait {
        private final Endpoint<?> inbox;

        OfReader(long number, Endpoint<?> inbox) {
            super(number);
            this.inbox = inbox;
        }

        @Override
        void settle(@Nullable Stop why) {
            inbox.wakeReader();
        }
    }

    /** A thread in {@code waitUntil}. */
    static final class OfThread extends ClockWait implements Wait.Target {
        final Condition condition;
        private final Endpoint<?> inbox;
        private boolean settled;
        private @Nullable Stop stop;

        OfThread(long number, Endpoint<?> inbox) {
            super(number);
            this.inbox = inbox;
            this.condition = inbox.hub.lock.newCondition();
        }

        @Override
        public Hub<?> hub() {
            return inbox.hub;
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
            boolean waits;
            inbox.hub.lock.lock();
            try {
                waits = !settled;
            } finally {
                inbox.hub.lock.unlock();
            }
            if (waits) {
                Blockers blockers = new Blockers(threads);
                blockers.add(inbox, number());
                blockers.askAll();
            }
        }

        @Override
        void settle(@Nullable Stop why) {
            settled = true;
            stop = why;
            condition.signal();
        }

        boolean isSettled() {
            return settled;
        }

        /** Waits under the hub's lock. Returns false where the time is over; throws where the number cannot be reached. */
        boolean await(Wait waiting) throws InterruptedException {
            while (!settled) {
                if (!waiting.await()) {
                    return false;
                }
            }
            Stop why = stop;
            if (why != null) {
                throw why.exception();
            }
            return true;
        }
    }

    /** A future of {@code whenReached}, completed on a thread of its own. */
    static final class OfFuture extends ClockWait {
        private final OwnedThreads threads;
        final CompletableFuture<Long> future = new CompletableFuture<>();

        OfFuture(long number, OwnedThreads threads) {
            super(number);
            this.threads = threads;
        }

        @Override
        void settle(@Nullable Stop why) {
            threads.start("clock-future-" + number(), () -> {
                try {
                    if (why == null) {
                        future.complete(number());
                    } else {
                        future.completeExceptionally(why.exception());
                    }
                } catch (Error e) {
                    future.completeExceptionally(e); // rather than never
                }
            });
        }
    }
}
