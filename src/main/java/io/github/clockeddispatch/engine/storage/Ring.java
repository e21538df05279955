package io.github.clockeddispatch.engine.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Padding between what the producer writes and what stands before it in memory. */
abstract class BeforeRing {
    @SuppressWarnings("UnusedVariable")
    private long a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, aa, ab, ac, ad, ae, af;
}

/** The fields that the producer writes. */
abstract class RingProducer extends BeforeRing {

    public Ring.Segment writing;

    /** The position of what is appended next. */
    long appended;

    /** What was appended below this was published, where that is not told otherwise. */
    @SuppressWarnings("UnusedVariable") // by a handle
    long published;

    /** The consumer has got at least so far. */
    long headSeen;

    /** How many slots it starts with. */
    final int initial;

    RingProducer(Ring.Segment first) {
        writing = first;
        appended = first.start;
        published = first.start;
        headSeen = first.start;
        initial = first.sequences.length;
    }
}

/** Padding between what the two write. */
abstract class BetweenRing extends RingProducer {
    @SuppressWarnings("UnusedVariable")
    private long b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, ba, bb, bc, bd, be, bf;

    BetweenRing(Ring.Segment first) {
        super(first);
    }
}

/**
 * A queue of numbers and elements at rising positions, for one producer at a time and one consumer at a time. It allocates nothing per
 * element: it lies in an array that starts small and, where the producer finds it full, goes on in one of twice the size. Its
 * owner can have it {@linkplain #shrink shrink} to its first size.
 *
 * <p>How the consumer learns what it may take is the business of who extends it; so is how many elements there may be.
 *
 * @param <E> the type of the elements
 * @see "docs/design.md: The merge, Memory"
 */
public abstract class Ring<E> extends BetweenRing {

    public static final int INITIAL = 8;

    private static final VarHandle HEAD;
    private static final VarHandle PUBLISHED;
    private static final VarHandle APPENDED;
    private static final VarHandle SEQUENCES = MethodHandles.arrayElementVarHandle(long[].class);

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(Ring.class, "head", long.class);
            PUBLISHED = lookup.findVarHandle(RingProducer.class, "published", long.class);
            APPENDED = lookup.findVarHandle(RingProducer.class, "appended", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** A stretch of positions from {@code start} up to, but not including, {@code end}. */
    public static final class Segment {
        public final long[] sequences;
        final @Nullable Object[] elements;
        final int mask;
        public final long start;
        /** Written by the producer before it publishes the first position of {@code next}. */
        long end = Long.MAX_VALUE;

        @Nullable
        Segment next;

        Segment(int length, long start) {
            sequences = new long[length];
            elements = new @Nullable Object[length];
            mask = length - 1;
            this.start = start;
        }

        /** The number at a position, for any thread. */
        public long sequence(long position) {
            return (long) SEQUENCES.getOpaque(sequences, (int) position & mask);
        }
    }

    // the consumer's

    /** The next position to take: written by the consumer (release), read by the producer (acquire). */
    public long head;

    /** What is below this may be taken, as was last {@linkplain #see seen}. */
    private long tailSeen;

    private Segment reading;

    /** What it reads from the segment for each element. */
    private long[] sequences;

    private @Nullable Object[] elements;

    /** Where the segment ends, as far as {@link #tailSeen}. */
    private long end;

    public Ring(int slots, long start) {
        super(new Segment(slots, start));
        head = start;
        tailSeen = start;
        reading = writing;
        sequences = writing.sequences;
        elements = writing.elements;
        end = writing.end;
    }

    private void read(Segment segment) {
        reading = segment;
        sequences = segment.sequences;
        elements = segment.elements;
        end = segment.end;
    }

    /**
     * Producer: returns whether fewer elements than a number were appended and not taken.
     *
     * @param capacity the number
     * @return true if so
     */
    public final boolean hasFreeSlot(int capacity) {
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
    public final void reserve(int count) {
        long last = appended + count - 1;
        Segment segment = writing;
        if (last - segment.sequences.length < Math.max(segment.start, headSeen)) {
            return;
        }
        headSeen = (long) HEAD.getAcquire(this);
        if (last - segment.sequences.length >= Math.max(segment.start, headSeen)) {
            int length =
                    Integer.highestOneBit(Math.max(segment.sequences.length, (int) (appended - headSeen) + count)) << 1;
            Segment larger = new Segment(length, appended);
            segment.next = larger;
            segment.end = appended;
            writing = larger;
        }
    }

    /**
     * Producer: appends elements. To be {@linkplain #reserve reserved} before.
     *
     * @param first the number of the first; the others have those that follow
     * @param count how many
     * @param source tells each of them, by its index from 0
     */
    public final void append(long first, int count, IntFunction<? extends E> source) {
        Segment segment = writing;
        long position = appended;
        for (int i = 0; i < count; i++) {
            int index = (int) (position + i) & segment.mask;
            segment.sequences[index] = first + i;
            segment.elements[index] = source.apply(i);
        }
        APPENDED.setRelease(this, position + count);
    }

    /**
     * Producer: appends one element. To be {@linkplain #reserve reserved} before.
     *
     * @param sequence its number, not below that of any other
     * @param element the element
     */
    public final void append(long sequence, E element) {
        Segment segment = writing;
        int index = (int) appended & segment.mask;
        segment.sequences[index] = sequence;
        segment.elements[index] = element;
        appended++;
    }

    /** Producer: what was appended last is not to be seen after all. */
    public final void withdraw() {
        appended--;
    }

    /**
     * Consumer: the number of what {@link #take} will return, something being there that it has {@linkplain #see seen}.
     *
     * @return the number
     */
    public long nextSequence() {
        toHead();
        return sequences[(int) head & sequences.length - 1];
    }

    /**
     * Consumer: takes the next element, there being one that it has {@linkplain #see seen}. Its slot is free when this has returned.
     *
     * @return the element; null where the ring was {@linkplain #clear cleared}
     */
    @SuppressWarnings("unchecked") // only E are ever appended
    public final @Nullable E take() {
        toHead();
        int index = (int) head & elements.length - 1;
        Object element = elements[index];
        elements[index] = null;
        HEAD.setRelease(this, head + 1);
        return (E) element;
    }

    /**
     * Consumer: counts the last {@code count} elements as not taken; they are lost all the same. For a ring to which
     * nothing is appended any more.
     *
     * @param count how many
     */
    public final void untake(int count) {
        HEAD.setRelease(this, head - count);
    }

    /**
     * Consumer: puts back what it has taken last, in a slot of its own, as the producer may have used the other one again.
     *
     * @param sequence its number
     * @param element what that was
     */
    protected final void putBack(long sequence, @Nullable E element) {
        Segment front = new Segment(1, head - 1);
        front.sequences[0] = sequence;
        front.elements[0] = element;
        front.end = head;
        front.next = reading;
        read(front);
        HEAD.setRelease(this, head - 1);
    }

    /**
     * The position of the next element to take, for any thread.
     *
     * @return the position
     */
    public final long head() {
        return (long) HEAD.getAcquire(this);
    }

    /**
     * The number at a position, for any thread. To be used only where {@link #head()} has not passed that position when it is read
     * once more, after this.
     *
     * @param position a position below which, and at which, something can be seen
     * @return the number; 0 where the consumer has passed it
     */
    public final long sequence(long position) {
        Segment segment = reading;
        while (segment != null && position >= segment.end) {
            segment = segment.next;
        }
        return segment == null || position < segment.start ? 0 : segment.sequence(position);
    }

    /**
     * The element at a position. To be used as {@link #sequence} is.
     *
     * @param position a position at which something can be seen
     * @return the element; null, or another one, where the consumer has passed it
     */
    @SuppressWarnings("unchecked") // only E are ever appended
    public final @Nullable E element(long position) {
        Segment segment = reading;
        while (segment != null && position >= segment.end) {
            segment = segment.next;
        }
        return segment == null ? null : (E) segment.elements[(int) position & segment.mask];
    }

    /**
     * Producer: forgets the elements from a position on, but not how many they are. The consumer must not get there.
     *
     * @param from the position
     */
    protected final void clearFrom(long from) {
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
    public final void clear() {
        // reading may be stale: then this begins with segments that have been taken already
        for (Segment segment = reading; segment != null; segment = segment.next) {
            Arrays.fill(segment.elements, null);
        }
    }

    /**
     * Consumer, under the producer's lock: goes back to as many slots as it started with, if it is empty and has more than a
     * number of them. Where there is no memory for that, it stays as it is.
     *
     * @param slots how many it may keep
     */
    public final void shrink(int slots) {
        if (slots() > slots && head == appended) {
            Segment small;
            try {
                small = new Segment(initial, appended);
            } catch (OutOfMemoryError e) {
                return;
            }
            writing.next = small; // for those that peek
            writing.end = appended;
            writing = small;
            read(small);
        }
    }

    /**
     * Producer: how many slots there are now.
     *
     * @return the number of elements for which it has room without growing, when it is empty
     */
    public final int slots() {
        return writing.sequences.length;
    }

    /** Producer: what was appended is published, and with it all that was written before. */
    final void publishAppended() {
        PUBLISHED.setRelease(this, appended);
    }

    /** What is below this position was appended, by count. */
    protected final long appendedEnd() {
        return (long) APPENDED.getAcquire(this);
    }

    /** What is below this position was published. */
    final long publishedEnd() {
        return (long) PUBLISHED.getAcquire(this);
    }

    /** Consumer: the number of what it has taken last; or what the producer has put in its slot since. */
    protected final long takenSequence() {
        return sequences[(int) (head - 1) & sequences.length - 1];
    }

    /** Consumer: what is below a position may be taken. */
    protected final void see(long tail) {
        tailSeen = tail;
        end = reading.end; // set before anything behind it was published
    }

    /** Consumer: returns whether there is something to take, as far as it has seen. */
    public final boolean hasSeen() {
        return head < tailSeen;
    }

    private void toHead() {
        while (head >= end) {
            read(Objects.requireNonNull(reading.next));
        }
    }
}
