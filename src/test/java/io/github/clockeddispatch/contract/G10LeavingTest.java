package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("G10 leaving")
class G10LeavingTest {

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 closing a sender returns at once, and what it had accepted is still delivered")
    void g10WhatAClosedSenderAcceptedIsDelivered(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);
        setup.run("closes", sender::close).result(); // though nobody reads
        sender.close();
        assertThrows(ClosedException.class, () -> sender.send("too late"));
        assertThrows(ClosedException.class, () -> sender.trySend("too late"));
        assertThrows(ClosedException.class, () -> sender.send("too late", Duration.ofHours(1)));
        assertThrows(ClosedException.class, () -> sender.dispatch("too late"));
        assertThrows(ClosedException.class, () -> sender.dispatch("too late", Duration.ZERO));

        assertEquals(
                Numbers.upTo(setup.pathCapacity()),
                Reading.numbers(setup.read(r).all()));
    }

    @ContractTest
    @DisplayName("G10 a send that waits for room in the channel of a sender ends when that one is closed")
    void g10ClosingASenderEndsWhatWaitsForItsChannel(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);
        Running<Void> send = setup.run("send", () -> sender.send("x")).awaitBlocked();
        Running<Long> dispatch =
                setup.call("dispatch", () -> sender.dispatch("x")).awaitBlocked();
        sender.close();
        send.failure(ClosedException.class);
        dispatch.failure(ClosedException.class);

        assertEquals(setup.pathCapacity(), setup.read(r).all().size());
    }

    @ContractTest
    @DisplayName("G10 a dispatch that is in the channel of a closed sender gets its number")
    void g10ADispatchInAClosedSendersChannelGetsItsNumber(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Setup.send(sender, setup.capacity());
        Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
        Running<Long> dispatch =
                setup.call("dispatch", () -> sender.dispatch("x")).awaitBlocked();
        sender.close();
        dispatch.staysBlocked();
        setup.read(r);

        assertEquals(setup.capacity() + 1, dispatch.result());
    }

    @ContractTest
    @DisplayName("G10 discard() gives up what was not given, also what waits for it alone, and counts it")
    void g10DiscardingGivesUpAndCounts(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> one = dispatcher.sender("one", r);
        Sender<String> two = dispatcher.sender("two", r);
        setup.fill(one, r);
        Setup.send(two, setup.capacity());
        assertEquals(0, r.discarded());
        r.receiveMessage();
        Await.eventually("the inbox is full again", () -> r.pending() == setup.capacity());
        r.discard();
        r.discard();

        Await.eventually("all is discarded but what was given", () -> r.discarded() == 3L * setup.capacity() - 1);
        assertEquals(0, r.pending());
        assertEquals(setup.capacity() + 1, dispatcher.sequence());
        dispatcher.close(); // and has nothing to complain of
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 what waits for others too is not given up with one")
    void g10WhatWaitsForOthersTooIsDelivered(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        AnySender<String> toBoth = dispatcher.sender("to both", List.of(a, b));
        setup.fill(toBoth, a);
        a.discard();
        assertEquals(setup.capacity(), a.discarded());

        assertEquals(
                Numbers.upTo(setup.pathCapacity()),
                Reading.numbers(setup.read(b).await(setup.pathCapacity())));
        assertEquals(setup.capacity(), a.discarded());
    }

    @ContractTest
    @DisplayName("G10 discard() frees the senders that waited for it; later sends to it fail")
    void g10DiscardingFreesSenders(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Sender<String> other = dispatcher.sender("other", r);
        setup.fill(sender, r);
        Running<Void> send = setup.run("send", () -> sender.send("x")).awaitBlocked();
        Running<Boolean> timed =
                setup.call("timed", () -> sender.send("x", Duration.ofHours(1))).awaitBlocked();
        Running<Long> dispatch =
                setup.call("dispatch", () -> other.dispatch("x")).awaitBlocked();
        CompletableFuture<Long> future = setup.capacity() == 1 ? null : other.dispatchAsync("x");
        r.discard();

        send.failure(ClosedException.class);
        timed.failure(ClosedException.class);
        dispatch.failure(ClosedException.class);
        if (future != null) {
            Await.eventually("the future has failed", future::isCompletedExceptionally);
        }
        String message =
                assertThrows(ClosedException.class, () -> sender.send("x")).getMessage();
        assertTrue(message.contains("r"), message);
        assertThrows(ClosedException.class, () -> sender.trySend("x"));
        assertThrows(ClosedException.class, () -> sender.dispatch("x"));
        assertThrows(ClosedException.class, () -> other.dispatch("x", Duration.ofHours(1)));
        assertThrows(ClosedException.class, () -> dispatcher.sender("new", r));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 the clock of a discarded receiver stops below the message in hand, which is unfinished for ever")
    void g10TheClockStopsBelowTheMessageInHand(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        AnySender<String> sender = dispatcher.sender("s", r);
        AnySender<String> busy = dispatcher.sender("busy", other);
        busy.dispatch("1");
        sender.dispatch("2");
        r.receiveMessage();
        busy.dispatch("3");
        Running<Void> waiter = setup.run("waiter", () -> r.clock().waitUntil(2)).awaitBlocked();
        Running<Void> later = setup.run("later", () -> r.clock().waitUntil(9)).awaitBlocked();
        CompletableFuture<Long> future = r.clock().whenReached(2);
        r.discard();

        waiter.failure(ClosedException.class);
        later.failure(ClosedException.class);
        Await.eventually("the future has failed", future::isCompletedExceptionally);
        assertTrue(future.exceptionNow() instanceof ClosedException, () -> "" + future.exceptionNow());
        assertEquals(1, r.clock().time());
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(2));
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(2, Duration.ZERO));
        r.clock().waitUntil(1);
        busy.dispatch("4");
        assertThrows(ClosedException.class, r::acknowledge);
        assertEquals(1, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G10 the clock of a discarded receiver stops with nothing unfinished, too; who waits for more is told at once")
    void g10TheClockStopsWithNothingUnfinished(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        AnySender<String> busy = dispatcher.sender("busy", other);
        assertEquals(1, busy.dispatch("1"));
        Running<Void> waiter = setup.run("waiter", () -> r.clock().waitUntil(2)).awaitBlocked();
        Running<Boolean> timed = setup.call("timed", () -> r.clock().waitUntil(2, Duration.ofHours(1)))
                .awaitBlocked();
        CompletableFuture<Long> future = r.clock().whenReached(2);
        r.discard();

        waiter.failure(ClosedException.class);
        timed.failure(ClosedException.class);
        Await.eventually("the future has failed", future::isCompletedExceptionally);
        assertTrue(future.exceptionNow() instanceof ClosedException, () -> "" + future.exceptionNow());
        busy.dispatch("2");
        assertEquals(1, r.clock().time());
        assertFalse(r.clock().hasReached(2));
        assertTrue(r.clock().hasReached(1));
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(2));
        assertTrue(r.clock().whenReached(1).isDone());
        CompletableFuture<Long> late = r.clock().whenReached(2);
        Await.eventually("the late future has failed", late::isCompletedExceptionally);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 an own reader of what was discarded ends without failure, whatever its handler throws after that")
    void g10AHandlerThatThrowsAfterDiscard(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        List<Thread> readers = new ArrayList<>();
        List<AnySender<String>> senders = new ArrayList<>();
        Gate discarded = setup.gate();
        for (int i = 0; i < 4; i++) {
            Gate in = setup.gate();
            boolean asInterrupted = i % 2 == 1;
            MessageHandler<String> handler = (sequence, message) -> {
                in.open();
                discarded.passUninterruptibly();
                throw asInterrupted ? new InterruptedException() : new IOException("of the handler");
            };
            Receiver<String> r = dispatcher.receiver("r" + i);
            senders.add(dispatcher.sender("s" + i, r));
            readers.add(
                    i < 2
                            ? dispatcher.read(r, handler)
                            : dispatcher.read(r, handler, FailurePolicy.retry(3, Duration.ZERO)));
            senders.get(i).dispatch("x");
            in.passUninterruptibly();
            r.discard();
        }
        discarded.open();
        for (Thread reader : readers) {
            reader.join();
        }
        dispatcher.close(); // throws nothing
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 what has ended can be discarded too: its clock stops, and there is no End any more")
    void g10WhatHasEndedCanBeDiscarded(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.sender("s", r).close();
        assertEquals(new Delivery.End<>(0), r.receive());
        r.discard();
        Receiver<String> other = dispatcher.receiver("r"); // its name is free
        dispatcher.sender("s", other).dispatch("x");

        assertEquals(0, r.clock().time());
        assertThrows(ClosedException.class, r::receive);
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(1));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 the clock of a discarded receiver stops below the first message that was given up")
    void g10TheClockStopsBelowTheFirstDiscarded(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        AnySender<String> busy = dispatcher.broadcaster("busy");
        sender.dispatch("1");
        r.receiveMessage();
        sender.dispatch("2");
        r.acknowledge();
        r.discard();
        assertEquals(1, r.clock().time());
        assertEquals(3, busy.dispatch("3"));
        assertEquals(1, r.clock().time());
        assertFalse(r.clock().hasReached(2));
    }

    /** The calls that wait for a message. */
    private static List<Callable<?>> waitingReads(Receiver<String> r) {
        return List.of(
                r::receive,
                () -> r.receive(Duration.ofHours(1)),
                r::receiveMessage,
                () -> r.receiveMessage(Duration.ofHours(1)),
                () -> {
                    r.forEachMessage((number, message) -> {});
                    return null;
                },
                () -> {
                    r.forEachBatch(3, batch -> {});
                    return null;
                });
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 who reads a discarded receiver is told, whether he waits or comes later")
    void g10AReaderIsTold(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        for (int i = 0; i < 6; i++) {
            Receiver<String> r = dispatcher.receiver("r");
            AnySender<String> sender = dispatcher.sender("s" + i, r);
            Running<?> reader = setup.call("reader", waitingReads(r).get(i)).awaitBlocked();
            r.discard();
            reader.failure(ClosedException.class);

            for (Callable<?> read : waitingReads(r)) {
                String message = assertThrows(ClosedException.class, read::call).getMessage();
                assertTrue(message.contains("\"r\""), message);
            }
            assertThrows(ClosedException.class, r::tryReceive);
            assertThrows(ClosedException.class, () -> r.receive(Duration.ZERO));
            assertThrows(ClosedException.class, () -> r.receiveMessage(Duration.ZERO));
            assertThrows(ClosedException.class, () -> r.drain((number, message) -> {}, 1));
            r.acknowledge(); // there is nothing in hand
            sender.close();
        }
        Receiver<String> full = dispatcher.receiver("full");
        dispatcher.sender("s", full).dispatch("x");
        full.discard();
        assertThrows(ClosedException.class, full::tryReceive); // though something was there
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G10 a reader of the dispatcher's own ends without a failure: while it waits, and after the message in hand")
    void g10AnOwnReaderEndsWithoutAFailure(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> idle = dispatcher.receiver("idle");
        Receiver<String> busy = dispatcher.receiver("busy");
        Receiver<String> batched = dispatcher.receiver("batched");
        Receiver<String> acknowledging = dispatcher.receiver("acknowledging");
        Gate gate = setup.gate();
        List<Long> given = Collections.synchronizedList(new ArrayList<>());
        Thread ofIdle = dispatcher.read(idle, (number, message) -> {});
        Thread ofBusy = dispatcher.read(busy, (number, message) -> {
            given.add(number);
            gate.passUninterruptibly();
        });
        Thread ofAcknowledging = dispatcher.read(acknowledging, (number, message) -> {
            gate.passUninterruptibly();
            acknowledging.acknowledge();
        });
        Running<Void> ofBatched = setup.run("batches", () -> batched.forEachBatch(3, batch -> gate.pass()));
        for (Receiver<String> receiver : List.of(busy, batched, acknowledging)) {
            dispatcher.sender("to " + receiver.name(), receiver).dispatch("x");
        }
        Await.eventually(
                "all have taken theirs", () -> busy.pending() + batched.pending() + acknowledging.pending() == 0);
        for (Receiver<String> receiver : List.of(idle, busy, batched, acknowledging)) {
            receiver.discard();
        }
        Await.eventually("who waits has ended", () -> !ofIdle.isAlive());
        assertTrue(ofBusy.isAlive());
        gate.open();
        Await.eventually("the others have ended", () -> !ofBusy.isAlive() && !ofAcknowledging.isAlive());
        ofBatched.failure(ClosedException.class);
        assertEquals(List.of(1L), given);
        assertEquals(0, busy.clock().time());
        assertEquals(0, busy.discarded()); // the message in hand is not among them
        dispatcher.close(); // throws nothing
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 awaitFinished leaves a discarded receiver out, whatever it held, and whenever it was discarded")
    void g10AwaitFinishedLeavesItOut(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        AnySender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);
        assertEquals(1, r.receiveMessage().sequence()); // one in hand, some in the inbox, some in the channel
        long number = dispatcher.sender("to other", other).dispatch("x");
        assertEquals(number, other.receiveMessage().sequence());
        Running<Boolean> waiting = setup.call("waiting", () -> dispatcher.awaitFinished(Duration.ofHours(1)))
                .awaitBlocked();
        r.discard();
        waiting.staysBlocked(); // for the other one
        other.acknowledge();
        assertTrue(waiting.result());
        assertTrue(dispatcher.awaitFinished(Duration.ZERO));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 what a failed receiver had not been given is counted, too; nothing is pending there")
    void g10AFailedReceiverCountsToo(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.drainTimeout(Duration.ZERO));
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> failsWithAll = dispatcher.receiver("fails with all");
        setup.fill(dispatcher.sender("s", r), r);
        setup.fill(dispatcher.sender("t", failsWithAll), failsWithAll);
        r.receiveMessage();
        int left = Math.min(setup.capacity(), setup.pathCapacity() - 1);
        Await.eventually("the inbox is full again", () -> r.pending() == left);
        assertEquals(0, r.discarded());
        r.fail(new IllegalStateException("broken"));
        assertEquals(setup.pathCapacity() - 1, r.discarded());
        assertEquals(0, r.pending());
        r.discard();
        assertEquals(setup.pathCapacity() - 1, r.discarded()); // each once

        assertEquals(setup.capacity(), failsWithAll.pending());
        dispatcher.fail(new IllegalStateException("all of it"));
        assertEquals(setup.pathCapacity(), failsWithAll.discarded());
        assertEquals(0, failsWithAll.pending());
        assertThrows(FailedException.class, dispatcher::close);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 try (dispatcher; sender) loses nothing, though closes come in the order that Java calls them in")
    void g10TryWithResourcesLosesNothing(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        List<Long> handled = Collections.synchronizedList(new ArrayList<>());
        dispatcher.read(r, (number, message) -> handled.add(number));
        AnySender<String> sender = dispatcher.sender("s", r);
        try (dispatcher;
                sender) {
            Setup.send(sender, 10);
        }
        assertEquals(Numbers.upTo(10), handled);
        assertEquals(0, r.discarded());

        AnyDispatcher<String> another = setup.openAny();
        Receiver<String> a = another.receiver("a");
        Receiver<String> b = another.receiver("b");
        List<Long> byA = Collections.synchronizedList(new ArrayList<>());
        List<Long> byB = Collections.synchronizedList(new ArrayList<>());
        another.read(a, (number, message) -> byA.add(number));
        another.read(b, (number, message) -> byB.add(number));
        try (another) {
            Setup.send(another.broadcaster("all"), 10);
        }
        assertEquals(Numbers.upTo(10), byA);
        assertEquals(Numbers.upTo(10), byB);
    }

    @Test
    @DisplayName("G10 a receiver is no resource, and has no close")
    void g10AReceiverIsNoResource() {
        assertFalse(AutoCloseable.class.isAssignableFrom(Receiver.class));
        assertTrue(Arrays.stream(Receiver.class.getMethods())
                .noneMatch(method -> method.getName().equals("close")));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 the name of a discarded receiver, and that of a closed sender, is free again at once")
    void g10ANameIsFreeAgain(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Setup.send(sender, setup.pathCapacity());
        sender.close(); // and still has something to deliver
        AnySender<String> again = dispatcher.sender("s", dispatcher.receiver("r2"));
        again.close();
        r.discard();
        Receiver<String> other = dispatcher.receiver("r");
        AnySender<String> third = dispatcher.sender("s", other);
        long number = third.dispatch("x");

        assertEquals(new Delivery.Message<>(number, "x"), other.receiveMessage());
        r.discard(); // leaves the new one's name alone
        assertThrows(IllegalArgumentException.class, () -> dispatcher.receiver("r"));
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("G10 closing 10,000 senders of 10,000 receivers does not look at all for each")
    void g10ClosingManySendersIsNotQuadratic(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        List<AnySender<String>> senders = new ArrayList<>();
        List<Receiver<String>> receivers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            receivers.add(dispatcher.receiver("r" + i));
            senders.add(dispatcher.sender("s" + i, receivers.getLast()));
        }
        long start = System.nanoTime();
        senders.forEach(AnySender::close);
        for (Receiver<String> receiver : receivers) {
            assertEquals(new Delivery.End<>(0), receiver.receive());
            receiver.discard();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.toSeconds() < 5, () -> "took " + took); // 100,000,000 looks take longer
    }

    @ContractTest(over = MERGE)
    @DisplayName("G10 in a merge discard() gives up what was not given, held back or not, and frees who waited for it")
    void g10DiscardingGivesUpWhatIsHeldBack(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Receiver<String> s = merge.receiver("s");
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toBoth = merge.forwarder("to both", r, s);
        Setup.forward(toBoth, 1, setup.capacity());
        toR.advance(setup.capacity());
        Reading<String> readsS = setup.read(s);
        Setup.forward(toR, setup.capacity() + 1, 2L * setup.capacity()); // held back
        Running<Void> waiting =
                setup.run("waiting", () -> toR.forward(9_999, "x")).awaitBlocked();
        assertEquals(1, r.receiveMessage().sequence());
        assertEquals(0, r.discarded());
        r.discard();
        r.discard();
        waiting.failure(ClosedException.class);
        assertEquals(2 * setup.capacity() - 1, r.discarded());
        assertThrows(ClosedException.class, r::acknowledge);
        assertEquals(0, r.clock().time()); // below the one in hand, which is unfinished for ever
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(1));
        assertThrows(ClosedException.class, () -> toR.forward(9_999, "x"));
        assertThrows(ClosedException.class, () -> toR.advance(9_999));
        assertThrows(ClosedException.class, r::receive);
        toBoth.forward(9_999, "to s alone");
        assertEquals(setup.capacity() + 1, readsS.await(setup.capacity() + 1).size());
        merge.forwarder("new", merge.receiver("r")); // its name is free
        merge.close(); // and has nothing to complain of
    }
}
