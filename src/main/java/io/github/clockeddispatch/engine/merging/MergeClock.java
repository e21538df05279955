package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.waiting.Handshake;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** Padding between what the reader writes and what stands before it in memory. */
abstract class BeforeMergeClock {
    @SuppressWarnings("UnusedVariable")
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}

/** The fields that the reader writes, or looks at, for each message. */
abstract class MergeClockWords extends BeforeMergeClock {

    /** The first number that was taken and is not finished; 0 for none: then what is unfinished is on the lanes. */
    volatile long inHand;

    /** The number that the reader took last; 0 after it was put back. Written by the reader, read by who joins. */
    long taking;

    /** The reader is to meet the lock when everything below a number above this one is finished. Written under the lock. */
    volatile long notifyAt = Lane.NONE;
}

/**
 * The clock of a merge's receiver: anybody reads it; the reader, which takes what comes, moves it ({@link Intake}); and who has the
 * lock says which lanes it goes by, and up to which number.
 *
 * <p>It is derived. Where something is in hand, all below that is finished; else, all below the least number on the lanes,
 * and up to the least promise. The reader takes in that order: in hand, then off the lane; and others read in the reverse one:
 * promises, lanes, hand. Who changes the lanes or stops the reader makes the clock {@linkplain #isSettled unsettled} first: then
 * it is to be read under the lock.
 *
 * @param <E> the type of the messages
 * @see "docs/design.md: The merge, The clock"
 */
public abstract class MergeClock<E> extends MergeClockWords {

    static final VarHandle TAKING;

    static {
        try {
            TAKING = MethodHandles.lookup().findVarHandle(MergeClockWords.class, "taking", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable")
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;

    /** The clock is never below it, and what is numbered up to there is not given. */
    final long joinedAt;

    /** What is promised where no lane is open. */
    final LongSupplier known;

    /** The lanes, in the order of joining. Replaced under the lock. */
    volatile Lane<E>[] lanes;

    /** Nothing above it is due, whatever is promised. Written under the lock. */
    volatile long limit;

    /** Odd while the clock is unsettled; raised with each change. Written under the lock. */
    private volatile int version;

    MergeClock(long joinedAt, LongSupplier known, long limit) {
        this.joinedAt = joinedAt;
        this.known = known;
        this.limit = limit;
        this.lanes = none();
    }

    @SuppressWarnings("unchecked") // nothing is ever put into it
    static <E> Lane<E>[] none() {
        return (Lane<E>[]) new Lane<?>[0];
    }

    // ---- anybody

    /**
     * What is in hand.
     *
     * @return the first number that was taken and is not finished; 0 for none
     */
    public final long inHand() {
        return inHand;
    }

    /**
     * Where the clock stands.
     *
     * @return the number; -1 where it is unsettled, and has to be asked for under the lock
     */
    public final long time() {
        int before = version;
        if ((before & 1) != 0) {
            return -1;
        }
        long time = settledTime();
        return version == before ? time : -1;
    }

    /**
     * Where the clock stands, while it is settled.
     *
     * @return the number
     */
    final long settledTime() {
        long first = inHand;
        return first != 0 ? first - 1 : derivedTime();
    }

    /**
     * Where the clock stands, unsettled or not. Under the lock.
     *
     * @return the number
     */
    final long derivedTime() {
        Lane<E>[] all = lanes;
        long w = Math.min(least(all), limit);
        long first = first(all);
        long hand = inHand; // after the lanes
        return Math.max(joinedAt, Math.min(w, Math.min(first, hand == 0 ? Lane.NONE : hand) - 1));
    }

    /**
     * The number up to which all is known, w: the least promise.
     *
     * @return the number
     */
    final long bound() {
        return Math.min(least(lanes), limit);
    }

    /**
     * Returns whether a message that was taken by lanes that may not be the present ones is due: nothing below it can come, or is there.
     *
     * @param sequence its number
     * @return true if so
     */
    final boolean isDue(long sequence) {
        return sequence <= bound() && sequence <= first(lanes); // in this order
    }

    private long least(Lane<E>[] all) {
        long least = Ledger.ALL;
        for (Lane<E> lane : all) {
            least = Math.min(least, lane.promised());
        }
        return Math.max(joinedAt, least == Ledger.ALL ? known.getAsLong() : least);
    }

    private long first(Lane<E>[] all) {
        long least = Lane.NONE;
        for (Lane<E> lane : all) {
            least = Math.min(least, lane.first());
        }
        return least;
    }

    /**
     * The least number that was accepted and is not finished.
     *
     * @return the number; 0 for none
     */
    public final long firstUnfinished() {
        long first = first(lanes);
        long hand = inHand;
        long least = Math.min(first, hand == 0 ? Lane.NONE : hand);
        return least == Lane.NONE ? 0 : least;
    }

    /**
     * The number that was taken last, and may be {@linkplain Intake#putBack put back}. Read after a lane: what is not there any more was
     * taken up to here.
     *
     * @return the number; 0 for none
     */
    final long taking() {
        return (long) TAKING.getOpaque(this);
    }

    /**
     * How many messages are due and were not taken.
     *
     * @return how many; a guess where the reader takes some
     */
    final int due() {
        long w = bound();
        int due = 0;
        for (Lane<E> lane : lanes) {
            due += lane.due(w);
        }
        return due;
    }

    /**
     * The lanes, in the order of joining.
     *
     * @return the lanes; not to be changed
     */
    public final Lane<E>[] lanes() {
        return lanes;
    }

    // ---- under the lock

    /**
     * Has the reader meet the lock when it has finished everything below a number above this one. Whoever lowers it looks at the
     * clock once more, after that.
     *
     * @param sequence the number; {@link Lane#NONE} for never
     */
    public final void setNotifyAt(long sequence) {
        notifyAt = sequence;
    }

    /** The clock is unsettled from now on: the reader meets the lock at its next step, and others ask under the lock. */
    public final void unsettle() {
        version |= 1;
        notifyAt = Long.MIN_VALUE;
        Handshake.armed();
    }

    /** The clock is settled: the reader has met the lock, or sleeps. {@code notifyAt} is to be set. */
    final void settle() {
        if (!isSettled()) {
            version++;
        }
    }

    /**
     * Returns whether the clock can be read without the lock.
     *
     * @return true if so
     */
    final boolean isSettled() {
        return (version & 1) == 0;
    }

    /**
     * Sets the number above which nothing is due. Where that is less than before, the clock is to be unsettled.
     *
     * @param sequence the number
     */
    final void setLimit(long sequence) {
        limit = sequence;
    }

    /**
     * The number above which nothing is due.
     *
     * @return the number
     */
    final long limit() {
        return limit;
    }

    /**
     * Adds a lane, which the reader {@linkplain Intake#adopt adopts} later. The clock is to be unsettled.
     *
     * @param lane the lane
     */
    public final void add(Lane<E> lane) {
        Lane<E>[] more = Arrays.copyOf(lanes, lanes.length + 1);
        more[lanes.length] = lane;
        lanes = more;
    }

    /**
     * Removes a lane on which nothing more comes.
     *
     * @param lane the lane
     */
    public final void remove(Lane<E> lane) {
        lanes = Arrays.stream(lanes).filter(other -> other != lane).toArray(size -> Arrays.copyOf(none(), size));
    }
}
