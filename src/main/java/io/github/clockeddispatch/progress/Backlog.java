package io.github.clockeddispatch.progress;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue of (number, element) that several consumers pass, each at its own pace: an element leaves when the last of those
 * that it is for has passed it. It allocates nothing per element: it lies in a ring that starts small and grows with what
 * is in it. How many elements it may hold is its owner's business.
 *
 * <p>Positions count the elements from the first one ever appended. One thread at a time appends, which is one side; the
 * consumers are the other, under their owner's lock. The two sides may be at it at once, as in Lamport, <i>Specifying concurrent
 * program modules</i> (ACM TOPLAS 1983): what is below the {@link #tail()} that a consumer has read is there for it, and what is
 * below the {@link #head()} is free for who appends. {@link #reserve} and {@link #share} are for whoever excludes both sides.
 *
 * @param <E> the type of the elements
 */
public final class Backlog<E> {

    private static final int INITIAL = 8;

    private static final VarHandle HEAD;
    private static final VarHandle TAIL;

    static {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            HEAD = lookup.findVarHandle(Backlog.class, "head", long.class);
            TAIL = lookup.findVarHandle(Backlog.class, "tail", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long[] numbers = new long[INITIAL];

    /** Null from where the last one that an element is for has passed it. */
    private @Nullable Object[] elements = new @Nullable Object[INITIAL];

    /** How many have not passed it yet; where that is one, it stays so. */
    private int[] remaining = new int[INITIAL];

    /** Written by consumers. */
    private long head;

    /** Written by who appends, as is what it was last seen of the head. */
    private long tail;

    private long headSeen;

    /** Makes an empty backlog. */
    public Backlog() {}

    /**
     * How many elements are in it.
     *
     * @return the number of elements
     */
    public int size() {
        return (int) (tail() - head());
    }

    /**
     * The position of the first element.
     *
     * @return the position; {@link #tail()} where it is empty
     */
    public long head() {
        return (long) HEAD.getAcquire(this);
    }

    /**
     * The position behind the last element.
     *
     * @return the position
     */
    public long tail() {
        return (long) TAIL.getAcquire(this);
    }

    /** Makes a slot, so that the next {@link #append} cannot fail. */
    public void reserve() {
        if (size() < numbers.length) {
            return;
        }
        int length = numbers.length * 2;
        long[] largerNumbers = new long[length];
        @Nullable Object[] largerElements = new @Nullable Object[length];
        int[] largerRemaining = new int[length];
        for (long position = head; position < tail; position++) {
            int from = index(position);
            int to = (int) position & (length - 1);
            largerNumbers[to] = numbers[from];
            largerElements[to] = elements[from];
            largerRemaining[to] = remaining[from];
        }
        numbers = largerNumbers;
        elements = largerElements;
        remaining = largerRemaining;
    }

    /**
     * For who appends: whether there is a slot without {@link #reserve()}, and the capacity is not reached.
     *
     * @param capacity how many elements are to be in it at the most
     * @return whether one more can be appended
     */
    public boolean hasPlace(int capacity) {
        int limit = Math.min(capacity, numbers.length);
        if (tail - headSeen >= limit) {
            headSeen = head();
        }
        return tail - headSeen < limit;
    }

    /**
     * Appends an element, there being a slot: after {@link #reserve()}, or where it {@link #hasPlace}. Consumers see it from then on.
     *
     * @param number its number
     * @param element the element
     * @param consumers how many it is for, at least 1
     */
    public void append(long number, E element, int consumers) {
        int index = index(tail);
        numbers[index] = number;
        elements[index] = element;
        if (remaining[index] != consumers) { // mostly one: its line is read alone, and stays with both sides
            remaining[index] = consumers;
        }
        TAIL.setRelease(this, tail + 1);
    }

    /**
     * The number of an element.
     *
     * @param position where it is, from {@link #head()} to before {@link #tail()}
     * @return its number
     */
    public long number(long position) {
        return numbers[index(position)];
    }

    /**
     * An element that has not left.
     *
     * @param position where it is, from {@link #head()} to before {@link #tail()}
     * @return the element
     */
    @SuppressWarnings("unchecked") // only E are ever appended
    public E element(long position) {
        return (E) Objects.requireNonNull(elements[index(position)]);
    }

    /**
     * One more consumer is to pass an element.
     *
     * @param position where it is, from {@link #head()} to before {@link #tail()}
     */
    public void share(long position) {
        remaining[index(position)]++;
    }

    /**
     * A consumer has passed elements. Where it was the last, an element is forgotten; it leaves when nothing is before it.
     *
     * @param from the position of the first, from {@link #head()}
     * @param to behind the last, up to {@link #tail()}
     * @return of how many it was the last
     */
    public int pass(long from, long to) {
        int last = 0;
        for (long position = from; position < to; position++) {
            int index = index(position);
            if (remaining[index] > 1) {
                remaining[index]--;
            } else {
                elements[index] = null;
                last++;
            }
        }
        long first = head;
        for (long end = tail(); first < end && elements[index(first)] == null; ) {
            first++;
        }
        HEAD.setRelease(this, first);
        return last;
    }

    private int index(long position) {
        return (int) position & (numbers.length - 1);
    }
}
