package io.github.clockeddispatch.progress;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A queue of (number, element) that several consumers pass, each at its own pace: an element leaves when the last of those
 * that it is for has passed it. It allocates nothing per element: it lies in a ring that starts small and grows with what
 * is in it. How many elements it may hold is its owner's business.
 *
 * <p>Positions count the elements from the first one ever appended. Guarded by its owner's lock.
 *
 * @param <E> the type of the elements
 */
public final class Backlog<E> {

    private static final int INITIAL = 8;

    private long[] numbers = new long[INITIAL];
    private @Nullable Object[] elements = new @Nullable Object[INITIAL];

    /** How many have not passed it yet. */
    private int[] remaining = new int[INITIAL];

    private long head;
    private long tail;

    /** Makes an empty backlog. */
    public Backlog() {}

    /**
     * How many elements are in it.
     *
     * @return the number of elements
     */
    public int size() {
        return (int) (tail - head);
    }

    /**
     * The position of the first element.
     *
     * @return the position; {@link #tail()} where it is empty
     */
    public long head() {
        return head;
    }

    /**
     * The position behind the last element.
     *
     * @return the position
     */
    public long tail() {
        return tail;
    }

    /** Makes room in memory, so that the next {@link #append} cannot fail. */
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
     * Appends an element, after {@link #reserve()}.
     *
     * @param number its number
     * @param element the element
     * @param consumers how many it is for, at least 1
     */
    public void append(long number, E element, int consumers) {
        int index = index(tail);
        numbers[index] = number;
        elements[index] = element;
        remaining[index] = consumers;
        tail++;
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
     * A consumer has passed an element. Where it was the last, the element is forgotten; it leaves when nothing is before it.
     *
     * @param position where it is, from {@link #head()} to before {@link #tail()}
     * @return whether it was the last
     */
    public boolean pass(long position) {
        int index = index(position);
        if (--remaining[index] > 0) {
            return false;
        }
        elements[index] = null;
        while (head < tail && remaining[index(head)] == 0) {
            head++;
        }
        return true;
    }

    private int index(long position) {
        return (int) position & (numbers.length - 1);
    }
}
