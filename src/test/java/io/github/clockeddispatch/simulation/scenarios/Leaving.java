package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Senders that are closed, receivers that are given up: G10, G11. */
public final class Leaving {
    private Leaving() {}

    /** G10: what a sender had accepted is delivered, then comes End. */
    public static void aSenderIsClosed(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        AtomicInteger accepted = new AtomicInteger();
        Life.Body sends = () -> Kit.unlessClosed(() -> {
            for (int i = 0; i < 3; i++) {
                sender.send("a");
                accepted.incrementAndGet();
            }
        });
        life.together(sends, sends, sender::close, () -> log.readAll(life));
        checkEquals(accepted.get(), log.size(), "delivered of what was accepted");
        checkEquals(receiver.clock().time(), dispatcher.sequence(), "the clock after End");
    }

    /** The smallest: one message, a close, and a reader that waits for both. */
    public static void oneMessageThenEnd(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = life.chance(2) ? dispatcher.sender("s", receiver) : dispatcher.broadcaster("s");
        Thread reads = life.go("reads", () -> {
            checkEquals(new Delivery.Message<>(1, "a"), receiver.receiveMessage(), "given");
            checkEquals(new Delivery.End<>(1), receiver.receiveMessage(), "given");
        });
        sender.send("a");
        sender.close();
        reads.join();
    }

    /**
     * The smallest: a message is taken and finished, without the lock, while its receiver is given up: the clock stops below
     * it, or has passed it.
     */
    public static void oneMessageFinishedAndAStop(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        dispatcher.sender("s", receiver).dispatch("a");
        Thread stops = life.go("stops", receiver::discard);
        boolean finished = Kit.unlessClosed(() -> {
            receiver.tryReceive();
            receiver.acknowledge();
        });
        long seen = receiver.clock().time();
        stops.join();
        checkEquals(finished ? 1L : 0L, receiver.clock().time(), "the clock, where finished is " + finished);
        checkEquals(seen, receiver.clock().time(), "the clock, which stood there before");
    }

    /** G10: a receiver is given up while others send: each accepted message was given or is counted, and nobody sleeps on. */
    public static void aReceiverIsGivenUp(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger accepted = new AtomicInteger();
        Kit.Log log = new Kit.Log(receiver);
        Life.Body sends = () -> Kit.unlessClosed(() -> {
            for (int i = 0; i < 4; i++) {
                sender.send("a");
                accepted.incrementAndGet();
            }
        });
        int take = life.upTo(3);
        Thread others = life.go("others", () -> life.together(sends, sends));
        Thread waits =
                life.go("waits", () -> Kit.unlessClosed(() -> receiver.clock().waitUntil(8)));
        Thread reads = life.go(
                "reads",
                () -> Kit.unlessClosed(() -> {
                    for (int i = 0; i < take; i++) {
                        log.given(receiver.receiveMessage());
                    }
                }));
        if (life.chance(2)) {
            reads.join();
        }
        receiver.discard();
        long stopped = receiver.clock().time();
        reads.join();
        others.join();
        waits.join();
        Kit.expect(ClosedException.class, () -> sender.send("late"));
        Kit.expect(ClosedException.class, () -> receiver.receive());
        checkEquals(stopped, receiver.clock().time(), "the clock has stopped");
        checkEquals(
                (long) accepted.get(), log.size() + receiver.discarded(), "given or discarded of what was accepted");
        dispatcher.close();
    }

    /** G10: who waits for a slot, or for a number, of a receiver that is given up is told. One wait, and nothing else. */
    public static void oneWaitForAReceiverThatIsGivenUp(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        int way = life.upTo(5);
        Thread waits = life.go(
                "waits",
                () -> Kit.expect(ClosedException.class, () -> {
                    switch (way) {
                        case 0 -> receiver.receiveMessage();
                        case 1 -> receiver.receive();
                        case 2 -> receiver.clock().waitUntil(5);
                        case 3 -> {
                            for (int i = 0; i < 6; i++) {
                                sender.send("a");
                            }
                        }
                        default -> {
                            for (int i = 0; i < 6; i++) {
                                sender.dispatch("a");
                            }
                        }
                    }
                }));
        receiver.discard();
        waits.join();
    }

    /** G8: a member is given up: the others go on, as if it had not been there. */
    public static void aMemberIsGivenUp(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> stays = dispatcher.receiver("stays");
        Receiver<String> leaves = dispatcher.receiver("leaves");
        Sender<String> sender = dispatcher.sender("s", List.of(stays, leaves));
        Kit.Log log = new Kit.Log(stays);
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 4; i++) {
                sender.send("m" + i);
            }
            sender.close();
        });
        Thread reads = life.go("reads", log::readOn);
        leaves.discard();
        sends.join();
        reads.join();
        checkEquals(List.of("m0", "m1", "m2", "m3"), log.messages, "delivered");
        dispatcher.close();
    }

    /** G11: two senders leave, and the reader waits for its End alone. */
    public static void theLastOfTwoSenders(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> one = dispatcher.sender("one", receiver);
        Sender<String> two = life.chance(2) ? dispatcher.sender("two", receiver) : dispatcher.broadcaster("two");
        boolean sends = life.chance(2);
        Thread reads = life.go("reads", () -> {
            Kit.Log log = new Kit.Log(receiver);
            log.readOn();
            checkEquals(sends ? 1 : 0, log.size(), "delivered");
        });
        life.together(one::close, () -> {
            if (sends) {
                two.send("a");
            }
            two.close();
        });
        reads.join();
        check(receiver.receive() instanceof Delivery.End, "no End");
    }
}
