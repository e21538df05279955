package io.github.clockeddispatch.progress;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A binary min-heap of nodes by number, and by rank among those with the same number, from which any node can be taken out
 * in O(log n). Each node knows its place, so that a waiter that gives up need not be searched for.
 *
 * <p>Guarded by its owner's lock.
 *
 * @param <N> the type of the nodes
 */
public final class NumberHeap<N extends NumberHeap.Node> {

    /** What stands in a heap; in one at a time. */
    public abstract static class Node {
        private final long rank;
        private long number;
        private int place = -1;

        /**
         * Makes a node.
         *
         * @param number what it is ordered by
         */
        protected Node(long number) {
            this(number, 0);
        }

        /**
         * Makes a node.
         *
         * @param number what it is ordered by
         * @param rank what it is ordered by among those with that number
         */
        protected Node(long number, long rank) {
            this.number = number;
            this.rank = rank;
        }

        /**
         * What it is ordered by.
         *
         * @return the number
         */
        public final long number() {
            return number;
        }

        private boolean isBefore(Node other) {
            return number < other.number || (number == other.number && rank < other.rank);
        }
    }

    private static final int INITIAL = 4;

    private @Nullable Node[] nodes = new @Nullable Node[0];
    private int size;

    /** Makes an empty heap, which takes no room until something is added. */
    public NumberHeap() {}

    /**
     * Whether nothing is in it.
     *
     * @return true if so
     */
    public boolean isEmpty() {
        return size == 0;
    }

    /**
     * How many nodes are in it.
     *
     * @return the number of nodes
     */
    public int size() {
        return size;
    }

    /**
     * The least number in it.
     *
     * @return that number, {@code Long.MAX_VALUE} where it is empty
     */
    public long firstNumber() {
        return size == 0 ? Long.MAX_VALUE : at(0).number;
    }

    /**
     * The number of the second node.
     *
     * @return that number; {@code Long.MAX_VALUE} where there is none
     */
    public long secondNumber() {
        return Math.min(size > 1 ? at(1).number : Long.MAX_VALUE, size > 2 ? at(2).number : Long.MAX_VALUE);
    }

    /**
     * The node with the least number.
     *
     * @return that node
     * @throws NoSuchElementException if it is empty
     */
    @SuppressWarnings("unchecked") // only N are ever added
    public N first() {
        if (size == 0) {
            throw new NoSuchElementException();
        }
        return (N) at(0);
    }

    /**
     * Adds a node.
     *
     * @param node what to add; in no heap
     */
    public void add(N node) {
        if (((Node) node).place >= 0) {
            throw new IllegalArgumentException("is in a heap already: " + node);
        }
        reserve(size + 1);
        siftUp(size++, node);
    }

    /**
     * Makes room in memory, so that adding cannot fail.
     *
     * @param count how many nodes are to find room in all
     */
    public void reserve(int count) {
        if (count > nodes.length) {
            nodes = Arrays.copyOf(nodes, Math.max(Math.max(INITIAL, nodes.length * 2), count));
        }
    }

    /**
     * Goes back to the room that it started with, if it has room for more than a number of nodes, and few are in it. Where there
     * is no memory for that, it stays as it is.
     *
     * @param places for how many nodes it may keep room
     */
    public void shrink(int places) {
        if (nodes.length > places && size <= INITIAL) {
            try {
                nodes = Arrays.copyOf(nodes, INITIAL);
            } catch (OutOfMemoryError e) {
                // stays as it is
            }
        }
    }

    /**
     * Takes out the node with the least number.
     *
     * @return that node
     * @throws NoSuchElementException if it is empty
     */
    public N poll() {
        N first = first();
        removeAt(0);
        return first;
    }

    /**
     * Takes out a node.
     *
     * @param node what to take out
     * @return whether it was in this heap
     */
    public boolean remove(N node) {
        int place = ((Node) node).place;
        if (place < 0 || place >= size || nodes[place] != node) {
            return false;
        }
        removeAt(place);
        return true;
    }

    /**
     * Puts a node where its number belongs, whether or not it is in the heap yet.
     *
     * @param node the node
     * @param number its new number
     */
    public void reschedule(N node, long number) {
        Node changed = node;
        if (changed.place >= 0 && changed.number == number) {
            return;
        }
        remove(node);
        changed.number = number;
        add(node);
    }

    private Node at(int place) {
        return Objects.requireNonNull(nodes[place]);
    }

    private void removeAt(int place) {
        at(place).place = -1;
        Node last = at(--size);
        nodes[size] = null;
        if (place < size) {
            siftDown(place, last);
            if (nodes[place] == last) {
                siftUp(place, last);
            }
        }
    }

    private void siftUp(int from, Node node) {
        int place = from;
        while (place > 0) {
            int parent = (place - 1) >>> 1;
            if (!node.isBefore(at(parent))) {
                break;
            }
            put(place, at(parent));
            place = parent;
        }
        put(place, node);
    }

    private void siftDown(int from, Node node) {
        int place = from;
        while (2 * place + 1 < size) {
            int child = 2 * place + 1;
            if (child + 1 < size && at(child + 1).isBefore(at(child))) {
                child++;
            }
            if (!at(child).isBefore(node)) {
                break;
            }
            put(place, at(child));
            place = child;
        }
        put(place, node);
    }

    private void put(int place, Node node) {
        nodes[place] = node;
        node.place = place;
    }
}
