package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.progress.WinnerTree;
import io.github.clockeddispatch.engine.waiting.Handshake;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The read side of all lanes of a merge's receiver: the reader merges them, and takes the messages. Taking needs neither
 * a lock nor a copy, but one full fence for each message.
 *
 * <p>The reader plays heads and promises against each other in a {@link WinnerTree}: a lane with nothing on it stands at its promise
 * plus one, "not there". When the winner is there, everything below it has been given, and nothing below it can come. So w, the
 * least promise, need not be known exactly for messages to be given, and promises are looked at again only when one of them
 * is in the way.
 *
 * @param <E> the type of the messages
 * @see "docs/design.md: The merge"
 */
public final class Intake<E> extends MergeClock<E> {

    /** The calls of the reader for what is done under the lock. */
    public interface Control<E> {

        /**
         * The reader, having taken a message and finished those before it, has got to a number of which somebody is to be notified. Where
         * the message is not due, it is {@linkplain Intake#putBack put back} under the lock.
         *
         * @param lane where it took the message
         * @param sequence the number of the message
         * @param message the message; null where the lane was cleared, as only who stops it does
         * @return whether the message may be given
         * @throws RuntimeException if it was stopped: the message is not given, and is gone
         */
        boolean met(Lane<E> lane, long sequence, @Nullable E message);

        /**
         * The reader, having finished what was in hand, has got to a number of which somebody is to be notified.
         *
         * @param first the number that was in hand, or the first of them
         * @throws RuntimeException if it was stopped before that: then it is not finished
         */
        void finished(long first);

        /** There is room on the lane for which somebody waits. */
        void slotFreed(Lane<E> lane);
    }

    private static final VarHandle IN_HAND;

    static {
        try {
            IN_HAND = MethodHandles.lookup().findVarHandle(Intake.class, "inHand", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Control<E> control;

    // the reader's; while it sleeps, whoever has the lock

    private Lane<E>[] adopted;
    private WinnerTree tree;
    private long handIfPutBack;

    /**
     * Makes one without lanes.
     *
     * @param control what is done under the lock
     * @param joinedAt what is numbered up to there is not given
     * @param known tells what is promised where no lane is open
     * @param limit above which nothing is due
     */
    public Intake(Control<E> control, long joinedAt, LongSupplier known, long limit) {
        super(joinedAt, known, limit);
        this.control = control;
        this.adopted = lanes;
        this.tree = new WinnerTree(0, joinedAt);
    }

    // ---- the reader

    /**
     * Returns whether a message is due.
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
            long sequence = lane.nextSequence();
            if (sequence <= promised) {
                return tree.there(sequence, lane.index);
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
    public long nextSequence() {
        return tree.sequence(tree.winner());
    }

    /**
     * Takes what is due, which finishes what was in hand.
     *
     * @return the message; null where it was withheld: then nothing is in hand, and it is to be looked anew
     */
    public @Nullable E take() {
        handIfPutBack = 0;
        return take(nextSequence());
    }

    /**
     * Takes what is due besides what is in hand, which stays so.
     *
     * @return the message; null where it was withheld
     */
    @Nullable
    E takeMore() {
        handIfPutBack = (long) IN_HAND.get(this);
        return take(handIfPutBack);
    }

    private @Nullable E take(long first) {
        long sequence = nextSequence();
        Lane<E> lane = adopted[WinnerTree.lane(tree.winner())];
        TAKING.setOpaque(this, sequence); // before the head, which is released: who sees that moved sees this
        IN_HAND.setRelease(this, first); // before the head: who sees it gone from the lane sees it in hand, or finished
        E message = lane.take();
        tree.setWinner(key(lane));
        Handshake.progressed(); // it is in hand, and its slot is free
        if (sequence > notifyAt && !control.met(lane, sequence, message)) {
            adoptAnew();
            return null;
        }
        if (lane.hasSlotToTell()) {
            control.slotFreed(lane);
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
     * @param sequence the number of the message
     * @param message the message; null where it was forgotten meanwhile, and is never given
     */
    void putBack(Lane<E> lane, long sequence, @Nullable E message) {
        lane.restore(sequence, message);
        inHand = handIfPutBack;
        TAKING.setOpaque(this, 0L);
    }

    /** Finishes what is in hand. */
    public void finish() {
        long first = (long) IN_HAND.get(this);
        inHand = 0; // a full fence
        if (notifyAt != Lane.NONE) {
            control.finished(first);
        }
    }

    /**
     * Returns whether nothing more will come, all being given that there was.
     *
     * @return true if so
     */
    boolean isClosed() {
        return WinnerTree.isClosed(tree.winner());
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
    boolean isCurrent() {
        return adopted == lanes;
    }

    // ---- who sleeps until something is due: the reader, or who has the lock while it sleeps

    /**
     * Where nothing is due: the number up to which nothing can become due but what comes on the lane that promises least.
     *
     * @return the number; {@link Lane#NONE} where there is no such lane
     */
    long horizon() {
        long key = tree.second();
        return WinnerTree.isClosed(key) ? Lane.NONE : WinnerTree.isFar(key) ? tree.firstFar() : tree.sequence(key);
    }

    /**
     * Where nothing is due: the number of what stands first on the lane that promises least, and has been seen there.
     *
     * @return the number; {@link Lane#NONE} for nothing
     */
    long heldByLeast() {
        Lane<E> lane = least();
        return lane == null || !lane.hasSeen() ? Lane.NONE : lane.nextSequence();
    }

    /**
     * Where nothing is due: the least promise, as far as it was looked.
     *
     * @return the number; what is known where no lane is open
     */
    long treeBound() {
        Lane<E> lane = least();
        return Math.max(joinedAt, lane == null ? Math.min(known.getAsLong(), limit) : lane.promiseSeen);
    }

    /**
     * Where nothing is due: whether that is because nothing can be, whatever is promised.
     *
     * @return true if so
     */
    boolean isAtLimit() {
        return limit != Lane.NONE && treeBound() >= limit;
    }

    /**
     * Where nothing is due: the lane that promises least.
     *
     * @return the lane; null where nothing comes on any
     */
    @Nullable
    Lane<E> least() {
        long key = tree.winner();
        return WinnerTree.isFar(key) ? null : adopted[WinnerTree.lane(key)];
    }
}
