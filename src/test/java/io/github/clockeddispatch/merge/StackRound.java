package io.github.clockeddispatch.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.merge.Stack.Edge;
import io.github.clockeddispatch.merge.Stack.Node;
import io.github.clockeddispatch.merge.Stack.Parcel;
import io.github.clockeddispatch.testkit.LiveThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/** One round of the {@link StackStressTest}: who runs in it, what goes wrong, and how it ends. */
final class StackRound {

    private enum Plot {
        /** All is read; what was sent has arrived before anything is closed. */
        CALM,
        /** All is read; everything is closed as soon as it was sent. */
        DRAIN,
        /** One branch is never read. */
        STUCK,
        /** A stage, a handler, a forwarder, a merge or the dispatcher fails. */
        FAIL,
        /** All is closed while the writers write, and waits no longer. */
        CUT;

        boolean isWhole() {
            return this == CALM || this == DRAIN;
        }
    }

    private interface Body {
        void run(Random random) throws Exception;
    }

    private static final Duration LONG = Duration.ofSeconds(10);
    private static final int WRITERS = 4;
    private static final int GUESTS = 200;
    private static final Exception CAUSE = new Exception("planned");

    private final Random random;
    private final Plot plot;

    /** How many each writer writes. */
    private final int calls;

    private final Stack stack;

    /** Goes with the counter, and needs no reader. */
    private final LogicalClock pulse;

    /** Those that what goes wrong may touch. */
    private final Set<Node> touched = new HashSet<>();

    private Node unread;
    private Object failing;
    private long failingAt;
    private final boolean guests;
    private final List<Thread> writers = new ArrayList<>();
    private final List<Thread> readers = new ArrayList<>();
    private final List<Thread> others = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private volatile boolean over;
    private volatile boolean closed;

    StackRound(long seed) {
        random = new Random(seed);
        plot = Plot.values()[random.nextInt(Plot.values().length)];
        calls = 25 << random.nextInt(6);
        guests = random.nextInt(3) == 0;
        Duration drain = plot.isWhole() ? LONG.multipliedBy(2) : Duration.ofMillis(random.nextInt(100));
        stack = new Stack(random, WRITERS * calls + 8 * GUESTS, drain);
        Receiver<Parcel> idle = stack.top.receiver("pulse");
        pulse = idle.clock();
        stack.top.sender("none", idle).close(); // it has ended: no broadcast is for it
        cast();
    }

    /** Decides what goes wrong. */
    private void cast() {
        List<Node> leaves = stack.leaves();
        Node leaf = leaves.get(random.nextInt(leaves.size()));
        failingAt = stack.start + 1 + random.nextInt(WRITERS * calls);
        switch (plot) {
            case STUCK -> {
                unread = leaf;
                touch(leaf);
            }
            case FAIL -> {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        failing = leaf;
                        touch(leaf);
                    }
                    case 1 -> {
                        Edge edge = stack.edges.isEmpty() ? null : stack.edges.get(random.nextInt(stack.edges.size()));
                        failing = edge == null || edge.salt == 0 ? leaf : edge;
                        touch(edge == null ? leaf : edge.from);
                        touch(leaf);
                    }
                    case 2 -> {
                        ForwardingDispatcher<Parcel> merge = stack.merges.get(random.nextInt(stack.merges.size()));
                        failing = merge;
                        stack.nodes.stream()
                                .filter(node -> node.merge == merge
                                        || (guests && isAbove(merge, node))) // a guest may lead there
                                .forEach(this::touch);
                    }
                    default -> {
                        failing = stack.top;
                        stack.nodes.forEach(this::touch);
                    }
                }
            }
            case CUT -> stack.nodes.forEach(this::touch);
            default -> {}
        }
    }

    private void touch(Node node) {
        touched.addAll(stack.touching(List.of(node)));
    }

    void run() throws Exception {
        stack.edges.forEach(this::link);
        stack.leaves().stream().filter(leaf -> leaf != unread).forEach(this::read);
        if (random.nextBoolean()) {
            putIn();
        }
        List<List<Desk>> desks = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            desks.add(desks("writer-" + i));
        }
        for (List<Desk> own : desks) {
            writers.add(start("writer", random -> write(own, random)));
        }
        Thread watcher = start("watcher", this::watch);
        others.add(start("interrupter", this::interrupt));
        if (guests) {
            others.add(start("guest", this::visit));
        }
        if (plot == Plot.FAIL) {
            others.add(start("villain", this::fail));
        }
        if (plot == Plot.CUT) {
            pulse.waitUntil(failingAt, Duration.ofMillis(50));
        } else {
            join(writers);
            settle();
        }
        closeAll();
        over = true;
        closed = true;
        join(writers);
        join(List.of(watcher));
        join(others);
        join(readers);
        stack.check(touched, guests);
    }

    /** What must come to rest before all is closed. */
    private void settle() throws Exception {
        over = true;
        join(others);
        if (plot != Plot.DRAIN) {
            long last = stack.top.sequence();
            for (Node node : stack.fed) {
                if (!touched.contains(node) && !node.receiver.clock().waitUntil(last, LONG)) {
                    hangs(node + " does not get to " + last);
                }
            }
        }
    }

    private void closeAll() throws InterruptedException {
        boolean upwards = random.nextBoolean();
        if (!upwards) {
            close("top", stack.top);
        }
        List<ForwardingDispatcher<Parcel>> merges = upwards ? stack.merges.reversed() : stack.merges;
        for (ForwardingDispatcher<Parcel> merge : merges) {
            close(merge.name(), merge);
        }
        if (upwards) {
            close("top", stack.top);
        }
    }

    private void close(String name, AutoCloseable dispatcher) throws InterruptedException {
        Thread closing = start("closes " + name, own -> {
            try {
                dispatcher.close();
            } catch (DispatchException e) {
                told.add(name + ": " + e.getMessage());
                if (plot.isWhole() || (plot == Plot.FAIL && e.getCause() != null && !isExpected(e))) {
                    throw e;
                }
            }
        });
        join(List.of(closing));
    }

    // ---- threads

    private Thread start(String name, Body body) {
        Random own = new Random(random.nextLong());
        return (random.nextBoolean() ? Thread.ofVirtual() : Thread.ofPlatform())
                .name(name)
                .start(() -> {
                    try {
                        body.run(own);
                    } catch (Throwable e) {
                        if (!isExpected(e)) {
                            failure.compareAndSet(null, new AssertionError(name + " has failed: " + e, e));
                        }
                    }
                });
    }

    /** What ends threads that have to do with what goes wrong. */
    private boolean isExpected(Throwable e) {
        return switch (plot) {
            case CUT -> e instanceof ClosedException || e instanceof FailedException;
            case FAIL -> e instanceof ClosedException || isPlanned(e) || isCutOff(e);
            case STUCK -> isCutOff(e);
            default -> false;
        };
    }

    /** A merge above was closed, and could not deliver all. */
    private static boolean isCutOff(Throwable e) {
        return e instanceof FailedException && e.getCause() instanceof ClosedException;
    }

    private static boolean isPlanned(Throwable e) {
        return e == CAUSE || (e.getCause() != null && isPlanned(e.getCause()));
    }

    private void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            if (!thread.join(LONG)) {
                hangs(thread + " does not end");
            }
        }
        if (failure.get() != null) {
            throw new AssertionError(plot + ": " + told, failure.get());
        }
    }

    private void hangs(String what) {
        over = true;
        closed = true;
        System.err.println(LiveThreads.dump());
        throw new AssertionError(plot + ": " + what + "; " + told + "\n" + stack.state());
    }

    // ---- down the stack

    @SuppressWarnings({"unchecked", "rawtypes"})
    private void link(Edge edge) {
        Receiver<Parcel>[] to = edge.to.stream().map(node -> node.receiver).toArray(Receiver[]::new);
        ForwardingDispatcher<Parcel> merge = edge.to.getFirst().merge;
        if (edge.salt == 0) {
            merge.link(edge.from.receiver, to);
        } else {
            merge.stage(edge.from.receiver, (long number, Parcel parcel) -> results(edge, number, parcel), to);
        }
    }

    private List<Parcel> results(Edge edge, long number, Parcel parcel) throws Exception {
        if (edge == failing && number >= failingAt) {
            throw CAUSE;
        }
        return Collections.nCopies(edge.factor(number), parcel);
    }

    private void read(Node leaf) {
        Random own = new Random(random.nextLong());
        Receiver<Parcel> receiver = leaf.receiver;
        switch (random.nextInt(4)) {
            case 0 -> {
                if (leaf.merge == null) {
                    stack.top.read(receiver, (number, parcel) -> apply(leaf, number, parcel, own));
                } else {
                    leaf.merge.read(receiver, (number, parcel) -> apply(leaf, number, parcel, own));
                }
            }
            case 1 ->
                readers.add(start(
                        "reader of " + leaf,
                        r -> receiver.forEachMessage((number, parcel) -> apply(leaf, number, parcel, r))));
            case 2 ->
                readers.add(start(
                        "reader of " + leaf,
                        r -> receiver.forEachBatch(1 + r.nextInt(5), batch -> {
                            for (Message<Parcel> message : batch) {
                                apply(leaf, message.sequence(), message.payload(), r);
                            }
                        })));
            default ->
                readers.add(start("reader of " + leaf, r -> {
                    while (receiver.receive() instanceof io.github.clockeddispatch.Delivery<Parcel> given
                            && !(given instanceof io.github.clockeddispatch.Delivery.End<Parcel>)) {
                        if (given instanceof Message<Parcel> message) {
                            apply(leaf, message.sequence(), message.payload(), r);
                        }
                    }
                }));
        }
    }

    private void apply(Node leaf, long number, Parcel parcel, Random own) throws Exception {
        if (leaf == failing && number >= failingAt) {
            throw CAUSE;
        }
        stack.apply(leaf, number, parcel);
        if (own.nextInt(32) == 0) {
            for (int i = own.nextInt(20_000); i > 0; i--) {
                Thread.onSpinWait();
            }
        }
    }

    // ---- writers

    /** A sender, and what goes through it. */
    private record Desk(Sender<Parcel> sender, Parcel parcel) {}

    /** Three groups, or one receiver each, and all. */
    private List<Desk> desks(String name) {
        List<Node> tops = stack.tops();
        int all = (1 << tops.size()) - 1;
        List<Desk> desks = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int to = 1 + random.nextInt(all);
            List<Receiver<Parcel>> group = tops.stream()
                    .filter(node -> (to >> node.index & 1) != 0)
                    .map(node -> node.receiver)
                    .toList();
            desks.add(new Desk(stack.top.sender(name + "-" + i, group), new Parcel(to, false)));
        }
        desks.add(new Desk(stack.top.broadcaster(name + "-all"), new Parcel(all, true)));
        return desks;
    }

    private void write(List<Desk> desks, Random own) throws Exception {
        for (int i = 0; i < calls; i++) {
            Desk desk = desks.get(own.nextInt(8) == 0 ? 3 : own.nextInt(3));
            dispatch(desk.sender, desk.parcel, own);
        }
        desks.forEach(desk -> desk.sender.close());
    }

    private void dispatch(Sender<Parcel> sender, Parcel parcel, Random own) throws Exception {
        boolean mayHang = plot == Plot.STUCK
                && (parcel.toAll() && guests
                        || stack.tops().stream()
                                .anyMatch(node -> (parcel.to() >> node.index & 1) != 0 && touched.contains(node)));
        try {
            long number =
                    mayHang ? sender.dispatch(parcel, Duration.ofNanos(own.nextInt(300_000))) : sender.dispatch(parcel);
            stack.sent(number, parcel);
        } catch (InterruptedException | TimeoutException e) {
            // it was withdrawn
        } catch (FailedException | ClosedException e) {
            if (!isExpected(e)) {
                throw e;
            }
        }
    }

    // ---- others

    /** A source of its own, which keeps pace with the top, and puts something in now and then. */
    private void putIn() {
        List<Node> merged = stack.nodes.stream().filter(node -> node.level > 0).toList();
        Node at = merged.get(random.nextInt(merged.size()));
        Forwarder<Parcel> forwarder = at.merge.forwarder("put in", at.receiver);
        stack.putInAt.add(at);
        boolean fails = plot == Plot.FAIL && touched.contains(at) && random.nextBoolean();
        others.add(start("put in", own -> {
            long last = stack.start;
            while (!over) {
                try {
                    pulse.waitUntil(last + 1, Duration.ofMillis(1));
                    long now = stack.top.sequence();
                    if (now > last && own.nextBoolean()) {
                        if (forwarder.tryForward(now, new Parcel(0, false))) {
                            stack.putIn.incrementAndGet(stack.slot(now));
                            last = now;
                        }
                    } else if (now > last) {
                        forwarder.advance(now);
                        last = now;
                    }
                    if (fails && last >= failingAt) {
                        forwarder.fail(CAUSE);
                        return;
                    }
                } catch (InterruptedException e) {
                    // it goes on
                }
            }
            forwarder.close();
        }));
    }

    /** Looks at clocks: they never fall, and nothing happens any more at or below them. */
    private void watch(Random own) {
        List<Node> leaves = stack.leaves();
        long[] last = new long[leaves.size()];
        Arrays.fill(last, stack.start);
        while (!closed) {
            int i = own.nextInt(last.length);
            Node leaf = leaves.get(i);
            try {
                long ahead = last[i] + own.nextInt(20);
                long time = own.nextBoolean() && leaf.receiver.clock().waitUntil(ahead, Duration.ofMillis(1))
                        ? ahead
                        : leaf.receiver.clock().time();
                for (int back = 0; back < 5; back++) {
                    stack.see(leaf, time - back);
                }
                long now = leaf.receiver.clock().time();
                assertThat(now).as("clock of %s", leaf).isGreaterThanOrEqualTo(Math.max(last[i], time));
                assertThat(stack.top.sequence()).isGreaterThanOrEqualTo(now);
                last[i] = now;
            } catch (InterruptedException | ClosedException e) {
                // it looks on
            } catch (FailedException e) {
                if (!isExpected(e)) {
                    throw e;
                }
            }
        }
    }

    private void interrupt(Random own) throws InterruptedException {
        while (!over) {
            writers.get(own.nextInt(writers.size())).interrupt();
            pulse.waitUntil(stack.top.sequence() + own.nextInt(30), Duration.ofMillis(2));
        }
    }

    /** Links a new receiver of some level into a lower one, and takes it away again. */
    private void visit(Random own) throws InterruptedException {
        for (int i = 0; i < GUESTS && !over; i++) {
            List<Node> merged =
                    stack.nodes.stream().filter(node -> node.level > 0).toList();
            Node to = merged.get(own.nextInt(merged.size()));
            List<ForwardingDispatcher<Parcel>> above =
                    stack.merges.stream().filter(merge -> isAbove(merge, to)).toList();
            int from = own.nextInt(above.size() + 1);
            Receiver<Parcel> guest = null;
            try {
                guest = from == 0
                        ? stack.top.receiver("guest")
                        : above.get(from - 1).receiver("guest");
                try (Link link = to.merge.link(guest, to.receiver)) {
                    assertThat(link.name()).contains("guest");
                    pulse.waitUntil(stack.top.sequence() + own.nextInt(20), Duration.ofMillis(2));
                }
            } catch (IllegalStateException | ClosedException e) {
                // it had been given something before it was linked, or where it would lead to has ended
            } catch (DispatchException e) {
                if (!isExpected(e)) {
                    throw e;
                }
                return;
            } finally {
                if (guest != null) {
                    guest.discard();
                }
            }
        }
    }

    private boolean isAbove(ForwardingDispatcher<Parcel> merge, Node node) {
        return stack.nodes.stream().anyMatch(other -> other.merge == merge && other.level < node.level);
    }

    private void fail(Random own) throws InterruptedException {
        while (!over && !pulse.waitUntil(failingAt, Duration.ofMillis(5))) {
            // not yet
        }
        if (failing == stack.top) {
            stack.top.fail(CAUSE);
        } else if (failing instanceof ForwardingDispatcher<?> merge) {
            merge.fail(CAUSE);
        }
    }
}
