package io.github.clockeddispatch.bench.peers;

import io.github.clockeddispatch.bench.Contestant;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** How far one receiver is, computed when somebody asks: where all that was begun is finished, as far as the counter. */
final class Progress implements Contestant.Clock {
    private static final VarHandle BEGUN;
    private static final VarHandle DONE;

    static {
        try {
            BEGUN = MethodHandles.lookup().findVarHandle(Progress.class, "begun", long.class);
            DONE = MethodHandles.lookup().findVarHandle(Progress.class, "done", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final AtomicLong counter;
    private final Waiters waiters;
    private final LongSupplier clock = this::time;

    /** How many were begun. Written by one thread at a time, before the number is taken by an atomic step, which publishes it. */
    private long begun;

    /** How many the reader has finished. Written by the reader, with release. */
    private long done;

    /** The last number that the reader has finished. Written by the reader, published by {@link #done}. */
    private long finished;

    Progress(AtomicLong counter, Waiters waiters) {
        this.counter = counter;
        this.waiters = waiters;
    }

    /** So many messages will have a number. */
    void begin(int count) {
        BEGUN.setRelease(this, begun + count);
    }

    /**
     * The reader has finished the message of this number: publishes it, and wakes who waits for it. That somebody has begun to
     * wait is seen without a fence, so at the latest at the end of a batch, where there is one.
     */
    void finish(long number, boolean endOfBatch) {
        finished = number;
        DONE.setRelease(this, done + 1);
        if (endOfBatch) {
            VarHandle.fullFence();
        }
        waiters.wake(clock);
    }

    @Override
    public long time() {
        long bound = counter.get();
        long finishedCount = (long) DONE.getAcquire(this);
        return finishedCount == (long) BEGUN.getAcquire(this) ? bound : finished;
    }

    @Override
    public void waitUntil(long number) throws InterruptedException {
        if (time() < number) {
            waiters.await(number, clock);
        }
    }
}
