package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G10 leaving")
class G10LeavingTest {

    @ContractTest
    @DisplayName("G10 closing a sender returns at once, and what it had accepted is still delivered")
    void g10WhatAClosedSenderAcceptedIsDelivered(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
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
    @DisplayName("G10 closing a receiver discards what it was not given, also what waits for it alone, and counts it")
    void g10ClosingAReceiverDiscards(Setup setup) throws InterruptedException {
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

    @ContractTest
    @DisplayName("G10 what waits for others too is not discarded by the closing of one")
    void g10WhatWaitsForOthersTooIsNotDiscarded(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toBoth = dispatcher.sender("to both", List.of(a, b));
        setup.fill(toBoth, a);
        a.discard();
        assertEquals(setup.capacity(), a.discarded());

        assertEquals(
                Numbers.upTo(setup.pathCapacity()),
                Reading.numbers(setup.read(b).await(setup.pathCapacity())));
        assertEquals(setup.capacity(), a.discarded());
    }

    @ContractTest
    @DisplayName("G10 closing a receiver frees the senders that waited for it; later sends to it fail")
    void g10ClosingAReceiverFreesItsSenders(Setup setup) throws InterruptedException {
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

    @ContractTest
    @DisplayName("G10 the clock of a closed receiver stops below the message in hand")
    void g10TheClockStopsBelowTheMessageInHand(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        Sender<String> sender = dispatcher.sender("s", r);
        Sender<String> busy = dispatcher.sender("busy", other);
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
        assertEquals(1, r.clock().time());
    }

    @ContractTest
    @DisplayName("G10 the clock of a closed receiver stops below the first message that it discarded")
    void g10TheClockStopsBelowTheFirstDiscarded(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Sender<String> busy = dispatcher.broadcaster("busy");
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

    @ContractTest
    @DisplayName("G10 a reader that waits is told that its receiver was closed, and so is who reads on")
    void g10AReaderIsToldThatItsReceiverWasClosed(Setup setup) {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.sender("s", r);
        Running<Delivery<String>> reader = setup.call("reader", r::receive).awaitBlocked();
        r.discard();

        reader.failure(ClosedException.class);
        assertThrows(ClosedException.class, r::receive);
        assertThrows(ClosedException.class, r::tryReceive);
        assertThrows(ClosedException.class, () -> r.drain((number, message) -> {}, 1));
    }

    @ContractTest
    @DisplayName("G10 the name of a closed receiver, and that of a closed sender, is free again")
    void g10ANameIsFreeAgain(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Setup.send(sender, setup.pathCapacity());
        sender.close(); // and still has something to deliver
        Sender<String> again = dispatcher.sender("s", dispatcher.receiver("r2"));
        again.close();
        r.discard();
        Receiver<String> other = dispatcher.receiver("r");
        Sender<String> third = dispatcher.sender("s", other);
        long number = third.dispatch("x");

        assertEquals(new Delivery.Message<>(number, "x"), other.receiveMessage());
        third.close();
        r.discard(); // leaves the new one's name alone
        assertThrows(IllegalArgumentException.class, () -> dispatcher.receiver("r"));
    }

    @ContractTest(capacities = 1, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("G10 closing 10,000 senders of 10,000 receivers does not look at all for each")
    void g10ClosingManySendersIsNotQuadratic(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        List<Sender<String>> senders = new ArrayList<>();
        List<Receiver<String>> receivers = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            receivers.add(dispatcher.receiver("r" + i));
            senders.add(dispatcher.sender("s" + i, receivers.getLast()));
        }
        long start = System.nanoTime();
        senders.forEach(Sender::close);
        for (Receiver<String> receiver : receivers) {
            assertEquals(new Delivery.End<>(0), receiver.receive());
            receiver.discard();
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertTrue(took.toSeconds() < 5, () -> "took " + took); // 100,000,000 looks take longer
    }
}
