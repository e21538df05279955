package io.github.clockeddispatch.engine.progress;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A min-heap of nodes by number, from which any node can be taken out in O(log n). Each node knows its place, so that a waiter that
 * gives up need not be searched for. Each has four below it, and the numbers stand in an array of their own: four that are compared
 * lie in one line of the cache, and of a hundred thousand nodes nine are moved where it would be seventeen (as in LaMarca and Ladner,
 * <i>The Influence of Caches on the Performance of Heaps</i>, 1996, section 4).
 *
 * <p>Guarded by its owner's lock.
 *
 * @param <N> the type of the nodes
 * @see "docs/design.md: Waits"
 */
public final class SequenceHeap<N extends SequenceHeap.Node> {

    /** An element of a heap; of one at a time. */
    public abstract static class Node {
        private long sequence;
        private int place = -1;

        /**
         * Makes a node.
         *
         * @param sequence what it is ordered by
         */
        protected Node(long sequence) {
            this.sequence = sequence;
        }

        /**
         * What it is ordered by.
         *
         * @return the number
         */
        public final long sequence() {
            return sequence;
        }
    }

    private static final int INITIAL = 4;

    /** How many stand below each. */
    private static final int WIDTH = 4;

    private @Nullable Node[] nodes = new @Nullable Node[0];

    /** The number of each node. */
    private long[] sequences = new long[0];

    private int size;

    /** Makes an empty heap, which takes no room until something is added. */
    public SequenceHeap() {}

    /**
     * Returns whether nothing is in it.
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
    public long firstSequence() {
        return size == 0 ? Long.MAX_VALUE : sequences[0];
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
            resize(Math.max(Math.max(INITIAL, nodes.length * 2), count));
        }
    }

    /**
     * Goes back to the room that it started with, if it has room for more than a number of nodes, and few are in it. Where there
     * is no memory for that, it stays as it is.
     *
     * @param slots for how many nodes it may keep room
     */
    public void shrink(int slots) {
        if (nodes.length > slots && size <= INITIAL) {
            try {
                resize(INITIAL);
            } catch (OutOfMemoryError e) {
                // stays as it is
            }
        }
    }

    private void resize(int slots) {
        long[] copy = Arrays.copyOf(sequences, slots);
        nodes = Arrays.copyOf(nodes, slots);
        sequences = copy;
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
     * @param sequence its new number
     */
    public void reschedule(N node, long sequence) {
        Node changed = node;
        if (changed.place >= 0 && changed.sequence == sequence) {
            return;
        }
        remove(node);
        changed.sequence = sequence;
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
        long sequence = node.sequence;
        int place = from;
        while (place > 0) {
            int parent = (place - 1) / WIDTH;
            if (sequence >= sequences[parent]) {
                break;
            }
            put(place, at(parent));
            place = parent;
        }
        put(place, node);
    }

    private void siftDown(int from, Node node) {
        long sequence = node.sequence;
        int place = from;
        int child = leastBelow(place);
        while (child > 0 && sequences[child] < sequence) {
            put(place, at(child));
            place = child;
            child = leastBelow(place);
        }
        put(place, node);
    }

    /** Where the least of those below a place stands; 0 where there are none. */
    private int leastBelow(int place) {
        int first = WIDTH * place + 1;
        int end = Math.min(first + WIDTH, size);
        int least = 0;
        for (int child = first; child < end; child++) {
            least = least == 0 || sequences[child] < sequences[least] ? child : least;
        }
        return least;
    }

    private void put(int place, Node node) {
        nodes[place] = node;
        sequences[place] = node.sequence;
        node.place = place;
    }
}
