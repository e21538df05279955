package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One dispatcher above, one merge below, and what runs between them: F8. */
public final class Linking {
    private Linking() {}

    /** The two, with one receiver each, and a sender. */
    private static final class Pair {
        final Dispatcher<String> top;
        final Receiver<String> from;
        final Receiver<String> aside;
        final Sender<String> sender;
        final Sender<String> senderAside;
        final ForwardingDispatcher<String> merge = Merges.tiny();
        final Receiver<String> to = merge.receiver("to");

        Pair(Life life) {
            top = Kit.small(life);
            from = top.receiver("from");
            aside = top.receiver("aside");
            sender = top.sender("s", from);
            senderAside = top.sender("a", aside);
        }

        Link link() {
            return merge.link(from, to);
        }
    }

    /** A message, or a number that is for another, and one that waits below, in some way; nothing else. */
    public static void oneStepOneWait(Life life) throws Exception {
        Pair pair = new Pair(life);
        pair.link();
        boolean carried = life.chance(2);
        int way = life.upTo(carried ? 4 : 3);
        long[] effect = {0};
        if (way != 1 && way != 3) {
            pair.merge.read(pair.to, (n, m) -> effect[0] = n);
        }
        Thread waits = life.go("waits", () -> {
            switch (way) {
                case 0 -> pair.to.clock().waitUntil(1);
                case 1 -> checkEquals(1L, pair.to.receive().sequence(), "told");
                case 2 -> pair.to.clock().whenReached(1).get();
                default -> checkEquals(new Delivery.Message<>(1, "x"), pair.to.receiveMessage(), "given");
            }
            check(way == 1 || way == 3 || !carried || effect[0] == 1, "the clock is ahead of the effect");
        });
        if (carried) {
            pair.sender.send("x");
        } else {
            pair.senderAside.send("y");
        }
        waits.join();
    }

    /** All is brought, in order, and a number from the top can be waited for below. */
    public static void allIsBrought(Life life) throws Exception {
        Pair pair = new Pair(life);
        Kit.Log log = new Kit.Log(pair.to, true);
        pair.merge.read(pair.to, log);
        boolean staged = life.chance(2);
        if (staged) {
            pair.merge.stage(pair.from, (n, m) -> List.of(m, m), pair.to);
        } else {
            pair.link();
        }
        pair.top.read(pair.aside, (n, m) -> {});
        int each = 1 + life.upTo(3);
        life.together(
                () -> {
                    for (int i = 0; i < each; i++) {
                        long number = pair.sender.dispatch("m" + i);
                        pair.to.clock().waitUntil(number);
                        check(log.numbers.contains(number), "the clock is ahead of the effect");
                    }
                },
                () -> {
                    for (int i = 0; i < each; i++) {
                        pair.senderAside.send("aside");
                        pair.to.clock().waitUntil(pair.senderAside.dispatch("aside"));
                    }
                });
        pair.top.close();
        pair.merge.close();
        checkEquals(staged ? 2 * each : each, log.size(), "brought");
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** A link and a forwarder beside it: neither overtakes the other. */
    public static void besideAForwarder(Life life) throws Exception {
        Pair pair = new Pair(life);
        Kit.Log log = new Kit.Log(pair.to, true);
        Forwarder<String> beside = pair.merge.forwarder("beside", pair.to);
        pair.link();
        pair.top.read(pair.aside, (n, m) -> {});
        Thread reads = life.go("reads", () -> log.readAll(life));
        life.together(
                () -> {
                    pair.sender.send("x");
                    pair.senderAside.send("y");
                    pair.sender.send("x");
                    pair.top.close();
                },
                () -> {
                    beside.forward(2, "z");
                    beside.close();
                });
        pair.merge.close();
        reads.join();
        checkEquals(3, log.size(), "brought");
    }

    /** A receiver below fails or a stage throws: what is above is told; above fails: below is told. */
    public static void failing(Life life) throws Exception {
        Pair pair = new Pair(life);
        RuntimeException purpose = new IllegalArgumentException("on purpose");
        int way = life.upTo(4);
        life.onStuck(() -> "the way of failing is " + way);
        if (way == 3) {
            pair.merge.stage(
                    pair.from,
                    (n, m) -> {
                        throw purpose;
                    },
                    pair.to);
        } else {
            pair.link();
        }
        Thread below = life.go("below", () -> {
            FailedException told =
                    Kit.expect(FailedException.class, () -> pair.to.clock().waitUntil(50));
            check(told.getCause() == purpose, "another cause: " + told.getCause());
        });
        Thread above = life.go("above", () -> {
            FailedException told = Kit.expect(FailedException.class, () -> {
                for (int i = 0; i < 20; i++) {
                    pair.sender.send("x");
                }
            });
            check(told.getCause() == purpose, "another cause: " + told.getCause());
        });
        switch (way) {
            case 0 -> pair.to.fail(purpose);
            case 1 -> pair.from.fail(purpose);
            case 2 -> pair.top.fail(purpose);
            default -> life.pause();
        }
        below.join();
        above.join();
    }

    /** One failure, or one that gives up, with an idle link between it and one that waits; nothing else. */
    public static void oneFailureOneWait(Life life) throws Exception {
        Pair pair = new Pair(life);
        Receiver<String> sibling = pair.merge.receiver("sibling");
        RuntimeException purpose = new IllegalArgumentException("on purpose");
        Link link = pair.merge.link(pair.from, pair.to, sibling);
        int way = life.upTo(4);
        boolean waitsAbove = way == 3 || life.chance(2);
        Thread waits = life.go("waits", () -> {
            Receiver<String> receiver = waitsAbove ? pair.from : sibling;
            Class<? extends RuntimeException> told = way == 3 ? ClosedException.class : FailedException.class;
            if (waitsAbove || life.chance(2)) {
                Kit.expect(told, () -> receiver.clock().waitUntil(9));
            } else {
                Kit.expect(told, () -> receiver.receiveMessage());
            }
        });
        if (life.chance(2)) {
            life.untilAllWait();
        }
        switch (way) {
            case 0 -> pair.to.fail(purpose);
            case 1 -> pair.from.fail(purpose);
            case 2 -> pair.top.fail(purpose);
            default -> link.close();
        }
        waits.join();
    }

    /** Link.close gives up what is above, without waiting; what had been accepted below is given. */
    public static void aLinkIsClosed(Life life) throws Exception {
        Pair pair = new Pair(life);
        Link link = pair.link();
        Kit.Log log = new Kit.Log(pair.to, true);
        Thread sends = life.go(
                "sends",
                () -> Kit.unlessClosed(() -> {
                    for (int i = 0; i < 6; i++) {
                        pair.sender.send("x");
                    }
                }));
        Thread reads = life.go("reads", log::readOn);
        link.close();
        sends.join();
        reads.join();
        Kit.expect(ClosedException.class, () -> pair.sender.send("late"));
        pair.merge.close();
        pair.top.close();
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** F8: the clock stays the promise after End, until the upper dispatcher is closed. */
    public static void afterTheEndAbove(Life life) throws Exception {
        Pair pair = new Pair(life);
        pair.link();
        pair.merge.read(pair.to, (n, m) -> {});
        pair.sender.send("x");
        pair.sender.close();
        Thread waits = life.go("waits", () -> pair.to.clock().waitUntil(2));
        pair.senderAside.send("y");
        waits.join();
    }

    /** A link is made while messages are under way, and where the merge stands already. */
    public static void aLinkIsMadeLate(Life life) throws Exception {
        Pair pair = new Pair(life);
        Kit.Log log = new Kit.Log(pair.to, true);
        pair.merge.read(pair.to, log);
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 3; i++) {
                pair.sender.send("x");
            }
        });
        pair.link();
        sends.join();
        pair.to.clock().waitUntil(3);
        checkEquals(3, log.size(), "brought");
    }

    /** A link to two, one of which is given up: the other goes on. */
    public static void oneOfTwoIsGivenUp(Life life) throws Exception {
        Pair pair = new Pair(life);
        Receiver<String> stays = pair.merge.receiver("stays");
        pair.merge.link(pair.from, pair.to, stays);
        Kit.Log log = new Kit.Log(stays, true);
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 4; i++) {
                pair.sender.send("x");
            }
            pair.top.close();
        });
        Thread reads = life.go("reads", log::readOn);
        pair.to.discard();
        sends.join();
        reads.join();
        checkEquals(4, log.size(), "brought");
        try {
            pair.merge.close();
        } catch (DispatchException e) {
            throw new AssertionError("nothing was lost", e);
        }
    }

    /** G16: somebody waits for a clock that an unread message holds, while a link has promised as much elsewhere: nothing spins. */
    public static void awaitedBesideAnUnreadMessage(Life life) throws Exception {
        Pair pair = new Pair(life);
        Receiver<String> unread = pair.merge.receiver("unread");
        pair.link();
        pair.merge.read(pair.to, (n, m) -> {});
        Forwarder<String> beside = pair.merge.forwarder("beside", unread);
        beside.forward(1, "x");
        beside.close();
        pair.top.read(pair.aside, (n, m) -> {});
        for (int i = 0; i < 3; i++) {
            pair.senderAside.send("y");
        }
        long awaited = 1 + life.upTo(3);
        Thread waits = life.go("waits", () -> unread.clock().waitUntil(awaited));
        if (life.chance(2)) {
            life.untilAllWait();
        }
        checkEquals(new Delivery.Message<>(1, "x"), unread.receiveMessage(), "given");
        unread.acknowledge();
        waits.join();
    }

    /** Two links, one to two receivers, end in several ways at once: nobody waits for ever, and no thread is left. */
    public static void endInAllWays(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> top = Dispatcher.builder()
                .inboxCapacity(2)
                .endWithLastSender(life.chance(2))
                .open();
        Receiver<String> from = top.receiver("from");
        Receiver<String> other = top.receiver("other");
        Sender<String> sender = top.broadcaster("s");
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
                .channelCapacity(1 + life.upTo(3))
                .endWithLastSender(life.chance(2))
                .drainTimeout(life.chance(2) ? Duration.ofMillis(1) : Duration.ofSeconds(5))
                .open();
        Receiver<String> one = merge.receiver("one");
        Receiver<String> two = merge.receiver("two");
        int throwsAt = life.upTo(4);
        Link link = life.chance(2)
                ? merge.link(from, one)
                : merge.stage(
                        from,
                        (n, m) -> {
                            if (n == throwsAt) {
                                throw new IllegalArgumentException("on purpose");
                            }
                            return List.of(m, m);
                        },
                        one);
        Link both = merge.link(other, one, two);
        RuntimeException purpose = new IllegalStateException("on purpose");
        List<Life.Body> ways = new ArrayList<>(List.of(
                link::close,
                both::close,
                () -> Kit.closeAnyhow(merge),
                () -> Kit.closeAnyhow(top),
                from::discard,
                one::discard,
                two::discard,
                () -> one.fail(purpose),
                () -> other.fail(purpose),
                () -> merge.fail(purpose),
                () -> top.fail(purpose),
                sender::close,
                () -> Kit.unlessStopped(() -> merge.awaitFinished(Duration.ofMillis(20)))));
        List<Life.Body> all = new ArrayList<>();
        all.add(() -> Kit.unlessStopped(() -> {
            for (int i = 0; i < 3; i++) {
                sender.send("x", Duration.ofMillis(50));
            }
        }));
        for (Receiver<String> receiver : List.of(one, two)) {
            all.add(() -> Kit.unlessStopped(() -> new Kit.Log(receiver, true).readAll(life)));
        }
        for (int left = 2 + life.upTo(3); left > 0; left--) {
            all.add(ways.remove(life.upTo(ways.size())));
        }
        List<AutoCloseable> order = life.chance(2) ? List.of(merge, top) : List.of(top, merge);
        all.add(() -> {
            life.pause();
            sender.close();
            Kit.closeAnyhow(order.get(0));
            Kit.closeAnyhow(order.get(1));
        });
        life.together(all.toArray(Life.Body[]::new));
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }
}
