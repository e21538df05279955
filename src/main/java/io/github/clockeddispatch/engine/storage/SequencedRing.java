package io.github.clockeddispatch.engine.storage;

import java.lang.invoke.VarHandle;

/**
 * A queue of (number, element) for one producer at a time and one consumer at a time, which allocates nothing per element.
 *
 * <p>The producer's methods are called under its lock, the consumer's by one thread at a time, without the lock. What
 * was appended is seen by the consumer only from {@link #publish()} on. How many elements it may hold is its owner's
 * business.
 *
 * @param <E> the type of the elements
 * @see "docs/design.md: The way of a message"
 */
public final class SequencedRing<E> extends Ring<E> {

    /**
     * Makes an empty ring.
     *
     * @param expected how many elements it will hold at most as a rule; it starts no larger than that
     */
    public SequencedRing(int expected) {
        super(expected >= INITIAL ? INITIAL : Integer.highestOneBit(Math.max(1, expected * 2 - 1)), 0);
    }

    /**
     * How many elements were appended and not taken. For the producer it is exact or too high; for others a guess.
     *
     * @return the number of elements, 0 or more
     */
    public int size() {
        long taken = head();
        return (int) Math.max(0, appended - taken);
    }

    /**
     * Producer: how many elements were ever appended.
     *
     * @return the number of elements
     */
    public long appended() {
        return appended;
    }

    /**
     * How many elements were published and not taken, for any thread.
     *
     * @return the number of elements, 0 or more
     */
    public int published() {
        long taken = head();
        return (int) Math.max(0, publishedEnd() - taken);
    }

    /** Producer: lets the consumer see what was appended. */
    public void publish() {
        publishAppended();
    }

    /**
     * Consumer: returns whether there is something to take.
     *
     * @return true if so
     */
    public boolean hasNext() {
        if (!hasSeen()) {
            see(publishedEnd());
        }
        return hasSeen();
    }

    /**
     * The number of what was appended and not taken first, for any thread: what that was at some time during the call.
     *
     * @return the number; 0 where there was nothing; -1 where the consumer moved meanwhile, or what it had taken was untaken
     */
    public long firstSequence() {
        long end = appendedEnd();
        long position = head();
        if (position >= end) {
            return 0;
        }
        long sequence = sequence(position);
        VarHandle.acquireFence(); // the head is read again after that
        return sequence != 0 && head() == position ? sequence : -1;
    }
}
