package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G7 isolation")
class G07IsolationTest {

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G7 a path that nobody reads takes what its channel and its inbox hold, and no more")
    void g07APathTakesWhatItHolds(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);

        assertFalse(sender.trySend("one too many"));
        Await.never("there is room", () -> sender.trySend("one too many"));
        assertEquals(setup.capacity(), dispatcher.sequence());
        assertEquals(setup.capacity(), r.pending());
        r.receiveMessage();
        Await.eventually("there is room", () -> sender.trySend("another"));
        assertFalse(sender.trySend("one too many"));
        sender.close();
        assertEquals(
                Numbers.between(2, setup.pathCapacity() + 1),
                Reading.numbers(setup.read(r).all()));
    }

    @ContractTest
    @DisplayName("G7 a send waits for room in its own channel only, not in the inbox")
    void g07ASendWaitsForItsChannelOnly(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> first = dispatcher.sender("first", r);
        Sender<String> second = dispatcher.sender("second", r);
        setup.fill(first, r);

        Setup.send(second, setup.capacity()); // its own channel is empty
        assertFalse(second.trySend("full now"));
        assertEquals(
                3 * setup.capacity(), setup.read(r).await(3 * setup.capacity()).size());
    }

    @ContractTest
    @DisplayName("G7 a receiver that stops reading for ever leaves every other path at full speed")
    void g07OtherPathsGoOn(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> stalled = dispatcher.receiver("stalled");
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toStalled = dispatcher.sender("to stalled", stalled);
        Sender<String> toAll = dispatcher.broadcaster("to all");
        Sender<String> toSome = dispatcher.sender("to some", List.of(a, stalled));
        Sender<String> toA = dispatcher.sender("to a", a);
        Sender<String> toBoth = dispatcher.sender("to both", List.of(a, b));
        Reading<String> readA = setup.read(a);
        Reading<String> readB = setup.read(b);
        setup.fill(toStalled, stalled);
        Running<Void> blocked = setup.run("blocked", () -> toStalled.send("x")).staysBlocked();
        Running<Long> broadcast =
                setup.call("broadcast", () -> toAll.dispatch("x")).staysBlocked();
        Running<Long> group = setup.call("group", () -> toSome.dispatch("x")).staysBlocked();

        Running<Void> one = setup.run("one", () -> Setup.send(toA, 1_000));
        Running<Void> two = setup.run("two", () -> Setup.send(toBoth, 1_000));
        one.result();
        two.result();
        readA.await(2_000);
        readB.await(1_000);
        assertTrue(a.clock().hasReached(setup.capacity() + 1_000));
        assertEquals(0, stalled.clock().time());
        assertFalse(blocked.isDone() || broadcast.isDone() || group.isDone());

        setup.read(stalled); // and all goes on
        blocked.result();
        broadcast.result();
        group.result();
    }

    @ContractTest
    @DisplayName("G7 a group message that waits for one inbox takes no room in the others")
    void g07AWaitingGroupMessageTakesNoRoom(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> full = dispatcher.receiver("full");
        Receiver<String> free = dispatcher.receiver("free");
        Sender<String> toFull = dispatcher.sender("to full", full);
        Sender<String> toFree = dispatcher.sender("to free", free);
        Sender<String> toAll = dispatcher.broadcaster("to all");
        Sender<String> toBoth = dispatcher.sender("to both", List.of(full, free));
        Setup.send(toFull, setup.capacity());
        Await.eventually("the inbox is full", () -> full.pending() == setup.capacity());
        Running<Long> broadcast =
                setup.call("broadcast", () -> toAll.dispatch("x")).staysBlocked();
        Running<Long> group = setup.call("group", () -> toBoth.dispatch("x")).staysBlocked();

        for (int i = 1; i <= setup.capacity(); i++) {
            assertEquals(setup.capacity() + i, toFree.dispatch("m", Await.BOUND));
        }
        assertEquals(setup.capacity(), free.pending());
        setup.read(full);
        setup.read(free);
        broadcast.result();
        group.result();
    }

    @ContractTest
    @DisplayName("G7 those who wait for one inbox are served in turn: none wins for ever")
    void g07ThoseWhoWaitAreServedInTurn(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        List<Running<Void>> sending = List.of("a", "b", "c", "d").stream()
                .map(name -> {
                    Sender<String> sender = dispatcher.sender(name, r);
                    return setup.run(name, () -> {
                        for (int i = 0; i < 4 * setup.capacity(); i++) {
                            sender.send(name);
                        }
                    });
                })
                .toList();
        Await.eventually(
                "all wait",
                () -> dispatcher.snapshot().senders().stream()
                        .allMatch(sender -> sender.queued() == setup.capacity()
                                && !sender.waitsFor().isEmpty()));
        // In the inbox are the first ones. Of what comes next, each of the four has a share.
        for (int i = 0; i < setup.capacity(); i++) {
            r.receiveMessage();
        }
        int share = 0;
        Set<String> seen = new HashSet<>();
        while (seen.size() < 4) {
            seen.add(((Delivery.Message<String>) r.receiveMessage()).payload());
            share++;
            assertTrue(share <= 4 * Math.max(setup.capacity(), 4), "only " + seen + " have been served");
        }
        setup.read(r);
        sending.forEach(Running::result);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1024,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("G7 receivers that are not addressed cost a message nothing, whatever their number")
    void g07UnaddressedReceiversCostNothing(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Reading<String> reading = setup.read(r);
        long few = Math.min(time(sender, reading), time(sender, reading));
        for (int i = 0; i < 20_000; i++) {
            dispatcher.receiver("idle " + i);
        }
        long many = Math.min(time(sender, reading), time(sender, reading));

        // Were they looked at for each message, it would be thousands of times as much.
        assertTrue(many < 20 * few + 100_000_000, () -> few + " ns became " + many + " ns");
    }

    @ContractTest(capacities = 1024, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("G7 other senders of the same receiver cost a message nothing while they send nothing")
    void g07IdleSendersCostNothing(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Reading<String> reading = setup.read(r);
        long few = Math.min(time(sender, reading), time(sender, reading));
        for (int i = 0; i < 5_000; i++) {
            dispatcher.sender("idle " + i, r);
        }
        long many = Math.min(time(sender, reading), time(sender, reading));

        assertTrue(many < 20 * few + 100_000_000, () -> few + " ns became " + many + " ns");
    }

    @ContractTest(over = MERGE)
    @DisplayName("G7 one receiver that nobody reads holds up nobody else, through links too")
    void g07AnUnreadReceiverHoldsUpNobodyElse(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        ForwardingDispatcher<String> merge = setup.openMerge();
        List<Sender<String>> senders = new ArrayList<>();
        List<Receiver<String>> ends = new ArrayList<>();
        for (String name : List.of("unread", "read")) {
            Receiver<String> upper = top.receiver(name);
            senders.add(top.sender(name, upper));
            ends.add(merge.receiver(name));
            merge.link(upper, ends.getLast());
        }
        int more = 3 * setup.capacity() + 5; // than there is room for in all
        Running<Void> stuck = setup.run("stuck", () -> Setup.send(senders.get(0), more));
        stuck.awaitBlocked();
        Reading<String> reading = setup.read(ends.get(1));
        for (int i = 0; i < 300; i++) {
            ends.get(1).clock().waitUntil(senders.get(1).dispatch("m"));
        }
        assertEquals(300, reading.messages().size());
        assertFalse(stuck.isDone());
        setup.read(ends.get(0));
        stuck.result();
        assertTrue(merge.awaitFinished(Await.BOUND));
    }

    private static long time(AnySender<String> sender, Reading<String> reading) throws InterruptedException {
        int before = reading.messages().size();
        long start = System.nanoTime();
        for (int i = 0; i < 20_000; i++) {
            sender.send("m");
        }
        reading.await(before + 20_000);
        return System.nanoTime() - start;
    }
}
