package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Messages to several, and what they wait for: G7, G8. */
public final class Groups {
    private Groups() {}

    /** Two receivers with one slot each, a sender to each and one to both. */
    private static final class Two {
        final Dispatcher<String> dispatcher = Kit.tiny();
        final Receiver<String> p = dispatcher.receiver("p");
        final Receiver<String> q = dispatcher.receiver("q");
        final Sender<String> toP = dispatcher.sender("to-p", p);
        final Sender<String> toQ = dispatcher.sender("to-q", q);
        final Sender<String> both;

        Two(Life life) {
            both = life.chance(2) ? dispatcher.sender("both", List.of(p, q)) : dispatcher.broadcaster("both");
        }
    }

    private static String take(Receiver<String> receiver) throws InterruptedException {
        return ((Delivery.Message<String>) receiver.receiveMessage()).payload();
    }

    /** G8: it goes in once each inbox has had a slot, though never both at once. */
    public static void oneSlotAfterTheOther(Life life) throws Exception {
        Two two = new Two(life);
        two.toP.dispatch("p1");
        two.toQ.dispatch("q1");
        CompletableFuture<Long> waits = two.both.dispatchAsync("both");
        life.untilAllWait();
        check(!waits.isDone(), "it went in without room");
        CompletableFuture<Long> nextP = two.toP.dispatchAsync("p2"); // takes the slot that becomes free
        life.untilAllWait();
        checkEquals("p1", take(two.p), "given");
        life.untilAllWait();
        check(!waits.isDone(), "it went in without room at q");
        checkEquals("q1", take(two.q), "given");
        waits.join();
        nextP.join();
        checkEquals("both", take(two.q), "given");
    }

    /** G7, G8: while it waits for one, it takes no slot at the other. */
    public static void itKeepsNoSlot(Life life) throws Exception {
        Two two = new Two(life);
        two.toQ.dispatch("q1");
        CompletableFuture<Long> waits = two.both.dispatchAsync("both");
        if (life.chance(2)) {
            life.untilAllWait();
        }
        for (int i = 0; i < 3; i++) {
            two.toP.dispatch("p" + i);
            checkEquals("p" + i, take(two.p), "given");
        }
        check(!waits.isDone(), "it went in without room");
        checkEquals("q1", take(two.q), "given");
        waits.join();
        checkEquals("both", take(two.p), "given");
        checkEquals("both", take(two.q), "given");
    }

    /** G8: what comes after one that was withdrawn has not waited for what that one has waited for. */
    public static void theNextWaitsForItself(Life life) throws Exception {
        Two two = new Two(life);
        two.toP.dispatch("p1");
        two.toQ.dispatch("q1");
        CompletableFuture<Long> withdrawn = two.both.dispatchAsync("withdrawn");
        CompletableFuture<Long> nextQ = two.toQ.dispatchAsync("q2");
        life.untilAllWait();
        checkEquals("q1", take(two.q), "given");
        nextQ.join(); // q is full again, and has had a slot
        life.untilAllWait();
        check(withdrawn.cancel(false), "it went in without room at p");
        CompletableFuture<Long> next = two.both.dispatchAsync("next");
        life.untilAllWait();
        checkEquals("p1", take(two.p), "given");
        life.untilAllWait();
        check(!next.isDone(), "it went in without room at q");
        checkEquals("q2", take(two.q), "given");
        next.join();
    }

    /** Several groups at once, all of it read: each receiver is given all, in one order. */
    public static void several(Life life) throws Exception {
        Two two = new Two(life);
        Sender<String> second = two.dispatcher.sender("second", List.of(two.q, two.p));
        Kit.Log atP = new Kit.Log(two.p);
        Kit.Log atQ = new Kit.Log(two.q);
        int each = 1 + life.upTo(3);
        life.together(
                () -> {
                    life.together(
                            send(two.both, "a", each),
                            send(second, "b", each),
                            send(two.toP, "p", each),
                            send(two.toQ, "q", each));
                    two.dispatcher.close();
                },
                () -> atP.readAll(life),
                () -> atQ.readAll(life));
        checkEquals(3 * each, atP.size(), "given to p");
        checkEquals(3 * each, atQ.size(), "given to q");
        checkEquals(common(atP), common(atQ), "in one order");
    }

    private static List<String> common(Kit.Log log) {
        return log.messages.stream()
                .filter(m -> m.startsWith("a") || m.startsWith("b"))
                .toList();
    }

    private static Life.Body send(Sender<String> sender, String name, int count) {
        return () -> {
            for (int i = 0; i < count; i++) {
                sender.send(name + i);
            }
        };
    }
}
