package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** Tiny programs: one step, one wait for it, and then nothing else happens that could make up for a lost wake-up. */
public final class Waits {
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private Waits() {}

    /** G6: threads and futures wait for a clock, and what the handler did is there. */
    public static void forAHandler(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        long[] effect = {0};
        int count = 1 + life.upTo(2);
        dispatcher.read(receiver, (n, m) -> effect[0] = n);
        Life.Body waits = () -> {
            long number = 1 + life.upTo(count);
            switch (life.upTo(4)) {
                case 0 -> receiver.clock().waitUntil(number);
                case 1 ->
                    checkEquals(number, receiver.clock().whenReached(number).get(), "reached");
                case 2 -> check(receiver.clock().waitUntil(number, FOR_EVER), "not reached");
                default -> {
                    while (!receiver.clock().waitUntil(number, life.briefly())) {
                        life.pause();
                    }
                }
            }
            check(effect[0] >= number, "the clock is ahead of the effect");
        };
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < count; i++) {
                sender.send("a");
            }
        });
        life.together(waits, waits);
        sends.join();
    }

    /** The same, where somebody reads by hand, and goes no further than that message. */
    public static void forOneWhoGoesNoFurther(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        int count = 1 + life.upTo(3);
        for (int i = 0; i < count; i++) {
            sender.dispatch("a");
        }
        long number = 1 + life.upTo(count);
        boolean acknowledges = number == count || life.chance(2);
        Thread waits = life.go("waits", () -> receiver.clock().waitUntil(number));
        Thread reads = life.go("reads", () -> {
            for (int i = 0; i < number; i++) {
                receiver.receiveMessage();
            }
            if (acknowledges) {
                receiver.acknowledge();
            } else {
                receiver.receiveMessage(); // which stays in hand
            }
        });
        waits.join();
        reads.join();
    }

    /** G5: a receiver that gets nothing: waits for its clock end with the number. */
    public static void forAnIdleOne(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> idle = dispatcher.receiver("idle");
        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> sender = dispatcher.sender("s", other);
        int way = life.upTo(3);
        Thread waits = life.go("waits", () -> {
            switch (way) {
                case 0 -> idle.clock().waitUntil(1);
                case 1 -> idle.clock().whenReached(1).get();
                default -> idle.receive();
            }
            check(idle.clock().time() >= 1, "the clock");
        });
        if (life.chance(2)) {
            sender.send("a");
        } else {
            sender.dispatch("a");
        }
        waits.join();
    }

    /** Two wait at different numbers, the later one first or last, and one gives up. */
    public static void oneGivesUp(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        dispatcher.read(receiver, (n, m) -> {});
        boolean interrupts = life.chance(2);
        long givenUp = 1 + life.upTo(3);
        long kept = 1 + life.upTo(2);
        Thread gives = life.go("gives", () -> {
            try {
                if (interrupts) {
                    receiver.clock().waitUntil(givenUp);
                } else {
                    receiver.clock().waitUntil(givenUp, life.briefly());
                }
            } catch (InterruptedException e) {
                // that is its end
            }
        });
        Thread waits = life.go("waits", () -> receiver.clock().waitUntil(kept));
        sender.send("a");
        sender.send("b");
        if (interrupts) {
            gives.interrupt();
        }
        waits.join();
        gives.join();
    }

    /** awaitFinished: all that was accepted before is finished by all. */
    public static void untilAllIsFinished(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Sender<String> toOne = dispatcher.sender("to-one", one);
        Sender<String> toAll = dispatcher.broadcaster("to-all");
        int[] handled = {0, 0};
        dispatcher.read(one, (n, m) -> handled[0]++);
        dispatcher.read(two, (n, m) -> handled[1]++);
        boolean another = life.chance(2);
        Thread sends = another ? life.go("sends", () -> toOne.send("by another")) : null;
        toAll.send("a");
        toOne.send("b");
        check(dispatcher.awaitFinished(FOR_EVER), "not finished");
        check(handled[0] >= 2, "one has handled " + handled[0]);
        check(handled[1] >= 1, "two has handled " + handled[1]);
        if (sends != null) {
            sends.join();
        }
    }

    /** The same, where a receiver is given up or a timed dispatch leaves in the midst of it. */
    public static void untilAllIsFinishedOrGivenUp(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> stays = dispatcher.receiver("stays");
        Receiver<String> leaves = dispatcher.receiver("leaves");
        Sender<String> toStays = dispatcher.sender("to-stays", stays);
        Sender<String> toLeaves = dispatcher.sender("to-leaves", leaves);
        int[] handled = {0};
        toStays.send("a");
        toStays.send("b");
        for (int i = life.upTo(3); i > 0; i--) {
            toLeaves.trySend("c");
        }
        Thread waits = life.go("waits", () -> {
            check(dispatcher.awaitFinished(FOR_EVER), "not finished");
            check(handled[0] >= 2, "handled " + handled[0]);
        });
        dispatcher.read(stays, (n, m) -> handled[0]++);
        if (life.chance(2)) {
            toStays.dispatchAsync("d").cancel(false);
        }
        leaves.discard();
        waits.join();
    }

    /** Two dependents of one future; and the future of a number that is there. */
    public static void futures(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        dispatcher.read(receiver, (n, m) -> {});
        CompletableFuture<Long> reached =
                sender.dispatchAsync("a").thenCompose(n -> receiver.clock().whenReached(n));
        Thread[] completes = {null};
        reached.thenAccept(n -> completes[0] = Thread.currentThread()).get();
        check(completes[0] != null && !completes[0].getName().contains("reader-"), "completed by a reader");
        checkEquals(1L, receiver.clock().whenReached(1).get(), "reached");
        CompletableFuture<Long> later = receiver.clock().whenReached(2);
        later.thenAccept(n -> completes[0] = Thread.currentThread());
        sender.send("b");
        later.get();
    }
}
