package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.List;

/** From sender to reader, in all forms: G1 to G8. */
public final class Handover {
    private Handover() {}

    /** G1 to G3: several threads send through several senders; the numbers are dense, and each thread's messages in its order. */
    public static void manySendersOneReceiver(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        List<Sender<String>> senders = List.of(dispatcher.sender("a", receiver), dispatcher.sender("b", receiver));
        Kit.Log log = new Kit.Log(receiver);
        Thread reads = life.go("reads", () -> log.readAll(life));
        int each = 1 + life.upTo(4);
        Life.Body[] bodies = new Life.Body[3];
        for (int t = 0; t < bodies.length; t++) {
            String name = "t" + t + " ";
            Sender<String> sender = senders.get(t % 2);
            bodies[t] = () -> {
                for (int i = 0; i < each; i++) {
                    send(life, sender, name + i);
                }
            };
        }
        life.together(bodies);
        senders.forEach(Sender::close);
        reads.join();
        dispatcher.close();
        checkEquals(3 * each, log.size(), "delivered");
        checkEquals((long) log.size(), log.last(), "the last number");
        for (int t = 0; t < 3; t++) {
            String name = "t" + t + " ";
            List<String> own =
                    log.messages.stream().filter(m -> m.startsWith(name)).toList();
            for (int i = 0; i < each; i++) {
                checkEquals(name + i, own.get(i), "in its sender's order");
            }
        }
    }

    private static void send(Life life, Sender<String> sender, String message) throws Exception {
        switch (life.upTo(6)) {
            case 0 -> check(sender.dispatch(message) > 0, "no number");
            case 1 -> {
                if (!sender.trySend(message)) {
                    sender.send(message);
                }
            }
            case 2 -> {
                if (!sender.send(message, life.briefly())) {
                    sender.send(message);
                }
            }
            case 3 -> check(sender.dispatchAsync(message).get() > 0, "no number");
            default -> sender.send(message);
        }
    }

    /** One slot each, one message, and a reader that waits for it in some way. */
    public static void oneMessage(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Thread reads = life.go("reads", () -> {
            Delivery<String> first = life.chance(2) ? receiver.receive() : receiver.receiveMessage();
            checkEquals(new Delivery.Message<>(1, "a"), first, "given");
        });
        if (life.chance(2)) {
            sender.send("a");
        } else {
            sender.dispatch("a");
        }
        reads.join();
    }

    /** Two messages through one slot, and nothing else: each way of waiting for room. */
    public static void oneMessageMoreThanThereIsRoom(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        int count = 2 + life.upTo(3);
        Thread reads = life.go("reads", () -> {
            Kit.Log log = new Kit.Log(receiver);
            for (int i = 0; i < count; i++) {
                log.given(receiver.receiveMessage());
            }
            checkEquals((long) count, log.last(), "the last number");
        });
        for (int i = 0; i < count; i++) {
            if (life.chance(3)) {
                checkEquals(i + 1L, sender.dispatch("a"), "number");
            } else {
                sender.send("a");
            }
        }
        reads.join();
    }

    /** G8, and what a message to several waits for: one slot each, two receivers, read one after the other. */
    public static void oneMessageToBoth(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        List<Receiver<String>> both = List.of(dispatcher.receiver("p"), dispatcher.receiver("q"));
        Sender<String> sender = life.chance(2) ? dispatcher.sender("s", both) : dispatcher.broadcaster("s");
        int count = 1 + life.upTo(3);
        Life.Body[] reads = new Life.Body[2];
        for (int r = 0; r < 2; r++) {
            Receiver<String> receiver = both.get(r);
            reads[r] = () -> {
                for (int i = 1; i <= count; i++) {
                    checkEquals(new Delivery.Message<>(i, "m" + i), receiver.receiveMessage(), "given");
                }
            };
        }
        Thread sends = life.go("sends", () -> {
            for (int i = 1; i <= count; i++) {
                sender.send("m" + i);
            }
        });
        life.together(reads);
        sends.join();
    }

    /** G7: somebody who does not read holds up nobody whose path he is not on. */
    public static void isolation(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> slow = dispatcher.receiver("slow");
        Receiver<String> quick = dispatcher.receiver("quick");
        Sender<String> toSlow = dispatcher.sender("to-slow", life.chance(2) ? List.of(slow) : List.of(slow, quick));
        Sender<String> toQuick = dispatcher.sender("to-quick", quick);
        Thread blocked = life.go("blocked", () -> {
            for (int i = 0; i < 4; i++) {
                toSlow.send("s" + i);
            }
        });
        Thread reads = life.go("reads", () -> {
            for (int seen = 0; seen < 3; ) {
                if (receiveMessage(quick).startsWith("q")) {
                    seen++;
                }
            }
        });
        for (int i = 0; i < 3; i++) {
            toQuick.send("q" + i);
        }
        reads.join();
        Thread readsOn = life.go("reads-on", () -> new Kit.Log(quick).readOn());
        Thread readsSlow = life.go("reads-slow", () -> {
            for (int i = 0; i < 4; i++) {
                checkEquals("s" + i, receiveMessage(slow), "given");
            }
        });
        blocked.join();
        readsSlow.join();
        toSlow.close();
        toQuick.close();
        readsOn.join();
    }

    /** G7: those who wait for one inbox are served in turn. */
    public static void inTurn(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        List<Sender<String>> senders = new ArrayList<>();
        List<String> expected = new ArrayList<>(List.of("first"));
        for (int s = 0; s < 3; s++) {
            senders.add(dispatcher.sender("s" + s, receiver));
            expected.add("s" + s);
        }
        senders.get(life.upTo(3)).dispatch("first");
        for (Sender<String> sender : senders) {
            sender.send(sender.name());
            life.untilAllWait();
        }
        List<String> given = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            given.add(receiveMessage(receiver));
            if (life.chance(2)) {
                life.untilAllWait();
            }
        }
        checkEquals(expected, given, "in the order in which they began to wait");
    }

    private static String receiveMessage(Receiver<String> receiver) throws InterruptedException {
        return ((Delivery.Message<String>) receiver.receiveMessage()).payload();
    }

    /** G4 to G6: whoever looks at the clock sees it rise, not ahead of the effect, nor of the counter. */
    public static void theClockIsLookedAt(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Sender<String> toOther = dispatcher.sender("o", other);
        long[] effect = {0};
        dispatcher.read(receiver, (n, m) -> effect[0] = n);
        dispatcher.read(other, (n, m) -> {});
        Thread looks = life.go("looks", () -> {
            long before = 0;
            for (int i = 0; i < 8; i++) {
                long time = receiver.clock().time();
                long seen = effect[0];
                check(time >= before, "the clock falls from " + before + " to " + time);
                check(time <= dispatcher.sequence(), "the clock is ahead of the counter");
                check(time == 0 || seen >= lastFor(time), "the clock is at " + time + ", the effect at " + seen);
                before = time;
            }
        });
        // odd numbers are for the receiver, even ones for the other
        for (int i = 0; i < 3; i++) {
            checkEquals(2L * i + 1, sender.dispatch("a"), "number");
            checkEquals(2L * i + 2, toOther.dispatch("b"), "number");
        }
        looks.join();
        dispatcher.close();
        checkEquals(6L, receiver.clock().time(), "the clock in the end");
    }

    private static long lastFor(long time) {
        return time % 2 == 1 ? time : time - 1;
    }

    /** G5: a reader in receive is told of what the others get, and of nothing twice. */
    public static void ticks(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> idle = dispatcher.receiver("idle");
        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> sender = dispatcher.sender("s", other);
        Thread waits = life.go("waits", () -> {
            long told = 0;
            while (told < 2) {
                Delivery<String> delivery = idle.receive();
                check(delivery instanceof Delivery.Tick, "no tick: " + delivery);
                check(delivery.sequence() > told, "told " + delivery + " after " + told);
                told = delivery.sequence();
            }
        });
        sender.send("a");
        sender.send("b");
        waits.join();
    }

    /** A receiver that is handed from one thread to the next. */
    public static void handedOver(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 4; i++) {
                sender.send("a");
            }
            sender.close();
        });
        while (!log.ended) {
            life.together(() -> log.given(receiver.receiveMessage()));
        }
        sends.join();
        checkEquals(4, log.size(), "delivered");
    }

    /** API: batches are finished when their handler has returned, none before; drain handles what is there. */
    public static void batchesAndDrain(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 5; i++) {
                sender.send("a");
            }
            sender.close();
        });
        List<Long> given = new ArrayList<>();
        if (life.chance(2)) {
            receiver.forEachBatch(1 + life.upTo(3), batch -> {
                long before = receiver.clock().time();
                batch.forEach(message -> given.add(message.sequence()));
                check(before < batch.get(0).sequence(), "the clock is ahead of the batch");
                check(receiver.clock().time() < batch.get(0).sequence(), "finished one by one");
            });
        } else {
            int drained;
            do {
                drained = receiver.drain((n, m) -> given.add(n), 1 + life.upTo(3));
                if (drained == 0) {
                    life.pause();
                }
            } while (drained >= 0);
        }
        sends.join();
        checkEquals(List.of(1L, 2L, 3L, 4L, 5L), given, "given");
    }

    /** API: drain handles what is there now, and does not follow a sender that is as quick. */
    public static void drainUnderLoad(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.builder().inboxCapacity(4).open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        for (int i = 0; i < 4; i++) {
            sender.dispatch("a");
        }
        int drained = receiver.drain((n, m) -> sender.dispatch("b"), Integer.MAX_VALUE);
        checkEquals(4, drained, "drained of 4 that were there");
    }
}
