package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.WatchAge;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.LiveThreads;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

/** Deadlocks of untimed waits are found by a watch, and the text of the exception names all of the cycle. */
@DisplayName("G15 deadlocks of waits")
class DeadlockTest {

    private static final Duration AGE = Duration.ofMillis(20);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private static <T> Dispatcher<T> open(Setup setup) {
        return setup.open(builder -> WatchAge.set(builder, AGE));
    }

    private static <T> ForwardingDispatcher<T> openMerge(Setup setup) {
        return setup.openMerge(builder -> WatchAge.set(builder, AGE));
    }

    @FunctionalInterface
    private interface Waits {
        void on(Receiver<String> next, long number) throws Exception;
    }

    /** How a thread reads until the end. */
    @FunctionalInterface
    private interface Reads {
        void all(Receiver<String> receiver, MessageHandler<String> handler) throws InterruptedException;
    }

    /**
     * Gives a message to each of so many readers, "reader of r0" and so on, whose handlers wait for the next one's clock.
     *
     * @return what those that were refused were told
     */
    private static List<String> refusals(
            Setup setup, Dispatcher<String> dispatcher, int count, Reads reads, Waits waits)
            throws InterruptedException {
        List<Receiver<String>> receivers = IntStream.range(0, count)
                .mapToObj(i -> dispatcher.receiver("r" + i))
                .toList();
        CyclicBarrier allInHand = new CyclicBarrier(count);
        List<String> refusals = Collections.synchronizedList(new ArrayList<>());
        List<Running<Void>> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Receiver<String> own = receivers.get(i);
            Receiver<String> next = receivers.get((i + 1) % count);
            try (Sender<String> sender = dispatcher.sender("to " + own.name(), own)) {
                sender.send("m");
            }
            threads.add(setup.run(
                    "reader of " + own.name(),
                    () -> reads.all(own, (number, message) -> {
                        allInHand.await(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                        try {
                            waits.on(next, count);
                        } catch (IllegalStateException e) {
                            refusals.add(e.getMessage());
                        }
                    })));
        }
        threads.forEach(Running::result);
        return refusals;
    }

    private static void assertOne(int readers, List<String> refusals) {
        assertEquals(1, refusals.size(), refusals.toString());
        String text = refusals.getFirst();
        assertTrue(text.startsWith("deadlock: ") && text.endsWith("In the handler of n, wait for n - 1."), text);
        for (int i = 0; i < readers; i++) {
            int next = (i + 1) % readers;
            assertTrue(
                    text.contains("\"reader of r" + i + "\", which waits for the clock of \"r" + next + "\" to reach "
                                    + readers + ", held by \"reader of r" + next + "\"")
                            || text.contains("deadlock: \"reader of r" + i + "\" waits for the clock of \"r" + next
                                    + "\" to reach " + readers + ", held by \"reader of r" + next + "\""),
                    text);
        }
    }

    @ContractTest
    @DisplayName("G15 two readers that wait for each other: one is told, with both in the text, and then both go on")
    void g15TwoReaders(Setup setup) throws InterruptedException {
        Waits waits = (next, number) -> next.clock().waitUntil(number);
        assertOne(2, refusals(setup, open(setup), 2, Receiver::forEachMessage, waits));
    }

    @ContractTest(capacities = 2)
    @DisplayName("G15 so it is after a second by default, and where time-outs are too long to represent")
    void g15ByDefault(Setup setup) throws InterruptedException {
        Waits waits = (next, number) -> assertTrue(next.clock().waitUntil(number, FOR_EVER));
        assertOne(2, refusals(setup, setup.open(), 2, Receiver::forEachMessage, waits));
    }

    @ContractTest
    @DisplayName("G15 so it is among five that read in batches")
    void g15FiveReaders(Setup setup) throws InterruptedException {
        Reads inBatches = (receiver, handler) -> receiver.forEachBatch(1, messages -> {
            for (var message : messages) {
                handler.handle(message.sequence(), message.payload());
            }
        });
        Waits waits = (next, number) -> next.clock().waitUntil(number);
        assertOne(5, refusals(setup, open(setup), 5, inBatches, waits));
    }

    @ContractTest
    @DisplayName("G15 a timed wait breaks the cycle by itself")
    void g15ATimedWaitIsNotRefused(Setup setup) throws InterruptedException {
        List<String> refusals = refusals(setup, open(setup), 2, Receiver::forEachMessage, (next, number) -> {
            if (next.name().equals("r0")) {
                next.clock().waitUntil(number);
            } else {
                assertFalse(next.clock().waitUntil(number, AGE.multipliedBy(4)));
            }
        });
        assertEquals(List.of(), refusals);
    }

    @ContractTest
    @DisplayName("G15 readers that wait in awaitFinished for what they have in hand themselves are told at once")
    void g15AwaitFinished(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> WatchAge.set(builder, Duration.ofHours(1)));
        List<String> refusals = refusals(
                setup,
                dispatcher,
                2,
                Receiver::forEachMessage,
                (next, number) -> assertTrue(dispatcher.awaitFinished(FOR_EVER)));
        assertEquals(2, refusals.size(), refusals.toString());
    }

    @ContractTest
    @DisplayName("G15 a snapshot tells who waits for whom, for what number and for how long; timed waits, too")
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
        assertEquals("the clock of \"r\" to reach 1", wait.waitsFor());
        assertEquals(1, wait.sequence());
        assertTrue(wait.on().getFirst().contains("reader"), wait.toString());
        assertTrue(wait.timed() && wait.since().isPositive(), wait.toString());
        inHand.open();
        assertTrue(waiter.result());
        assertEquals(List.of(), dispatcher.snapshot().waits());
        sender.close();
        reader.result();
    }

    @FunctionalInterface
    private interface Executing {
        void run() throws Exception;
    }

    @ContractTest
    @DisplayName("G15 a handler cannot send into its own full inbox")
    void g15IntoItsOwnFullInbox(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> too = dispatcher.receiver("too");
        setup.read(too);
        Sender<String> other = dispatcher.sender("other", r);
        Sender<String> own = dispatcher.sender("own", List.of(r, too));
        List<Executing> calls = List.of(() -> own.dispatch("more"), () -> own.dispatch("more", FOR_EVER), () -> {
            for (int i = 0; i <= setup.pathCapacity(); i++) {
                own.send("more");
            }
        });
        var count = new AtomicInteger();
        dispatcher.read(r, (number, message) -> {
            if (message.equals("go")) {
                Await.eventually("all is full", () -> !other.trySend("m") && r.pending() >= setup.capacity());
                String text = assertThrows(IllegalStateException.class, calls.get(count.getAndIncrement())::run)
                        .getMessage();
                assertTrue(text.contains("\"own\"") && text.contains("/reader-r\""), text);
            }
        });
        for (int i = 0; i < calls.size(); i++) {
            long go = other.dispatch("go");
            r.clock().waitUntil(go);
            assertEquals(i + 1, count.get());
        }
    }

    @ContractTest
    @DisplayName("G15 a handler cannot wait for a clock whose reader waits for room in the first one's inbox")
    void g15ThroughAFullInbox(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toA = dispatcher.sender("to a", a);
        Sender<String> toB = dispatcher.sender("to b", b);
        var readerOfBWaits = setup.gate();
        List<String> refusals = new CopyOnWriteArrayList<>();
        dispatcher.read(a, (number, message) -> {
            if (message.equals("1")) {
                readerOfBWaits.pass();
                refused(refusals, () -> b.clock().waitUntil(2));
            }
        });
        toA.dispatch("1");
        dispatcher.read(
                b,
                (number, message) -> refused(refusals, () -> {
                    for (int i = 0; i <= setup.pathCapacity(); i++) {
                        toA.send("more");
                    }
                }));
        toB.dispatch("2");
        Await.eventually(
                "the inbox of a is full, and the channel behind it",
                () -> a.pending() == setup.capacity() && queued(dispatcher, "to a") == setup.capacity());
        readerOfBWaits.open();
        b.clock().waitUntil(2);
        assertEquals(1, refusals.size(), refusals.toString());
        String text = refusals.getFirst();
        assertTrue(text.contains("/reader-a\"") && text.contains("/reader-b\"") && text.contains("\"to a\""), text);
    }

    @ContractTest
    @DisplayName(
            "G15 nor where a member of the group that the first one sends to is full, and waits for the first one's clock")
    void g15ThroughAMemberOfAGroup(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Group<String> group = dispatcher.group("group");
        Sender<String> toGroup = dispatcher.sender("to group", group);
        Sender<String> toA = dispatcher.sender("to a", a);
        Sender<String> toB = dispatcher.sender("to b", b);
        List<String> refusals = new CopyOnWriteArrayList<>();
        var bWaits = setup.gate();
        dispatcher.read(b, (number, message) -> {
            bWaits.pass();
            refused(refusals, () -> a.clock().waitUntil(1));
        });
        dispatcher.read(a, (number, message) -> {
            toB.send("waits for a");
            bWaits.awaitArrival();
            for (int i = 0; i < setup.capacity(); i++) {
                toB.dispatch("fills");
            }
            group.add(b);
            bWaits.open();
            refused(refusals, () -> toGroup.dispatch("more"));
        });
        toA.dispatch("go");
        a.clock().waitUntil(1);
        assertEquals(1, refusals.size(), refusals.toString());
        String text = refusals.getFirst();
        assertTrue(text.contains("/reader-a\"") && text.contains("/reader-b\""), text);
        assertTrue(text.contains("a number from sender \"to group\""), text);
    }

    private static void refused(List<String> refusals, Executing call) throws Exception {
        try {
            call.run();
        } catch (IllegalStateException e) {
            refusals.add(e.getMessage());
        }
    }

    private static int queued(Dispatcher<?> dispatcher, String sender) {
        return dispatcher.snapshot().senders().stream()
                .filter(state -> state.name().equals(sender))
                .mapToInt(Snapshot.SenderState::queued)
                .sum();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 a deadlock is found that a message closes, when all threads wait already")
    void g15ClosedByAnArrival(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        List<String> refusals = new CopyOnWriteArrayList<>();
        Sender<String> toB = dispatcher.sender("to b", b);
        dispatcher.read(
                a, (number, message) -> refused(refusals, () -> b.clock().waitUntil(2))); // not given yet
        dispatcher.read(
                b, (number, message) -> refused(refusals, () -> a.clock().waitUntil(1)));
        dispatcher.sender("to a", a).dispatch("1");
        Await.eventually(
                "the reader of a waits", () -> dispatcher.snapshot().waits().size() == 1);
        Await.never("it is refused", () -> !refusals.isEmpty());
        toB.dispatch("2");
        b.clock().waitUntil(2);
        a.clock().waitUntil(2);
        assertEquals(1, refusals.size(), refusals.toString());
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 a deadlock is found where a timed dispatch was in the way of a slot that another has taken since")
    void g15AnotherTakesTheSlot(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("sender", r);
        Sender<String> other = dispatcher.sender("other", r);
        var go = setup.gate();
        List<String> refusals = new CopyOnWriteArrayList<>();
        dispatcher.read(r, (number, message) -> {
            if (message.equals("first")) {
                go.pass();
                refused(refusals, () -> sender.send("by the reader"));
            }
        });
        other.dispatch("first");
        go.awaitArrival();
        for (int i = 0; i < setup.capacity(); i++) {
            other.dispatch("fills the inbox");
        }
        for (int i = 1; i < setup.capacity(); i++) {
            sender.send("fills the channel");
        }
        Running<TimeoutException> timed = setup.call(
                "timed",
                () -> assertThrows(TimeoutException.class, () -> sender.dispatch("timed", Duration.ofSeconds(1))));
        timed.awaitBlocked();
        Running<Void> takes =
                setup.run("takes the slot", () -> sender.send("instead")).awaitBlocked();
        go.open();
        takes.result();
        timed.result();
        Await.eventually("the reader is refused", () -> refusals.size() == 1);
        assertTrue(refusals.getFirst().contains("\"sender\""), refusals.toString());
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 feedback from below that waits for room at the top is refused, through pump, link and buffer")
    void g15ThroughALink(Setup setup) throws InterruptedException {
        Dispatcher<String> top = open(setup);
        ForwardingDispatcher<String> merge = openMerge(setup);
        Receiver<String> above = top.receiver("above");
        Receiver<String> below = merge.receiver("below");
        Sender<String> sender = top.sender("sender", above);
        sender.send("before"); // so that the link has something to do from its beginning on
        merge.link(above, below);
        List<String> refusals = new CopyOnWriteArrayList<>();
        var sent = new AtomicInteger();
        merge.read(below, (number, message) -> {
            if (message.equals("go")) {
                refused(refusals, () -> {
                    for (int i = 0; i < 20; i++) {
                        sender.send("feedback");
                        sent.incrementAndGet();
                    }
                });
            }
        });
        long go = sender.dispatch("go");
        below.clock().waitUntil(go);
        assertEquals(1, refusals.size());
        assertTrue(
                refusals.getFirst().contains("\"sender\"")
                        && refusals.getFirst().contains("/link-"),
                refusals.toString());
        below.clock().waitUntil(go + sent.get()); // or the merge is closed with something on the way
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 so is a wait of a handler for what a link brings that has never been idle")
    void g15ThroughABusyLink(Setup setup) throws InterruptedException {
        Dispatcher<String> top = open(setup);
        ForwardingDispatcher<String> merge = openMerge(setup);
        Receiver<String> above = top.receiver("above", 64);
        Receiver<String> below = merge.receiver("below");
        Sender<String> sender = top.sender("sender", above);
        for (int i = 0; i < 32; i++) {
            sender.dispatch("m");
        }
        merge.link(above, below); // has more to bring than there is room for
        List<String> refusals = new CopyOnWriteArrayList<>();
        merge.read(below, (number, message) -> {
            if (number == 1) {
                refused(refusals, () -> above.clock().waitUntil(32));
            }
        });
        below.clock().waitUntil(32);
        assertEquals(1, refusals.size());
        assertTrue(
                refusals.getFirst().contains("the clock of \"above\" to reach 32, held by \"merge/link-"),
                refusals.toString());
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 a stage that waits for what only it can bring is refused, and fails what is above and below it")
    void g15AStageThatWaitsForItself(Setup setup) throws InterruptedException {
        Dispatcher<String> top = open(setup);
        ForwardingDispatcher<String> merge = openMerge(setup);
        Receiver<String> above = top.receiver("above");
        Receiver<String> below = merge.receiver("below");
        Sender<String> sender = top.sender("sender", above);
        merge.stage(
                above,
                (number, message) -> {
                    below.clock().waitUntil(number);
                    return List.of(message);
                },
                below);
        merge.read(below, (number, message) -> {});
        long number = sender.dispatch("m");
        FailedException failure =
                assertThrows(FailedException.class, () -> below.clock().waitUntil(number));
        assertTrue(failure.getCause() instanceof IllegalStateException, failure.toString());
        assertThrows(FailedException.class, () -> above.clock().waitUntil(number));
        assertThrows(FailedException.class, merge::close);
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 so is a wait for a number that a forwarder's own thread is to promise")
    void g15ThroughAPromise(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = openMerge(setup);
        Receiver<String> r = merge.receiver("r");
        Receiver<String> waits = merge.receiver("waits");
        merge.read(waits, (number, message) -> {});
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toBoth = merge.forwarder("to both", r, waits);
        toBoth.forward(1, "in hand");
        toR.advance(1);
        List<String> refusals = new CopyOnWriteArrayList<>();
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage((number, message) -> {
                    if (number == 1) {
                        // what "to both" promises when there is room, which only this thread can make
                        refused(refusals, () -> waits.clock().waitUntil(100));
                    }
                }));
        reader.awaitBlocked();
        toR.close();
        Running<Void> source = setup.run("source", () -> {
            for (int i = 2; i <= 100; i++) {
                long number = i;
                refused(refusals, () -> toBoth.forward(number, "more"));
            }
        });
        Await.eventually("one is refused", () -> !refusals.isEmpty());
        Setup.abandon(merge);
        reader.returnedOrThrew(DispatchException.class);
        source.returnedOrThrew(DispatchException.class);
        assertTrue(refusals.getFirst().contains("deadlock"), refusals.toString());
    }

    @ContractTest(capacities = 2, threads = Kind.PLATFORM, pumps = Pumps.OWN)
    @DisplayName(
            "G15, G16 only a handler's wait starts the watch, which ends when there is none, and with its dispatcher")
    void g15OnlyAHandlerStartsTheWatch(Setup setup) throws InterruptedException {
        long mark = LiveThreads.mark();
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> sender = dispatcher.sender("sender", r);
        Sender<String> toOther = dispatcher.sender("to other", other);
        setup.read(other);
        List<Running<Void>> waiters = IntStream.range(0, 10)
                .mapToObj(i -> setup.run("waiter " + i, () -> r.clock().waitUntil(2)))
                .toList();
        waiters.forEach(Running::awaitBlocked);
        assertFalse(isWatched(mark), "while those wait that hold nothing");

        dispatcher.read(r, (number, message) -> other.clock().waitUntil(2));
        sender.dispatch("1");
        Await.eventually("a handler waits", () -> isWatched(mark));
        toOther.dispatch("2");
        waiters.forEach(Running::result);
        Await.eventually("it ends with the wait", () -> !isWatched(mark));

        sender.dispatch("3");
        Running<Void> reader = setup.run("hand", () -> assertFalse(r.clock().waitUntil(9, Duration.ofMillis(1))));
        reader.result();
        toOther.close();
        sender.close();
        dispatcher.close();
        assertFalse(isWatched(mark));
    }

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName(
            "F9, G15 a handler of another dispatcher that closes a merge for ever, and is in its way, is refused to wait: the rest is"
                    + " done, and told")
    void f9AHandlerThatClosesAMergeAndIsInItsWay(Setup setup) throws InterruptedException {
        Dispatcher<String> top = open(setup);
        Receiver<String> closes = top.receiver("closes");
        Receiver<String> from = top.receiver("from");
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> {
            WatchAge.set(builder, AGE);
            builder.drainTimeout(FOR_EVER);
        });
        Receiver<String> to = merge.receiver("to");
        merge.stage(
                from,
                (number, message) -> {
                    closes.clock().waitUntil(number);
                    return List.of(message);
                },
                to);
        CompletableFuture<DispatchException> thrown = new CompletableFuture<>();
        top.read(closes, (number, message) -> {
            thrown.complete(assertThrows(DispatchException.class, merge::close));
        });
        Thread own = merge.read(to, (number, message) -> {});
        top.sender("both", closes, from).dispatch("x");

        Await.eventually("close returns", thrown::isDone);
        String text = thrown.resultNow().getMessage();
        assertTrue(text.startsWith("merge \"merge\" did not close cleanly: 1 message of link "), text);
        assertTrue(text.contains("deadlock: ") && text.contains("waits for the clock of \"from\" to reach 1"), text);
        assertFalse(own.isAlive());
        assertThrows(DispatchException.class, () -> merge.receiver("new"));
        assertThrows(DispatchException.class, () -> from.clock().waitUntil(1));
        closes.clock().waitUntil(1);
    }

    @ContractTest(capacities = 2, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("G12, G15 closing does not wait for the watch")
    void g15ClosingEndsTheWatch(Setup setup) throws InterruptedException {
        long mark = LiveThreads.mark();
        Dispatcher<String> dispatcher = setup.open(builder -> WatchAge.set(builder, Duration.ofHours(1)));
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.read(r, (number, message) -> r.clock().waitUntil(0));
        Receiver<String> waits = dispatcher.receiver("waits");
        dispatcher.read(waits, (number, message) -> r.clock().waitUntil(2));
        dispatcher.sender("to waits", waits).dispatch("1");
        Await.eventually("a handler waits", () -> isWatched(mark));
        dispatcher.sender("to r", r).dispatch("2");
        waits.clock().waitUntil(2);
        assertTrue(isWatched(mark), "it sleeps for an hour");
        dispatcher.close(); // would not return before the test is over
        assertFalse(isWatched(mark));
    }

    private static boolean isWatched(long mark) {
        return LiveThreads.since(mark).stream().anyMatch(thread -> thread.name().endsWith("deadlock-watch"));
    }
}
