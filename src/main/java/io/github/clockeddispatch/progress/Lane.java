package io.github.clockeddispatch.progress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** Keeps what the reader writes apart from what stands before it in memory. */
abstract class BeforeLane {
    @SuppressWarnings("UnusedVariable")
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}

/** What the reader writes, or looks at, for each message. */
abstract class LaneReader extends BeforeLane {

    /** Its place among the lanes of its receiver. */
    int index;

    long tailSeen;
    long promiseSeen;

    /** Whoever waits for room is to be told when the head has got there. Written under the lock, and by the reader. */
    volatile long roomAt = Lane.NONE;
}

/** Keeps apart what the thread that forwards looks at. */
abstract class BetweenLane extends LaneReader {
    @SuppressWarnings("UnusedVariable")
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;
}

/**
 * The way from one source of a merge to one receiver: a buffer with one producer, the thread that forwards, and one consumer,
 * the receiver's reader. Its positions are those of the source's {@link Ledger}, which is common to all lanes of the source.
 *
 * <p>A number is written as its complement where it is a <i>part</i>: where more with the same number may follow, so that it promises
 * one less than its number.
 *
 * @param <E> the type of the messages
 */
public class Lane<E> extends BetweenLane {

    /** Nothing: no number, or nobody who wants to be told. */
    public static final long NONE = Long.MAX_VALUE;

    private static final VarHandle ROOM_AT;

    static {
        try {
            ROOM_AT = MethodHandles.lookup().findVarHandle(LaneReader.class, "roomAt", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Ledger ledger;
    private final NumberedRing<E> ring;
    private final long start;

    // written under the receiver's lock, read by the thread that forwards

    /** The receiver is to be told when as much is promised. */
    private volatile long alarm = NONE;

    /** The receiver is to be told of a message with a lower number. */
    private volatile long eagerBelow = Long.MIN_VALUE;

    /** Where its head was when what is left was counted. Under the lock. */
    private long headAtEnd = NONE;

    /**
     * Makes a lane with nothing on it.
     *
     * @param ledger the source's
     * @param start the position of its first message
     */
    protected Lane(Ledger ledger, long start) {
        this.ledger = ledger;
        this.start = start;
        this.ring = NumberedRing.startingAt(start);
        this.tailSeen = start;
    }

    /**
     * Whose it is.
     *
     * @return the source's ledger
     */
    public Ledger ledger() {
        return ledger;
    }

    // ---- the thread that forwards

    /**
     * Whether there is room for one more message.
     *
     * @param capacity how many messages are to be on the lane at the most
     * @return true if so
     */
    public boolean hasRoom(int capacity) {
        return ring.hasRoom(capacity);
    }

    /**
     * Writes a message, not to be seen before the ledger has accepted it.
     *
     * @param number its number
     * @param part whether it is a part
     * @param message the message
     * @throws OutOfMemoryError if there is no memory; nothing was written
     */
    public void write(long number, boolean part, E message) {
        ring.reserve(1);
        ring.append(part ? ~number : number, message);
    }

    /** What was written last has not been accepted. */
    public void withdraw() {
        ring.withdraw();
    }

    /**
     * Whether the receiver is to be told, after a message was accepted or something was promised.
     *
     * @param number the number of the message
     * @param promised how much is promised
     * @return true if so
     */
    public boolean isAwaited(long number, long promised) {
        return number < eagerBelow || promised >= alarm;
    }

    // ---- whoever waits for room, under the lock

    /**
     * Asks to be told of room.
     *
     * @param position where the head is to get; {@link #NONE} to be told no more
     */
    public void awaitHead(long position) {
        ROOM_AT.setVolatile(this, position);
    }

    /**
     * Whether it is full of nothing but messages with a number: then nobody can make room, as none of them is due.
     *
     * @param number the number
     * @return true if so
     */
    public boolean isFullOf(long number) {
        return first() == number;
    }

    // ---- who waits for something to be due, under the lock

    /**
     * Asks to be told.
     *
     * @param promised when as much is promised; {@link #NONE} for never
     * @param below and of messages with a lower number
     */
    public void awaitPromise(long promised, long below) {
        alarm = promised;
        eagerBelow = below; // volatile: who has written both looks once more
    }

    // ---- the reader

    /** Looks anew at what is promised, and then at what is there. */
    void look(long limit) {
        long promised = promised();
        tailSeen = ledger.tail(); // after the promise, so that it covers nothing that is not seen
        promiseSeen = Math.min(promised, limit);
    }

    long promiseSeen() {
        return promiseSeen;
    }

    boolean hasSeen() {
        return head() < tailSeen;
    }

    boolean hasRoomAt(long head) {
        return roomAt <= head;
    }

    long head() {
        return ring.head();
    }

    /** The number of what stands first, something having been seen there. */
    long nextNumber() {
        long number = ring.nextNumber();
        return number < 0 ? ~number : number;
    }

    @Nullable
    E take() {
        return ring.take();
    }

    void putBack(E message) {
        ring.putBack(message);
    }

    /**
     * Reader, with the ledger sealed: goes back to as many places as in the beginning, if it is empty and has more than a number
     * of them.
     *
     * @param places how many it may keep
     */
    public void shrink(int places) {
        ring.shrink(places);
    }

    /**
     * For how many messages there are places now.
     *
     * @return the number of places
     */
    public int places() {
        return ring.places();
    }

    // ---- anybody

    /**
     * What is promised, beside the clock and the word. To be asked after the word was read.
     *
     * @param tail the ledger's, above the start
     */
    private long lastPromise(long tail) {
        long end = tail;
        while (true) {
            long number = ring.lastNumber(end - 1, ledger);
            if (number != 0) {
                return number < 0 ? ~number - 1 : number;
            }
            end = ledger.tail();
        }
    }

    /**
     * How much is promised: nothing up to there comes any more, and what has come can be seen.
     *
     * @return the number; {@link Ledger#ALL} for everything
     */
    public long promised() {
        long word = ledger.promise();
        long tail = ledger.tail();
        return Math.max(word, tail > start ? lastPromise(tail) : 0);
    }

    /**
     * The number of what stands first.
     *
     * @return the number; {@link #NONE} for nothing
     */
    public long first() {
        while (true) {
            long head = ring.head();
            if (head >= ledger.tail()) {
                return NONE;
            }
            long number = ring.number(head);
            VarHandle.acquireFence();
            if (number != 0 && ring.head() == head) { // else the slot may have been used again
                return number < 0 ? ~number : number;
            }
        }
    }

    /**
     * How many messages are on it.
     *
     * @return the number of messages; a guess where the reader takes some
     */
    public int size() {
        return (int) Math.max(0, ledger.tail() - ring.head());
    }

    /**
     * How many messages with a number up to a limit are on it.
     *
     * @param limit the number
     * @return how many; a guess where the reader takes some
     */
    public int due(long limit) {
        long low = ring.head();
        long high = ledger.tail();
        long first = low;
        while (low < high) {
            long middle = low + high >>> 1;
            long number = ring.number(middle);
            if ((number < 0 ? ~number : number) <= limit) {
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
            if (ring.head() >= tail) {
                return 0;
            }
            long number = ring.lastNumber(tail - 1, ledger);
            if (number != 0) {
                return number < 0 ? ~number : number;
            }
            tail = ledger.tail();
        }
    }

    /**
     * Where the reader has got.
     *
     * @return the position of what stands first
     */
    public long position() {
        return ring.head();
    }

    /**
     * When as much is promised, the receiver is to be told.
     *
     * @return the number; {@link #NONE} for never
     */
    public long awaitedPromise() {
        return alarm;
    }

    // ---- under the lock, with the ledger sealed

    /**
     * The position of the first message that is numbered above a number, none of those being due.
     *
     * @param number the number
     * @return the position; the ledger's tail where there is none
     */
    public long firstAbove(long number) {
        long position = ledger.tail();
        while (position > ring.head() && decoded(position - 1) > number) {
            position--;
        }
        return position;
    }

    /**
     * Puts here, where nothing is yet, what is on another lane of the source from this one's start on.
     *
     * @param other the other lane
     */
    public void copyFrom(Lane<E> other) {
        for (long position = start; position < ledger.tail(); position++) {
            ring.reserve(1);
            ring.append(other.ring.number(position), other.ring.element(position));
        }
    }

    /**
     * Where the messages begin that are numbered above a number, of those that were on it at its {@linkplain #markEnd end}.
     *
     * @param number the number
     * @return the position; the ledger's tail where there are none
     */
    private long firstLeft(long number) {
        long position = ledger.tail();
        while (position > headAtEnd && decoded(position - 1) > number) {
            position--;
        }
        return position;
    }

    /**
     * The least number above a number, at its {@linkplain #markEnd end}.
     *
     * @param number the number
     * @return the number; 0 for none
     */
    public long firstLost(long number) {
        long position = firstLeft(number);
        return position < ledger.tail() ? decoded(position) : 0;
    }

    /**
     * Forgets the messages that are numbered above a number, none of which will be given.
     *
     * @param number the number
     * @return how many that were at its {@linkplain #markEnd end}
     */
    public int forgetAbove(long number) {
        long position = firstLeft(number);
        ring.clearFrom(position);
        return (int) (ledger.tail() - position);
    }

    private long decoded(long position) {
        long number = ring.number(position);
        return number < 0 ? ~number : number;
    }

    /** What is left on it is about to be counted. */
    public void markEnd() {
        headAtEnd = ring.head();
    }

    /**
     * The receiver has stopped: forgets what is on it.
     *
     * @return how many messages that is
     */
    public int giveUp() {
        markEnd();
        ring.clear();
        return (int) (ledger.tail() - headAtEnd);
    }

    /**
     * Whether what the reader took last had left the lane at its {@linkplain #markEnd end}.
     *
     * @return true if so
     */
    public boolean wasTaken() {
        return ring.head() <= headAtEnd;
    }
}
