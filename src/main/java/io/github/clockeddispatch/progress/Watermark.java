package io.github.clockeddispatch.progress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The position of a receiver's clock, in one word: the number of its first unfinished message.
 *
 * <pre>
 *      0 (nothing unfinished) -- begin(n), lock --&gt; n -- finish(n, m) --&gt; m
 *      n -- finish(n, 0), lock --&gt; 0
 *      any -- stop(), lock --&gt; ~v: stopped at v, for ever
 * </pre>
 *
 * <p>The time is derived: the frontier where nothing is unfinished, else the number before the first unfinished one. So
 * a receiver that has nothing to do costs nothing when the frontier rises. {@code begin(n)} comes before the frontier
 * reaches n, and {@link #time()} reads the frontier first: who sees the frontier at n or above sees n unfinished, or
 * finished.
 *
 * <p>Only the reader moves the word from one number to the next, without a lock; whatever leads to or from "nothing
 * unfinished" happens under the owner's lock, where no message can come in between. That, and stopping, is why each step
 * is a compare-and-set: who loses against {@code stop} learns it and has not finished anything.
 */
public final class Watermark {

    private static final VarHandle UNFINISHED;

    static {
        try {
            UNFINISHED = MethodHandles.lookup().findVarHandle(Watermark.class, "unfinished", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Frontier frontier;

    /** See the states above. */
    private volatile long unfinished;

    /**
     * Makes a watermark with nothing unfinished.
     *
     * @param frontier its bound
     */
    public Watermark(Frontier frontier) {
        this.frontier = frontier;
    }

    /**
     * The greatest number such that everything up to it is finished. It never falls.
     *
     * @return the number
     */
    public long time() {
        long bound = frontier.value();
        long first = unfinished;
        if (first == 0) {
            return bound;
        }
        return first < 0 ? ~first : Math.min(bound, first - 1);
    }

    /**
     * The first unfinished number.
     *
     * @return that number; 0 where there is none, or where it is stopped
     */
    public long firstUnfinished() {
        return Math.max(0, unfinished);
    }

    /**
     * Marks a number as unfinished, before the frontier reaches it. Under the owner's lock.
     *
     * @param number a number above all that were marked before
     */
    public void begin(long number) {
        if (unfinished == 0) {
            unfinished = number;
        }
    }

    /**
     * Reader: what was first unfinished is finished, or is being given. Publishes all that the thread did before.
     *
     * @param first what is first unfinished now
     * @param next what is first unfinished then; 0, which takes the owner's lock, for nothing
     * @return false where it was stopped: then nothing was finished
     */
    public boolean finish(long first, long next) {
        return UNFINISHED.compareAndSet(this, first, next);
    }

    /**
     * Stops it where it stands. Under the owner's lock; once.
     *
     * @return the number at which it stopped: the first unfinished one, or {@link #time()} where there is none
     */
    public long stop() {
        while (true) {
            long first = unfinished;
            long time = first == 0 ? frontier.value() : Math.min(frontier.value(), first - 1);
            if (UNFINISHED.compareAndSet(this, first, ~time)) {
                return first == 0 ? time : first;
            }
        }
    }
}
