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
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G4 clock")
class G04ClockTest {

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G4 a message that waits in the inbox holds the clock below its number")
    void g04AMessageInTheInboxHoldsTheClock(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        AnySender<String> sender = dispatcher.sender("s", r);
        AnySender<String> toOther = dispatcher.sender("o", other);
        toOther.dispatch("1");

        assertEquals(2, sender.dispatch("2"));
        assertEquals(1, r.clock().time());
        toOther.dispatch("3");
        assertEquals(1, r.clock().time());
        assertTrue(r.clock().hasReached(1));
        assertFalse(r.clock().hasReached(2));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G4 a message in hand holds the clock; once it is finished the clock stands at the counter")
    void g04AMessageInHandHoldsTheClock(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        AnySender<String> sender = dispatcher.sender("s", r);
        AnySender<String> toOther = dispatcher.sender("o", other);
        sender.dispatch("1");
        r.receive();
        assertEquals(0, r.clock().time());
        toOther.dispatch("2");
        toOther.dispatch("3");
        assertEquals(0, r.clock().time());

        r.acknowledge();

        assertEquals(3, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G4 of several unfinished messages the first holds the clock")
    void g04TheFirstUnfinishedHoldsTheClock(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.inboxCapacity(8));
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        AnySender<String> sender = dispatcher.sender("s", r);
        AnySender<String> toOther = dispatcher.sender("o", other);
        for (int i = 0; i < 4; i++) { // r's are 2, 4, 6, 8
            toOther.dispatch("o");
            sender.dispatch("m");
        }

        for (long number = 2; number <= 8; number += 2) {
            assertEquals(number, r.receiveMessage().sequence());
            assertEquals(number - 1, r.clock().time());
        }
        r.acknowledge();
        assertEquals(8, r.clock().time());
    }

    @ContractTest
    @DisplayName("G4 a message that has no number yet does not hold the clock")
    void g04AMessageWithoutNumberDoesNotHoldTheClock(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> idle = dispatcher.receiver("idle");
        Receiver<String> full = dispatcher.receiver("full");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        Sender<String> toFull = dispatcher.sender("f", full);
        Sender<String> toBoth = dispatcher.sender("b", List.of(idle, full));
        Sender<String> toOther = dispatcher.sender("o", other);
        Setup.send(toFull, setup.capacity());
        Await.eventually("the inbox is full", () -> full.pending() == setup.capacity());
        Running<Long> waiting =
                setup.call("waiting", () -> toBoth.dispatch("for both")).staysBlocked();

        long number = toOther.dispatch("x");
        assertEquals(setup.capacity() + 1, number);
        assertEquals(number, idle.clock().time());
        full.receiveMessage();
        assertEquals(number + 1, waiting.result());
        assertEquals(number, idle.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G4 in the handler of n the clock stands at n - 1, for everybody")
    void g04InTheHandlerTheClockIsOneBelow(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        AnySender<String> sender = dispatcher.sender("s", r);
        AnySender<String> toOther = dispatcher.sender("o", other);
        List<Long> wrong = new ArrayList<>();
        Thread reader = dispatcher.read(r, (number, message) -> {
            if (r.clock().time() != number - 1 || r.clock().hasReached(number)) {
                wrong.add(number);
            }
        });
        for (int i = 0; i < 200; i++) {
            sender.send("m" + i);
            toOther.send("o" + i);
        }
        dispatcher.close();
        reader.join();

        assertEquals(List.of(), wrong);
        assertEquals(400, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G4 a group message holds the clock of each receiver until that one has finished it")
    void g04AGroupMessageHoldsEachClock(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Receiver<String> c = dispatcher.receiver("c");
        assertEquals(1, dispatcher.sender("s", List.of(a, b)).dispatch("for a and b"));
        assertEquals(List.of(0L, 0L, 1L), times(a, b, c));
        b.receive();
        assertEquals(List.of(0L, 0L, 1L), times(a, b, c));
        b.acknowledge();
        assertEquals(List.of(0L, 1L, 1L), times(a, b, c));
        a.receive();
        a.acknowledge();
        assertEquals(List.of(1L, 1L, 1L), times(a, b, c));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G4 seen from any thread it never falls, is never above the counter and never passes anything unfinished")
    void g04NeverTooHigh(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        AnySender<String> sender = dispatcher.sender("s", r);
        AnySender<String> toOther = dispatcher.sender("o", other);
        AtomicLong applied = new AtomicLong();
        TreeSet<Long> numbers = new TreeSet<>();
        Thread reader = dispatcher.read(r, (number, message) -> {
            numbers.add(number);
            applied.set(number);
        });
        Gate done = setup.gate();
        record Sample(long clock, long applied) {}
        List<Sample> samples = new ArrayList<>();
        Running<Void> sampler = setup.run("sampler", () -> {
            long last = 0;
            while (!done.isOpen()) {
                long time = r.clock().time();
                long appliedThen = applied.get();
                assertTrue(time <= dispatcher.sequence(), "above the counter");
                assertTrue(time >= last, "it fell");
                if (time > last && samples.size() < 50_000) {
                    samples.add(new Sample(time, appliedThen));
                }
                last = time;
                Thread.yield();
            }
        });
        int count = setup.over() == MERGE ? 500 : 3_000; // a forward that finds no room sleeps for a millisecond
        Running<Void> one = sends(setup, sender, count);
        Running<Void> two = sends(setup, toOther, count);
        one.result();
        two.result();
        dispatcher.close();
        reader.join();
        done.open();
        sampler.result();

        for (Sample sample : samples) {
            Long next = numbers.higher(sample.applied);
            assertTrue(
                    next == null || next > sample.clock,
                    () -> "the clock said " + sample.clock + " when only " + sample.applied + " was finished, and "
                            + next + " was addressed to it");
        }
        assertEquals(count, numbers.size());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G4 an idle receiver's clock never passes the number of a message that is just being given to it")
    void g04TheClockNeverRunsAheadOfTheFirstMessage(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        AtomicLong finished = new AtomicLong();
        Gate done = setup.gate();
        Running<Void> sampler = setup.run("sampler", () -> {
            while (!done.isOpen()) {
                long time = r.clock().time();
                long then = finished.get();
                assertTrue(time <= then, () -> "the clock said " + time + " when " + then + " was finished");
            }
        });
        for (int i = 1; i <= 2_000; i++) {
            sender.send("m");
            assertEquals(i, r.receiveMessage().sequence());
            finished.set(i);
            r.acknowledge();
        }
        done.open();
        sampler.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G4 whoever was told a number sees it unfinished")
    void g04ItIsUnfinishedFromItsNumberingOn(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        for (int i = 1; i <= 200; i++) {
            long number = sender.dispatch("m");
            assertFalse(r.clock().hasReached(number));
            assertEquals(number - 1, r.clock().time());
            r.receiveMessage();
            r.acknowledge();
            assertTrue(r.clock().hasReached(number));
        }
        assertEquals(Numbers.upTo(200).getLast(), dispatcher.sequence());
    }

    @ContractTest(over = MERGE)
    @DisplayName("G4 in a merge it stands below what was accepted and is held back, from the acceptance on")
    void g04TheClockStandsBelowWhatIsHeldBack(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Receiver<String> s = merge.receiver("s");
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toBoth = merge.forwarder("to both", r, s);
        toR.forward(3, "three");
        toR.advance(20);
        assertEquals(0, r.clock().time());
        toBoth.advance(2);
        assertEquals(2, r.clock().time());
        toBoth.advance(10);
        assertEquals(2, r.clock().time());
        assertFalse(r.clock().hasReached(3));
        assertEquals(new Delivery.Message<>(3, "three"), r.receive());
        assertEquals(2, r.clock().time());
        assertEquals(new Delivery.Tick<>(10), r.receive());
        assertEquals(10, r.clock().time());
        assertEquals(10, s.clock().time());
    }

    private static List<Long> times(Receiver<?>... receivers) {
        List<Long> times = new ArrayList<>();
        for (Receiver<?> receiver : receivers) {
            times.add(receiver.clock().time());
        }
        return times;
    }

    private static Running<Void> sends(Setup setup, AnySender<String> sender, int count) {
        return setup.run(sender.name(), () -> {
            for (int i = 0; i < count; i++) {
                sender.send("m" + i);
            }
        });
    }
}
