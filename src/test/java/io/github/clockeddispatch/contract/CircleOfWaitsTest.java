package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

/** Waits without a limit of time that close a circle are refused, and the circle is named. */
@DisplayName("G15 circles of waits")
class CircleOfWaitsTest {

    /**
     * Gives a message to each of so many readers, "reader of r0" and so on, each of which then waits for the next one's
     * receiver.
     *
     * @return what those that were refused were told
     */
    private static List<String> refusals(Setup setup, int count, Wait wait) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        List<Receiver<String>> receivers = IntStream.range(0, count)
                .mapToObj(i -> dispatcher.receiver("r" + i))
                .toList();
        CyclicBarrier allInHand = new CyclicBarrier(count);
        List<String> refusals = Collections.synchronizedList(new ArrayList<>());
        List<Running<Void>> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Receiver<String> own = receivers.get(i);
            Receiver<String> next = receivers.get((i + 1) % count);
            dispatcher.sender("to " + own.name(), own).dispatch("m");
            threads.add(setup.run("reader of " + own.name(), () -> {
                own.receiveMessage();
                allInHand.await(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                try {
                    wait.on(next, count);
                } catch (IllegalStateException e) {
                    refusals.add(e.getMessage());
                } finally {
                    own.acknowledge();
                }
            }));
        }
        threads.forEach(Running::result);
        return refusals;
    }

    @FunctionalInterface
    private interface Wait {
        void on(Receiver<String> next, long number) throws Exception;
    }

    @ContractTest
    @DisplayName("G15 two readers that wait for each other: one is told, with both in the text, and then both go on")
    void g15TwoReaders(Setup setup) throws InterruptedException {
        assertOne(2, refusals(setup, 2, (next, number) -> next.clock().waitUntil(number)));
    }

    @ContractTest
    @DisplayName("G15 so it is among five")
    void g15FiveReaders(Setup setup) throws InterruptedException {
        assertOne(5, refusals(setup, 5, (next, number) -> next.clock().waitUntil(number)));
    }

    private static void assertOne(int readers, List<String> refusals) {
        assertEquals(1, refusals.size(), refusals.toString());
        for (int i = 0; i < readers; i++) {
            String text = refusals.getFirst();
            assertTrue(text.contains("reader of r" + i) && text.contains("\"r" + i + "\""), text);
        }
    }

    @ContractTest
    @DisplayName("G15 a wait with a limit of time breaks the circle by itself")
    void g15ATimedWaitIsNotRefused(Setup setup) throws InterruptedException {
        List<String> refusals = refusals(setup, 2, (next, number) -> {
            if (next.name().equals("r0")) {
                next.clock().waitUntil(number);
            } else {
                assertFalse(next.clock().waitUntil(number, Duration.ofMillis(20)));
            }
        });
        assertEquals(List.of(), refusals);
    }

    @ContractTest
    @DisplayName("G15 a snapshot tells who waits for whom, for what number and for how long, also with a limit of time")
    void g15ASnapshotTellsWhoWaits(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("sender", r);
        sender.dispatch("m");
        var inHand = setup.gate();
        Running<Void> reader = setup.run("reader", () -> r.forEachMessage((number, message) -> inHand.pass()));
        inHand.awaitArrival();
        Running<Boolean> waiter = setup.call("waiter", () -> r.clock().waitUntil(1, Await.BOUND));
        waiter.awaitBlocked();

        Snapshot.Wait wait = dispatcher.snapshot().waits().getFirst();
        assertTrue(wait.thread().contains("waiter"), wait.toString());
        assertEquals("number 1 of the clock of receiver \"r\"", wait.waitsFor());
        assertEquals(1, wait.number());
        assertTrue(wait.on().getFirst().contains("reader"), wait.toString());
        assertTrue(wait.timed() && wait.since().isPositive(), wait.toString());
        inHand.open();
        assertTrue(waiter.result());
        assertEquals(List.of(), dispatcher.snapshot().waits());
        sender.close();
        reader.result();
    }

    @ContractTest
    @DisplayName("G15 a reader cannot send into its own full inbox")
    void g15IntoItsOwnFullInbox(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> other = dispatcher.sender("other", r);
        Sender<String> own = dispatcher.sender("own", List.of(r, dispatcher.receiver("too")));
        List<Executing> calls = List.of(
                () -> own.dispatch("more"), () -> own.dispatch("more", Duration.ofSeconds(Long.MAX_VALUE)), () -> {
                    for (int i = 0; i <= setup.pathCapacity(); i++) {
                        own.send("more");
                    }
                });
        other.dispatch("first");
        for (Executing call : calls) {
            Running<Void> reader = setup.run("reader", () -> {
                r.receiveMessage();
                Await.eventually("all is full", () -> !other.trySend("m") && r.pending() >= setup.capacity());
                String text =
                        assertThrows(IllegalStateException.class, call::run).getMessage();
                assertTrue(text.contains("\"own\"") && text.contains("reader"), text);
            });
            reader.result();
        }
        own.close();
        other.close();
        setup.read(r).all();
    }

    @FunctionalInterface
    private interface Executing {
        void run() throws Exception;
    }

    @ContractTest
    @DisplayName("G15 a reader cannot wait for a clock whose reader waits for room in the first one's inbox")
    void g15ThroughAFullInbox(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toA = dispatcher.sender("to a", a);
        Sender<String> toB = dispatcher.sender("to b", b);
        toA.dispatch("1");
        toB.dispatch("2");
        a.receiveMessage();
        Running<Void> readerOfB = setup.run("reader of b", () -> {
            b.receiveMessage();
            for (int i = 0; i <= setup.pathCapacity(); i++) {
                toA.send("more");
            }
            b.acknowledge();
        });
        readerOfB.awaitBlocked();
        Await.eventually(
                "the inbox of a is full, and the channel behind it",
                () -> a.pending() == setup.capacity() && queued(dispatcher, "to a") == setup.capacity());
        String text = assertThrows(IllegalStateException.class, () -> b.clock().waitUntil(2))
                .getMessage();
        assertTrue(text.contains("reader of b") && text.contains("\"to a\""), text);
        a.acknowledge();
        Running<Void> rest = setup.run("rest", () -> a.forEachMessage((number, message) -> {}));
        readerOfB.result();
        toA.close();
        rest.result();
    }

    private static int queued(Dispatcher<?> dispatcher, String sender) {
        return dispatcher.snapshot().senders().stream()
                .filter(state -> state.name().equals(sender))
                .mapToInt(Snapshot.SenderState::queued)
                .sum();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 a circle is found that a message closes, or a pump, when all threads wait already")
    void g15ClosedByAnArrival(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        dispatcher.sender("to a", a).dispatch("1");
        Sender<String> toB = dispatcher.sender("to b", b);
        Running<Void> readerOfA = setup.run("reader of a", () -> {
            a.receiveMessage();
            b.clock().waitUntil(2); // not given yet
        });
        readerOfA.awaitBlocked();
        var given = setup.gate();
        Running<Void> readerOfB = setup.run(
                "reader of b",
                () -> b.forEachMessage((number, message) -> {
                    given.open();
                    a.clock().waitUntil(1);
                }));
        readerOfB.awaitBlocked();
        toB.dispatch("2");
        given.pass();
        Await.eventually("one is refused", () -> readerOfA.isDone() || readerOfB.isDone());
        toB.close();
        a.discard();
        b.discard();
        readerOfA.returnedOrThrew(RuntimeException.class);
        readerOfB.returnedOrThrew(RuntimeException.class);
        Await.eventually("both end", () -> readerOfA.isDone() && readerOfB.isDone());
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 feedback from below that waits for room at the top is refused, through pump, link and buffer")
    void g15ThroughALink(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> above = top.receiver("above");
        Receiver<String> below = merge.receiver("below");
        Sender<String> sender = top.sender("sender", above);
        merge.link(above, below);
        var refused = new AtomicInteger();
        var sent = new AtomicInteger();
        merge.read(below, (number, message) -> {
            if (message.equals("go")) {
                String text = assertThrows(IllegalStateException.class, () -> {
                            for (int i = 0; i < 20; i++) {
                                sender.send("feedback");
                                sent.incrementAndGet();
                            }
                        })
                        .getMessage();
                assertTrue(text.contains("\"sender\"") && text.contains("link-"), text);
                refused.incrementAndGet();
            }
        });
        long go = sender.dispatch("go");
        below.clock().waitUntil(go);
        assertEquals(1, refused.get());
        below.clock().waitUntil(go + sent.get()); // or the merge is closed with something on the way
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 so is a wait for a number that a forwarder's own thread is to promise")
    void g15ThroughAPromise(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Receiver<String> waits = merge.receiver("waits");
        merge.read(waits, (number, message) -> {});
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toBoth = merge.forwarder("to both", r, waits);
        toBoth.forward(1, "in hand");
        toR.advance(1);
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage((number, message) -> {
                    if (number == 1) {
                        waits.clock()
                                .waitUntil(
                                        100); // what "to both" promises when there is room, which only this thread can
                        // make
                    }
                }));
        reader.awaitBlocked();
        toR.close();
        Running<Void> source = setup.run("source", () -> {
            for (int i = 2; i <= 100; i++) {
                toBoth.forward(i, "more");
            }
        });
        Await.eventually("one is refused", () -> reader.isDone() || source.isDone());
        Setup.abandon(merge);
        reader.returnedOrThrew(RuntimeException.class);
        source.returnedOrThrew(RuntimeException.class);
    }
}
