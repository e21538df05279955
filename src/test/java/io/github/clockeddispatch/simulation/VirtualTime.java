package io.github.clockeddispatch.simulation;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The time of one simulation, and the threads that are parked until some moment of it. A short time-out may end at any step, and
 * a long one when nothing can run; neither takes time.
 */
final class VirtualTime {

    /** A time-out up to here may end while threads can run. */
    static final long SHORT = TimeUnit.MILLISECONDS.toNanos(20);

    /** Longer than that, but shorter than the time-outs of the library that are told as long ones. */
    static final long REST = TimeUnit.MILLISECONDS.toNanos(100);

    private static final class Timer {
        final long at;
        final long order;
        final Thread thread;
        boolean cancelled;

        Timer(long at, long order, Thread thread) {
            this.at = at;
            this.order = order;
            this.thread = thread;
        }
    }

    private final PriorityQueue<Timer> timers =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.order, b.order));
    private long now = 1L << 50;
    private long order;

    long now() {
        return now;
    }

    void pass(long nanos) {
        now += nanos;
    }

    /** Parks the calling thread. */
    void park(Object blocker, long nanos) {
        if (nanos <= 0) {
            return;
        }
        long at = nanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + nanos;
        Timer timer = new Timer(at, order++, Thread.currentThread());
        timers.add(timer);
        LockSupport.park(blocker);
        timer.cancelled = true;
    }

    /** In how many nanoseconds the next time-out ends, 0 or less if it is over; {@code Long.MAX_VALUE} where there is none. */
    long untilNext() {
        while (!timers.isEmpty() && timers.peek().cancelled) {
            timers.poll();
        }
        return timers.isEmpty() ? Long.MAX_VALUE : timers.peek().at - now;
    }

    /** Whose time-out is the next. There must be one. */
    Thread nextOne() {
        return timers.element().thread;
    }

    /** Ends the next time-out, and returns whose it was. */
    Thread endNext() { // after untilNext
        Timer timer = timers.remove();
        now = Math.max(now, timer.at);
        LockSupport.unpark(timer.thread);
        return timer.thread;
    }
}
