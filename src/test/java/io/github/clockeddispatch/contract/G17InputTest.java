package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.ReceiverState.State;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.function.Executable;

/** What {@code BadInputTest} leaves to say: it has null, foreign and other bad input to every method. */
@DisplayName("G17 input")
class G17InputTest {
    private static final long LAST = Long.MAX_VALUE - 1;

    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;

    private void open(Setup setup) {
        dispatcher = setup.openAny();
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
    }

    private static void refused(Object value, Executable call) {
        String text = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(text.contains(value.toString()), () -> "does not say " + value + ": " + text);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G17 the names of open receivers are unique, and so are those of open senders, of whatever kind")
    void g17NamesAreUnique(Setup setup) throws InterruptedException {
        open(setup);
        refused("r", () -> dispatcher.receiver("r"));
        refused("s", () -> dispatcher.sender("s", r));
        refused("s", () -> dispatcher.sender("s", List.of(r)));
        refused("s", () -> dispatcher.broadcaster("s"));
        dispatcher.sender("r", r); // a sender may be called as a receiver is
        dispatcher.receiver("s");
        AnyDispatcher<String> other = setup.openAny(); // and two dispatchers may use the same names
        other.sender("s", other.receiver("r"));
        dispatcher.receiver("");
        dispatcher.broadcaster("");
        assertEquals(1, sender.dispatch("x")); // nothing was broken
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G17 a receiver that has ended leaves its name to another one, and goes on: its clock, its End, its place")
    void g17TheNameOfWhatHasEnded(Setup setup) throws InterruptedException {
        open(setup);
        sender.send("last");
        sender.close();
        refused("name \"r\" is taken by a receiver of ", () -> dispatcher.receiver("r"));
        assertEquals(new Delivery.Message<>(1, "last"), r.receiveMessage());
        Await.eventually("it has ended", () -> states("r").equals(List.of(State.ENDED)));
        Receiver<String> again = dispatcher.receiver("r");
        assertEquals(0, r.clock().time()); // it has something in hand, and its name is free all the same
        refused("name \"r\" is taken by a receiver of ", () -> dispatcher.receiver("r"));
        assertEquals(List.of(State.ENDED, State.OPEN), states("r"));

        assertEquals(2, dispatcher.sender("again", again).dispatch("x"));
        assertEquals(new Delivery.Message<>(2, "x"), again.receiveMessage());
        assertEquals(1, again.clock().lag());
        assertTrue(r.receiveMessage() instanceof Delivery.End);
        assertTrue(r.clock().time() >= 1);
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(9)).awaitBlocked();
        r.discard(); // frees nothing of the other one's
        waiting.failure(ClosedException.class);
        refused("name \"r\" is taken by a receiver of ", () -> dispatcher.receiver("r"));
        assertEquals(List.of(State.OPEN), states("r"));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G17 one that has failed as well; it stays failed, and close tells the end of numbers to waits of all")
    void g17TheNameOfWhatHasFailed(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("bad");
        r.fail(new IllegalStateException("on purpose"));
        Receiver<String> again = dispatcher.receiver("r");
        assertEquals(List.of(State.FAILED, State.OPEN), states("r"));
        assertEquals(2, dispatcher.sender("again", again).dispatch("x"));
        assertThrows(FailedException.class, () -> r.clock().waitUntil(1));
        assertThrows(FailedException.class, () -> sender.dispatch("x"));
        assertThrows(FailedException.class, () -> dispatcher.awaitFinished(Duration.ZERO));
        r.discard();
        assertEquals(new Delivery.Message<>(2, "x"), again.receiveMessage());
        again.acknowledge();
        assertTrue(dispatcher.awaitFinished(Duration.ZERO));
        assertEquals(List.of(State.OPEN), states("r"));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G17 close ends waits for the clock of one that has ended and left its name to another")
    void g17WaitsOfWhatHasLeftItsName(Setup setup) throws InterruptedException {
        open(setup);
        sender.close();
        assertEquals(new Delivery.End<>(0), r.receiveMessage());
        dispatcher.receiver("r");
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(9)).awaitBlocked();
        dispatcher.close();
        waiting.failure(ClosedException.class);
    }

    private List<State> states(String name) {
        return dispatcher.snapshot().receivers().stream()
                .filter(receiver -> receiver.name().equals(name))
                .map(Snapshot.ReceiverState::state)
                .toList();
    }

    @ContractTest
    @DisplayName("G17 capacities are from 1 to 2^30")
    void g17BadCapacities(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        dispatcher.receiver("r");
        refused("r", () -> dispatcher.receiver("r", 5));
        for (int bad : List.of(Integer.MIN_VALUE, (1 << 30) + 1)) {
            refused(bad, () -> Dispatcher.builder().channelCapacity(bad));
            refused(bad, () -> Dispatcher.builder().inboxCapacity(bad));
            refused(bad, () -> dispatcher.receiver("bad", bad));
        }
        Receiver<String> huge = dispatcher.receiver("bad", 1 << 30); // which takes no memory yet
        assertEquals(1, dispatcher.sender("n", huge).dispatch("x"));
        try (Dispatcher<String> large =
                setup.open(builder -> builder.channelCapacity(1 << 30).inboxCapacity(1 << 30))) {
            Receiver<String> receiver = large.receiver("r");
            assertEquals(1, large.sender("s", receiver).dispatch("x"));
        }
    }

    @ContractTest
    @DisplayName("G17 past the last number nothing wraps: a send is an IllegalStateException")
    void g17PastTheLastNumber(Setup setup) throws InterruptedException {
        dispatcher = setup.openAny(builder -> builder.startAfter(LAST - 2));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        AnySender<String> toAll = dispatcher.broadcaster("all");
        Reading<String> reading = setup.read(r);
        assertEquals(LAST - 1, sender.dispatch("a"));
        assertEquals(LAST, toAll.dispatch("b"));
        r.clock().waitUntil(LAST);
        List<Executable> calls = List.of(
                () -> sender.send("x"),
                () -> sender.trySend("x"),
                () -> sender.send("x", Duration.ofHours(1)),
                () -> sender.dispatch("x"),
                () -> sender.dispatch("x", Duration.ofHours(1)),
                () -> sender.dispatchAsync("x"),
                () -> toAll.dispatch("x"));
        for (Executable call : calls) {
            assertThrows(IllegalStateException.class, call);
        }
        assertEquals(LAST, dispatcher.sequence());
        assertEquals(LAST, r.clock().time());
        assertEquals(2, reading.await(2).size());
        dispatcher.close();
    }

    @ContractTest
    @DisplayName("G17 what was accepted and gets no number any more: dispatches are told, sends are counted by close")
    void g17WhoWaitsWhenTheLastNumberIsGiven(Setup setup) throws InterruptedException {
        dispatcher = setup.openAny(builder -> builder.startAfter(LAST - 2).inboxCapacity(1));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        AnySender<String> waiting = dispatcher.sender("w", r);
        AnySender<String> toOther = dispatcher.sender("o", dispatcher.receiver("other"));
        assertEquals(LAST - 1, sender.dispatch("fills the inbox"));
        sender.send("gets no number");
        Running<Long> dispatch =
                setup.call("dispatch", () -> waiting.dispatch("x")).awaitBlocked();
        assertEquals(LAST, toOther.dispatch("the last"));
        r.receiveMessage(); // there is room now, and no number

        dispatch.failure(IllegalStateException.class);
        G12ClosingTest.says(assertThrows(DispatchException.class, dispatcher::close), 1, "s");
        Await.never("a number past the last", () -> dispatcher.sequence() != LAST);
        assertEquals(0, r.pending());
    }

    @ContractTest(over = MERGE)
    @DisplayName("G17 in a merge the last number can be forwarded, promised and reached")
    void g17TheLastNumber(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Receiver<String> s = merge.receiver("s");
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toBoth = merge.forwarder("to both", r, s);
        toR.forward(LAST, "last");
        toBoth.advance(LAST);
        assertEquals(new Delivery.Message<>(LAST, "last"), r.receive());
        r.acknowledge();
        assertEquals(LAST, r.clock().time());
    }
}
