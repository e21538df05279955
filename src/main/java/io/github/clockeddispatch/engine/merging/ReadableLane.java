package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.storage.Ring;
import java.lang.invoke.VarHandle;

/** The fields that the reader writes, or looks at, for each message, beside those of the ring. */
abstract class LaneReader<E> extends Ring<E> {

    /** Its index among the lanes of its receiver. */
    int index;

    long promiseSeen;

    /** Whoever waits for room is to be told when the head has got there. Written under the lock, and by the reader. */
    volatile long notifyHeadAt = Lane.NONE;

    LaneReader(long start) {
        super(INITIAL, start);
    }
}

/** Padding before what the thread that forwards looks at. */
abstract class AfterLaneReader<E> extends LaneReader<E> {
    @SuppressWarnings("UnusedVariable")
    private long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf;

    AfterLaneReader(long start) {
        super(start);
    }
}

/**
 * The read side of a {@link Lane}: what any thread reads of it, with the lock or without.
 *
 * @param <E> the type of the messages
 * @see "docs/design.md: The merge, The clock"
 */
public abstract class ReadableLane<E> extends AfterLaneReader<E> {

    final Ledger ledger;
    final long start;

    ReadableLane(Ledger ledger, long start) {
        super(start);
        this.ledger = ledger;
        this.start = start;
    }

    /**
     * Whose it is.
     *
     * @return the source's ledger
     */
    public Ledger ledger() {
        return ledger;
    }

    /**
     * The number at a position that was the last one, for any thread.
     *
     * @param position the position
     * @return the number; 0 where it is not there any more, as the producer has gone on
     */
    private long lastSequence(long position) {
        Segment segment = writing;
        if (position < segment.start) {
            return sequence(position);
        }
        long sequence = segment.sequence(position);
        VarHandle.acquireFence();
        return ledger.tail() < position + segment.sequences.length
                ? sequence
                : 0; // else its slot may have been used again
    }

    /**
     * How much is promised: nothing up to there comes any more, and what has come can be seen.
     *
     * @return the number; {@link Ledger#ALL} for everything
     */
    public long promised() {
        long before = start;
        while (true) {
            long word = ledger.promise();
            long tail = ledger.tail();
            if (tail == before) {
                return word; // nothing was there yet; or the ring was made small, and the word had been raised before
            }
            long sequence = lastSequence(tail - 1);
            if (sequence != 0) {
                return Math.max(word, sequence < 0 ? ~sequence - 1 : sequence);
            }
            before = tail;
        }
    }

    /**
     * The number of what stands first.
     *
     * @return the number; {@link Lane#NONE} for nothing, and where the lane was removed, so that what is accepted is not written here
     */
    public long first() {
        while (true) {
            long head = head();
            if (head >= ledger.tail()) {
                return Lane.NONE;
            }
            long sequence = sequence(head);
            VarHandle.acquireFence();
            boolean isRemoved = head >= appendedEnd();
            if ((sequence != 0 || isRemoved) && head() == head) { // else the slot may have been used again
                return isRemoved ? Lane.NONE : decoded(sequence);
            }
        }
    }

    /**
     * How many messages are on it.
     *
     * @return the number of messages; a guess where the reader takes some
     */
    public int size() {
        return (int) Math.max(0, ledger.tail() - head());
    }

    /**
     * How many messages there were ever on it.
     *
     * @return the number of messages
     */
    long arrived() {
        return ledger.tail() - start;
    }

    /**
     * How many of them have been taken.
     *
     * @return the number of messages
     */
    public long taken() {
        return head() - start;
    }

    /**
     * How many messages with a number up to a limit are on it.
     *
     * @param limit the number
     * @return how many; a guess where the reader takes some
     */
    int due(long limit) {
        long low = head();
        long high = ledger.tail();
        long first = low;
        while (low < high) {
            long middle = low + high >>> 1;
            long sequence = sequence(middle);
            if (decoded(sequence) <= limit) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return (int) Math.max(0, low - first);
    }

    /**
     * The number of what stands last.
     *
     * @return the number; 0 for nothing
     */
    public long last() {
        long tail = ledger.tail();
        while (true) {
            if (head() >= tail) {
                return 0;
            }
            long sequence = lastSequence(tail - 1);
            if (sequence != 0) {
                return decoded(sequence);
            }
            tail = ledger.tail();
        }
    }

    static long decoded(long sequence) {
        return sequence < 0 ? ~sequence : sequence;
    }
}
