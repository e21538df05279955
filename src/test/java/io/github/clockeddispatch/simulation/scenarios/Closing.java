package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** G12: closing is bounded and honest. */
public final class Closing {
    private Closing() {}

    /** What was accepted is delivered; no thread is left behind. */
    public static void whileOthersSend(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        AtomicInteger accepted = new AtomicInteger();
        Life.Body sends = () -> Kit.unlessClosed(() -> {
            for (int i = 0; i < 3; i++) {
                if (life.chance(3)) {
                    sender.dispatch("a");
                } else {
                    sender.send("a");
                }
                accepted.incrementAndGet();
            }
        });
        Thread others = life.go("others", () -> life.together(sends, sends));
        dispatcher.close();
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        others.join();
        checkEquals(accepted.get(), log.size(), "delivered of what was accepted");
    }

    /** The smallest: a message, or none, a reader, and close. */
    public static void aReaderAndOneMessage(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger handled = new AtomicInteger();
        int messages = life.upTo(3);
        Thread reads = life.chance(2) ? dispatcher.read(receiver, (n, m) -> handled.incrementAndGet()) : null;
        Thread readsByHand = reads != null
                ? null
                : life.go("hand", () -> receiver.forEachMessage((n, m) -> handled.incrementAndGet()));
        for (int i = 0; i < messages; i++) {
            sender.send("a");
        }
        dispatcher.close();
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        if (readsByHand != null) {
            readsByHand.join();
        }
        checkEquals(messages, handled.get(), "handled");
        checkEquals((long) messages, receiver.clock().time(), "the clock");
    }

    /** Two threads close: both return when it is closed; and threads that come late do not outlive it. */
    public static void twice(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        dispatcher.read(receiver, (n, m) -> {});
        sender.send("a");
        Life.Body closes = () -> {
            dispatcher.close();
            checkEquals(1L, receiver.clock().time(), "the clock when it is closed");
        };
        life.together(closes, closes, () -> Kit.unlessClosed(() -> dispatcher.broadcaster("late")));
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** A future is waited for, or a dispatch is under way, while it is closed: told the number, or that it is closed. */
    public static void futures(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        Kit.Log log = new Kit.Log(receiver);
        dispatcher.read(receiver, log);
        AtomicInteger numbered = new AtomicInteger();
        AtomicBoolean reached = new AtomicBoolean();
        Thread async = life.go(
                "async",
                () -> Kit.unlessClosed(() -> {
                    for (int i = 0; i < 3; i++) {
                        CompletableFuture<Long> future = sender.dispatchAsync("a");
                        var unused = future.thenAccept(n -> numbered.incrementAndGet());
                    }
                }));
        CompletableFuture<Long> reaches = receiver.clock().whenReached(3);
        var unused = reaches.whenComplete((n, e) -> reached.set(true));
        dispatcher.close();
        async.join();
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        checkEquals(numbered.get(), log.size(), "delivered of what was numbered");
        check(reached.get(), "nobody told the future");
    }

    /** Called by an own reader it is refused, nothing is closed; and the outer close is told of nothing. */
    public static void byAnOwnReader(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger refused = new AtomicInteger();
        dispatcher.read(receiver, (n, m) -> {
            Kit.expect(IllegalStateException.class, dispatcher::close);
            refused.incrementAndGet();
        });
        sender.send("a");
        if (life.chance(2)) {
            sender.send("b");
        }
        receiver.clock().waitUntil(1);
        sender.send("c");
        dispatcher.close();
        checkEquals((int) dispatcher.sequence(), refused.get(), "refused");
    }

    /** Nobody reads: what did not get into the inbox is told, what did stays readable, in the end comes End. */
    public static void nobodyReads(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        AtomicInteger accepted = new AtomicInteger();
        Thread sends = life.go(
                "sends",
                () -> Kit.unlessClosed(() -> {
                    for (int i = 0; i < 5; i++) {
                        sender.send("a");
                        accepted.incrementAndGet();
                    }
                }));
        boolean told = false;
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            told = true;
        }
        sends.join();
        Kit.Log log = new Kit.Log(receiver);
        log.readOn();
        checkEquals(accepted.get() > log.size(), told, "told of " + (accepted.get() - log.size()) + " lost");
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** A handler that does not return is interrupted, and that is told. */
    public static void aReaderThatSleeps(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .drainTimeout(Duration.ofMillis(1 + life.upTo(3)))
                .open();
        Receiver<String> receiver = dispatcher.receiver("r");
        Receiver<String> never = dispatcher.receiver("never");
        Sender<String> sender = dispatcher.sender("s", receiver);
        dispatcher.sender("n", never);
        dispatcher.read(receiver, (n, m) -> new java.util.concurrent.CountDownLatch(1).await());
        sender.dispatch("a");
        Kit.expect(DispatchException.class, dispatcher::close);
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
        checkEquals(0L, receiver.clock().time(), "the clock");
    }

    /** An interrupt ends the waiting at once, and is set again. */
    public static void interrupted(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.tiny();
        Receiver<String> receiver = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", receiver);
        sender.send("a");
        sender.send("b");
        boolean[] still = {false};
        Thread closes = life.go("closes", () -> {
            try {
                dispatcher.close();
            } catch (DispatchException e) {
                // nobody reads
            }
            still[0] = Thread.currentThread().isInterrupted();
        });
        closes.interrupt();
        closes.join();
        check(still[0], "the interrupt was not set again");
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** An interrupt of close while it joins the thread of a future, whose dependent goes on for as long as it likes. */
    public static void interruptedBehindADependent(Life life) throws Exception {
        life.longWaitsAreRight();
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        dispatcher.sender("s", receiver);
        java.util.concurrent.CountDownLatch go = new java.util.concurrent.CountDownLatch(1);
        var unused = receiver.clock().whenReached(1).whenComplete((n, e) -> {
            try {
                go.await();
            } catch (InterruptedException i) {
                // it ends
            }
        });
        long began = System.nanoTime();
        Thread closes = life.go("closes", () -> {
            try {
                dispatcher.close();
            } catch (DispatchException e) {
                // a thread was interrupted
            }
        });
        closes.interrupt();
        closes.join();
        go.countDown();
        check(System.nanoTime() - began < 4_000_000_000L, "it waited although it was interrupted");
    }

    /** It throws the first failure of an own reader, and nothing that was accepted elsewhere is lost. */
    public static void anOwnReaderFails(Life life) throws Exception {
        Dispatcher<String> dispatcher = Kit.small(life);
        Receiver<String> bad = dispatcher.receiver("bad");
        Receiver<String> good = dispatcher.receiver("good");
        Sender<String> toBad = dispatcher.sender("b", bad);
        Sender<String> toGood = dispatcher.sender("g", good);
        Kit.Log log = new Kit.Log(good);
        dispatcher.read(bad, (n, m) -> {
            throw new IllegalArgumentException("on purpose");
        });
        dispatcher.read(good, log);
        toBad.send("a");
        toGood.send("a");
        toGood.send("b");
        Kit.expect(FailedException.class, dispatcher::close);
        checkEquals(2, log.size(), "delivered");
        checkEquals(List.of(), life.threadsOfOthers(), "alive after close");
    }

    /** Who waits in any call while it is closed is told, one at a time, and nothing else happens. */
    public static void oneWait(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> receiver = dispatcher.receiver("r");
        dispatcher.sender("s", receiver);
        int way = life.upTo(4);
        Thread waits = life.go("waits", () -> {
            switch (way) {
                case 0 -> receiver.receiveMessage();
                case 1 -> receiver.receive();
                case 2 ->
                    Kit.expect(ClosedException.class, () -> receiver.clock().waitUntil(1));
                default -> {
                    Kit.Log log = new Kit.Log(receiver);
                    log.readAll(life);
                }
            }
        });
        dispatcher.close();
        waits.join();
    }
}
