package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/**
 * A message in a channel whose sender wants its number: {@code WAITING -> NUMBERED | STOPPED | WITHDRAWN}, each step under
 * the core's lock.
 *
 * @see "docs/design.md: Withdrawing"
 */
abstract class PendingDispatch<T> {

    /** Null from when it is settled or withdrawn: whoever keeps the future does not keep the message. */
    private @Nullable T payload;

    /** 0 until it has one. */
    private long sequence;

    private @Nullable StopReason stop;
    private boolean withdrawn;

    PendingDispatch(T payload) {
        this.payload = payload;
    }

    /** The message, while it waits. */
    T payload() {
        return Objects.requireNonNull(payload);
    }

    boolean isWaiting() {
        return sequence == 0 && stop == null && !withdrawn;
    }

    /** Returns whether it has a number, and is delivered with it. */
    boolean isSent() {
        return sequence != 0 && stop == null;
    }

    long sequence() {
        return sequence;
    }

    @Nullable
    StopReason stop() {
        return stop;
    }

    void numbered(long given) {
        sequence = given;
        payload = null;
        settled();
    }

    void stopped(StopReason why) {
        stop = why;
        payload = null;
        settled();
    }

    void withdrawn() {
        withdrawn = true;
        payload = null;
    }

    /** It has its number, or will not get one. Under the core's lock. */
    abstract void settled();

    /** The pending dispatch of a thread in {@code dispatch}. */
    static final class OfThread<T> extends PendingDispatch<T> {
        final Condition condition;
        private final boolean timed;

        /** The thread that dispatches. */
        final Thread thread = Thread.currentThread();

        OfThread(T payload, Condition condition, Deadline deadline) {
            super(payload);
            this.condition = condition;
            this.timed = !deadline.isNever();
        }

        /** Returns whether its time-out withdraws it, if it is not numbered before. */
        boolean isTimed() {
            return timed;
        }

        @Override
        void settled() {
            condition.signal();
        }
    }

    /** The pending dispatch of a future of {@code dispatchAsync}, completed on a thread of its own. */
    static final class OfFuture<T> extends PendingDispatch<T> {
        private final SendPort<T> port;
        final SequenceFuture future = new SequenceFuture(this);

        OfFuture(T payload, SendPort<T> port) {
            super(payload);
            this.port = port;
        }

        /** Takes the message back. Returns false where it has a number. */
        boolean withdraw() {
            return port.withdraw(this) || !isSent();
        }

        @Override
        void settled() {
            port.threads().start("dispatch-future-" + port.name(), () -> {
                StopReason why = stop();
                try {
                    if (why == null) {
                        future.numbered(sequence());
                    } else {
                        future.failed(port.exception(why));
                    }
                } catch (Error e) {
                    future.failed(e); // rather than never
                }
            });
        }
    }
}
