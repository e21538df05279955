package io.github.clockeddispatch.engine.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The heap against a plain list: adding, polling, taking out from anywhere, moving. */
class SequenceHeapProperties {

    private static final class Node extends SequenceHeap.Node {
        Node(long number) {
            super(number);
        }
    }

    @Property
    void isAPriorityQueueWithRemoval(@ForAll @Size(max = 400) List<@IntRange(max = 399) Integer> steps) {
        SequenceHeap<Node> heap = new SequenceHeap<>();
        List<Node> model = new ArrayList<>();
        for (int step : steps) {
            int number = step % 20;
            switch (step / 100) {
                case 0, 1 -> {
                    Node node = new Node(number);
                    heap.add(node);
                    model.add(node);
                }
                case 2 -> {
                    if (!model.isEmpty()) {
                        assertEquals(least(model), heap.poll().sequence());
                        removeLeast(model, heap);
                    }
                }
                default -> {
                    if (!model.isEmpty()) {
                        Node node = model.get(number % model.size());
                        if (step % 2 == 0) {
                            assertEquals(true, heap.remove(node));
                            assertEquals(false, heap.remove(node));
                            model.remove(node);
                        } else {
                            heap.reschedule(node, number / 2);
                            assertEquals(number / 2, node.sequence());
                        }
                    }
                }
            }
            heap.shrink(4 + number % 8);
            assertEquals(model.size(), heap.size());
            assertEquals(model.isEmpty(), heap.isEmpty());
            assertEquals(least(model), heap.firstSequence());
        }
        while (!model.isEmpty()) {
            assertEquals(least(model), heap.firstSequence());
            Node polled = heap.poll();
            assertEquals(true, model.remove(polled), "polled what was not in the heap");
        }
    }

    /** Of several with the least number any may have been polled: the one that the heap no longer knows. */
    private static void removeLeast(List<Node> model, SequenceHeap<Node> heap) {
        for (Node node : model) {
            if (node.sequence() == least(model)) {
                boolean stillThere = heap.remove(node);
                if (!stillThere) {
                    model.remove(node);
                    return;
                }
                heap.add(node);
            }
        }
        throw new AssertionError("the heap still has all of the least");
    }

    private static long least(List<Node> model) {
        return model.stream().mapToLong(Node::sequence).min().orElse(Long.MAX_VALUE);
    }

    @Example
    void refusesWhatItHas() {
        SequenceHeap<Node> heap = new SequenceHeap<>();
        Node node = new Node(1);
        heap.add(node);
        assertThrows(IllegalArgumentException.class, () -> heap.add(node));
        assertThrows(IllegalArgumentException.class, () -> new SequenceHeap<Node>().add(node));
        assertEquals(false, new SequenceHeap<Node>().remove(node));
        assertEquals(node, heap.poll());
        assertThrows(NoSuchElementException.class, heap::poll);
    }
}
