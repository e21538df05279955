package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.concurrent.atomic.AtomicBoolean;

/** Who joins while something else is going on: G9, G11, G17. */
public final class Opening {
    private Opening() {}

    /** G11: a broadcaster is opened while the last sender leaves. After End there is no message, and no clock stays behind. */
    public static void broadcasterMeetsTheLastSender(Life life) throws Exception {
        try (Dispatcher<String> dispatcher =
                Dispatcher.builder().inboxCapacity(2).open()) {
            Receiver<String> receiver = dispatcher.receiver("r");
            Sender<String> last = dispatcher.sender("last", receiver);
            Thread leaves = life.go("leaves", () -> {
                last.send("a");
                last.close();
            });
            Thread opens = life.go("opens", () -> {
                try (Sender<String> all = dispatcher.broadcaster("all")) {
                    all.send("b");
                }
            });
            boolean ended = false;
            for (int i = 0; i < 4; i++) {
                Delivery<String> delivery = receiver.receive();
                check(!ended || delivery instanceof Delivery.End, "after End: " + delivery);
                ended |= delivery instanceof Delivery.End;
            }
            leaves.join();
            opens.join();
        }
    }

    /** The same, and nobody reads: what is accepted goes on, and close ends. */
    public static void broadcastersComeAndGo(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        Life.Body visit = () -> {
            for (int i = 0; i < 2; i++) {
                try (Sender<String> all =
                        dispatcher.broadcaster("all-" + Thread.currentThread().threadId())) {
                    all.dispatch("a");
                }
            }
        };
        life.together(visit, visit);
        dispatcher.close();
        checkEquals(4L, dispatcher.sequence(), "the counter");
        check(log.size() <= 4, "given more than was sent: " + log.messages);
    }

    /** G9: a receiver that joins at j is given all that comes after j, and nothing else. */
    public static void aReceiverJoins(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Sender<String> all = dispatcher.broadcaster("all");
        int before = life.upTo(2);
        int count = before + 1 + life.upTo(3);
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < count; i++) {
                all.send("m" + i);
            }
        });
        Receiver<String> receiver = dispatcher.receiver("r");
        long joinedAt = receiver.joinedAt();
        check(receiver.clock().time() >= joinedAt, "the clock is below " + joinedAt);
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        sends.join();
        dispatcher.close();
        checkEquals((int) (count - joinedAt), log.size(), "given of " + count + " from " + joinedAt + " on");
        for (int i = 0; i < log.size(); i++) {
            checkEquals(joinedAt + 1 + i, log.numbers.get(i), "number");
        }
    }

    /** G11, G12: a sender is opened while the dispatcher is closed: refused whole, or its message is delivered. */
    public static void aSenderMeetsClose(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        AtomicBoolean sent = new AtomicBoolean();
        Thread opens = life.go(
                "opens",
                () -> sent.set(Kit.unlessClosed(() -> {
                    Sender<String> sender =
                            life.chance(2) ? dispatcher.sender("s", receiver) : dispatcher.broadcaster("s");
                    sender.send("a");
                })));
        dispatcher.close();
        opens.join();
        checkEquals(sent.get() ? 1 : 0, log.size(), "delivered");
    }

    /** G12: a receiver joins while the dispatcher is closed, and is read. */
    public static void aReceiverMeetsClose(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Thread joins = life.go(
                "joins",
                () -> Kit.unlessClosed(() -> {
                    Receiver<String> receiver = dispatcher.receiver("r");
                    check(receiver.receive() instanceof Delivery.End, "no End");
                }));
        Thread reads = life.go(
                "reads",
                () -> Kit.unlessClosed(() ->
                        dispatcher.read(dispatcher.receiver("q"), (n, m) -> {}).join()));
        dispatcher.close();
        joins.join();
        reads.join();
    }

    /** G11: a sender is opened while the last one leaves: it is refused, or it reaches the receiver before its End. */
    public static void aSenderMeetsTheLastSender(Life life) throws Exception {
        try (Dispatcher<String> dispatcher = Kit.small(life)) {
            Receiver<String> receiver = dispatcher.receiver("r");
            Sender<String> last = dispatcher.sender("last", receiver);
            AtomicBoolean sent = new AtomicBoolean();
            Thread leaves = life.go("leaves", last::close);
            Thread opens = life.go(
                    "opens",
                    () -> sent.set(Kit.unlessClosed(() -> {
                        try (Sender<String> sender = dispatcher.sender("s", receiver)) {
                            sender.dispatch("a");
                        }
                    })));
            Kit.Log log = new Kit.Log(receiver);
            log.readOn();
            leaves.join();
            opens.join();
            checkEquals(sent.get() ? 1 : 0, log.size(), "delivered");
        }
    }

    /** G10, G17: a name is free as soon as its sender is closed, and as soon as its receiver is given up. */
    public static void namesAreFreeAgain(Life life) throws Exception {
        try (Dispatcher<String> dispatcher = Kit.small(life)) {
            Kit.expect(IllegalArgumentException.class, () -> dispatcher.receiver("r", 0));
            life.together(
                    () -> {
                        for (int i = 0; i < 2; i++) {
                            dispatcher.receiver("r").discard();
                        }
                    },
                    () -> {
                        for (int i = 0; i < 2; i++) {
                            dispatcher.broadcaster("s").close();
                        }
                    });
        }
    }

    /** G11: with the setting, only close ends receivers. */
    public static void endOnlyByClose(Life life) throws Exception {
        Dispatcher<String> dispatcher =
                Dispatcher.builder().endWithLastSender(false).open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Kit.Log log = new Kit.Log(receiver);
        Thread reads = life.go("reads", () -> log.readAll(life));
        for (int i = 0; i < 2; i++) {
            try (Sender<String> sender = dispatcher.sender("s", receiver)) {
                sender.send("a");
            } catch (ClosedException e) {
                throw new AssertionError("it has ended", e);
            }
        }
        dispatcher.close();
        reads.join();
        checkEquals(2, log.size(), "delivered");
    }
}
