package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.LiveThreads;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Dispatcher")
class DispatcherTest {
    private static final Duration HOUR = Duration.ofHours(1);

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "awaitFinished: everything accepted before the call, also what still waits in channels, is finished by all")
    void awaitFinishedWaitsForWhatWasAccepted(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        AnySender<String> toA = dispatcher.sender("to a", a);
        AnySender<String> toBoth = dispatcher.sender("to both", List.of(a, b));
        assertTrue(dispatcher.awaitFinished(Duration.ZERO)); // there was nothing
        setup.fill(toA, a);
        toBoth.send("for both");
        Running<Boolean> waiting =
                setup.call("waiting", () -> dispatcher.awaitFinished(HOUR)).staysBlocked();
        assertFalse(dispatcher.awaitFinished(Duration.ofMillis(1)));
        for (int i = 0; i < setup.pathCapacity() + 1; i++) {
            a.receiveMessage();
        }
        a.acknowledge();
        waiting.staysBlocked(); // for b
        b.receiveMessage();
        waiting.staysBlocked();
        b.acknowledge();
        assertTrue(waiting.result());
        assertTrue(dispatcher.awaitFinished(Duration.ZERO));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("awaitFinished does not wait for what was accepted later")
    void awaitFinishedDoesNotWaitForLater(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> never = dispatcher.receiver("never read");
        AnySender<String> sender = dispatcher.sender("s", r);
        sender.send("before");
        Await.eventually("it is there", () -> r.pending() == 1);
        Running<Boolean> waiting =
                setup.call("waiting", () -> dispatcher.awaitFinished(HOUR)).awaitBlocked();
        dispatcher.sender("n", never).send("after");
        dispatcher.sender("later", r).send("after");
        r.receiveMessage();
        r.acknowledge();
        assertTrue(waiting.result());
    }

    @ContractTest
    @DisplayName("awaitFinished does not wait for what was withdrawn or discarded")
    void awaitFinishedDoesNotWaitForTheDiscarded(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);
        Running<Boolean> waiting =
                setup.call("waiting", () -> dispatcher.awaitFinished(HOUR)).staysBlocked();
        r.discard();
        assertTrue(waiting.result());
        assertTrue(dispatcher.awaitFinished(HOUR));

        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> filler = dispatcher.sender("filler", other);
        Sender<String> toOther = dispatcher.sender("to other", other);
        Setup.send(filler, setup.capacity());
        Await.eventually("the inbox is full", () -> other.pending() == setup.capacity());
        Running<Long> dispatch =
                setup.call("dispatch", () -> toOther.dispatch("x")).awaitBlocked();
        Running<Boolean> again =
                setup.call("again", () -> dispatcher.awaitFinished(HOUR)).staysBlocked();
        dispatch.interrupt();
        dispatch.failure(InterruptedException.class);
        again.staysBlocked();
        for (int i = 0; i < setup.capacity(); i++) {
            other.receiveMessage();
        }
        other.acknowledge();
        assertTrue(again.result());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("awaitFinished ends with the failure of a receiver that will not finish")
    void awaitFinishedEndsWithTheFailure(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.sender("s", r).dispatch("x");
        Running<Boolean> waiting =
                setup.call("waiting", () -> dispatcher.awaitFinished(HOUR)).awaitBlocked();
        Exception cause = new IllegalStateException("broken");
        r.fail(cause);
        waiting.failure(FailedException.class);
        FailedException told = assertThrows(FailedException.class, () -> dispatcher.awaitFinished(HOUR));
        assertSame(cause, told.getCause());
        assertEquals(1, told.sequence());
    }

    @ContractTest
    @DisplayName("snapshot says how everything stands")
    void snapshotSaysHowEverythingStands(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.name("shop"));
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);
        r.receiveMessage();
        Await.eventually("the inbox is full again", () -> r.pending() == setup.capacity());
        r.clock().whenReached(5);
        Await.eventually(
                "the pump waits, or has nothing left",
                () -> setup.capacity() == 1
                        || !dispatcher
                                .snapshot()
                                .senders()
                                .getFirst()
                                .waitsFor()
                                .isEmpty());
        Snapshot snapshot = dispatcher.snapshot();
        assertEquals("shop", snapshot.name());
        assertEquals("shop", dispatcher.name());
        assertEquals(setup.capacity() + 1, snapshot.sequence());
        Snapshot.ReceiverState receiver = snapshot.receivers().getFirst();
        assertEquals("r", receiver.name());
        assertEquals(Snapshot.ReceiverState.State.OPEN, receiver.state());
        assertEquals(0, receiver.joinedAt());
        assertEquals(0, receiver.time());
        assertEquals(1, receiver.firstUnfinished());
        assertEquals(setup.capacity(), receiver.capacity());
        assertEquals(setup.capacity(), receiver.pending());
        assertEquals(0, receiver.discarded());
        assertEquals(1, receiver.waits());
        Snapshot.SenderState state = snapshot.senders().getFirst();
        assertEquals("s", state.name());
        assertEquals(Snapshot.SenderState.State.OPEN, state.state());
        assertEquals(setup.capacity() - 1, state.queued());
        assertEquals(setup.capacity() == 1 ? List.of() : List.of("r"), state.waitsFor());
        r.discard();
        assertEquals(List.of(), dispatcher.snapshot().receivers());
    }

    @ContractTest
    @DisplayName("each sender has one pump, by default on a virtual thread of the dispatcher's own")
    void pumpsAreVirtualThreads(Setup setup) throws InterruptedException {
        long mark = LiveThreads.mark();
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> r = dispatcher.receiver("r");
            dispatcher.sender("one", r);
            dispatcher.broadcaster("two");
            List<LiveThreads.Live> pumps = LiveThreads.since(mark);
            assertEquals(2, pumps.size(), pumps::toString);
            assertTrue(pumps.stream().allMatch(LiveThreads.Live::virtual), pumps::toString);
        }
        Dispatcher<String> other = setup.open();
        other.sender("s", other.receiver("r"));
        List<LiveThreads.Live> given = LiveThreads.since(mark);
        assertEquals(1, given.size(), given::toString);
        assertEquals(setup.pumps() == Pumps.OWN, given.getFirst().virtual());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("a handler may send on through the same dispatcher")
    void aHandlerMaySendOn(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> first = dispatcher.receiver("first");
        Receiver<String> second = dispatcher.receiver("second");
        AnySender<String> toFirst = dispatcher.sender("to first", first);
        AnySender<String> toSecond = dispatcher.sender("to second", second);
        Gate last = setup.gate();
        dispatcher.read(first, (number, message) -> {
            long sent = toSecond.dispatch(message);
            assertTrue(sent > number);
            second.clock().waitUntil(sent);
        });
        dispatcher.read(second, (number, message) -> {
            if (message.equals("m100")) {
                last.open();
            }
        });
        Setup.send(toFirst, 100);
        last.pass();
        assertTrue(dispatcher.awaitFinished(HOUR));
        assertEquals(200, dispatcher.sequence());
    }
}
