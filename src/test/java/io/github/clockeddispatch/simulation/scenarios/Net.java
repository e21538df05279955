package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A dispatcher and merges below it, linked in any shape: chains, forks, diamonds, with stages and without. What arrives at the receivers
 * that lead nowhere is held against what was accepted at the top.
 */
final class Net {

    /** A receiver, and what it leads to: a link to some below, or a reader. */
    private static final class Node {
        final String name;
        final Receiver<String> receiver;
        final int level;
        final List<Node> below = new ArrayList<>();

        /** Whether its link is a stage with no, one or two results for a message. */
        boolean multiplies;

        Link link;

        /** How often each number was read. */
        final Map<Long, AtomicInteger> read = new ConcurrentHashMap<>();

        Node(String name, Receiver<String> receiver, int level) {
            this.name = name;
            this.receiver = receiver;
            this.level = level;
        }

        void got(long number) {
            read.computeIfAbsent(number, n -> new AtomicInteger()).incrementAndGet();
        }

        int count(long number) {
            AtomicInteger count = read.get(number);
            return count == null ? 0 : count.get();
        }

        int results(long number) {
            return multiplies ? (int) (number % 3) : 1;
        }

        /**
         * How often a message that was just accepted here is to be read where, at least. What leads to several need not bring it to one
         * that has been given up.
         */
        Map<Node, Integer> expected(long number) throws InterruptedException {
            Map<Node, Integer> expected = new HashMap<>();
            expect(number, 1, expected);
            return expected;
        }

        private void expect(long number, int times, Map<Node, Integer> expected) throws InterruptedException {
            if (below.isEmpty()) {
                expected.merge(this, times, Integer::sum);
            } else if (times * results(number) > 0) {
                for (Node node : below) {
                    if (below.size() == 1 || !node.hasStopped()) {
                        node.expect(number, times * results(number), expected);
                    }
                }
            }
        }

        private boolean hasStopped() throws InterruptedException {
            try {
                receiver.clock().waitUntil(Long.MAX_VALUE - 1, Duration.ZERO);
                return false;
            } catch (ClosedException | FailedException e) {
                return true;
            }
        }

        @Override
        public String toString() {
            return name
                    + (multiplies ? " -stage-> " : " -> ")
                    + below.stream().map(node -> node.name).toList();
        }
    }

    private record Accepted(long number, Node at, Map<Node, Integer> expected) {}

    private final Life life;
    private final boolean inHaste;
    private final Dispatcher<String> top;
    private final List<ForwardingDispatcher<String>> merges = new ArrayList<>();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Node> tops = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final List<Accepted> accepted = Collections.synchronizedList(new ArrayList<>());
    private final Closers closers;

    /**
     * Opens a net with so many merges below each other.
     *
     * @param inHaste whether time may run out as they are closed
     * @param interrupted one of how many is closed by a thread that is interrupted; 0 for none
     */
    Net(Life life, int depth, boolean inHaste, int interrupted) {
        this.closers = new Closers(interrupted);
        this.life = life;
        this.inHaste = inHaste;
        this.top = Dispatcher.builder()
                .name("top")
                .channelCapacity(1 + life.upTo(2))
                .inboxCapacity(1 + life.upTo(2))
                .drainTimeout(drainTimeout())
                .open();
        for (int i = 0; i < 2; i++) {
            tops.add(new Node("t" + i, top.receiver("t" + i), 0));
        }
        nodes.addAll(tops);
        List<Node> free = new ArrayList<>(tops);
        for (int level = 1; level <= depth; level++) {
            addMerge(level, level == depth, free);
        }
        free.forEach(this::read);
    }

    private Duration drainTimeout() {
        return inHaste && life.chance(2) ? life.briefly() : Duration.ofSeconds(10);
    }

    private void addMerge(int level, boolean isLast, List<Node> free) {
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                .name("m" + level)
                .channelCapacity(1 + life.upTo(3))
                .drainTimeout(drainTimeout())
                .open();
        merges.add(merge);
        List<Node> here = new ArrayList<>();
        for (int i = 0; i < 1 + life.upTo(2); i++) {
            here.add(new Node("m" + level + "." + i, merge.receiver("r" + i), level));
        }
        List<Node> reached = new ArrayList<>();
        for (Node from : List.copyOf(free)) {
            if (isLast || reached.isEmpty() || !life.chance(3)) { // else it leads further down, past this one
                free.remove(from);
                from.below.addAll(life.chance(4) ? here : List.of(here.get(life.upTo(here.size()))));
                reached.addAll(from.below);
                link(merge, from);
            }
        }
        here.retainAll(reached);
        nodes.addAll(here);
        free.addAll(here);
    }

    @SuppressWarnings("unchecked") // generic array
    private void link(ForwardingDispatcher<String> merge, Node from) {
        Receiver<String>[] to = from.below.stream().map(node -> node.receiver).toArray(Receiver[]::new);
        int kind = life.upTo(3);
        from.multiplies = kind == 2;
        from.link = kind == 0
                ? merge.link(from.receiver, to)
                : merge.stage(from.receiver, (n, m) -> Collections.nCopies(from.results(n), m), to);
    }

    private void read(Node node) {
        if (node.level == 0) {
            top.read(node.receiver, (n, m) -> node.got(n));
        } else {
            merges.get(node.level - 1).read(node.receiver, (n, m) -> node.got(n));
        }
    }

    // ---- what is done to it

    /**
     * Sends two messages to each receiver of the top.
     *
     * @param waits whether it is waited until each has been read, and looked whether it was
     * @param before whether all of that is done before this returns
     */
    void send(boolean waits, boolean before) throws InterruptedException {
        List<Thread> sending = new ArrayList<>();
        for (Node at : tops) {
            Sender<String> sender = top.sender(at.name, at.receiver);
            sending.add(life.go(
                    "sends",
                    () -> Kit.unlessStopped(() -> {
                        for (int i = 0; i < 2; i++) {
                            long number = sender.dispatch("x");
                            var one = new Accepted(number, at, at.expected(number));
                            accepted.add(one);
                            if (waits) {
                                awaitRead(one);
                            }
                        }
                    })));
        }
        threads.addAll(sending);
        if (before) {
            join(sending);
        }
    }

    private void awaitRead(Accepted one) throws Exception {
        long number = one.number;
        for (var expected : one.expected.entrySet()) {
            Node node = expected.getKey();
            boolean reached = true;
            try {
                node.receiver.clock().waitUntil(number);
            } catch (ClosedException | FailedException e) {
                reached = false;
            }
            int count = node.count(number);
            check(
                    !reached || count >= expected.getValue(),
                    "told that " + number + " was read at " + node.name + ", but " + count + " of "
                            + expected.getValue() + " were; " + this);
        }
    }

    /** Waits until all that was accepted has been read. */
    void awaitAllRead() {
        for (Accepted one : List.copyOf(accepted)) {
            try {
                awaitRead(one);
                for (Node node : one.expected.keySet()) {
                    node.receiver.clock().waitUntil(one.number);
                }
            } catch (Exception e) {
                throw new AssertionError("nothing was lost, but " + one.number + " is not read; " + this, e);
            }
        }
    }

    /** Does it while others go on. */
    void beside(Life.Body body) {
        threads.add(life.go("beside", () -> {
            if (life.chance(2)) {
                life.pause();
            }
            body.run();
        }));
    }

    /** A receiver that leads to others. */
    Receiver<String> anyAbove() {
        List<Node> above = nodes.stream().filter(node -> !node.below.isEmpty()).toList();
        return above.get(life.upTo(above.size())).receiver;
    }

    Link anyLink() {
        List<Node> above = nodes.stream().filter(node -> node.link != null).toList();
        return above.get(life.upTo(above.size())).link;
    }

    ForwardingDispatcher<String> anyMerge() {
        return merges.get(life.upTo(merges.size()));
    }

    /** All of them, from the top on. */
    List<AutoCloseable> all() {
        List<AutoCloseable> all = new ArrayList<>(List.of(top));
        all.addAll(merges);
        return all;
    }

    /** From the top on, or from below that, as many as chance has it. */
    List<AutoCloseable> someFromTop() {
        int count = 1 + life.upTo(merges.size());
        return all().subList(count > 1 && life.chance(2) ? 1 : 0, count);
    }

    void close(List<AutoCloseable> which) throws Exception {
        closers.all(life, which.toArray(AutoCloseable[]::new));
    }

    // ---- what must be so

    /** The texts of all closes that threw. */
    List<String> told() {
        return closers.texts;
    }

    /** Once all are closed: no clock has passed what was lost, and no thread is left. Returns how many readings are missing. */
    int checkEnd() throws InterruptedException {
        join(threads);
        int missing = 0;
        for (Accepted one : accepted) {
            for (var expected : one.expected.entrySet()) {
                Node node = expected.getKey();
                int left = Math.max(0, expected.getValue() - node.count(one.number));
                missing += left;
                long time = node.receiver.clock().time();
                check(
                        left == 0 || time < one.number,
                        "the clock of " + node.name + " is at " + time + ", though " + one.number + " of " + one.at.name
                                + " was lost; " + this);
            }
        }
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        return missing;
    }

    /** F9, G12: what is missing was told by one close, and how much. */
    void checkTold(int missing) {
        check(missing == 0 || !told().isEmpty(), missing + " missing, and nothing told; " + this);
        boolean eachIsOne = nodes.stream().allMatch(node -> node.below.size() <= 1 && !node.multiplies);
        if (eachIsOne && !closers.isInexact) {
            checkEquals(missing, closers.lost.get(), "how many are told; " + this);
        }
    }

    /** Nobody has failed where nothing was told. */
    void checkNoneFailed() {
        if (told().isEmpty()) {
            merges.forEach(merge -> merge.snapshot()
                    .receivers()
                    .forEach(receiver -> check(
                            receiver.state() != Snapshot.ReceiverState.State.FAILED,
                            receiver + " has failed, and nothing told; " + this)));
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public String toString() {
        return nodes + ", told " + told();
    }
}
