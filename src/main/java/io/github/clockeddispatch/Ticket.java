package io.github.clockeddispatch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A message in a channel whose sender wants its number: {@code WAITING -> NUMBERED | STOPPED | WITHDRAWN}, each step under
 * the hub's lock.
 */
abstract class Ticket<T> {

    final T payload;

    /** 0 until it has one. */
    private long number;

    private @Nullable Stop stop;
    private boolean withdrawn;

    Ticket(T payload) {
        this.payload = payload;
    }

    boolean isWaiting() {
        return number == 0 && stop == null && !withdrawn;
    }

    boolean isNumbered() {
        return number != 0;
    }

    long number() {
        return number;
    }

    @Nullable
    Stop stop() {
        return stop;
    }

    void numbered(long given) {
        number = given;
        settled();
    }

    void stopped(Stop why) {
        stop = why;
        settled();
    }

    void withdrawn() {
        withdrawn = true;
    }

    boolean isWithdrawn() {
        return withdrawn;
    }

    /** It has its number, or will not get one. Under the hub's lock. */
    abstract void settled();

    /** Of a thread in {@code dispatch}. */
    static final class OfThread<T> extends Ticket<T> {
        final Condition condition;
        private final boolean timed;
        final Thread thread = Thread.currentThread();

        OfThread(T payload, Condition condition, Deadline deadline) {
            super(payload);
            this.condition = condition;
            this.timed = !deadline.isNever();
        }

        /** Whether it is withdrawn by itself, if it is not numbered before. */
        boolean isTimed() {
            return timed;
        }

        @Override
        void settled() {
            condition.signal();
        }
    }

    /** Of a future of {@code dispatchAsync}, completed on a thread of its own. */
    static final class OfFuture<T> extends Ticket<T> {
        private final Pump<T> pump;
        final CompletableFuture<Long> future;

        OfFuture(T payload, Pump<T> pump) {
            super(payload);
            this.pump = pump;
            this.future = new CompletableFuture<>() {
                @Override
                public boolean cancel(boolean mayInterruptIfRunning) {
                    return (pump.withdraw(OfFuture.this) && super.cancel(mayInterruptIfRunning)) || isCancelled();
                }
            };
        }

        @Override
        void settled() {
            pump.threads().start("dispatch-future-" + pump.name(), () -> {
                Stop why = stop();
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
