package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Stage;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

/** Dispatchers above one another, closed in any order, by one thread or two: F8, F9. */
public final class Stacks {
    private Stacks() {}

    /** Three in a row. All that was accepted at the top is handled at the bottom, or a close has told. */
    public static void aChain(Life life) throws Exception {
        life.longWaitsAreRight();
        aChain(life, life.chance(2), 0, Kit.small(life), Merges.small(life), Merges.small(life));
    }

    /** The same, where time runs out, or the thread that closes is interrupted. */
    public static void aChainInHaste(Life life) throws Exception {
        life.longWaitsAreRight();
        aChain(
                life,
                false,
                4,
                Dispatcher.builder()
                        .channelCapacity(1 + life.upTo(2))
                        .inboxCapacity(1 + life.upTo(2))
                        .drainTimeout(life.briefly())
                        .open(),
                hasty(life),
                hasty(life));
    }

    private static ForwardingDispatcher<String> hasty(Life life) {
        return ForwardingDispatcher.builder()
                .channelCapacity(1 + life.upTo(3))
                .drainTimeout(life.chance(2) ? Duration.ofSeconds(10) : life.briefly())
                .open();
    }

    private static void aChain(
            Life life,
            boolean before,
            int interrupted,
            Dispatcher<String> top,
            ForwardingDispatcher<String> middle,
            ForwardingDispatcher<String> lower)
            throws Exception {
        Receiver<String> a = top.receiver("a");
        Receiver<String> b = middle.receiver("b");
        Receiver<String> c = lower.receiver("c");
        Sender<String> sender = top.sender("s", a);
        Kit.Log log = new Kit.Log(c, true);
        lower.read(c, log);
        link(life, middle, a, b);
        link(life, lower, b, c);
        AtomicInteger accepted = new AtomicInteger();
        Thread sends = life.go("sends", () -> send(sender, accepted));
        if (before) {
            sends.join();
        }
        Closers closings = new Closers(interrupted);
        closings.all(life, top, middle, lower);
        sends.join();
        closings.check(accepted.get(), log.size(), before);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** F8, G13: something fails above while the lowest is closed: whoever reads there is told, or has been given all of it. */
    public static void aFailureAboveAClose(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> middle = Merges.small(life);
        ForwardingDispatcher<String> lower = Merges.small(life);
        Receiver<String> a = top.receiver("a");
        Receiver<String> b = middle.receiver("b");
        Receiver<String> c = lower.receiver("c");
        RuntimeException purpose = new IllegalArgumentException("on purpose");
        int count = 1 + life.upTo(2);
        int failing = life.upTo(3);
        Stage<String, String> stage = (number, message) -> {
            if (number == count) {
                throw purpose;
            }
            return List.of(message);
        };
        if (failing == 1) {
            middle.stage(a, stage, b);
        } else {
            link(life, middle, a, b);
        }
        if (failing == 2) {
            lower.stage(b, stage, c);
        } else {
            link(life, lower, b, c);
        }
        int[] given = {0};
        Thread reads = life.go("reads", () -> {
            try {
                c.forEachMessage((number, message) -> given[0]++);
                checkEquals(count, given[0], "given before the end");
            } catch (FailedException e) {
                check(e.getCause() == purpose, "another cause: " + e.getCause());
            }
        });
        Sender<String> sender = top.sender("s", a);
        for (int i = 0; i < count; i++) {
            if (!Kit.unlessFailed(() -> sender.send("x"))) {
                break;
            }
        }
        if (failing == 0) {
            life.together(
                    () -> a.fail(purpose), () -> new Closers(0).of(life, lower).run());
        } else {
            new Closers(0).of(life, lower).run();
        }
        reads.join();
        new Closers(0).all(life, top, middle);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    private static void link(
            Life life, ForwardingDispatcher<String> merge, Receiver<String> from, Receiver<String> to) {
        if (life.chance(3)) {
            merge.stage(from, (n, m) -> List.of(m), to);
        } else {
            merge.link(from, to);
        }
    }

    private static void send(Sender<String> sender, AtomicInteger accepted) throws Exception {
        try {
            for (int i = 0; i < 4; i++) {
                sender.send("m" + i);
                accepted.incrementAndGet();
            }
        } catch (ClosedException | FailedException e) {
            // closed from above or from below; or failed below, where a merge was closed with a loss
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
        Kit.Log log = new Kit.Log(end, true);
        bottom.read(end, log);
        one.link(left, fromOne);
        two.link(right, fromTwo);
        bottom.link(fromOne, end);
        bottom.link(fromTwo, end);
        AtomicInteger accepted = new AtomicInteger();
        boolean toBoth = life.chance(3);
        List<Thread> sends = new ArrayList<>();
        for (List<Receiver<String>> to :
                toBoth ? List.of(List.of(left, right)) : List.of(List.of(left), List.of(right))) {
            Sender<String> sender = top.sender("to-" + to, to);
            sends.add(life.go("sends", () -> send(sender, accepted)));
        }
        boolean before = toBoth || life.chance(2); // later on, one of the two may get what the other does not
        if (before) {
            join(sends);
        }
        Closers closings = new Closers(0);
        closings.all(life, top, one, two, bottom);
        join(sends);
        closings.check(toBoth ? 2 * accepted.get() : accepted.get(), log.size(), before);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /**
     * G4, F9: two ways from one top to one receiver, both at work while all is closed. No clock passes what was lost, and
     * nobody who waits for a number is told that it was read where it was not.
     */
    public static void noClockPassesWhatIsLost(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> middle = Merges.small(life);
        ForwardingDispatcher<String> lower = hasty(life);
        Receiver<String> end = lower.receiver("end");
        Set<Long> read = ConcurrentHashMap.newKeySet();
        lower.read(end, (number, message) -> read.add(number));
        Set<Long> dispatched = ConcurrentHashMap.newKeySet();
        List<Thread> threads = new ArrayList<>();
        for (String way : List.of("left", "right")) {
            Receiver<String> from = top.receiver(way);
            Receiver<String> between = life.chance(3) ? middle.receiver(way) : null;
            if (between != null) {
                link(life, middle, from, between);
            }
            Receiver<String> last = between == null ? from : between;
            if (between == null && life.chance(3)) {
                Forwarder<String> byHand = lower.forwarder("by-hand-" + way, end);
                threads.add(life.go(
                        "by-hand-" + way,
                        () -> Kit.unlessStopped(() -> {
                            try (byHand) {
                                last.forEachMessage(byHand::forward);
                            }
                        })));
            } else {
                link(life, lower, last, end);
            }
            Sender<String> sender = top.sender(way, from);
            threads.add(life.go(
                    "sends",
                    () -> Kit.unlessStopped(() -> {
                        for (int i = 0; i < 2; i++) {
                            long number = sender.dispatch("x");
                            dispatched.add(number);
                            end.clock().waitUntil(number);
                            check(
                                    read.contains(number),
                                    "told that " + number + " has been read, though only " + read + " were");
                        }
                    })));
        }
        new Closers(0).all(life, top, middle, lower);
        join(threads);
        long time = end.clock().time();
        dispatched.removeAll(read);
        for (long lost : dispatched) {
            check(time < lost, "the clock is at " + time + ", though " + lost + " was lost");
        }
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Closed while another receiver of the top is not read, and its sender is stuck: that is not waited for. */
    public static void besideOneThatIsStuck(Life life) throws Exception {
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> merge = Merges.small(life);
        Receiver<String> from = top.receiver("from");
        Receiver<String> aside = top.receiver("aside");
        Receiver<String> to = merge.receiver("to");
        Kit.Log log = new Kit.Log(to, true);
        merge.read(to, log);
        merge.link(from, to);
        Sender<String> sender = top.sender("s", from);
        Sender<String> stuck = top.sender("stuck", aside);
        life.together(() -> sender.send("x"), () -> {
            for (int i = 0; i < 4; i++) {
                stuck.trySend("y");
            }
        });
        merge.close();
        aside.discard();
        top.close();
        checkEquals(1, log.size(), "handled");
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

    /** F5, F9: a merge is closed with a loss while the one below goes on: that gives all that was promised, and then fails. */
    public static void whatWasPromisedIsGivenBelowALoss(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Kit.small(life);
        ForwardingDispatcher<String> middle = hasty(life);
        ForwardingDispatcher<String> lower = Merges.small(life);
        Receiver<String> a = top.receiver("a");
        Receiver<String> b = middle.receiver("b");
        Receiver<String> c = lower.receiver("c");
        link(life, middle, a, b);
        link(life, lower, b, c);
        Sender<String> sender = top.sender("s", a);
        Kit.Log log = new Kit.Log(c, true);
        AtomicInteger accepted = new AtomicInteger();
        Thread sends = life.go("sends", () -> send(sender, accepted));
        Thread reads = life.go("reads", () -> Kit.unlessStopped(() -> log.readAll(life)));
        Closers closings = new Closers(0);
        closings.of(life, middle).run();
        sends.join();
        reads.join();
        List<Long> promised =
                LongStream.rangeClosed(1, b.clock().time()).boxed().toList();
        check(
                log.numbers.size() >= promised.size() && promised.equals(log.numbers.subList(0, promised.size())),
                "promised " + promised + ", given " + log.numbers + ", " + closings.texts);
        closings.of(life, lower).run();
        closings.of(life, top).run();
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }
}
