package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Texts;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The ownership of a receiver by the thread that reads it, one at a time: who is inside, who waits to be woken, who was last given
 * something. {@link ReadSide} claims and releases it without a lock; to wait, and to wake, needs the core's.
 *
 * @see "docs/design.md: Waits"
 */
abstract class OwnedByReader {

    private static final VarHandle INSIDE;

    static {
        try {
            INSIDE = MethodHandles.lookup().findVarHandle(OwnedByReader.class, "inside", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The reader that waits, and has not been woken; null for none. Written under the lock. */
    private volatile @Nullable Thread waiter;

    /** The thread that is in a reading method. Written by {@link ReadSide}, through {@link #claim} and {@link #release}. */
    public volatile @Nullable Thread inside;

    /**
     * The thread that reads until the end, in {@code forEach…} or for a link, so that no other can read in its place; null
     * where the receiver is read by hand. Written by the reader, read by watches, snapshots and those who write exceptions.
     */
    volatile @Nullable Thread readsOn;

    /** The message in hand whose handler has failed, and was not called again or has not returned; null for none. Written by the reader. */
    volatile @Nullable Retry retry;

    /** How many times the handler was called for the message in hand, if it has failed before; else 0. The reader's own. */
    int attempts;

    /** How many messages were finished without having been handled (G18). Written by the reader. */
    volatile long skipped;

    /**
     * The thread that was last given something. Written by the reader, read by anybody; weak, so that a thread that has ended is
     * not kept.
     */
    private volatile @Nullable WeakReference<Thread> reader;

    /** The subscriber that has claimed it; null for none. Written under the lock, read by those who write exceptions. */
    private volatile @Nullable Subscribed subscriber;

    // guarded by the core's lock

    /** Whether the thread that is inside is to leave, as its subscriber has cancelled. */
    private boolean leaving;

    /** The thread that is inside when that one has left; null where nobody has claimed that. */
    private @Nullable Thread next;

    /**
     * A message whose handler has failed.
     *
     * @param attempt how many times
     * @param since when it did so first, by {@code System.nanoTime()}
     * @param thread the thread that handles it
     * @param waits whether that waits until it is to be handled again
     */
    record Retry(int attempt, long since, Thread thread, boolean waits) {

        /** The first failure, by the calling thread. */
        Retry() {
            this(1, System.nanoTime(), Thread.currentThread(), false);
        }

        /** Returns the same while its thread waits. */
        Retry waiting() {
            return new Retry(attempt, since, thread, true);
        }

        /** Returns the same after one more failure. */
        Retry next() {
            return new Retry(attempt == Integer.MAX_VALUE ? attempt : attempt + 1, since, thread, false);
        }

        Duration age() {
            return Duration.ofNanos(System.nanoTime() - since);
        }
    }

    // ---- who is inside

    /** A thread reads from now on, and keeps all others out, until it is {@linkplain #release released}. Throws where another one reads. */
    public final void claim(Thread thread) {
        if (!tryClaim(thread)) {
            throw beingRead();
        }
    }

    /** The same; returns false where another one reads. */
    final boolean tryClaim(Thread thread) {
        return INSIDE.compareAndSet(this, null, thread);
    }

    final IllegalStateException beingRead() {
        Thread other = inside;
        return new IllegalStateException(
                other == Thread.currentThread()
                        ? this + " is being read by this thread already: a handler cannot read its own receiver"
                        : subscriber != null
                                ? this + " is being read by its subscriber; it can have one reader at a time"
                                : this + " is being read by another thread"
                                        + (other == null ? "" : ", " + Texts.name(other)));
    }

    /** Lets others read. */
    public final void release() {
        try {
            INSIDE.setRelease(this, null);
        } catch (StackOverflowError e) {
            inside = null; // takes no call
        }
    }

    // ---- subscribers: under the lock

    /**
     * Claims it for a thread, which is to {@linkplain #hasTurn wait for its turn} where another one is about to leave. Throws where another
     * one reads, or has its turn before.
     */
    public final void claimNext(Thread thread) {
        if (leaving && next == null) {
            next = thread;
        } else {
            claim(thread);
        }
    }

    /** Returns whether that thread is inside. */
    public final boolean hasTurn(Thread thread) {
        return inside == thread;
    }

    /** The thread that is inside is to leave as soon as it can. */
    public final void leave() {
        leaving = true;
        wakeReader();
    }

    /** Returns whether the thread that is inside is to leave. */
    final boolean isLeaving() {
        return leaving;
    }

    /** Whoever has claimed it for a thread gives it back, if that is inside or was to be next. */
    public final void giveBack(Thread thread) {
        if (next == thread) {
            next = null;
        } else if (inside == thread) {
            leaving = false;
            inside = next;
            next = null;
        }
    }

    /** The thread that is inside hands it on to one that has not been started. */
    public final void handOn(Thread thread) {
        inside = thread;
    }

    /** A subscriber has claimed it. */
    public final void subscribed(Subscribed by) {
        subscriber = by;
    }

    /** A subscriber has given it back; another one may have claimed it since. */
    public final void unsubscribed(Subscribed by) {
        if (subscriber == by) {
            subscriber = null;
        }
    }

    /** Returns whether a thread is inside that has been started. */
    public final boolean isRead() {
        Thread thread = inside;
        Subscribed by = subscriber;
        return thread != null && (by == null || !by.isWaiting(thread));
    }

    /** Nothing more comes, whatever is there: the reader that waits looks again, or the subscriber that demands nothing. */
    final void wakeAtEnd() {
        wakeReader();
        Subscribed by = subscriber;
        if (by != null) {
            by.look();
        }
    }

    /** Says that nobody reads, for exceptions. */
    protected final String describeNoReader() {
        return hasSubscriber() ? "its subscriber demands nothing" : "no reader";
    }

    /** Returns whether a subscriber has claimed it. */
    final boolean hasSubscriber() {
        return subscriber != null;
    }

    // ---- who waits, and who reads

    /** Returns whether the reader waits, and has not been woken. */
    public boolean readerWaits() {
        return waiter != null;
    }

    /** Reader, under the lock: wants to be woken from now on, which it may be at once. */
    protected void readerBeginsToWait() {
        waiter = Thread.currentThread();
        shrink();
    }

    /** Reader, under the lock: gives back memory, being about to wait with nothing to do. */
    protected abstract void shrink();

    /** Reader, under the lock: no longer wants to be woken. */
    protected void readerWaitsNoMore() {
        readerIsAwake();
    }

    /** The same, where it looks at once what there is. */
    final void readerIsAwake() {
        waiter = null;
    }

    /** The reader that waits looks again. Under the lock, which it does not take to wake up. */
    public void wakeReader() {
        Thread thread = waiter;
        if (thread != null) {
            waiter = null;
            LockSupport.unpark(thread);
        }
    }

    /** The receiver has stopped: a thread that waits to handle a message again is to look. */
    final void wakeRetry() {
        Retry waiting = retry;
        if (waiting != null) {
            LockSupport.unpark(waiting.thread);
        }
    }

    /** Says how many times the handler has failed, in words that follow the number; empty for none, for exceptions. */
    final String describeRetry() {
        Retry now = retry;
        return now == null ? "" : ", which has failed " + (now.attempt == 1 ? "once" : now.attempt + " times");
    }

    /** Says after how many calls of the handler the message in hand has failed, in words that follow; empty for one. By the reader. */
    final String describeAttempts() {
        return attempts < 2 ? "" : " after " + attempts + " attempts";
    }

    /** Returns how many messages were finished without having been handled. */
    public final long skipped() {
        return skipped;
    }

    /** Reader: another thread reads than before. */
    void readBy(Thread thread) {
        reader = new WeakReference<>(thread);
    }

    /** The thread that was last given something; null for none. */
    @Nullable
    Thread reader() {
        WeakReference<Thread> last = reader;
        return last == null ? null : last.get();
    }

    /** Adds the thread that reads until the end, if there is one: nobody else can make room here, or finish anything. */
    protected final void addReader(Collection<Thread> threads) {
        Thread by = readsOn;
        if (by != null) {
            threads.add(by);
        }
    }
}
