package io.github.clockeddispatch.progress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Keeps what the consumer writes apart from what stands before it in memory. */
abstract class BeforeRing {
    @SuppressWarnings("UnusedVariable")
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}

/** What the consumer writes. */
abstract class RingConsumer extends BeforeRing {

    /** The next position to take: written by the consumer (release), read by the producer (acquire). */
    long head;

    NumberedRing.Segment reading;
    long tailSeen;

    RingConsumer(NumberedRing.Segment first) {
        reading = first;
        head = first.start;
        tailSeen = first.start;
    }
}

/** Keeps what the two write apart. */
abstract class BetweenRing extends RingConsumer {
    @SuppressWarnings("UnusedVariable")
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;

    BetweenRing(NumberedRing.Segment first) {
        super(first);
    }
}

/** What the producer writes. */
abstract class RingProducer extends BetweenRing {

    /** What the consumer may take is below this: written by the producer (release), read by the consumer (acquire). */
    @SuppressWarnings("UnusedVariable") // by TAIL
    long tail;

    NumberedRing.Segment writing;
    long appended;

    /** The consumer has got at least so far. */
    long headSeen;

    RingProducer(NumberedRing.Segment first) {
        super(first);
        writing = first;
        tail = first.start;
        appended = first.start;
        headSeen = first.start;
    }
}

/**
 * A queue of (number, element) for one producer at a time and one consumer at a time. It allocates nothing per element:
 * it lies in a ring that starts small and, where the producer finds it full, goes on in one of twice the size. Its owner
 * can have it {@linkplain #shrink shrink} to its first size.
 *
 * <p>The producer's methods are called under its lock, the consumer's by one thread at a time, without the lock. What
 * was appended is seen by the consumer only from {@link #publish()} on. How many elements it may hold is its owner's
 * business.
 *
 * @param <E> the type of the elements
 */
public final class NumberedRing<E> extends RingProducer {

    private static final int INITIAL = 8;
    private static final VarHandle HEAD;
    private static final VarHandle TAIL;
    private static final VarHandle NUMBERS = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(RingConsumer.class, "head", long.class);
            TAIL = lookup.findVarHandle(RingProducer.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A stretch of positions from {@code start} up to, but not including, {@code end}. */
    static final class Segment {
        final long[] numbers;
        final @Nullable Object[] elements;
        final int mask;
        final long start;
        /** Written by the producer before it publishes the first position of {@code next}. */
        long end = Long.MAX_VALUE;

        @Nullable
        Segment next;

        Segment(int length, long start) {
            numbers = new long[length];
            elements = new @Nullable Object[length];
            mask = length - 1;
            this.start = start;
        }
    }

    /** How many places it starts with. */
    private final int initial;

    /** How many places of what was taken last are left free, for {@link #putBack}. */
    private final int spare;

    @SuppressWarnings("UnusedVariable")
    private long c0, c1, c2, c3, c4, c5, c6, c7, c8, c9, ca, cb, cc, cd, ce, cf;

    /**
     * Makes an empty ring.
     *
     * @param expected how many elements it will hold at the most as a rule; it starts no larger than that
     */
    public NumberedRing(int expected) {
        this(expected >= INITIAL ? INITIAL : Integer.highestOneBit(Math.max(1, expected * 2 - 1)), 0, 0);
    }

    private NumberedRing(int initial, int spare, long start) {
        super(new Segment(initial, start));
        this.initial = initial;
        this.spare = spare;
    }

    /**
     * Makes an empty one, of which the consumer learns otherwise what it may take, and may {@linkplain #putBack put back} one
     * element.
     *
     * @param <E> the type of the elements
     * @param start the position of the first element
     * @return the ring
     */
    public static <E> NumberedRing<E> startingAt(long start) {
        return new NumberedRing<>(INITIAL, 1, start);
    }

    /**
     * How many elements were appended and not taken. For the producer it is exact or too high; for others a guess.
     *
     * @return the number of elements, 0 or more
     */
    public int size() {
        long taken = (long) HEAD.getAcquire(this);
        return (int) Math.max(0, appended - taken);
    }

    /**
     * How many elements were published and not taken, for any thread.
     *
     * @return the number of elements, 0 or more
     */
    public int published() {
        long taken = (long) HEAD.getAcquire(this);
        return (int) Math.max(0, (long) TAIL.getAcquire(this) - taken);
    }

    /**
     * Producer: whether fewer elements than a number were appended and not taken.
     *
     * @param capacity the number
     * @return true if so
     */
    boolean hasRoom(int capacity) {
        if (appended - headSeen >= capacity) {
            headSeen = (long) HEAD.getAcquire(this);
        }
        return appended - headSeen < capacity;
    }

    /**
     * Producer: makes room, so that the next {@code count} calls of {@link #append} allocate nothing.
     *
     * @param count how many
     */
    public void reserve(int count) {
        long last = appended + count - 1;
        Segment segment = writing;
        if (last - segment.numbers.length < Math.max(segment.start, headSeen - spare)) {
            return;
        }
        headSeen = (long) HEAD.getAcquire(this);
        if (last - segment.numbers.length >= Math.max(segment.start, headSeen - spare)) {
            int length = Integer.highestOneBit(Math.max(segment.numbers.length, size() + count)) << 1;
            Segment larger = new Segment(length, appended);
            segment.next = larger;
            segment.end = appended;
            writing = larger;
        }
    }

    /**
     * Producer: appends elements, not to be seen before {@link #publish()}. To be {@linkplain #reserve reserved} before.
     *
     * @param first the number of the first; the others have those that follow
     * @param count how many
     * @param source tells each of them, by its index from 0
     */
    public void append(long first, int count, IntFunction<? extends E> source) {
        Segment segment = writing;
        long position = appended;
        for (int i = 0; i < count; i++) {
            int index = (int) (position + i) & segment.mask;
            segment.numbers[index] = first + i;
            segment.elements[index] = source.apply(i);
        }
        appended = position + count;
    }

    /**
     * Producer: appends one element, not to be seen before {@link #publish()}. To be {@linkplain #reserve reserved} before.
     *
     * @param number its number, not below that of any other
     * @param element the element
     */
    public void append(long number, E element) {
        Segment segment = writing;
        int index = (int) appended & segment.mask;
        segment.numbers[index] = number;
        segment.elements[index] = element;
        appended++;
    }

    /** Producer: lets the consumer see what was appended. */
    public void publish() {
        TAIL.setRelease(this, appended);
    }

    /**
     * Consumer: whether there is something to take.
     *
     * @return true if so
     */
    public boolean hasNext() {
        if (head >= tailSeen) {
            tailSeen = (long) TAIL.getAcquire(this);
        }
        return head < tailSeen;
    }

    /**
     * Consumer: the number of what {@link #take} will return.
     *
     * @return the number
     */
    public long nextNumber() {
        Segment segment = segment();
        return segment.numbers[(int) head & segment.mask];
    }

    /**
     * The number of the next element, for any thread. Where the consumer moves, it is a guess.
     *
     * @return the number; {@code Long.MAX_VALUE} where there is nothing
     */
    public long peekNumber() {
        long position = (long) HEAD.getAcquire(this);
        if (position >= (long) TAIL.getAcquire(this)) {
            return Long.MAX_VALUE;
        }
        Segment segment = reading;
        while (segment != null && position >= segment.end) {
            segment = segment.next;
        }
        return segment == null ? Long.MAX_VALUE : segment.numbers[(int) position & segment.mask];
    }

    /**
     * Consumer: takes the next element, after {@link #hasNext} was true. Its place is free when this has returned.
     *
     * @return the element; null where the ring was {@linkplain #clear cleared}
     */
    @SuppressWarnings("unchecked") // only E are ever appended
    public @Nullable E take() {
        Segment segment = segment();
        int index = (int) head & segment.mask;
        Object element = segment.elements[index];
        segment.elements[index] = null;
        HEAD.setRelease(this, head + 1);
        return (E) element;
    }

    /**
     * Consumer: counts the last {@code count} elements as not taken; they are lost all the same. For a ring to which
     * nothing is appended any more.
     *
     * @param count how many
     */
    public void untake(int count) {
        HEAD.setRelease(this, head - count);
    }

    /**
     * Consumer: puts back what it has taken last.
     *
     * @param element what that was
     */
    public void putBack(E element) {
        Segment segment = reading;
        segment.elements[(int) (head - 1) & segment.mask] = element;
        HEAD.setRelease(this, head - 1);
    }

    /** Producer: what was appended last is not to be seen after all. */
    public void withdraw() {
        appended--;
    }

    /**
     * The position of the next element to take, for any thread.
     *
     * @return the position
     */
    public long head() {
        return (long) HEAD.getAcquire(this);
    }

    /**
     * The number at a position, for any thread. To be used only where {@link #head()} has not passed that position when it is read
     * once more, after this.
     *
     * @param position a position below which, and at which, something can be seen
     * @return the number; 0 where the consumer has passed it
     */
    public long number(long position) {
        Segment segment = reading;
        while (segment != null && position >= segment.end) {
            segment = segment.next;
        }
        return segment == null || position < segment.start
                ? 0
                : (long) NUMBERS.getOpaque(segment.numbers, (int) position & segment.mask);
    }

    /**
     * The number at a position that was the last one, for any thread.
     *
     * @param position the position
     * @param ledger tells how far it has gone meanwhile
     * @return the number; 0 where it is not there any more, as the producer has gone on
     */
    long lastNumber(long position, Ledger ledger) {
        Segment segment = writing;
        if (position < segment.start) {
            return number(position);
        }
        long number = (long) NUMBERS.getOpaque(segment.numbers, (int) position & segment.mask);
        VarHandle.acquireFence();
        return ledger.tail() < position + segment.numbers.length ? number : 0; // else its slot may have been used again
    }

    /**
     * The element at a position, for who knows that the consumer has not passed it and will not.
     *
     * @param position the position
     * @return the element
     */
    @SuppressWarnings("unchecked") // only E are ever appended
    public E element(long position) {
        Segment segment = reading;
        while (position >= segment.end) {
            segment = Objects.requireNonNull(segment.next);
        }
        return (E) Objects.requireNonNull(segment.elements[(int) position & segment.mask]);
    }

    /**
     * Producer: forgets the elements from a position on, but not how many they are. The consumer must not get there.
     *
     * @param from the position
     */
    void clearFrom(long from) {
        for (Segment segment = reading; segment != null; segment = segment.next) {
            long end = Math.min(segment.end, appended);
            for (long position = Math.max(from, segment.start); position < end; position++) {
                segment.elements[(int) position & segment.mask] = null;
            }
        }
    }

    /**
     * Producer: forgets all elements, but not how many there are. A consumer that is taking one meanwhile may be given null; so
     * it must have been told before, by other means, that nothing is to be taken any more.
     */
    public void clear() {
        // reading may be stale: then this begins with segments that have been taken already
        for (Segment segment = reading; segment != null; segment = segment.next) {
            Arrays.fill(segment.elements, null);
        }
    }

    /**
     * Consumer, under the producer's lock: goes back to as many places as it started with, if it is empty and has more than a
     * number of them. Where there is no memory for that, it stays as it is.
     *
     * @param places how many it may keep
     */
    public void shrink(int places) {
        if (places() > places && head == appended) {
            Segment small;
            try {
                small = new Segment(initial, appended);
            } catch (OutOfMemoryError e) {
                return;
            }
            writing.next = small; // for those that peek
            writing.end = appended;
            writing = small;
            reading = small;
        }
    }

    /**
     * Producer: how many places there are now.
     *
     * @return the number of elements for which it has room without growing, when it is empty
     */
    public int places() {
        return writing.numbers.length;
    }

    private Segment segment() {
        Segment segment = reading;
        while (head >= segment.end) {
            segment = Objects.requireNonNull(segment.next);
            reading = segment;
        }
        return segment;
    }
}
