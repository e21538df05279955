package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/** Dispatchers above one another, closed in any order, by one thread or two: F8, F9. */
public final class Stacks {
    private Stacks() {}

    /** What is closed, and what was told. */
    private static final class Closings {
        final AtomicInteger told = new AtomicInteger();

        Life.Body of(AutoCloseable dispatcher) {
            return () -> {
                try {
                    dispatcher.close();
                } catch (DispatchException e) {
                    told.incrementAndGet();
                }
            };
        }

        /** Closes them, by one thread or by one each; the lowest first, or in any order. */
        void all(Life life, AutoCloseable... fromTop) throws Exception {
            List<AutoCloseable> order = new ArrayList<>(List.of(fromTop));
            if (life.chance(2)) {
                Collections.reverse(order);
            } else {
                Collections.shuffle(order, new Random(life.upTo(1000)));
            }
            if (life.chance(2)) {
                for (AutoCloseable one : order) {
                    of(one).run();
                }
            } else {
                life.together(order.stream().map(this::of).toArray(Life.Body[]::new));
            }
        }
    }

    /** Three in a row. All that was accepted at the top is handled at the bottom, or a close has told. */
    public static void aChain(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> middle = Merges.small(life);
        ForwardingDispatcher<String> lower = Merges.small(life);
        Receiver<String> a = top.receiver("a");
        Receiver<String> b = middle.receiver("b");
        Receiver<String> c = lower.receiver("c");
        Sender<String> sender = top.sender("s", a);
        Kit.Log log = new Kit.Log(c, true);
        lower.read(c, log);
        middle.link(a, b);
        lower.link(b, c);
        AtomicInteger accepted = new AtomicInteger();
        boolean before = life.chance(2);
        Thread sends = life.go("sends", () -> send(sender, accepted));
        if (before) {
            sends.join();
        }
        Closings closings = new Closings();
        closings.all(life, top, middle, lower);
        sends.join();
        checkEquals(accepted.get() > log.size(), closings.told.get() > 0, told(accepted.get(), log.size(), closings));
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    private static String told(int accepted, int handled, Closings closings) {
        return "told of a loss, with " + accepted + " accepted, " + handled + " handled, " + closings.told + " told";
    }

    private static void send(Sender<String> sender, AtomicInteger accepted) throws Exception {
        try {
            for (int i = 0; i < 4; i++) {
                sender.send("m" + i);
                accepted.incrementAndGet();
            }
        } catch (ClosedException e) {
            // closed from above or from below
        }
    }

    /** Closed from the lowest on, with nothing under way above: nothing is lost, nothing is told. */
    public static void aChainClosedByTryBlocks(Life life) throws Exception {
        AtomicInteger handled = new AtomicInteger();
        int count = 1 + life.upTo(4);
        try (Dispatcher<String> top = Kit.small(life);
                ForwardingDispatcher<String> middle = Merges.small(life);
                ForwardingDispatcher<String> lower = Merges.small(life)) {
            Receiver<String> a = top.receiver("a");
            Receiver<String> b = middle.receiver("b");
            Receiver<String> c = lower.receiver("c");
            lower.read(c, (n, m) -> handled.incrementAndGet());
            middle.link(a, b);
            lower.link(b, c);
            Sender<String> sender = top.sender("s", a);
            for (int i = 0; i < count; i++) {
                sender.send("x");
            }
        }
        checkEquals(count, handled.get(), "handled");
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** A diamond: two ways from the top to one receiver, with and without a stage: in order, twice, and all of it. */
    public static void aDiamond(Life life) throws Exception {
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> merge = Merges.small(life);
        Receiver<String> left = top.receiver("left");
        Receiver<String> right = top.receiver("right");
        Receiver<String> bottom = merge.receiver("bottom");
        Sender<String> all = top.broadcaster("all");
        Sender<String> toLeft = top.sender("to-left", left);
        Kit.Log log = new Kit.Log(bottom, true);
        merge.read(bottom, log);
        merge.link(left, bottom);
        merge.stage(right, (n, m) -> life.chance(2) ? List.of(m) : List.of(m, m), bottom);
        long last = 0;
        for (int i = 0; i < 3; i++) {
            last = life.chance(2) ? all.dispatch("all") : toLeft.dispatch("left");
            if (life.chance(2)) {
                bottom.clock().waitUntil(last);
                check(log.last() >= last, "the clock is ahead of the effect");
            }
        }
        bottom.clock().waitUntil(last);
        check(log.last() >= last, "the clock is ahead of the effect");
        merge.close();
        top.close();
        for (int i = 1; i < log.size(); i++) {
            check(log.numbers.get(i - 1) <= log.numbers.get(i), "in order: " + log.numbers);
        }
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** A diamond that is closed while others send. */
    public static void aDiamondIsClosed(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> one = Merges.small(life);
        ForwardingDispatcher<String> two = Merges.small(life);
        ForwardingDispatcher<String> bottom = Merges.small(life);
        Receiver<String> left = top.receiver("left");
        Receiver<String> right = top.receiver("right");
        Receiver<String> fromOne = one.receiver("from-one");
        Receiver<String> fromTwo = two.receiver("from-two");
        Receiver<String> end = bottom.receiver("end");
        Sender<String> sender = top.sender("s", List.of(left, right));
        Kit.Log log = new Kit.Log(end, true);
        bottom.read(end, log);
        one.link(left, fromOne);
        two.link(right, fromTwo);
        bottom.link(fromOne, end);
        bottom.link(fromTwo, end);
        AtomicInteger accepted = new AtomicInteger();
        Thread sends = life.go("sends", () -> send(sender, accepted));
        Closings closings = new Closings();
        closings.all(life, top, one, two, bottom);
        sends.join();
        int expected = 2 * accepted.get();
        checkEquals(expected > log.size(), closings.told.get() > 0, told(expected, log.size(), closings));
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** A merge that is closed by two threads while its link brings the last message. */
    public static void aMergeClosedTwice(Life life) throws Exception {
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> merge = Merges.tiny();
        Receiver<String> from = top.receiver("from");
        Receiver<String> to = merge.receiver("to");
        Kit.Log log = new Kit.Log(to, true);
        merge.read(to, log);
        merge.link(from, to);
        Sender<String> sender = top.sender("s", from);
        sender.send("x");
        if (life.chance(2)) {
            sender.send("y");
        }
        int sent = life.chance(2) ? 0 : 1;
        if (sent == 1) {
            sender.send("z");
        }
        life.together(merge::close, merge::close);
        top.close();
        checkEquals((int) top.sequence(), log.size(), "handled");
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** G12: a merge is closed in a handler of its own, while a link is blocked: refused, and nothing is closed. */
    public static void aMergeClosedByItsOwnReader(Life life) throws Exception {
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> merge = Merges.tiny();
        Receiver<String> from = top.receiver("from");
        Receiver<String> to = merge.receiver("to");
        AtomicInteger refused = new AtomicInteger();
        merge.read(to, (n, m) -> {
            Kit.expect(IllegalStateException.class, merge::close);
            refused.incrementAndGet();
        });
        merge.link(from, to);
        Sender<String> sender = top.sender("s", from);
        for (int i = 0; i < 3; i++) {
            sender.send("x");
        }
        merge.close();
        top.close();
        checkEquals(3, refused.get(), "refused");
    }
}
