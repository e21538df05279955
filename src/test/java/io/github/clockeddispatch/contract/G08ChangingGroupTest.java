package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G8 groups that change")
class G08ChangingGroupTest {

    /** A group of two, a sender to it, and senders to each of the two alone. */
    private static final class Pair {
        final Setup setup;
        final int capacity;
        final Dispatcher<String> dispatcher;
        final Receiver<String> a;
        final Receiver<String> b;
        final Group<String> group;
        final Sender<String> toGroup;
        final Sender<String> toA;
        final Sender<String> toB;

        Pair(Setup setup) {
            this.setup = setup;
            capacity = setup.capacity();
            dispatcher = setup.open();
            a = dispatcher.receiver("a");
            b = dispatcher.receiver("b");
            group = dispatcher.group("group", a, b);
            toGroup = dispatcher.sender("to group", group);
            toA = dispatcher.sender("to a", a);
            toB = dispatcher.sender("to b", b);
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

    private static Delivery.Message<String> message(long number, String payload) {
        return new Delivery.Message<>(number, payload);
    }

    private static List<Delivery.Message<String>> drained(Receiver<String> receiver) {
        List<Delivery.Message<String>> all = new ArrayList<>();
        receiver.drain((number, payload) -> all.add(message(number, payload)), Integer.MAX_VALUE);
        return all;
    }

    // ---- add

    @ContractTest
    @DisplayName("G8 add returns j: what is sent to the group is for the new member after j, and not up to j")
    void g08AddedAtJ(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.startAfter(7));
        Receiver<String> a = dispatcher.receiver("a");
        Group<String> group = dispatcher.group("group", a);
        Sender<String> sender = dispatcher.sender("s", group);
        setup.read(a);
        assertEquals(8, sender.dispatch("before"));
        Receiver<String> b = dispatcher.receiver("b");
        assertEquals(8, group.add(b));
        assertEquals(9, sender.dispatch("after"));

        assertEquals(message(9, "after"), b.receiveMessage());
        assertTrue(b.receiveMessage(Duration.ZERO).isEmpty());
    }

    @ContractTest
    @DisplayName("G8 adding a member again returns its first j, and changes nothing")
    void g08AddedAgain(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> c = pair.dispatcher.receiver("c");
        setup.read(pair.a);
        setup.read(pair.b);
        pair.toGroup.dispatch("one");
        assertEquals(1, pair.group.add(c));
        assertEquals(2, pair.toGroup.dispatch("two"));
        assertEquals(message(2, "two"), c.receiveMessage());

        assertEquals(1, pair.group.add(c));
        assertEquals(0, pair.group.add(pair.a)); // since the group was made
        assertEquals(List.of(pair.a, pair.b, c), pair.group.members());
        assertEquals(3, pair.toGroup.dispatch("three"));
        assertEquals(message(3, "three"), c.receiveMessage());
        assertTrue(c.receiveMessage(Duration.ZERO).isEmpty());
    }

    @ContractTest
    @DisplayName(
            "G8 an ended, discarded or failed receiver is refused, and nothing changes; a discarded or failed member, too")
    void g08WhoIsRefused(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> ended = pair.dispatcher.receiver("ended");
        pair.dispatcher.sender("last", ended).close();
        Receiver<String> discarded = pair.dispatcher.receiver("discarded");
        discarded.discard();
        Receiver<String> failed = pair.dispatcher.receiver("failed");
        Exception cause = new Exception("planned");
        failed.fail(cause);

        String text =
                assertThrows(ClosedException.class, () -> pair.group.add(ended)).getMessage();
        assertTrue(text.contains("receiver \"ended\" has ended, as its last sender was closed"), text);
        assertTrue(text.contains("endWithLastSender(false)"), text);
        assertThrows(ClosedException.class, () -> pair.group.add(discarded));
        assertEquals(
                cause,
                assertThrows(FailedException.class, () -> pair.group.add(failed))
                        .getCause());
        for (Receiver<String> gone : List.of(ended, discarded)) {
            assertThrows(ClosedException.class, () -> pair.dispatcher.group("another", pair.a, gone));
        }
        assertThrows(FailedException.class, () -> pair.dispatcher.group("another", pair.a, failed));
        assertEquals(List.of(pair.a, pair.b), pair.group.members());

        pair.a.discard();
        pair.b.fail(cause);
        assertThrows(ClosedException.class, () -> pair.group.add(pair.a));
        assertThrows(FailedException.class, () -> pair.group.add(pair.b));
    }

    @ContractTest
    @DisplayName("G8 receivers and groups of another dispatcher are refused")
    void g08OfAnotherDispatcher(Setup setup) {
        Pair pair = new Pair(setup);
        Dispatcher<String> other = setup.open(builder -> builder.name("other"));
        Receiver<String> foreign = other.receiver("foreign");
        Group<String> foreignGroup = other.group("foreign group", foreign);
        for (String text : List.of(
                assertThrows(IllegalArgumentException.class, () -> pair.group.add(foreign))
                        .getMessage(),
                assertThrows(IllegalArgumentException.class, () -> pair.group.remove(foreign))
                        .getMessage(),
                assertThrows(IllegalArgumentException.class, () -> pair.dispatcher.group("mixed", pair.a, foreign))
                        .getMessage(),
                assertThrows(IllegalArgumentException.class, () -> pair.dispatcher.sender("s", foreignGroup))
                        .getMessage())) {
            assertTrue(text.contains("foreign") && text.contains("dispatcher \"other\""), text);
        }
        assertEquals(List.of(pair.a, pair.b), pair.group.members());
    }

    @ContractTest
    @DisplayName(
            "G8 a receiver that is named twice counts once; names of groups need not be unique, nor differ from others")
    void g08NamedTwice(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Group<String> twice = pair.dispatcher.group("group", pair.a, pair.a);
        Sender<String> sender = pair.dispatcher.sender("group", twice);
        assertEquals(List.of(pair.a), twice.members());
        sender.dispatch("x");
        assertEquals(1, pair.a.pending());
        assertEquals("group", twice.name());
        assertEquals("group \"group\"", twice.toString());
        assertEquals(List.of(), pair.dispatcher.group("a").members());
    }

    // ---- remove

    @ContractTest
    @DisplayName("G8 remove returns k: what is sent to the group is for the member up to k, and not after it")
    void g08RemovedAtK(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        setup.read(pair.a);
        assertEquals(1, pair.toGroup.dispatch("one"));
        assertEquals(1, pair.group.remove(pair.b));
        assertEquals(2, pair.toGroup.dispatch("two"));

        assertEquals(List.of(message(1, "one")), drained(pair.b));
        assertEquals(List.of(pair.a), pair.group.members());
        assertEquals(2, pair.b.clock().time());
    }

    @ContractTest
    @DisplayName("G8 to remove a stranger returns the counter and changes nothing")
    void g08StrangerIsRemoved(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> stranger = pair.dispatcher.receiver("stranger");
        Receiver<String> discarded = pair.dispatcher.receiver("discarded");
        pair.toA.dispatch("counted");
        discarded.discard();
        assertEquals(1, pair.group.remove(stranger));
        assertEquals(1, pair.group.remove(discarded));
        assertEquals(1, pair.group.remove(pair.b));
        pair.a.receiveMessage();
        pair.toA.dispatch("counted");
        assertEquals(2, pair.group.remove(pair.b));
        assertEquals(List.of(pair.a), pair.group.members());
        assertTrue(stranger.receiveMessage(Duration.ZERO).isEmpty()); // it has not ended
        assertTrue(pair.b.receiveMessage(Duration.ZERO).isEmpty());
    }

    @ContractTest
    @DisplayName("G8 who was taken out and is added again gets a new j, and nothing of what lies between")
    void g08AddedAfterRemoved(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        setup.read(pair.a);
        pair.toGroup.dispatch("one");
        assertEquals(1, pair.group.remove(pair.b));
        pair.toGroup.dispatch("two");
        assertEquals(2, pair.group.add(pair.b));
        assertEquals(message(1, "one"), pair.b.receiveMessage());
        assertEquals(3, pair.toGroup.dispatch("three"));
        assertEquals(message(3, "three"), pair.b.receiveMessage());
        assertEquals(List.of(pair.a, pair.b), pair.group.members());
        pair.group.remove(pair.a);
        pair.group.add(pair.a);
        assertEquals(List.of(pair.b, pair.a), pair.group.members()); // who was added last comes last
    }

    @ContractTest
    @DisplayName(
            "G8 a view is replaced while it runs, exactly: the old one is given all up to k, the new one all after j")
    void g08AViewIsReplaced(Setup setup) {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> stays = dispatcher.receiver("stays");
        Receiver<String> old = dispatcher.receiver("old");
        Group<String> views = dispatcher.group("views", stays, old);
        List<Sender<String>> senders =
                List.of(dispatcher.sender("s0", views), dispatcher.sender("s1", views), dispatcher.sender("s2", stays));
        Reading<String> readsStays = setup.read(stays);
        Reading<String> readsOld = setup.read(old);
        Gate enough = setup.gate();
        List<Running<List<Long>>> sending = new ArrayList<>();
        for (Sender<String> sender : senders) {
            sending.add(setup.call("sends " + sender.name(), () -> {
                List<Long> numbers = new ArrayList<>();
                while (!enough.isOpen()) {
                    numbers.add(sender.dispatch("x"));
                }
                return numbers;
            }));
        }
        List<Long> added = new ArrayList<>();
        List<Long> removed = new ArrayList<>();
        List<Reading<String>> views5 = new ArrayList<>(List.of(readsOld));
        Receiver<String> last = old;
        for (int i = 0; i < 5; i++) {
            views5.getLast().await(2);
            Receiver<String> next = dispatcher.receiver("view " + i);
            views5.add(setup.read(next));
            added.add(views.add(next));
            removed.add(views.remove(last));
            last = next;
        }
        views5.getLast().await(1);
        enough.open();
        List<Long> toViews = new ArrayList<>(sending.get(0).result());
        toViews.addAll(sending.get(1).result());
        sending.get(2).result();
        dispatcher.close();

        readsStays.all();
        toViews.sort(null);
        for (int i = 0; i < views5.size(); i++) {
            long from = i == 0 ? 0 : added.get(i - 1);
            long to = i == removed.size() ? Long.MAX_VALUE : removed.get(i);
            assertEquals(
                    toViews.stream()
                            .filter(number -> number > from && number <= to)
                            .toList(),
                    Reading.numbers(views5.get(i).all()));
        }
    }

    // ---- messages that wait

    @ContractTest
    @DisplayName("G8 a waiting message has the members of the moment it goes in")
    void g08AWaitingMessageHasTheMembersOfItsMoment(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> c = pair.dispatcher.receiver("c");
        Receiver<String> d = pair.dispatcher.receiver("d");
        pair.group.add(c);
        pair.fillB();
        Running<Long> waits =
                setup.call("waits", () -> pair.toGroup.dispatch("x")).staysBlocked();
        assertEquals(pair.capacity, pair.group.add(d));
        assertEquals(pair.capacity, pair.group.remove(c));
        pair.b.receiveMessage();

        long number = waits.result();
        assertEquals(pair.capacity + 1, number);
        assertEquals(List.of(message(number, "x")), drained(pair.a));
        assertEquals(List.of(message(number, "x")), drained(d));
        assertEquals(List.of(), drained(c));
    }

    @ContractTest
    @DisplayName(
            "G8 who is taken out is waited for no more: the message goes in at once, also above the capacity of others")
    void g08WhoIsTakenOutIsWaitedForNoMore(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillB();
        Running<Long> waits =
                setup.call("waits", () -> pair.toGroup.dispatch("x")).staysBlocked();
        pair.fillA();
        pair.group.remove(pair.b);

        waits.result();
        assertEquals(pair.capacity + 1, pair.a.pending());
        assertEquals(pair.capacity, pair.b.pending());
        assertEquals(List.of(), pair.dispatcher.snapshot().senders().getFirst().waitsFor());
    }

    @ContractTest
    @DisplayName("G8 a waiting message of a group that becomes empty goes in, to nobody")
    void g08AWaitingMessageToNobody(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillA();
        pair.fillB();
        Running<Long> waits =
                setup.call("waits", () -> pair.toGroup.dispatch("x")).staysBlocked();
        pair.group.remove(pair.a);
        waits.staysBlocked();
        pair.b.discard();

        assertEquals(2 * pair.capacity + 1, waits.result());
        assertEquals(pair.capacity, pair.a.pending());
    }

    @ContractTest
    @DisplayName("G8 who is added full while a message waits must have had a free slot since, too")
    void g08WhoIsAddedFullIsWaitedFor(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> c = pair.dispatcher.receiver("c");
        Sender<String> toC = pair.dispatcher.sender("to c", c);
        setup.fillInbox(toC, c);
        pair.fillB();
        Running<Long> waits =
                setup.call("waits", () -> pair.toGroup.dispatch("x")).staysBlocked();
        pair.fillA();
        pair.group.add(c);
        pair.b.receiveMessage();
        waits.staysBlocked();
        assertEquals(pair.capacity, c.pending());
        c.receiveMessage();

        waits.result();
        assertEquals(pair.capacity, c.pending());
        assertEquals(pair.capacity + 1, pair.a.pending());
    }

    @ContractTest
    @DisplayName(
            "G8 so is one that was waited for, was taken out and is added again; but not two times for one message")
    void g08WhoIsAddedAgainFull(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillA();
        pair.fillB();
        Running<Long> waits =
                setup.call("waits", () -> pair.toGroup.dispatch("x")).staysBlocked();
        pair.group.remove(pair.b);
        pair.group.add(pair.b);
        pair.a.receiveMessage(); // its free slot
        pair.fillA();
        waits.staysBlocked();
        assertEquals(
                List.of("b"), pair.dispatcher.snapshot().senders().getFirst().waitsFor());
        pair.b.receiveMessage();

        waits.result();
        assertEquals(pair.capacity + 1, pair.a.pending());
        assertEquals(pair.capacity, pair.b.pending());
    }

    @ContractTest
    @DisplayName(
            "G8 it takes nobody's room while it waits, and each inbox holds one of each group sender above its capacity")
    void g08OneOfEachGroupSenderAboveTheCapacity(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Sender<String> second = pair.dispatcher.sender("second", pair.group);
        pair.fillB();
        List<Running<Long>> waiting = List.of(
                setup.call("one", () -> pair.toGroup.dispatch("x")).staysBlocked(),
                setup.call("two", () -> second.dispatch("y")).staysBlocked());
        pair.fillA();
        pair.b.receiveMessage();

        Numbers.assertDense(
                2 * pair.capacity + 1,
                2 * pair.capacity + 2,
                waiting.stream().map(Running::result).toList());
        assertEquals(pair.capacity + 2, pair.a.pending());
        assertEquals(pair.capacity + 1, pair.b.pending());
    }

    @ContractTest
    @DisplayName("G8 it cannot be starved by those who address one of its members, whoever comes and goes")
    void g08ItIsNotStarved(Setup setup) throws Exception {
        Pair pair = new Pair(setup);
        setup.read(pair.a);
        setup.read(pair.b);
        Gate enough = setup.gate();
        List<Running<Void>> flood = List.of(
                setup.run("flood a", () -> flood(pair.toA, enough)),
                setup.run("flood b", () -> flood(pair.toB, enough)));
        for (int i = 0; i < 50; i++) {
            pair.group.remove(pair.b);
            pair.group.add(pair.b);
            pair.toGroup.dispatch("x", Await.BOUND);
        }
        enough.open();
        flood.forEach(Running::result);
    }

    private static void flood(Sender<String> sender, Gate enough) throws InterruptedException {
        while (!enough.isOpen()) {
            sender.send("flood");
        }
    }

    @ContractTest
    @DisplayName("G8 a withdrawn message leaves nothing of its wait to the next one")
    void g08AWithdrawnOneLeavesNothing(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillB();
        String text = assertThrows(TimeoutException.class, () -> pair.toGroup.dispatch("x", Duration.ofMillis(5)))
                .getMessage();
        assertTrue(text.contains("the inbox of \"b\" is full (" + pair.capacity + " of " + pair.capacity + ")"), text);
        CompletableFuture<Long> future = pair.toGroup.dispatchAsync("y");
        pair.fillA();
        assertTrue(future.cancel(false));
        Running<Long> waits =
                setup.call("waits", () -> pair.toGroup.dispatch("z")).staysBlocked();
        pair.group.remove(pair.b);
        waits.staysBlocked(); // for this one, a has had no free slot
        pair.a.receiveMessage();

        assertEquals(2 * pair.capacity + 1, waits.result());
        assertEquals(pair.capacity, pair.a.pending());
    }

    @ContractTest
    @DisplayName("G8 a future's message that waits for one who is taken out gets its number")
    void g08AFutureOfAWaitingMessage(Setup setup) throws Exception {
        Pair pair = new Pair(setup);
        pair.fillB();
        CompletableFuture<Long> future = pair.toGroup.dispatchAsync("x");
        Await.never("it goes in", future::isDone);
        pair.group.remove(pair.b);

        assertEquals(pair.capacity + 1, future.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS));
        assertEquals(List.of(message(pair.capacity + 1, "x")), drained(pair.a));
    }

    // ---- members, and nobody

    @ContractTest
    @DisplayName("G8 members() are those that a message numbered now would reach, and a copy")
    void g08Members(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        Receiver<String> c = pair.dispatcher.receiver("c");
        Receiver<String> d = pair.dispatcher.receiver("d");
        pair.group.add(c);
        pair.group.add(d);
        List<Receiver<String>> before = pair.group.members();
        assertEquals(List.of(pair.a, pair.b, c, d), before);
        pair.b.discard();
        assertEquals(List.of(pair.a, c, d), pair.group.members());
        c.fail(new Exception("planned"));
        assertEquals(List.of(pair.a, d), pair.group.members());
        pair.group.remove(pair.a);
        assertEquals(List.of(d), pair.group.members());
        pair.toGroup.close(); // which ends d
        assertEquals(List.of(), pair.group.members());
        assertEquals(List.of(pair.a, pair.b, c, d), before);
        assertThrows(UnsupportedOperationException.class, () -> before.remove(0));
    }

    @ContractTest
    @DisplayName(
            "G8 a sender to a group is never refused for its members, and a message with nobody there takes a number")
    void g08NobodyThere(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = setup.open();
        Group<String> empty = dispatcher.group("empty");
        Sender<String> sender = dispatcher.sender("to nobody", empty);
        assertEquals(1, sender.dispatch("x"));
        Receiver<String> discarded = dispatcher.receiver("discarded");
        Receiver<String> failed = dispatcher.receiver("failed");
        Receiver<String> ended = dispatcher.receiver("ended");
        Group<String> group = dispatcher.group("group", discarded, failed, ended);
        Sender<String> early = dispatcher.sender("early", group);
        early.close(); // ends all
        discarded.discard();
        failed.fail(new Exception("planned"));
        Sender<String> late = dispatcher.sender("late", group);
        assertEquals(2, late.dispatch("x"));
        assertEquals(3, late.dispatch("x", Duration.ZERO));
        assertEquals(4, late.dispatchAsync("x").get());
        late.send("x");
        assertTrue(late.send("x", Await.BOUND));
        Await.eventually("there is room", () -> late.trySend("x"));
        Await.eventually("all have a number", () -> dispatcher.sequence() == 7);
        assertEquals(0, discarded.discarded() + failed.discarded());
        assertInstanceOf(Delivery.End.class, ended.receiveMessage());
        Receiver<String> r = dispatcher.receiver("r");
        assertEquals(7, group.add(r));
        assertEquals(8, late.dispatch("for r"));
        assertEquals(message(8, "for r"), r.receiveMessage());
    }

    @ContractTest
    @DisplayName("G8 a message that was accepted goes to nobody where all members stop before it is numbered")
    void g08AllStop(Setup setup) throws InterruptedException {
        Pair pair = new Pair(setup);
        pair.fillA();
        pair.toGroup.send("x");
        pair.a.discard();
        pair.b.fail(new Exception("planned"));
        Await.eventually("it has a number", () -> pair.dispatcher.sequence() == pair.capacity + 1);
        assertEquals(pair.capacity, pair.a.discarded());
    }
}
