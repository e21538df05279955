package io.github.clockeddispatch.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** A dispatcher, random levels of merges below it, the links between them, and what has arrived where. */
final class Stack {

    /**
     * A message.
     *
     * @param to the receivers at the top that it was sent to, by bits
     * @param toAll whether it was broadcast, so that guests may bring it too
     */
    record Parcel(int to, boolean toAll) {}

    /** A receiver somewhere. */
    static final class Node {
        final int index;
        final int level;
        final Receiver<Parcel> receiver;
        final ForwardingDispatcher<Parcel> merge; // null at the top
        final List<Edge> in = new ArrayList<>();
        boolean isLeaf = true;

        /** How often each number was handled. Plain, on purpose: who has seen the clock must see what the reader has written. */
        final int[] effects;

        long last;

        Node(int index, int level, Receiver<Parcel> receiver, ForwardingDispatcher<Parcel> merge, int slots) {
            this.index = index;
            this.level = level;
            this.receiver = receiver;
            this.merge = merge;
            effects = new int[slots];
        }

        @Override
        public String toString() {
            return receiver.name();
        }
    }

    /** A link or a stage. */
    static final class Edge {
        final Node from;
        final List<Node> to;

        /** 0 for a link; else what decides how many results a message has. */
        final int salt;

        Edge(Node from, List<Node> to, int salt) {
            this.from = from;
            this.to = to;
            this.salt = salt;
        }

        /** How many messages come of one. */
        int factor(long number) {
            return salt == 0 ? 1 : (int) Math.floorMod(number * salt, 3L);
        }
    }

    private record Sight(Node node, int slot, int effects) {}

    final long start;
    final int slots;
    final Dispatcher<Parcel> top;
    final List<ForwardingDispatcher<Parcel>> merges = new ArrayList<>();
    final List<Node> nodes = new ArrayList<>();
    final List<Edge> edges = new ArrayList<>();

    /** Those that something comes to from the top, at least promises. */
    final List<Node> fed = new ArrayList<>();

    /** Whom each number was sent to, by bits, and whether to all; 0 for what is not known. */
    private final AtomicIntegerArray sent;

    /** How often each number was put in at a merge, and where. */
    final AtomicIntegerArray putIn;

    final List<Node> putInAt = new ArrayList<>();
    private final Queue<Sight> sights = new ConcurrentLinkedQueue<>();
    private final AtomicInteger seen = new AtomicInteger();

    Stack(Random random, int slots, Duration drainTimeout) {
        this.slots = slots;
        start = random.nextBoolean() ? 0 : random.nextLong(1L << 40);
        sent = new AtomicIntegerArray(slots);
        putIn = new AtomicIntegerArray(slots);
        top = Dispatcher.builder()
                .name("top")
                .channelCapacity(1 + random.nextInt(2))
                .inboxCapacity(1 + random.nextInt(2))
                .startAfter(start)
                .drainTimeout(drainTimeout)
                .open();
        List<Node> above = new ArrayList<>();
        for (int i = 1 + random.nextInt(4); i >= 0; i--) {
            above.add(node(0, top.receiver("t" + i), null));
        }
        fed.addAll(above);
        for (int level = 1 + random.nextInt(4), i = 1; i <= level; i++) {
            above = level(i, above, random, drainTimeout);
        }
    }

    /** Adds one or two merges, and leads to them most of what is above. */
    private List<Node> level(int level, List<Node> above, Random random, Duration drainTimeout) {
        List<Node> added = new ArrayList<>();
        for (int i = random.nextInt(2); i >= 0; i--) {
            ForwardingDispatcher<Parcel> merge = ForwardingDispatcher.builder()
                    .name("m" + level + "-" + i)
                    .channelCapacity(1 + random.nextInt(2))
                    .startAfter(start)
                    .drainTimeout(drainTimeout)
                    .endWithLastSender(random.nextBoolean())
                    .open();
            merges.add(merge);
            for (int j = random.nextInt(3); j >= 0; j--) {
                added.add(node(level, merge.receiver("r" + level + "-" + i + "-" + j), merge));
            }
        }
        for (Node from : above) {
            if (random.nextInt(5) > 0) {
                Node one = added.get(random.nextInt(added.size()));
                List<Node> to = added.stream()
                        .filter(node -> node == one || (node.merge == one.merge && random.nextInt(4) == 0))
                        .toList();
                edges.add(new Edge(from, to, random.nextBoolean() ? 0 : 1 + random.nextInt(1000)));
            }
        }
        for (Edge edge : edges) {
            if (edge.from.isLeaf) {
                edge.from.isLeaf = false;
                edge.to.forEach(node -> node.in.add(edge));
            }
        }
        // what nothing comes to from the top would hold back all that is below
        fed.addAll(added.stream()
                .filter(node -> edges.stream().anyMatch(edge -> edge.to.getFirst().merge == node.merge))
                .toList());
        return added.stream().filter(fed::contains).toList();
    }

    private Node node(int level, Receiver<Parcel> receiver, ForwardingDispatcher<Parcel> merge) {
        Node node = new Node(nodes.size(), level, receiver, merge, slots);
        nodes.add(node);
        return node;
    }

    List<Node> tops() {
        return nodes.stream().filter(node -> node.level == 0).toList();
    }

    List<Node> leaves() {
        return nodes.stream().filter(node -> node.isLeaf).toList();
    }

    /** All whose progress hangs on one of these: whatever links hold together. */
    Set<Node> touching(List<Node> some) {
        Set<Node> touched = new HashSet<>(some);
        boolean more = true;
        while (more) {
            more = false;
            for (Edge edge : edges) {
                if (touched.contains(edge.from) || edge.to.stream().anyMatch(touched::contains)) {
                    more |= touched.add(edge.from) | touched.addAll(edge.to);
                }
            }
            more |= touched.addAll(nodes.stream()
                    .filter(node -> node.merge != null && node.in.isEmpty()) // goes with the others of its merge
                    .filter(node -> touched.stream().anyMatch(other -> other.merge == node.merge))
                    .toList());
        }
        return touched;
    }

    // ---- what happens

    int slot(long number) {
        return (int) (number - start);
    }

    void sent(long number, Parcel parcel) {
        sent.set(slot(number), parcel.to << 2 | (parcel.toAll ? 3 : 1));
    }

    /** A reader handles a message. */
    void apply(Node node, long number, Parcel parcel) {
        assertThat(number).as("order at %s", node).isGreaterThanOrEqualTo(node.last);
        node.last = number;
        node.effects[slot(number)]++;
    }

    /** What can be seen at a node whose clock has reached a number is all that there will ever be. */
    void see(Node node, long number) {
        int slot = slot(number);
        if (slot > 0 && seen.incrementAndGet() < 100_000) { // the size of such a queue is counted each time
            sights.add(new Sight(node, slot, node.effects[slot]));
        }
    }

    // ---- the laws

    /**
     * Checks them, after all threads have ended.
     *
     * @param cut those where not everything need have arrived
     * @param guests whether there were links for a while
     */
    void check(Set<Node> cut, boolean guests) {
        for (Sight sight : sights) {
            assertThat(sight.node.effects[sight.slot])
                    .as("handled of %s at %s, whose clock had been there before", start + sight.slot, sight.node)
                    .isEqualTo(sight.effects);
        }
        for (int slot = 1; slot < slots; slot++) {
            int known = sent.get(slot);
            int[] expected = expected(slot, known >> 2);
            for (Node leaf : leaves()) {
                int seen = leaf.effects[slot];
                if (!cut.contains(leaf)) {
                    assertThat(seen)
                            .as("lost of %s at %s", start + slot, leaf)
                            .isGreaterThanOrEqualTo(expected[leaf.index]);
                }
                boolean mayComeWithGuests = guests && (known == 0 || (known & 2) != 0);
                if (!mayComeWithGuests) {
                    assertThat(seen)
                            .as("twice of %s at %s", start + slot, leaf)
                            .isLessThanOrEqualTo(expected[leaf.index]);
                }
            }
        }
    }

    /** How often a number comes to each node, by all ways. */
    private int[] expected(int slot, int to) {
        int[] count = new int[nodes.size()];
        for (Node node : nodes) { // those above come first
            if (node.level == 0) {
                count[node.index] = to >> node.index & 1;
            }
            for (Edge edge : node.in) {
                count[node.index] += count[edge.from.index] * edge.factor(start + slot);
            }
            if (putInAt.contains(node)) {
                count[node.index] += putIn.get(slot);
            }
        }
        return count;
    }

    String state() {
        StringBuilder text = new StringBuilder().append(top.snapshot());
        merges.forEach(merge -> text.append("\n").append(merge.snapshot()));
        return text.toString();
    }
}
