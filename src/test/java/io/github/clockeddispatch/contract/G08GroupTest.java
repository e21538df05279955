package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G8 broadcast and groups")
class G08GroupTest {

    /** Two receivers whose inboxes a test fills and empties, a sender to each, and one to both. */
    private static final class Pair {
        final Setup setup;
        final int capacity;
        final AnyDispatcher<String> dispatcher;
        final Receiver<String> a;
        final Receiver<String> b;
        final AnySender<String> toA;
        final AnySender<String> toB;
        final AnySender<String> toBoth;

        Pair(Setup setup) {
            this.setup = setup;
            capacity = setup.capacity();
            dispatcher = setup.openAny();
            a = dispatcher.receiver("a");
            b = dispatcher.receiver("b");
            toA = dispatcher.sender("to a", a);
            toB = dispatcher.sender("to b", b);
            toBoth = dispatcher.sender("to both", List.of(a, b));
        }

        /** Fills it; a message that waits for the other one alone has seen its free slot before. */
        void fillA() throws InterruptedException {
            Setup.awaitLookedFor(dispatcher::snapshot, "a");
            setup.fillInbox(toA, a);
        }

        void fillB() throws InterruptedException {
            setup.fillInbox(toB, b);
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G8 one, a fixed group or all are addressed, and all addressed get the same number")
    void g08AllAddressedGetTheSameNumber(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> c = pair.dispatcher.receiver("c");
        AnySender<String> toAll = pair.dispatcher.broadcaster("to all");
        Reading<String> a = setup.read(pair.a);
        Reading<String> b = setup.read(pair.b);
        Reading<String> readC = setup.read(c);
        assertEquals(1, pair.toA.dispatch("a"));
        assertEquals(2, pair.toBoth.dispatch("both"));
        assertEquals(3, toAll.dispatch("all"));
        assertEquals(4, pair.toB.dispatch("b"));
        pair.dispatcher.close();

        assertEquals(List.of(message(1, "a"), message(2, "both"), message(3, "all")), a.all());
        assertEquals(List.of(message(2, "both"), message(3, "all"), message(4, "b")), b.all());
        assertEquals(List.of(message(3, "all")), readC.all());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G8 a receiver that is named twice in a group counts once")
    void g08NamedTwiceCountsOnce(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        AnySender<String> twice = pair.dispatcher.sender("twice", List.of(pair.a, pair.b, pair.a));
        Reading<String> a = setup.read(pair.a);
        Reading<String> b = setup.read(pair.b);
        twice.dispatch("x");
        twice.dispatch("y");
        pair.dispatcher.close();

        assertEquals(List.of(message(1, "x"), message(2, "y")), a.all());
        assertEquals(List.of(message(1, "x"), message(2, "y")), b.all());
    }

    @ContractTest
    @DisplayName("G8 whom a broadcast goes to is decided where it is numbered: also to one who joined while it waited")
    void g08ABroadcastGoesToWhoJoinedWhileItWaited(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        AnySender<String> toAll = pair.dispatcher.broadcaster("to all");
        pair.fillB();
        Running<Long> broadcast =
                setup.call("broadcast", () -> toAll.dispatch("x")).staysBlocked();
        Receiver<String> joined = pair.dispatcher.receiver("joined");
        Receiver<String> left = pair.dispatcher.receiver("left");
        left.discard();
        assertEquals(pair.capacity, joined.joinedAt());
        setup.read(pair.b);

        long number = broadcast.result();
        assertEquals(pair.capacity + 1, number);
        assertEquals(message(number, "x"), joined.receiveMessage());
        assertEquals(message(number, "x"), pair.a.receiveMessage());
        assertEquals(0, left.discarded());
    }

    @ContractTest
    @DisplayName("G8 it goes in once each inbox has had a free slot since it began to wait, also above the capacity")
    void g08ItGoesInOnceEachInboxHasHadRoom(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillB();
        Running<Long> group =
                setup.call("group", () -> pair.toBoth.dispatch("x")).staysBlocked();
        pair.fillA(); // it has had a free slot
        group.staysBlocked();
        pair.b.receiveMessage();

        assertEquals(2 * pair.capacity + 1, group.result());
        assertEquals(pair.capacity + 1, pair.a.pending());
        assertEquals(pair.capacity, pair.b.pending());
    }

    @ContractTest
    @DisplayName("G8 an inbox may hold one message per group sender above its capacity")
    void g08OneMessagePerGroupSenderAboveTheCapacity(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        AnySender<String> toBothToo = pair.dispatcher.sender("to both too", List.of(pair.a, pair.b));
        AnySender<String> toAll = pair.dispatcher.broadcaster("to all");
        pair.fillB();
        List<Running<Long>> waiting = List.of(
                setup.call("one", () -> pair.toBoth.dispatch("x")).staysBlocked(),
                setup.call("two", () -> toBothToo.dispatch("x")).staysBlocked(),
                setup.call("three", () -> toAll.dispatch("x")).staysBlocked());
        pair.fillA();
        pair.b.receiveMessage(); // a slot for them all

        Numbers.assertDense(
                2 * pair.capacity + 1,
                2 * pair.capacity + 3,
                waiting.stream().map(Running::result).toList());
        assertEquals(pair.capacity + 3, pair.a.pending());
    }

    @ContractTest
    @DisplayName("G8 but not two of the same group sender")
    void g08NotTwoOfTheSameGroupSender(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillB();
        Running<Long> first =
                setup.call("first", () -> pair.toBoth.dispatch("x")).staysBlocked();
        pair.fillA();
        pair.b.receiveMessage();
        first.result();
        setup.read(pair.b);
        Running<Long> second =
                setup.call("second", () -> pair.toBoth.dispatch("y")).staysBlocked();
        assertEquals(pair.capacity + 1, pair.a.pending());
        pair.a.receiveMessage(); // at its capacity
        second.staysBlocked();
        pair.a.receiveMessage(); // a free slot

        second.result();
        assertEquals(pair.capacity, pair.a.pending());
    }

    @ContractTest
    @DisplayName("G8 a group message that is withdrawn leaves nothing of its wait to the next one")
    void g08AWithdrawnOneForgetsWhereThereWasRoom(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillB();
        Running<Long> withdrawn =
                setup.call("withdrawn", () -> pair.toBoth.dispatch("x")).staysBlocked();
        pair.fillA(); // it has had a free slot
        withdrawn.interrupt();
        withdrawn.failure(InterruptedException.class);
        Running<Long> next = setup.call("next", () -> pair.toBoth.dispatch("y")).staysBlocked();
        pair.b.receiveMessage();
        next.staysBlocked(); // for it, a has had none
        assertEquals(pair.capacity, pair.a.pending());
        pair.a.receiveMessage();

        next.result();
        assertEquals(pair.capacity, pair.a.pending());
        assertEquals(pair.capacity, pair.b.pending());
    }

    @ContractTest
    @DisplayName("G8 so it is after a time-out")
    void g08ATimedOutOneForgetsWhereThereWasRoom(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillB();
        assertThrows(TimeoutException.class, () -> pair.toBoth.dispatch("x", Duration.ofMillis(2)));
        pair.fillA();
        Running<Long> next = setup.call("next", () -> pair.toBoth.dispatch("y")).staysBlocked();
        pair.b.receiveMessage();
        next.staysBlocked();
        pair.a.receiveMessage();
        next.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G8 a group message cannot be starved by those who address one of its inboxes")
    void g08AGroupMessageIsNotStarved(Setup setup) throws Exception {
        Pair pair = new Pair(setup);
        AnySender<String> toAll = pair.dispatcher.broadcaster("to all");
        setup.read(pair.a);
        setup.read(pair.b);
        Gate enough = setup.gate();
        List<Running<Void>> flood = List.of(
                setup.run("flood a", () -> flood(pair.toA, enough)),
                setup.run("flood b", () -> flood(pair.toB, enough)));
        for (int i = 0; i < 50; i++) {
            toAll.dispatch("all", Await.BOUND);
        }
        enough.open();
        flood.forEach(Running::result);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G8 closed and failed members are skipped")
    void g08ClosedAndFailedMembersAreSkipped(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> c = pair.dispatcher.receiver("c");
        AnySender<String> toThree = pair.dispatcher.sender("to three", List.of(pair.a, pair.b, c));
        AnySender<String> toAll = pair.dispatcher.broadcaster("to all");
        Reading<String> reading = setup.read(c);
        pair.a.discard();
        toThree.dispatch("x");
        pair.b.fail(new IllegalStateException("broken"));
        toThree.dispatch("y");
        toAll.dispatch("z");

        assertEquals(List.of(message(1, "x"), message(2, "y"), message(3, "z")), reading.await(3));
        assertEquals(0, pair.a.discarded());
    }

    @ContractTest
    @DisplayName("G8 a group message that waits for a member goes to the others when that one is closed")
    void g08AMemberThatIsClosedIsWaitedForNoMore(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillB();
        Running<Long> group =
                setup.call("group", () -> pair.toBoth.dispatch("x")).staysBlocked();
        pair.b.discard();

        long number = group.result();
        assertEquals(message(number, "x"), pair.a.receiveMessage());
        assertEquals(pair.capacity, pair.b.discarded());
    }

    @ContractTest
    @DisplayName("G8 or when it fails")
    void g08AMemberThatFailsIsWaitedForNoMore(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        AnySender<String> toAll = pair.dispatcher.broadcaster("to all");
        pair.fillB();
        Running<Long> broadcast =
                setup.call("broadcast", () -> toAll.dispatch("x")).staysBlocked();
        pair.b.fail(new IllegalStateException("broken"));

        long number = broadcast.result();
        assertEquals(message(number, "x"), pair.a.receiveMessage());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G8 a send to a fixed group fails when no member is left, and not before")
    void g08ASendFailsWhenNoMemberIsLeft(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.a.discard();
        pair.toBoth.send("for b");
        assertEquals("for b", ((Delivery.Message<String>) pair.b.receiveMessage()).payload());
        pair.b.discard();

        assertThrows(ClosedException.class, () -> pair.toBoth.send("for nobody"));
        assertThrows(ClosedException.class, () -> pair.toBoth.trySend("for nobody"));
        assertThrows(ClosedException.class, () -> pair.toBoth.dispatch("for nobody"));
        assertEquals(1, pair.dispatcher.sequence());
    }

    @ContractTest
    @DisplayName("G8 those who wait then are told so")
    void g08ThoseWhoWaitAreToldThatNoMemberIsLeft(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillA();
        pair.fillB();
        Running<Long> group =
                setup.call("group", () -> pair.toBoth.dispatch("x")).staysBlocked();
        pair.a.fail(new IllegalStateException("broken"));
        group.staysBlocked();
        pair.b.fail(new IllegalStateException("broken too"));

        group.failure(FailedException.class);
        assertThrows(DispatchException.class, () -> pair.toBoth.send("for nobody"));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G8 a broadcast to nobody takes a number")
    void g08ABroadcastToNobodyTakesANumber(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        AnySender<String> toAll = dispatcher.broadcaster("to all");
        assertEquals(1, toAll.dispatch("for nobody"));
        Receiver<String> r = dispatcher.receiver("r");
        assertEquals(1, r.joinedAt());
        assertEquals(2, toAll.dispatch("for r"));
        assertEquals(message(2, "for r"), r.receiveMessage());
        r.discard();
        assertEquals(3, toAll.dispatch("for nobody"));
        assertEquals(3, dispatcher.sequence());
        Setup.send(toAll, 3 * setup.capacity());
        Await.eventually("all have a number", () -> dispatcher.sequence() == 3 + 3 * setup.capacity());
    }

    private static void flood(AnySender<String> sender, Gate enough) throws InterruptedException {
        while (!enough.isOpen()) {
            sender.send("flood");
        }
    }

    private static Delivery.Message<String> message(long number, String payload) {
        return new Delivery.Message<>(number, payload);
    }
}
