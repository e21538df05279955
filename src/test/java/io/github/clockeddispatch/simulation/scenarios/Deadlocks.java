package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.concurrent.atomic.AtomicInteger;

/** G15: deadlocks of untimed waits are told to one thread of them; and nothing else is taken for one. */
public final class Deadlocks {
    private Deadlocks() {}

    /** One's own unfinished message: at once. */
    public static void ofOneself(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger told = new AtomicInteger();
        dispatcher.read(receiver, (n, m) -> {
            Kit.expect(IllegalStateException.class, () -> receiver.clock().waitUntil(n));
            told.incrementAndGet();
        });
        sender.send("a");
        receiver.clock().waitUntil(1);
        checkEquals(1, told.get(), "told");
    }

    /** Two readers, each waits for the other's clock at its own number: one of them is told, and both go on. */
    public static void ofTwoReaders(Life life) throws Exception {
        if (life.chance(2)) {
            life.anyTimeoutMayEnd();
        }
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Sender<String> all = dispatcher.broadcaster("all");
        AtomicInteger told = new AtomicInteger();
        dispatcher.read(one, (n, m) -> waitFor(two, n, told));
        dispatcher.read(two, (n, m) -> waitFor(one, n, told));
        all.send("a");
        one.clock().waitUntil(1);
        two.clock().waitUntil(1);
        checkEquals(1, told.get(), "told");
    }

    private static void waitFor(Receiver<String> receiver, long number, AtomicInteger told) throws Exception {
        try {
            receiver.clock().waitUntil(number);
        } catch (IllegalStateException e) {
            told.incrementAndGet();
        }
    }

    /** A reader that sends to itself, by a full channel: it is told, and goes on. */
    public static void ofAFullInbox(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger told = new AtomicInteger();
        boolean dispatches = life.chance(2);
        dispatcher.read(receiver, (n, m) -> {
            if (n == 1) {
                try {
                    for (int i = 0; i < 6; i++) {
                        if (dispatches) {
                            sender.dispatch("b");
                        } else {
                            sender.send("b");
                        }
                    }
                } catch (IllegalStateException e) {
                    told.incrementAndGet();
                }
            }
        });
        sender.send("a");
        receiver.clock().waitUntil(1);
        checkEquals(1, told.get(), "told");
    }

    /** Two handlers, each of which sends into the other one's full inbox: one of them is refused, and all is finished. */
    public static void ofTwoFullInboxes(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Sender<String> toOne = dispatcher.sender("to-one", one);
        Sender<String> toTwo = dispatcher.sender("to-two", two);
        AtomicInteger told = new AtomicInteger();
        dispatcher.read(one, (n, m) -> flood(m, toTwo, told));
        dispatcher.read(two, (n, m) -> flood(m, toOne, told));
        toOne.send("flood");
        toTwo.send("flood");
        one.clock().waitUntil(1);
        two.clock().waitUntil(1);
        check(dispatcher.awaitFinished(java.time.Duration.ofSeconds(Long.MAX_VALUE)), "not finished");
    }

    private static void flood(String message, Sender<String> sender, AtomicInteger told) throws Exception {
        if (message.equals("flood")) {
            try {
                for (int i = 0; i < 6; i++) {
                    sender.send("drop");
                }
            } catch (IllegalStateException e) {
                told.incrementAndGet();
            }
        }
    }

    /** Readers that wait, in the handler of n, for each other's clocks at n - 1: no false alarm, whenever the watch looks. */
    public static void noneOfReadersThatWaitForTheNumberBefore(Life life) throws Exception {
        life.anyTimeoutMayEnd();
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Sender<String> all = dispatcher.broadcaster("all");
        Sender<String> toOne = dispatcher.sender("to-one", one);
        dispatcher.read(one, (n, m) -> two.clock().waitUntil(n - 1));
        dispatcher.read(two, (n, m) -> one.clock().waitUntil(n - 1));
        for (int i = 0; i < 3; i++) {
            if (life.chance(3)) {
                toOne.send("a");
            } else {
                all.send("a");
            }
        }
        check(dispatcher.awaitFinished(java.time.Duration.ofSeconds(Long.MAX_VALUE)), "not finished");
    }

    /** A receiver that changing threads read by hand: who waits for its clock is in no deadlock. */
    public static void noneWhereAnotherCanRead(Life life) throws Exception {
        life.anyTimeoutMayEnd();
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        sender.send("a");
        receiver.receiveMessage();
        receiver.acknowledge();
        Thread reads = life.go("reads", () -> {
            for (int i = 0; i < 2; i++) {
                check(receiver.receiveMessage() instanceof Delivery.Message, "no message");
            }
            receiver.acknowledge();
        });
        long number = sender.dispatch("b");
        if (life.chance(2)) {
            receiver.clock().waitUntil(number);
        }
        receiver.clock().waitUntil(sender.dispatch("c"));
        reads.join();
    }

    /** A handler that waits for what a second sender does, which waits for room that another reader makes. */
    public static void noneInACascade(Life life) throws Exception {
        life.anyTimeoutMayEnd();
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> upper = dispatcher.receiver("upper");
        Receiver<String> lower = dispatcher.receiver("lower");
        Sender<String> toUpper = dispatcher.sender("to-upper", upper);
        Sender<String> toLower = dispatcher.sender("to-lower", lower);
        AtomicInteger handled = new AtomicInteger();
        dispatcher.read(lower, (n, m) -> handled.incrementAndGet());
        dispatcher.read(upper, (n, m) -> {
            toLower.send("x");
            if (life.chance(2)) {
                lower.clock().waitUntil(toLower.dispatch("y"));
            }
        });
        for (int i = 0; i < 3; i++) {
            toUpper.send("a");
        }
        check(dispatcher.awaitFinished(java.time.Duration.ofSeconds(Long.MAX_VALUE)), "not finished");
        check(dispatcher.awaitFinished(java.time.Duration.ofSeconds(Long.MAX_VALUE)), "not finished");
        check(handled.get() >= 3, "handled " + handled.get());
    }

    /** Two threads in reading methods at once: one is refused, nothing is lost. */
    public static void twoReaders(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger given = new AtomicInteger();
        Life.Body reads = () -> {
            boolean ended = false;
            while (!ended) {
                try {
                    Delivery<String> delivery = receiver.receiveMessage();
                    ended = delivery instanceof Delivery.End;
                    given.addAndGet(ended ? 0 : 1);
                } catch (IllegalStateException e) {
                    life.pause();
                }
            }
        };
        Thread two = life.go("two", () -> life.together(reads, reads));
        for (int i = 0; i < 3; i++) {
            sender.send("a");
        }
        sender.close();
        two.join();
        checkEquals(3, given.get(), "given");
    }
}
