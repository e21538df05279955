package io.github.clockeddispatch.progress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Keeps what the reader writes apart from what stands before it in memory. */
abstract class BeforeIntake {
    @SuppressWarnings("UnusedVariable")
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}

/** What the reader writes, or looks at, for each message. */
abstract class IntakeWords extends BeforeIntake {

    /** The first number that was taken and is not finished; 0 for none: then what is unfinished is on the lanes. */
    volatile long inHand;

    /** The number that was taken last, unless it was put back. Written by the reader. */
    long taking;

    /** The reader is to meet the lock when everything below a number above this one is finished. Written under the lock. */
    volatile long alarm = Lane.NONE;
}

/**
 * Where a receiver of a merge takes its messages from: its lanes, and who merges them, which is its reader. Taking needs neither
 * a lock nor a copy, but one full fence for each message.
 *
 * <p>The reader plays heads and promises against each other in a {@link WinnerTree}: a lane with nothing on it stands at its promise
 * plus one, "not there". When the winner is there, everything below it has been given, and nothing below it can come. So w, the
 * least promise, need not be known exactly for messages to be given, and promises are looked at again only when one of them
 * is in the way.
 *
 * <p>The clock is derived. Where something is in hand, all below that is finished; else, all below the least number on the lanes,
 * and up to the least promise. The reader takes in that order: in hand, then off the lane; and others read in the reverse one:
 * promises, lanes, hand. Who changes the lanes or stops the reader makes the clock {@linkplain #isSettled unsettled} first: then
 * it is to be read under the lock.
 *
 * @param <E> the type of the messages
 */
public final class Intake<E> extends IntakeWords {

    /** What the reader does under the lock. */
    public interface Control<E> {

        /**
         * The reader, having taken a message and finished those before it, has met an alarm. Where the message is not due, it is
         * {@linkplain Intake#putBack put back} under the lock.
         *
         * @param lane where it took the message
         * @param number the number of the message
         * @param message the message; null where the lane was cleared, as only who stops it does
         * @return whether the message may be given
         * @throws RuntimeException if it was stopped: the message is not given, and is gone
         */
        boolean met(Lane<E> lane, long number, @Nullable E message);

        /**
         * The reader, having finished what was in hand, has met an alarm.
         *
         * @param first the number that was in hand, or the first of them
         * @throws RuntimeException if it was stopped before that: then it is not finished
         */
        void finished(long first);

        /** There is room on the lane for which somebody waits. */
        void roomOn(Lane<E> lane);
    }

    private static final VarHandle IN_HAND;
    private static final VarHandle TAKING;

    static {
        try {
            IN_HAND = MethodHandles.lookup().findVarHandle(IntakeWords.class, "inHand", long.class);
            TAKING = MethodHandles.lookup().findVarHandle(IntakeWords.class, "taking", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    @SuppressWarnings("UnusedVariable")
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;

    private final Control<E> control;
    private final long joinedAt;

    /** What is promised where no lane is open. */
    private final LongSupplier known;

    /** The lanes, in the order of joining. Replaced under the lock. */
    private volatile Lane<E>[] lanes;

    /** Nothing above it is due, whatever is promised. Written under the lock. */
    private volatile long limit;

    /** Odd while the clock is unsettled; raised with each change. Written under the lock. */
    private volatile int version;

    // the reader's; while it sleeps, whoever has the lock

    private Lane<E>[] adopted;
    private WinnerTree tree;
    private long handIfPutBack;

    /** Makes one without lanes.
     *
     * @param control what is done under the lock
     * @param joinedAt what is numbered up to there is not given
     * @param known tells what is promised where no lane is open
     * @param limit above which nothing is due
     */
    public Intake(Control<E> control, long joinedAt, LongSupplier known, long limit) {
        this.control = control;
        this.joinedAt = joinedAt;
        this.known = known;
        this.limit = limit;
        this.lanes = none();
        this.adopted = lanes;
        this.tree = new WinnerTree(0, joinedAt);
    }

    @SuppressWarnings("unchecked") // nothing is ever put into it
    private static <E> Lane<E>[] none() {
        return (Lane<E>[]) new Lane<?>[0];
    }

    // ---- the reader

    /**
     * Whether a message is due.
     *
     * @return true if so
     */
    public boolean hasNext() {
        long key = tree.winner();
        while (!WinnerTree.isThere(key)) {
            if (WinnerTree.isFar(key)) {
                if (WinnerTree.isClosed(key) || !rebase()) {
                    return false;
                }
            } else {
                Lane<E> lane = adopted[WinnerTree.lane(key)];
                lane.look(joinedAt, limit);
                long fresh = key(lane);
                if (fresh == key) {
                    return false;
                }
                tree.setWinner(fresh);
            }
            key = tree.winner();
        }
        return true;
    }

    private long key(Lane<E> lane) {
        long promised = lane.promiseSeen;
        if (lane.hasSeen()) {
            long number = lane.nextNumber();
            if (number <= promised) {
                return tree.there(number, lane.index);
            }
        }
        return tree.notThere(promised, lane.index);
    }

    /** All that is there is too far from the base: counts from another one. Returns whether that changed anything. */
    private boolean rebase() {
        long least = Lane.NONE;
        for (Lane<E> lane : adopted) {
            lane.look(joinedAt, limit);
            least = Math.min(least, Math.min(lane.first(), lane.promiseSeen));
        }
        if (least == Lane.NONE) {
            return false;
        }
        tree.setBase(least);
        replay();
        return true;
    }

    private void replay() {
        for (Lane<E> lane : adopted) {
            tree.set(lane.index, key(lane));
        }
        tree.rebuild();
    }

    /**
     * The number of what is due.
     *
     * @return the number
     */
    public long nextNumber() {
        return tree.number(tree.winner());
    }

    /**
     * Takes what is due, which finishes what was in hand.
     *
     * @return the message; null where it was withheld: then nothing is in hand, and it is to be looked anew
     */
    public @Nullable E take() {
        handIfPutBack = 0;
        return take(nextNumber());
    }

    /**
     * Takes what is due besides what is in hand, which stays so.
     *
     * @return the message; null where it was withheld
     */
    public @Nullable E takeMore() {
        handIfPutBack = (long) IN_HAND.get(this);
        return take(handIfPutBack);
    }

    private @Nullable E take(long first) {
        long number = nextNumber();
        Lane<E> lane = adopted[WinnerTree.lane(tree.winner())];
        taking = number; // before the next word, too
        IN_HAND.setRelease(this, first); // before the head: who sees it gone from the lane sees it in hand, or finished
        E message = lane.take();
        tree.setWinner(key(lane));
        VarHandle.fullFence(); // it is in hand and its place is free: now look whether anybody wants to be told
        if (number > alarm && !control.met(lane, number, message)) {
            adoptAnew();
            return null;
        }
        if (lane.hasRoomToTell()) {
            control.roomOn(lane);
        }
        if (!isCurrent()) {
            adopt();
        }
        return message;
    }

    /**
     * Puts back what the reader has just taken. Under the lock, with the clock unsettled.
     *
     * @param lane where it took the message
     * @param number the number of the message
     * @param message the message; null where it was forgotten meanwhile, and is never given
     */
    public void putBack(Lane<E> lane, long number, @Nullable E message) {
        lane.restore(number, message);
        inHand = handIfPutBack;
        taking = 0;
    }

    /** Finishes what is in hand. */
    public void finish() {
        long first = (long) IN_HAND.get(this);
        inHand = 0; // a full fence
        if (alarm != Lane.NONE) {
            control.finished(first);
        }
    }

    /**
     * What is in hand.
     *
     * @return the first number that was taken and is not finished; 0 for none
     */
    public long inHand() {
        return inHand;
    }

    /**
     * Whether nothing more will come, all being given that there was.
     *
     * @return true if so
     */
    public boolean isClosed() {
        return WinnerTree.isClosed(tree.winner());
    }

    // ---- anybody

    /**
     * Where the clock stands.
     *
     * @return the number; -1 where it is unsettled, and has to be asked for under the lock
     */
    public long time() {
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
    public long settledTime() {
        long first = inHand;
        return first != 0 ? first - 1 : derivedTime();
    }

    /**
     * Where the clock stands, unsettled or not. Under the lock.
     *
     * @return the number
     */
    public long derivedTime() {
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
    public long bound() {
        return Math.min(least(lanes), limit);
    }

    /**
     * Whether a message that was taken by lanes that may not be the present ones is due: nothing below it can come, or is there.
     *
     * @param number its number
     * @return true if so
     */
    public boolean isDue(long number) {
        return number <= bound() && number <= first(lanes); // in this order
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
    public long firstUnfinished() {
        long first = first(lanes);
        long hand = inHand;
        long least = Math.min(first, hand == 0 ? Lane.NONE : hand);
        return least == Lane.NONE ? 0 : least;
    }

    /**
     * The number that was taken last, and may be {@linkplain #putBack put back}. Read after a lane: what is not there any more was taken
     * up to here.
     *
     * @return the number; 0 for none
     */
    public long taking() {
        return (long) TAKING.getOpaque(this);
    }

    /**
     * How many messages are due and were not taken.
     *
     * @return how many; a guess where the reader takes some
     */
    public int due() {
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
    public Lane<E>[] lanes() {
        return lanes;
    }

    // ---- under the lock

    /**
     * Has the reader meet the lock when it has finished everything below a number above this one. Whoever lowers it looks at the
     * clock once more, after that.
     *
     * @param number the number; {@link Lane#NONE} for never
     */
    public void setAlarm(long number) {
        alarm = number;
    }

    /** The clock is unsettled from now on: the reader meets the lock at its next step, and others ask under the lock. */
    public void unsettle() {
        version |= 1;
        alarm = Long.MIN_VALUE;
        VarHandle.fullFence();
    }

    /** The clock is settled: the reader has met the lock, or sleeps. An alarm is to be set. */
    public void settle() {
        if (!isSettled()) {
            version++;
        }
    }

    /**
     * Whether the clock can be read without the lock.
     *
     * @return true if so
     */
    public boolean isSettled() {
        return (version & 1) == 0;
    }

    /**
     * Sets the number above which nothing is due. Where that is less than before, the clock is to be unsettled.
     *
     * @param number the number
     */
    public void setLimit(long number) {
        limit = number;
    }

    /**
     * The number above which nothing is due.
     *
     * @return the number
     */
    public long limit() {
        return limit;
    }

    /**
     * Adds a lane, which the reader {@linkplain #adopt adopts} later. The clock is to be unsettled.
     *
     * @param lane the lane
     */
    public void add(Lane<E> lane) {
        Lane<E>[] more = Arrays.copyOf(lanes, lanes.length + 1);
        more[lanes.length] = lane;
        lanes = more;
    }

    /**
     * Removes a lane on which nothing more comes.
     *
     * @param lane the lane
     */
    public void remove(Lane<E> lane) {
        lanes = Arrays.stream(lanes).filter(other -> other != lane).toArray(size -> Arrays.copyOf(none(), size));
    }

    /** The reader, or who has the lock while it sleeps: goes by the present lanes. */
    public void adopt() {
        if (adopted != lanes) {
            adoptAnew();
        }
    }

    private void adoptAnew() {
        Lane<E>[] now = lanes;
        WinnerTree grown = new WinnerTree(now.length, joinedAt);
        adopted = now;
        tree = grown;
        for (int i = 0; i < now.length; i++) {
            now[i].index = i;
            now[i].look(joinedAt, limit);
        }
        replay();
    }

    /**
     * The reader: whether it goes by the present lanes.
     *
     * @return true if so
     */
    public boolean isCurrent() {
        return adopted == lanes;
    }

    // ---- who sleeps until something is due: the reader, or who has the lock while it sleeps

    /**
     * Where nothing is due: the number up to which nothing can become due but what comes on the lane that promises least.
     *
     * @return the number; {@link Lane#NONE} where there is no such lane
     */
    public long horizon() {
        long key = tree.second();
        return WinnerTree.isClosed(key) ? Lane.NONE : WinnerTree.isFar(key) ? tree.firstFar() : tree.number(key);
    }

    /**
     * Where nothing is due: the number of what stands first on the lane that promises least, and has been seen there.
     *
     * @return the number; {@link Lane#NONE} for nothing
     */
    public long heldByLeast() {
        Lane<E> lane = least();
        return lane == null || !lane.hasSeen() ? Lane.NONE : lane.nextNumber();
    }

    /**
     * Where nothing is due: the least promise, as far as it was looked.
     *
     * @return the number; what is known where no lane is open
     */
    public long treeBound() {
        Lane<E> lane = least();
        return Math.max(joinedAt, lane == null ? Math.min(known.getAsLong(), limit) : lane.promiseSeen);
    }

    /**
     * Where nothing is due: whether that is because nothing can be, whatever is promised.
     *
     * @return true if so
     */
    public boolean isAtLimit() {
        return limit != Lane.NONE && treeBound() >= limit;
    }

    /**
     * Where nothing is due: the lane that promises least.
     *
     * @return the lane; null where nothing comes on any
     */
    public @Nullable Lane<E> least() {
        long key = tree.winner();
        return WinnerTree.isFar(key) ? null : adopted[WinnerTree.lane(key)];
    }
}
