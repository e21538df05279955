package io.github.clockeddispatch.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The heap against a plain list: adding, polling, taking out from anywhere, moving. */
class NumberHeapProperties {

    private static final class Node extends NumberHeap.Node {
        Node(long number) {
            super(number);
        }

        Node(long number, long rank) {
            super(number, rank);
        }
    }

    /** A place in the order. */
    private record Key(long number, long rank) {}

    @Property
    void isAPriorityQueueWithRemoval(@ForAll @Size(max = 200) List<@IntRange(max = 399) Integer> steps) {
        NumberHeap<Node> heap = new NumberHeap<>();
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
                        assertEquals(least(model), heap.poll().number());
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
                            assertEquals(number / 2, node.number());
                        }
                    }
                }
            }
            heap.shrink(4 + number % 8);
            assertEquals(model.size(), heap.size());
            assertEquals(model.isEmpty(), heap.isEmpty());
            assertEquals(least(model), heap.firstNumber());
        }
        while (!model.isEmpty()) {
            assertEquals(least(model), heap.firstNumber());
            Node polled = heap.poll();
            assertEquals(true, model.remove(polled), "polled what was not in the heap");
        }
    }

    /** Of several with the least number any may have been polled: the one that the heap no longer knows. */
    private static void removeLeast(List<Node> model, NumberHeap<Node> heap) {
        for (Node node : model) {
            if (node.number() == least(model)) {
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
        return model.stream().mapToLong(Node::number).min().orElse(Long.MAX_VALUE);
    }

    @Property
    void thoseWithTheSameNumberComeByRank(
            @ForAll @Size(max = 60) List<@IntRange(max = 5) Integer> numbers,
            @ForAll @Size(max = 60) List<@IntRange(max = 359) Integer> moves,
            @ForAll Random random) {
        NumberHeap<Node> heap = new NumberHeap<>();
        List<Integer> ranks =
                new ArrayList<>(IntStream.range(0, numbers.size()).boxed().toList());
        Collections.shuffle(ranks, random);
        Map<Node, Key> keys = new LinkedHashMap<>();
        for (int i = 0; i < numbers.size(); i++) {
            Node node = new Node(numbers.get(i), ranks.get(i));
            keys.put(node, new Key(numbers.get(i), ranks.get(i)));
            heap.add(node);
        }
        List<Node> nodes = List.copyOf(keys.keySet());
        for (int move : nodes.isEmpty() ? List.<Integer>of() : moves) {
            Node node = nodes.get(move / 6 % nodes.size());
            keys.put(node, new Key(move % 6, keys.get(node).rank));
            heap.reschedule(node, move % 6); // keeps its rank
        }
        List<Key> polled = new ArrayList<>();
        while (!heap.isEmpty()) {
            polled.add(keys.get(heap.poll()));
        }
        assertEquals(
                keys.values().stream()
                        .sorted(Comparator.comparingLong(Key::number).thenComparingLong(Key::rank))
                        .toList(),
                polled);
    }

    @Example
    void refusesWhatItHas() {
        NumberHeap<Node> heap = new NumberHeap<>();
        Node node = new Node(1);
        heap.add(node);
        assertThrows(IllegalArgumentException.class, () -> heap.add(node));
        assertThrows(IllegalArgumentException.class, () -> new NumberHeap<Node>().add(node));
        assertEquals(false, new NumberHeap<Node>().remove(node));
        assertEquals(node, heap.poll());
        assertThrows(NoSuchElementException.class, heap::poll);
    }
}
