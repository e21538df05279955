package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.storage.SequencedRing;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The position of a receiver's clock: its reader's side in one word, the number that is in hand, and the rest in the ring from
 * which that comes.
 *
 * <pre>
 *      0 (nothing in hand) -- move(0, n) --&gt; n -- move(n, m) --&gt; m -- move(m, 0) --&gt; 0
 *      n -- stop(), lock --&gt; ~v: stopped at v, for ever
 *      0 -- stop(), lock --&gt; STOPPING, where nothing moves any more -- lock --&gt; ~v
 * </pre>
 *
 * <p>The time is derived. With something in hand it is the number before that; with nothing, the number before the first in the
 * ring; and where that is empty, the frontier. So a receiver that has nothing to do costs nothing when the frontier rises, and
 * nobody needs a lock to finish what came last. Three orders make it so:
 *
 * <ul>
 *   <li>A message is appended to the ring before the frontier reaches its number, and {@link #time()} reads the frontier first: who
 *       sees the frontier at n or above finds n in the ring, or in hand, or it is finished.
 *   <li>Where nothing is in hand, the reader moves the word and then takes from the ring; so with the word at 0 all that has left
 *       the ring is finished. Who finds the word at 0 after it has looked at the ring, too, has seen what is first.
 *   <li>Where something is in hand, the reader takes and then moves the word: nobody looks at the ring meanwhile.
 * </ul>
 *
 * <p>Only the reader moves the word, without a lock, and whoever stops it, under the owner's lock. Therefore each step is a
 * compare-and-set: who loses against {@code stop} learns it and has not finished anything. A number is in hand once, so n cannot
 * come back; 0 can, and so it is not stopped in one step.
 *
 * @see "docs/design.md: The clock"
 */
public final class Watermark {

    private static final VarHandle IN_HAND;

    static {
        try {
            IN_HAND = MethodHandles.lookup().findVarHandle(Watermark.class, "inHand", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** Nothing is in hand, and nothing will be. */
    private static final long STOPPING = Long.MIN_VALUE;

    private final Frontier frontier;
    private final SequencedRing<?> ring;

    /** See the states above. */
    private volatile long inHand;

    /**
     * Makes a watermark with nothing in hand.
     *
     * @param frontier its bound
     * @param ring what was numbered for the receiver, and not taken
     */
    public Watermark(Frontier frontier, SequencedRing<?> ring) {
        this.frontier = frontier;
        this.ring = ring;
    }

    /**
     * The greatest number such that everything up to it is finished. It never falls.
     *
     * @return the number
     */
    public long time() {
        long bound = frontier.value();
        long first = first();
        return first < 0 ? ~first : first == 0 ? bound : Math.min(bound, first - 1);
    }

    /** The first unfinished number; 0 for none; the word, where it is stopped. */
    private long first() {
        while (true) {
            long word = inHand;
            if (word != 0 && word != STOPPING) {
                return word;
            }
            long next = ring.firstSequence();
            if (next >= 0 && inHand == word) {
                return next;
            }
        }
    }

    /**
     * The first unfinished number.
     *
     * @return that number; 0 where there is none, or where it is stopped
     */
    public long firstUnfinished() {
        return Math.max(0, first());
    }

    /**
     * Returns whether the reader has something in hand.
     *
     * @return true if so, and it is not stopped
     */
    public boolean hasInHand() {
        return inHand > 0;
    }

    /**
     * Reader: finishes what is in hand, and has the next in hand. Publishes all that the thread did before.
     *
     * @param sequence what is in hand; 0 for nothing
     * @param next what is in hand then; 0 for nothing
     * @return false where it was stopped: then nothing was finished
     */
    public boolean move(long sequence, long next) {
        return IN_HAND.compareAndSet(this, sequence, next);
    }

    /**
     * Stops it where it stands. Under the owner's lock.
     *
     * @return the number at which it stopped: the first unfinished one, or {@link #time()} where there is none
     */
    public long stop() {
        while (true) {
            long sequence = inHand;
            if (sequence < 0) {
                return ~sequence; // it was stopped before
            }
            if (IN_HAND.compareAndSet(
                    this, sequence, sequence == 0 ? STOPPING : ~Math.min(frontier.value(), sequence - 1))) {
                return sequence == 0 ? stopWithNothingInHand() : sequence;
            }
        }
    }

    private long stopWithNothingInHand() {
        long time = time();
        long first = first();
        inHand = ~time;
        return first == 0 ? time : first;
    }
}
