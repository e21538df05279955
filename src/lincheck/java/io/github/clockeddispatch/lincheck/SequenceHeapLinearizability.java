package io.github.clockeddispatch.lincheck;

import io.github.clockeddispatch.engine.progress.SequenceHeap;
import java.util.Arrays;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** The heap under its owner's lock, as waits for clocks come, move, are due and give up. */
class SequenceHeapLinearizability {

    private static final int NODES = 4;

    private static final class Node extends SequenceHeap.Node {
        final int id;

        Node(int id) {
            super(0);
            this.id = id;
        }
    }

    /** No two nodes have the same, so that it is known which of them comes first. */
    private static long of(int id, int number) {
        return (long) number * NODES + id;
    }

    /** The heap. */
    @Param(name = "id", gen = IntGen.class, conf = "0:3")
    @Param(name = "number", gen = IntGen.class, conf = "1:5")
    public static class Heap extends Checks.Owner {
        private final SequenceHeap<Node> heap = new SequenceHeap<>();
        private final Node[] nodes = new Node[NODES];

        public Heap() {
            Arrays.setAll(nodes, Node::new);
        }

        @Operation
        public boolean reschedule(@Param(name = "id") int id, @Param(name = "number") int number) {
            return locked(() -> {
                heap.reschedule(nodes[id], of(id, number));
                return true;
            });
        }

        @Operation
        public boolean remove(@Param(name = "id") int id) {
            return locked(() -> heap.remove(nodes[id]));
        }

        @Operation
        public String poll() {
            return locked(this::pollUnlocked);
        }

        final String pollUnlocked() {
            if (heap.isEmpty()) {
                return "nothing";
            }
            Node node = heap.poll();
            return node.id + " at " + node.sequence();
        }

        @Operation
        public long firstSequence() {
            return locked(heap::firstSequence);
        }

        @Operation
        public int size() {
            return locked(heap::size);
        }
    }

    /** What it should do: the numbers by node, 0 for those that are not in it. */
    public static class Specification {
        private final long[] numbers = new long[NODES];

        public boolean reschedule(int id, int number) {
            numbers[id] = of(id, number);
            return true;
        }

        public boolean remove(int id) {
            boolean was = numbers[id] != 0;
            numbers[id] = 0;
            return was;
        }

        public String poll() {
            for (int id = 0; id < NODES; id++) {
                if (numbers[id] != 0 && numbers[id] == firstSequence()) {
                    String polled = id + " at " + numbers[id];
                    numbers[id] = 0;
                    return polled;
                }
            }
            return "nothing";
        }

        public long firstSequence() {
            return Arrays.stream(numbers).filter(number -> number != 0).min().orElse(Long.MAX_VALUE);
        }

        public int size() {
            return (int) Arrays.stream(numbers).filter(number -> number != 0).count();
        }
    }

    /** Who is due is taken out without the lock. */
    public static class PollUnlocked extends Heap {
        @Override
        @Operation
        public String poll() {
            return pollUnlocked();
        }
    }

    @Test
    void modelChecking() {
        Checks.modelCheck(Heap.class, Specification.class);
    }

    @Test
    void stress() {
        Checks.stress(Heap.class, Specification.class);
    }

    @Test
    void findsThePollWithoutTheLock() {
        Checks.finds(PollUnlocked.class, Specification.class);
    }
}
