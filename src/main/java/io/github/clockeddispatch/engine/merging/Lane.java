package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.waiting.Handshake;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The way from one source of a merge to one receiver: a buffer with one producer, the thread that forwards, and one consumer,
 * the receiver's reader. Its positions are those of the source's {@link Ledger}, which is common to all lanes of the source.
 *
 * <p>A number is written as its complement where it is a <i>part</i>: where more with the same number may follow, so that it promises
 * one less than its number.
 *
 * @param <E> the type of the messages
 * @see "docs/design.md: The merge"
 */
public class Lane<E> extends ReadableLane<E> {

    /** Nothing: no number, or nobody who wants to be told. */
    public static final long NONE = Long.MAX_VALUE;

    private static final VarHandle NOTIFY_HEAD_AT;

    static {
        try {
            NOTIFY_HEAD_AT = MethodHandles.lookup().findVarHandle(Lane.class, "notifyHeadAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // written under the receiver's lock, read by the thread that forwards

    /** The receiver is to be told when as much is promised. */
    private volatile long notifyAt = NONE;

    /** The receiver is to be told of a message with a lower number. */
    private volatile long demandBelow = Long.MIN_VALUE;

    /** Where its head was when what is left was counted. Under the lock. */
    private long headAtEnd = NONE;

    /**
     * Makes a lane with nothing on it.
     *
     * @param ledger the source's
     * @param start the position of its first message
     */
    protected Lane(Ledger ledger, long start) {
        super(ledger, start);
    }

    // ---- the thread that forwards

    /**
     * Writes a message, not to be seen before the ledger has accepted it.
     *
     * @param sequence its number
     * @param part whether it is a part
     * @param message the message
     * @throws OutOfMemoryError if there is no memory; nothing was written
     */
    public void write(long sequence, boolean part, E message) {
        reserve(1);
        append(part ? ~sequence : sequence, message);
    }

    /**
     * Returns whether the receiver is to be told, after a message was accepted or something was promised.
     *
     * @param sequence the number of the message
     * @param promised how much is promised
     * @return true if so
     */
    public boolean isAwaited(long sequence, long promised) {
        return sequence < demandBelow || promised >= notifyAt;
    }

    // ---- whoever waits for room, under the lock

    /**
     * Asks to be told of room, once. Who asks looks whether there is some after that.
     *
     * @param position where the head is to get; {@link #NONE} to cancel that
     */
    public void awaitHead(long position) {
        notifyHeadAt = position;
        Handshake.armed();
    }

    /**
     * Returns whether anybody has asked to be told of room, and was not told yet.
     *
     * @return true if so
     */
    boolean isSlotAwaited() {
        return notifyHeadAt != NONE;
    }

    /**
     * Returns whether it is full of nothing but messages with a number: then nobody can make room, as none of them is due.
     *
     * @param sequence the number
     * @return true if so
     */
    boolean isFullOf(long sequence) {
        return first() == sequence;
    }

    // ---- who waits for something to be due, under the lock

    /**
     * Asks to be told.
     *
     * @param promised when as much is promised; {@link #NONE} for never
     * @param below and of messages with a lower number
     */
    public void awaitPromise(long promised, long below) {
        notifyAt = promised;
        demandBelow = below; // volatile: who has written both looks once more
    }

    /**
     * When as much is promised, the receiver is to be told.
     *
     * @return the number; {@link #NONE} for never
     */
    long awaitedPromise() {
        return notifyAt;
    }

    // ---- the reader

    /** Looks anew at what is promised, and then at what is there. For who has joined at a number, all promise as much. */
    void look(long joinedAt, long limit) {
        long promised = promised();
        see(ledger.tail()); // after the promise, so that it covers nothing that is not seen
        promiseSeen = Math.max(joinedAt, Math.min(promised, limit));
    }

    /** Returns whether the head has got to where somebody is to be told, who was not told yet. */
    boolean hasSlotToTell() {
        long asked = notifyHeadAt;
        return asked <= head && NOTIFY_HEAD_AT.compareAndSet(this, asked, NONE);
    }

    /** The number of what stands first, something having been seen there. */
    @Override
    public long nextSequence() {
        return decoded(super.nextSequence());
    }

    /** Puts back what was taken last. */
    void restore(long sequence, @Nullable E message) {
        long taken = takenSequence(); // another one only where this is not the last one, whose promise does not count
        putBack(decoded(taken) == sequence ? taken : sequence, message);
    }

    // ---- under the lock, with the ledger sealed

    /**
     * The position of the first message that is numbered above a number, none of those being due.
     *
     * @param sequence the number
     * @return the position; the ledger's tail where there is none
     */
    long firstAbove(long sequence) {
        long position = ledger.tail();
        while (position > head() && sequenceAt(position - 1) > sequence) {
            position--;
        }
        return position;
    }

    /**
     * Puts here, where nothing is yet, what is on another lane of the source from this one's start on.
     *
     * @param other the other lane
     * @return false where the other lane's reader has taken some of that meanwhile: then this lane is of no use
     */
    boolean copyFrom(Lane<E> other) {
        for (long position = start; position < ledger.tail(); position++) {
            E element = other.element(position);
            if (element == null) {
                return false;
            }
            reserve(1);
            append(other.sequence(position), element);
        }
        VarHandle.acquireFence();
        return other.head() <= start || start == ledger.tail();
    }

    /**
     * Where the messages begin that are numbered above a number, of those that were on it at its {@linkplain #markEnd end}.
     *
     * @param sequence the number
     * @return the position; the ledger's tail where there are none
     */
    private long firstLeft(long sequence) {
        long position = ledger.tail();
        while (position > headAtEnd && sequenceAt(position - 1) > sequence) {
            position--;
        }
        return position;
    }

    /**
     * Returns whether messages were on it, at its {@linkplain #markEnd end}, that are numbered above a number.
     *
     * @param sequence the number
     * @return true if so
     */
    boolean losesAbove(long sequence) {
        return firstLeft(sequence) < ledger.tail();
    }

    /**
     * Forgets the messages that are numbered above a number, none of which will be given.
     *
     * @param sequence the number
     * @return how many that were at its {@linkplain #markEnd end}
     */
    int forgetAbove(long sequence) {
        long position = firstLeft(sequence);
        clearFrom(position);
        return (int) (ledger.tail() - position);
    }

    private long sequenceAt(long position) {
        return decoded(sequence(position));
    }

    /** What is left on it is about to be counted. */
    void markEnd() {
        headAtEnd = head();
    }

    /**
     * The receiver has stopped: forgets what is on it.
     *
     * @return how many messages that is
     */
    int giveUp() {
        markEnd();
        clear();
        return (int) (ledger.tail() - headAtEnd);
    }

    /**
     * Returns whether what the reader took last had left the lane at its {@linkplain #markEnd end}.
     *
     * @return true if so
     */
    boolean wasTaken() {
        return head() <= headAtEnd;
    }
}
