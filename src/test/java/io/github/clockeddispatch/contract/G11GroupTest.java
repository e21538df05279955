package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Inside;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G11 ends of those who are, or were, in groups that change; what groups keep, and how they are closed")
class G11GroupTest {

    private static Delivery.Message<String> message(long number, String payload) {
        return new Delivery.Message<>(number, payload);
    }

    private static void assertGoesOn(Receiver<String> receiver) throws InterruptedException {
        assertTrue(receiver.receiveMessage(Duration.ZERO).isEmpty(), receiver + " has not ended");
    }

    // ---- taken out

    @ContractTest
    @DisplayName(
            "G11 who is taken out of the last group that open senders reach it by ends: it gets what it was given, then End")
    void g11TakenOutOfTheLastGroup(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> stays = dispatcher.receiver("stays");
        setup.read(stays);
        Group<String> group = dispatcher.group("views", r, stays);
        Sender<String> sender = dispatcher.sender("s", group);
        sender.dispatch("one");
        group.remove(r);
        sender.dispatch("two");

        assertEquals(message(1, "one"), r.receiveMessage());
        assertEquals(new Delivery.End<>(2), r.receiveMessage());
        assertEquals(2, r.clock().time());
        assertEquals(3, sender.dispatch("three"));
        r.clock().waitUntil(3); // G5: after its End, too
        for (String text : List.of(
                assertThrows(ClosedException.class, () -> dispatcher.sender("late", r))
                        .getMessage(),
                assertThrows(ClosedException.class, () -> group.add(r)).getMessage(),
                assertThrows(ClosedException.class, () -> dispatcher.group("g", r))
                        .getMessage())) {
            assertTrue(text.contains("receiver \"r\" has ended"), text);
            assertTrue(text.contains("taken out of group \"views\""), text);
            assertTrue(text.contains("endWithLastSender(false)"), text);
        }
    }

    @ContractTest
    @DisplayName("G11 a reader that waits is told")
    void g11AReaderThatWaitsIsTold(Setup setup) {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Group<String> group = dispatcher.group("views", r);
        dispatcher.sender("s", group);
        Running<Delivery<String>> reader = setup.call("reader", r::receive).awaitBlocked();
        assertEquals(0, group.remove(r));
        assertEquals(new Delivery.End<>(0), reader.result());
    }

    @ContractTest
    @DisplayName("G11 but not while another open sender reaches it: by another group, alone, with others, or all")
    void g11WhileAnotherSenderReachesIt(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        dispatcher.sender("to other", other);
        Group<String> group = dispatcher.group("group", r, other);
        Group<String> moved = dispatcher.group("moved");
        Sender<String> toGroup = dispatcher.sender("to group", group);
        Sender<String> toMoved = dispatcher.sender("to moved", moved);
        for (Sender<String> keeps : List.of(
                toMoved,
                dispatcher.sender("alone", r),
                dispatcher.sender("with", r, other),
                dispatcher.broadcaster("all"))) {
            moved.add(r); // first
            group.remove(r);
            if (keeps != toMoved) {
                moved.remove(r);
            }
            assertGoesOn(r);
            long number = keeps.dispatch("x");
            assertEquals(message(number, "x"), r.receiveMessage());
            other.drain((n, payload) -> {}, 9);
            group.add(r);
            if (keeps != toMoved) {
                keeps.close();
            }
            assertGoesOn(r);
        }
        moved.remove(r);
        toGroup.close();
        assertInstanceOf(Delivery.End.class, r.receiveMessage());
        assertGoesOn(other);
    }

    @ContractTest
    @DisplayName("G11 nor with Builder.endWithLastSender(false), until the dispatcher is closed")
    void g11NotWhereOnlyCloseEnds(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.endWithLastSender(false));
        Receiver<String> r = dispatcher.receiver("r");
        Group<String> group = dispatcher.group("group", r);
        Sender<String> sender = dispatcher.sender("s", group);
        group.remove(r);
        sender.close();
        assertGoesOn(r);
        group.add(r);
        assertEquals(List.of(r), group.members());
        Sender<String> next = dispatcher.sender("s", group);
        assertEquals(1, next.dispatch("x"));
        dispatcher.close();
        assertEquals(List.of(), group.members());
        assertEquals(message(1, "x"), r.receiveMessage());
        assertEquals(new Delivery.End<>(1), r.receiveMessage());
    }

    @ContractTest
    @DisplayName(
            "G11 a receiver that never had a sender waits for one, in a group or out of it; a group without senders holds up no end")
    void g11WhoNeverHadASenderWaitsForOne(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> s = dispatcher.receiver("s");
        Group<String> group = dispatcher.group("group", r, s);
        group.remove(r);
        assertGoesOn(r);
        group.add(r);
        assertGoesOn(r);
        dispatcher.sender("to s", s).close();
        assertEquals(new Delivery.End<>(0), s.receiveMessage());
        assertEquals(List.of(r), group.members());
        Sender<String> toGroup = dispatcher.sender("to group", group);
        assertEquals(1, toGroup.dispatch("x"));
        assertEquals(message(1, "x"), r.receiveMessage());
        toGroup.close();
        assertEquals(new Delivery.End<>(1), r.receiveMessage());
    }

    // ---- closed

    @ContractTest
    @DisplayName("G11 the last of several senders to a group ends its members, but not those whom others reach")
    void g11TheLastSenderToAGroup(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Group<String> group = dispatcher.group("group", a, b);
        Group<String> other = dispatcher.group("other", b);
        Sender<String> one = dispatcher.sender("one", group);
        Sender<String> two = dispatcher.sender("two", group);
        Sender<String> toOther = dispatcher.sender("to other", other);
        Reading<String> readsA = setup.read(a);
        one.dispatch("x");
        one.close();
        readsA.running().staysBlocked();
        assertEquals(List.of(a, b), group.members());
        two.close();
        assertEquals(List.of(message(1, "x")), readsA.all());
        assertEquals(List.of(b), group.members());
        assertEquals(message(1, "x"), b.receiveMessage());
        assertEquals(2, toOther.dispatch("y"));
        assertEquals(message(2, "y"), b.receiveMessage());
        toOther.close();
        assertEquals(new Delivery.End<>(2), b.receiveMessage());
        assertEquals(List.of(), group.members());
    }

    @ContractTest
    @DisplayName(
            "G11 what a closed sender had accepted is for the members, who are such until it has been numbered; for none of a later sender")
    void g11WhatAClosedSenderHadAccepted(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> slow = dispatcher.receiver("slow");
        Receiver<String> leaves = dispatcher.receiver("leaves");
        Group<String> group = dispatcher.group("group", r, slow, leaves);
        Sender<String> fills = dispatcher.sender("fills", slow);
        Setup.send(fills, setup.capacity());
        Await.eventually("it is full", () -> slow.pending() == setup.capacity());
        Sender<String> early = dispatcher.sender("early", group);
        early.send("accepted");
        early.close(); // r ends, and is a member still
        assertEquals(List.of(r, slow, leaves), group.members());
        assertEquals(0, group.add(r));
        assertGoesOn(r);
        Sender<String> late = dispatcher.sender("late", group);
        late.send("too late for r");
        assertEquals(setup.capacity(), group.remove(leaves));
        assertEquals(new Delivery.End<>(setup.capacity()), leaves.receiveMessage());
        long number = setup.capacity() + 1;
        Reading<String> reads = setup.read(slow);

        assertEquals("accepted", ((Delivery.Message<String>) r.receiveMessage()).payload());
        assertInstanceOf(Delivery.End.class, r.receiveMessage());
        assertEquals(List.of(slow), group.members());
        assertThrows(ClosedException.class, () -> group.add(r));
        fills.close();
        late.close();
        assertEquals(
                Numbers.upTo(number + 1),
                Reading.numbers(reads.all()).stream().sorted().toList());
    }

    @ContractTest
    @DisplayName(
            "G11 a sender of an executor that is slow to take its pump joins a group whose members have ended meanwhile")
    void g11MembersEndWhileASenderIsOpened(Setup setup) throws InterruptedException {
        List<Setup.Body> meanwhile = new ArrayList<>();
        var executor = setup.givenExecutor();
        Dispatcher<String> dispatcher = setup.open(builder -> builder.pumpExecutor(task -> {
            executor.execute(task);
            for (Setup.Body body : meanwhile) {
                try {
                    body.run();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }));
        Receiver<String> r = dispatcher.receiver("r");
        Group<String> group = dispatcher.group("group", r);
        Sender<String> first = dispatcher.sender("first", group);
        meanwhile.add(first::close);
        Sender<String> second = dispatcher.sender("second", group);
        assertEquals(1, second.dispatch("for nobody"));
        assertEquals(new Delivery.End<>(1), r.receiveMessage());
        assertEquals(List.of(), group.members());
    }

    @ContractTest
    @DisplayName(
            "G12 a closed dispatcher has lost nothing, and groups are refused; so they are with the cause when it has failed")
    void g12Closing(Setup setup) throws InterruptedException {
        Group<String> group;
        Receiver<String> a;
        Receiver<String> b;
        Dispatcher<String> closed = setup.open();
        try (closed) {
            a = closed.receiver("a");
            b = closed.receiver("b");
            Reading<String> reads = setup.read(a);
            group = closed.group("group", a);
            try (Sender<String> sender = closed.sender("s", group)) {
                Setup.send(sender, 3 * setup.capacity());
                group.add(b);
            }
            setup.read(b);
            assertEquals(Numbers.upTo(3L * setup.capacity()), Reading.numbers(reads.all()));
        }
        assertEquals(List.of(), group.members());
        assertThrows(ClosedException.class, () -> group.add(a));
        assertThrows(ClosedException.class, () -> closed.group("another"));
        assertThrows(ClosedException.class, () -> closed.sender("another", group));
        assertEquals(3L * setup.capacity(), group.remove(a));

        Dispatcher<String> failed = setup.open();
        Receiver<String> c = failed.receiver("c");
        Group<String> ofFailed = failed.group("group", c);
        Sender<String> sender = failed.sender("s", ofFailed);
        failed.fail(new Exception("planned"));
        assertThrows(FailedException.class, () -> sender.send("x"));
        assertThrows(FailedException.class, () -> ofFailed.add(c));
        assertThrows(FailedException.class, () -> failed.group("another"));
        assertThrows(FailedException.class, () -> failed.sender("another", ofFailed));
        assertEquals(List.of(), ofFailed.members());
        assertEquals(0, ofFailed.remove(c));
        assertThrows(FailedException.class, failed::close);
    }

    @ContractTest
    @DisplayName("G12 what did not get from a channel to the members is told, with who was in its way")
    void g12WhatIsLost(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.drainTimeout(Duration.ofMillis(20)));
        Receiver<String> full = dispatcher.receiver("full");
        Receiver<String> reads = dispatcher.receiver("reads");
        setup.read(reads);
        Group<String> group = dispatcher.group("group", reads, full);
        setup.fill(dispatcher.sender("s", group), full);

        String text = assertThrows(DispatchException.class, dispatcher::close).getMessage();
        assertTrue(text.contains("sender \"s\"") && text.contains(setup.capacity() + " message"), text);
        assertTrue(text.contains("inbox of \"full\" " + setup.capacity() + " of " + setup.capacity()), text);
        assertFalse(text.contains("\"reads\""), text);
        assertThrows(ClosedException.class, () -> dispatcher.awaitFinished(Duration.ZERO));
    }

    @ContractTest
    @DisplayName("G11, F8 a link from one that is taken out brings down what that was given, and then its clock alone")
    void g11ALinkFromOneThatIsTakenOut(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> from = top.receiver("from");
        Receiver<String> stays = top.receiver("stays");
        Receiver<String> below = merge.receiver("below");
        Group<String> group = top.group("group", from, stays);
        Sender<String> sender = top.sender("s", group);
        setup.read(stays);
        merge.link(from, below);
        Reading<String> reads = setup.read(below);
        Setup.send(sender, 2 * setup.capacity());
        Await.eventually("all have numbers", () -> top.sequence() == 2 * setup.capacity());
        group.remove(from);
        below.clock().waitUntil(sender.dispatch("not for it")); // its clock is promised after its End, too
        top.close();
        assertEquals(Numbers.upTo(2L * setup.capacity()), Reading.numbers(reads.all()));
    }

    @ContractTest
    @DisplayName("G8, F9 a merge that is closed first has been given what was accepted above for a group")
    void f09AMergeBelowAGroup(Setup setup) throws InterruptedException {
        Reading<String> reads;
        try (Dispatcher<String> top = setup.open();
                ForwardingDispatcher<String> merge = setup.openMerge()) {
            Receiver<String> from = top.receiver("from");
            Receiver<String> below = merge.receiver("below");
            Group<String> group = top.group("group");
            Sender<String> sender = top.sender("s", group);
            group.add(from);
            merge.link(from, below);
            reads = setup.read(below);
            Setup.send(sender, 2 * setup.capacity());
        }
        assertEquals(Numbers.upTo(2L * setup.capacity()), Reading.numbers(reads.all()));
    }

    // ---- what is kept

    private static void areGone(List<WeakReference<?>> weak, Object... kept) {
        Await.eventually("they can be collected", () -> {
            System.gc();
            return weak.stream().allMatch(one -> one.refersTo(null));
        });
        Reference.reachabilityFence(kept);
    }

    @ContractTest(capacities = 2)
    @DisplayName(
            "G10 a group keeps nobody who was discarded, or taken out and then discarded, also while something waits for it")
    void g10WhoWasDiscardedIsNotKept(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> stays = dispatcher.receiver("stays");
        setup.read(stays);
        Group<String> group = dispatcher.group("group", stays);
        Group<String> idle = dispatcher.group("idle");
        Sender<String> sender = dispatcher.sender("s", group);
        Sender<String> direct = dispatcher.sender("direct", stays);
        List<WeakReference<?>> weak = new ArrayList<>();
        for (boolean isTakenOut : List.of(true, false)) {
            Receiver<String> r = dispatcher.receiver("r");
            group.add(r);
            idle.add(r);
            sender.dispatch("unfinished");
            sender.dispatch("unfinished");
            sender.send("waits for r");
            if (isTakenOut) {
                group.remove(r);
                idle.remove(r);
            }
            weak.add(new WeakReference<>(r));
            weak.add(new WeakReference<>(Inside.of(r)));
            r.discard();
            long sent = 3 * weak.size() / 2;
            Await.eventually("the last one goes on", () -> dispatcher.sequence() == sent);
        }
        areGone(weak, dispatcher, stays, group, idle, sender, direct);
    }

    @ContractTest(capacities = 2)
    @DisplayName("G10 nor the handle of one that was taken out; and members do not keep a group that nobody has")
    void g10AGroupThatNobodyHasIsNotKept(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> stays = dispatcher.receiver("stays");
        dispatcher.sender("direct", stays);
        List<WeakReference<?>> weak = new ArrayList<>();
        Group<String> kept = dispatcher.group("kept", stays);
        Sender<String> toKept = dispatcher.sender("to kept", kept);
        for (int i = 0; i < 3; i++) {
            Receiver<String> out = dispatcher.receiver("out " + i);
            Group<String> group = dispatcher.group("group", stays, out);
            kept.add(out);
            if (i > 0) {
                try (Sender<String> sender = dispatcher.sender("s", group)) {
                    sender.dispatch("x");
                }
            }
            kept.remove(out);
            weak.add(new WeakReference<>(out));
            weak.add(new WeakReference<>(group));
            weak.add(new WeakReference<>(Inside.of(group)));
            if (i == 2) {
                group.remove(stays);
            }
        }
        areGone(weak, dispatcher, stays, kept, toKept);
        assertEquals(2, stays.drain((number, payload) -> {}, 9));
        assertGoesOn(stays);
    }

    // ---- waiting for all

    @ContractTest
    @DisplayName("awaitFinished waits for who was given something and taken out, and not for who was added later")
    void awaitFinished(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> full = dispatcher.receiver("full");
        Receiver<String> fuller = dispatcher.receiver("fuller");
        Receiver<String> leaves = dispatcher.receiver("leaves");
        Group<String> group = dispatcher.group("group", full, leaves);
        Sender<String> first = dispatcher.sender("first", fuller); // it is waited for first
        Sender<String> sender = dispatcher.sender("s", group);
        dispatcher.sender("direct", leaves);
        setup.fill(first, fuller);
        Setup.send(dispatcher.sender("fills", full), setup.capacity());
        Await.eventually("it is full", () -> full.pending() == setup.capacity());
        sender.send("before");
        Running<Boolean> finished = setup.call("awaits", () -> dispatcher.awaitFinished(Await.BOUND))
                .awaitBlocked();
        long number = 2 * setup.capacity() + 1;
        assertEquals(1, full.drain((n, payload) -> {}, 1)); // now it goes in
        Await.eventually("it has its number", () -> dispatcher.sequence() == number);
        group.remove(leaves);
        Receiver<String> later = dispatcher.receiver("later");
        group.add(later);
        full.drain((n, payload) -> {}, Integer.MAX_VALUE);
        setup.read(fuller);
        Await.eventually("the first has numbers", () -> dispatcher.sequence() == number + setup.capacity());
        finished.staysBlocked(); // for the one that was taken out
        assertEquals(message(number, "before"), leaves.receiveMessage());
        assertEquals(number + setup.capacity() + 1, sender.dispatch("after"));
        leaves.acknowledge();
        assertTrue(finished.result());
        assertEquals(1, later.pending());
    }
}
