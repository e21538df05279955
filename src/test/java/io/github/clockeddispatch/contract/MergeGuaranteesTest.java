package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.function.Executable;

/** What G2 to G17 say where messages have numbers already. */
@DisplayName("G2 to G17 in merges")
class MergeGuaranteesTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);
    private static final List<Duration> NO_TIME =
            List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE));
    private static final long LAST = Long.MAX_VALUE - 1;

    private ForwardingDispatcher<String> merge;
    private Receiver<String> r;
    private Receiver<String> s;
    private Forwarder<String> toR;
    private Forwarder<String> toBoth;

    private void open(Setup setup) {
        open(setup, Duration.ofSeconds(5));
    }

    private void open(Setup setup, Duration drainTimeout) {
        merge = setup.openMerge(builder -> builder.drainTimeout(drainTimeout));
        r = merge.receiver("r");
        s = merge.receiver("s");
        toR = merge.forwarder("to r", r);
        toBoth = merge.forwarder("to both", r, s);
    }

    // ---- G2 to G6

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G2, G3 two levels below each message arrives once, with its number, each sender's in order")
    void g02TwoLevelsBelow(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        merge = setup.openMerge();
        r = merge.receiver("r");
        Reading<String> reading = setup.read(r);
        List<Running<List<Delivery.Message<String>>>> sending = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            Receiver<String> upper = top.receiver(name);
            merge.link(upper, r);
            Sender<String> sender = top.sender(name, upper);
            sending.add(setup.call(name, () -> {
                List<Delivery.Message<String>> sent = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    sent.add(new Delivery.Message<>(sender.dispatch(name + i), name + i));
                }
                return sent;
            }));
        }
        List<List<Delivery.Message<String>>> sent =
                sending.stream().map(Running::result).toList();
        r.clock().waitUntil(300);
        List<Delivery.Message<String>> given = reading.messages();
        assertEquals(Numbers.upTo(300), Reading.numbers(given));
        for (List<Delivery.Message<String>> ofOne : sent) {
            Numbers.assertRising(Reading.numbers(ofOne));
            assertTrue(given.containsAll(ofOne));
        }
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G4 the clock stands below what was accepted and is held back, from the acceptance on")
    void g04TheClockStandsBelowWhatIsHeldBack(Setup setup) throws InterruptedException {
        open(setup);
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

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G5 a receiver with nothing unfinished stands at its w, whether or not anybody reads")
    void g05IdleReceiversStandAtW(Setup setup) throws Exception {
        open(setup);
        for (int number = 1; number <= 50; number++) {
            toBoth.advance(number);
            assertEquals(number, s.clock().time());
        }
        assertEquals(0, r.clock().time());
        s.clock().waitUntil(50);
        assertTrue(s.clock().waitUntil(50, Duration.ZERO));
        assertTrue(s.clock().whenReached(50).isDone());
        assertEquals(new Delivery.Tick<>(50), s.receive());
        Running<Delivery<String>> reader = setup.call("reader", s::receive).awaitBlocked();
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(51)).awaitBlocked();
        CompletableFuture<Long> future = s.clock().whenReached(51);
        toBoth.advance(60);
        assertEquals(new Delivery.Tick<>(60), reader.result());
        Await.eventually("the future is complete", future::isDone);
        waiting.staysBlocked();
        toR.advance(51);
        waiting.result();

        toBoth.close(); // s has come to its end, and goes on with what is known
        assertEquals(new Delivery.End<>(60), s.receive());
        toR.advance(70);
        assertEquals(70, s.clock().time());
        r.discard(); // with nothing unfinished: it stays there
        toR.close();
        s.fail(new IllegalStateException("broken"));
        merge.receiver("new"); // what is known may rise
        Forwarder<String> toNew = merge.broadcaster("to new");
        toNew.advance(80);
        assertEquals(80, merge.sequence());
        assertEquals(70, r.clock().time());
        assertEquals(70, s.clock().time());
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(80));
        assertThrows(FailedException.class, () -> s.clock().waitUntil(80));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName(
            "G6 effects are visible two levels below, of senders, stages and readers, to whoever waits for the clock")
    void g06EffectsAreVisibleTwoLevelsBelow(Setup setup) throws InterruptedException {
        Dispatcher<long[]> top = setup.open();
        Receiver<long[]> upper = top.receiver("upper");
        Sender<long[]> sender = top.sender("s", upper);
        ForwardingDispatcher<long[]> lower = setup.openMerge();
        Receiver<long[]> end = lower.receiver("end");
        long[] staged = new long[1];
        long[] read = new long[1]; // neither is volatile
        lower.stage(
                upper,
                (number, cell) -> {
                    assertEquals(cell[0], cell[1]);
                    staged[0] = number;
                    cell[1]++;
                    return List.of(cell);
                },
                end);
        Running<Void> reading = setup.run(
                "reader",
                () -> end.forEachMessage((number, cell) -> {
                    assertEquals(cell[0] + 1, cell[1]);
                    read[0] = number;
                }));
        for (int i = 0; i < 300; i++) {
            long[] cell = new long[2];
            cell[0] = i;
            cell[1] = i;
            long number = sender.dispatch(cell);
            end.clock().waitUntil(number);
            assertEquals(number, staged[0]);
            assertEquals(number, read[0]);
        }
        top.close();
        reading.result();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G6 what was done before a forward or a promise is visible to whom it lets go on")
    void g06WhatWasDoneBeforeAForward(Setup setup) throws InterruptedException {
        open(setup);
        long[] forwarded = new long[1];
        long[] promised = new long[1]; // neither is volatile
        Running<Void> forwarding = setup.run("forwards", () -> {
            for (long number = 1; number <= 300; number++) {
                forwarded[0] = number;
                toR.forward(number, "m");
                r.clock().waitUntil(number);
            }
            toR.close();
        });
        Running<Void> promising = setup.run("promises", () -> {
            for (long number = 1; number <= 300; number++) {
                promised[0] = number;
                toBoth.advance(number);
                r.clock().waitUntil(number);
            }
            toBoth.close();
        });
        setup.run(
                        "reads",
                        () -> r.forEachMessage((number, message) -> {
                            assertEquals(number, forwarded[0]);
                            assertTrue(promised[0] >= number);
                        }))
                .result();
        forwarding.result();
        promising.result();
    }

    // ---- G7 to G11

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G7 one receiver that nobody reads holds up nobody else, through links too")
    void g07AnUnreadReceiverHoldsUpNobodyElse(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        merge = setup.openMerge();
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

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G8 closed and failed members are skipped; a forward fails only when no member is left")
    void g08MembersThatHaveStoppedAreSkipped(Setup setup) throws InterruptedException {
        merge = setup.openMerge();
        List<Receiver<String>> members = new ArrayList<>();
        for (String name : List.of("closed", "failed", "last")) {
            members.add(merge.receiver(name));
        }
        Forwarder<String> group =
                merge.forwarder("group", members.get(0), members.get(1), members.get(2), members.get(2));
        members.get(0).discard();
        members.get(1).fail(new IllegalStateException("broken"));
        Reading<String> reading = setup.read(members.get(2));
        Setup.forward(group, 1, 3L * setup.capacity());
        assertEquals(
                Numbers.upTo(3L * setup.capacity()), // who is named twice is given each once
                Reading.numbers(reading.await(3 * setup.capacity())));
        members.get(2).discard();
        assertThrows(ClosedException.class, () -> group.forward(9_999, "x"));
        assertThrows(ClosedException.class, () -> group.tryForward(9_999, "x"));
        reading.running().failure(ClosedException.class);
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G8 a broadcast is for those who have joined and not left; to nobody it is accepted all the same")
    void g08Broadcasts(Setup setup) throws InterruptedException {
        merge = setup.openMerge();
        Forwarder<String> all = merge.broadcaster("all");
        setup.run("to nobody", () -> Setup.forward(all, 1, 3L * setup.capacity()))
                .result();
        r = merge.receiver("r");
        s = merge.receiver("s");
        long first = 3L * setup.capacity() + 1;
        all.forward(first, "both");
        s.discard();
        Reading<String> reading = setup.read(r);
        all.forward(first + 1, "r alone");
        all.close();
        assertEquals(List.of("both", "r alone"), Reading.payloads(reading.all()));
        assertEquals(1, s.discarded());
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G9 a receiver joins at its w, and is given all broadcasts after that and none before")
    void g09AReceiverJoinsAtItsW(Setup setup) throws InterruptedException {
        merge = setup.openMerge();
        Forwarder<String> all = merge.broadcaster("all");
        Forwarder<String> slow = merge.broadcaster("slow");
        Receiver<String> early = merge.receiver("early");
        all.forward(5, "five");
        slow.advance(5);
        if (setup.capacity() > 1) {
            all.forward(8, "eight"); // held back, and so after whoever joins now
            slow.advance(6);
            all.advance(9);
        } else {
            assertEquals(new Delivery.Message<>(5, "five"), early.receive()); // makes room
            all.forward(8, "eight");
            slow.advance(6);
        }
        Receiver<String> late = merge.receiver("late");
        assertEquals(6, late.joinedAt());
        assertEquals(6, late.clock().time());
        assertEquals(Optional.empty(), late.tryReceive());
        slow.close();
        all.advance(10);
        assertEquals(new Delivery.Message<>(8, "eight"), late.receive());
        Reading<String> readsEarly = setup.read(early); // which makes room
        all.forward(11, "eleven");
        assertEquals(new Delivery.Message<>(11, "eleven"), late.receive());
        all.close();
        assertEquals(11L, readsEarly.all().getLast().sequence());
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G10 discard() gives up what was not given, held back or not, and frees who waited for it")
    void g10DiscardingGivesUpAndCounts(Setup setup) throws InterruptedException {
        open(setup);
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
        assertThrows(ClosedException.class, r::receive);
        toBoth.forward(9_999, "to s alone");
        assertEquals(setup.capacity() + 1, readsS.await(setup.capacity() + 1).size());
        merge.forwarder("new", merge.receiver("r")); // its name is free
        merge.close(); // and has nothing to complain of
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName(
            "G10 with nothing unfinished the clock stops, too; an own reader ends without a failure; waits are told")
    void g10DiscardingStopsTheClock(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = merge.read(r, (number, message) -> {});
        toBoth.advance(9);
        toR.forward(1, "one");
        r.clock().waitUntil(1);
        Running<Void> waiter = setup.run("waiter", () -> r.clock().waitUntil(2)).awaitBlocked();
        CompletableFuture<Long> future = r.clock().whenReached(2);
        r.discard();
        waiter.failure(ClosedException.class);
        Await.eventually("the future has failed", future::isCompletedExceptionally);
        Await.eventually("the reader has ended", () -> !reader.isAlive());
        assertThrows(ClosedException.class, () -> toR.advance(5));
        assertEquals(1, r.clock().time());
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(2));
        assertTrue(merge.awaitFinished(HOUR));
        merge.close(); // throws nothing
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G11 a receiver ends with the last forwarder that reaches it; one that never had one waits for it")
    void g11TheEnd(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> all = merge.broadcaster("all");
        Receiver<String> waits = merge.receiver("waits");
        toR.close();
        toBoth.forward(2, "two");
        toBoth.close();
        assertEquals(Optional.empty(), r.tryReceive()); // as all reaches it
        all.close();
        assertEquals(List.of(2L), Reading.numbers(setup.read(r).all()));
        assertEquals(new Delivery.Message<>(2, "two"), s.receive());
        assertEquals(new Delivery.End<>(2), s.receive());
        assertInstanceOf(Delivery.End.class, waits.receiveMessage());
        String text = assertThrows(ClosedException.class, () -> merge.forwarder("late", r))
                .getMessage();
        assertTrue(text.contains("\"r\"") && text.contains("endWithLastSender"), text);
        assertThrows(ClosedException.class, () -> merge.forwarder("late", merge.receiver("new"), r));

        Receiver<String> never = merge.receiver("never had one");
        Running<Delivery<String>> reader =
                setup.call("reader", never::receiveMessage).staysBlocked();
        merge.forwarder("at last", never).forward(3, "three");
        assertEquals(new Delivery.Message<>(3, "three"), reader.result());
    }

    // ---- G12 and G13

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G12 close says how many messages of which forwarder were held back; what is due stays readable")
    void g12CloseIsHonest(Setup setup) throws InterruptedException {
        open(setup, Duration.ofMillis(30));
        Setup.forward(toR, 1, setup.capacity()); // held back, as "to both" is silent
        Receiver<String> other = merge.receiver("other");
        Forwarder<String> fine = merge.forwarder("fine", other);
        fine.forward(90_000, "x");
        DispatchException told = assertThrows(DispatchException.class, merge::close);
        String count = setup.capacity() == 1 ? "1 message of" : setup.capacity() + " messages of";
        assertTrue(told.getMessage().contains(count + " forwarder \"to r\""), told.getMessage());
        assertFalse(told.getMessage().contains("fine"), told.getMessage());
        assertEquals(List.of(), Reading.numbers(setup.read(r).all()));
        assertEquals(new Delivery.Message<>(90_000, "x"), other.receive());
        assertInstanceOf(Delivery.End.class, other.receive());
        merge.close(); // once is enough
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G12 it refuses what is new, and what is due stays readable")
    void g12CloseDelivers(Setup setup) throws InterruptedException {
        open(setup, HOUR);
        toBoth.advance(setup.capacity());
        setup.fill(toR, r);
        merge.read(s, (number, message) -> {});
        Running<Void> waiting =
                setup.run("waiting", () -> toR.forward(90_000, "x")).awaitBlocked();
        merge.close();
        waiting.failure(ClosedException.class);
        List<Executable> refused = List.of(
                () -> toR.forward(90_001, "x"),
                () -> toR.tryForward(90_001, "x"),
                () -> toR.advance(90_001),
                () -> merge.receiver("new"),
                () -> merge.forwarder("new", s),
                () -> merge.broadcaster("new"),
                () -> merge.read(r, (number, message) -> {}),
                merge::start);
        refused.forEach(call -> assertThrows(ClosedException.class, call));
        assertEquals(
                Numbers.upTo(setup.capacity()), Reading.numbers(setup.read(r).all()));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G12 an interrupt ends the draining at once and is set again, also one from before")
    void g12AnInterruptEndsTheDraining(Setup setup) throws InterruptedException {
        for (boolean before : List.of(true, false)) {
            open(setup, HOUR);
            toBoth.close();
            setup.fill(toR, r);
            var gate = setup.gate();
            merge.read(r, (number, message) -> gate.pass());
            Running<Boolean> closing = setup.call("closing", () -> {
                if (before) {
                    Thread.currentThread().interrupt();
                }
                assertThrows(DispatchException.class, merge::close);
                return Thread.interrupted();
            });
            if (!before) {
                closing.staysBlocked().interrupt();
            }
            assertTrue(closing.result());
        }
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G13 a handler that throws stops its receiver below its message, and whoever has to do with it")
    void g13AHandlerThatThrows(Setup setup) throws InterruptedException {
        open(setup);
        Exception cause = new IllegalStateException("broken");
        toBoth.advance(1);
        merge.read(r, (number, message) -> {
            throw cause;
        });
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(9)).awaitBlocked();
        toR.forward(2, "two");
        toBoth.advance(2);
        FailedException told = waiting.failure(FailedException.class);
        assertSame(cause, told.getCause());
        assertEquals(2, told.sequence());
        assertEquals(1, r.clock().time());
        assertSame(
                cause,
                assertThrows(FailedException.class, () -> toR.forward(3, "x")).getCause());
        assertThrows(FailedException.class, () -> merge.forwarder("new", r));
        toBoth.forward(3, "to s alone");
        assertEquals(new Delivery.Message<>(3, "to s alone"), s.receiveMessage());
        assertSame(cause, assertThrows(FailedException.class, merge::close).getCause());
    }

    @ContractTest
    void g13AwaitFinishedTellsOfAFailedReceiver(Setup setup) throws InterruptedException {
        open(setup);
        Exception cause = new IllegalStateException("broken");
        toR.forward(1, "one");
        toBoth.advance(1);
        r.fail(cause);
        FailedException told = assertThrows(FailedException.class, () -> merge.awaitFinished(Duration.ofSeconds(5)));
        assertSame(cause, told.getCause());
        assertEquals(1, told.sequence());
    }

    // ---- G14

    /** One receiver that nobody reads, with the way to it full; and one that was given nothing. */
    private static final class Scene {
        final Setup setup;
        final ForwardingDispatcher<String> merge;
        final Receiver<String> full;
        final Receiver<String> empty;
        final Forwarder<String> sender;
        long next = 100_000;

        Scene(Setup setup) throws InterruptedException {
            this.setup = setup;
            merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ofMillis(20)));
            full = merge.receiver("full");
            empty = merge.receiver("empty");
            sender = merge.forwarder("sender", full);
            merge.forwarder("silent", empty);
            setup.fill(sender, full);
        }

        List<Setup.Body> forwards() {
            return List.of(
                    () -> sender.forward(next++, "late"),
                    () -> sender.forward(next++, "late", HOUR),
                    () -> sender.forward(next++, "late", FOR_EVER),
                    () -> sender.forwardPart(next++, "late"));
        }

        List<Setup.Body> reads() {
            return List.of(
                    empty::receive,
                    () -> empty.receive(HOUR),
                    empty::receiveMessage,
                    () -> empty.receiveMessage(FOR_EVER),
                    () -> empty.forEachMessage((number, message) -> {}),
                    () -> empty.forEachBatch(5, messages -> {}));
        }

        List<Setup.Body> waits() {
            return List.of(
                    () -> full.clock().waitUntil(1),
                    () -> full.clock().waitUntil(1, HOUR),
                    () -> empty.clock().waitUntil(1_000_000),
                    () -> empty.clock().waitUntil(1_000_000, FOR_EVER),
                    () -> merge.awaitFinished(HOUR));
        }

        Running<Void> blocked(Setup.Body call) {
            return setup.run("waits", call).awaitBlocked();
        }

        void nothingLateArrives() {
            sender.close();
            assertEquals(
                    Numbers.upTo(setup.capacity()),
                    Reading.numbers(setup.read(full).all()));
        }
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G14 every call that waits can be interrupted; a forward is then withdrawn")
    void g14EveryCallCanBeInterrupted(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        for (List<Setup.Body> calls : List.of(scene.forwards(), scene.reads(), scene.waits())) {
            for (Setup.Body call : calls) {
                Running<Void> running = scene.blocked(call);
                running.interrupt();
                running.failure(InterruptedException.class);
            }
        }
        scene.nothingLateArrives();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G14 also by an interrupt from before, which is cleared; the forms that do not wait leave it alone")
    void g14AnInterruptFromBefore(Setup setup) throws InterruptedException {
        open(setup);
        toBoth.close();
        setup.run("interrupted", () -> {
                    for (Executable form : List.<Executable>of(
                            () -> toR.forward(1, "x"),
                            () -> toR.forward(1, "x", HOUR),
                            () -> toR.forward(1, "x", Duration.ZERO),
                            () -> toR.forwardPart(1, "x"))) {
                        Thread.currentThread().interrupt();
                        assertThrows(InterruptedException.class, form);
                        assertFalse(Thread.currentThread().isInterrupted());
                    }
                    Thread.currentThread().interrupt();
                    for (long number = 1; number <= setup.capacity(); number++) {
                        assertTrue(toR.tryForward(number, "m"));
                    }
                    assertFalse(toR.tryForward(9_999, "no room"));
                    toR.advance(9_999);
                    merge.snapshot();
                    merge.sequence();
                    toR.close();
                    assertTrue(Thread.interrupted());
                })
                .result();
        assertEquals(
                Numbers.upTo(setup.capacity()), Reading.numbers(setup.read(r).all()));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G14 a time of zero or less does not wait, a short one ends in time, and nothing is forwarded")
    void g14Times(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        for (Duration none : NO_TIME) {
            assertFalse(scene.sender.forward(scene.next++, "late", none));
            assertFalse(scene.full.clock().waitUntil(1, none));
            assertFalse(scene.empty.clock().waitUntil(1_000_000, none));
            assertTrue(scene.empty.clock().waitUntil(0, none));
            assertFalse(scene.merge.awaitFinished(none));
            assertEquals(Optional.empty(), scene.empty.receive(none));
            assertEquals(Optional.empty(), scene.empty.receiveMessage(none));
        }
        Duration time = Duration.ofMillis(10);
        long start = System.nanoTime();
        assertFalse(scene.sender.forward(scene.next++, "late", time));
        assertFalse(scene.full.clock().waitUntil(1, time));
        assertFalse(scene.merge.awaitFinished(time));
        assertEquals(Optional.empty(), scene.empty.receiveMessage(time));
        assertTrue(System.nanoTime() - start >= 4 * time.toNanos());
        scene.nothingLateArrives();
        assertTrue(scene.merge.awaitFinished(Await.BOUND));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G14 where nothing is to be waited for a time of zero suffices; one too long to represent is for ever")
    void g14ZeroSufficesAndForEver(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        long number = scene.next;
        Running<Boolean> waiting = setup.call("forward", () -> scene.sender.forward(number, "x", FOR_EVER))
                .awaitBlocked();
        Running<Boolean> reached = setup.call(
                        "reached", () -> scene.full.clock().waitUntil(number, FOR_EVER))
                .awaitBlocked();
        Reading<String> reading = setup.read(scene.full);
        assertTrue(waiting.result());
        assertTrue(reached.result());
        assertTrue(scene.sender.forward(number + 1, "y", Duration.ZERO));
        assertEquals(number + 1, reading.await(setup.capacity() + 2).getLast().sequence());
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName(
            "G14 a call ends when the receiver that it waits for is discarded or fails, or the merge is closed or fails")
    void g14WhatCanNoLongerComeIsTold(Setup setup) throws InterruptedException {
        Exception cause = new IllegalStateException("broken");
        for (int i = 0; i < 4; i++) {
            Scene closed = new Scene(setup);
            Running<Void> waiting = closed.blocked(closed.forwards().get(i));
            closed.full.discard();
            waiting.failure(ClosedException.class);
            Scene failed = new Scene(setup);
            waiting = failed.blocked(failed.forwards().get(i));
            failed.full.fail(cause);
            assertSame(cause, waiting.failure(FailedException.class).getCause());
            Setup.abandon(failed.merge);
            Scene gone = new Scene(setup);
            waiting = gone.blocked(gone.forwards().get(i));
            gone.merge.close();
            waiting.failure(ClosedException.class);
        }
        Scene scene = new Scene(setup);
        List<Running<Void>> all = new ArrayList<>();
        all.add(scene.blocked(scene.forwards().get(0)));
        all.add(scene.blocked(scene.reads().get(0)));
        scene.waits().forEach(call -> all.add(scene.blocked(call)));
        scene.merge.fail(cause);
        all.forEach(thread ->
                assertSame(cause, thread.failure(FailedException.class).getCause()));
        assertThrows(FailedException.class, scene.merge::close);
    }

    // ---- G15 and G16

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 a reader that waits for its own clock where only it could get there is told so")
    void g15AReaderThatWaitsForItself(Setup setup) throws InterruptedException {
        open(setup);
        toR.forward(5, "five");
        toBoth.advance(9);
        assertEquals(new Delivery.Message<>(5, "five"), r.receive());
        assertThrows(IllegalStateException.class, () -> r.clock().waitUntil(5));
        assertThrows(IllegalStateException.class, () -> r.clock().waitUntil(7));
        assertFalse(r.clock().waitUntil(5, Duration.ofMillis(1)));
        r.clock().waitUntil(4);
        r.acknowledge();
        r.clock().waitUntil(5);
        Running<Void> advances = setup.run("advances", () -> toR.advance(9));
        r.clock().waitUntil(9); // another one can raise it
        advances.result();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 two threads that read at once, or forward at once: the second is told, and nothing is lost")
    void g15TwoThreadsAtOnce(Setup setup) throws InterruptedException {
        open(setup);
        Running<Delivery<String>> reader =
                setup.call("reader", s::receiveMessage).awaitBlocked();
        assertThrows(IllegalStateException.class, s::receive);
        assertThrows(IllegalStateException.class, s::tryReceive);
        Setup.forward(toR, 1, setup.capacity());
        Running<Void> first =
                setup.run("first", () -> toR.forward(5_000, "first")).awaitBlocked();
        assertThrows(IllegalStateException.class, () -> toR.forward(6_000, "second"));
        assertThrows(IllegalStateException.class, () -> toR.tryForward(6_000, "second"));
        toBoth.forward(4_000, "to both");
        assertEquals(new Delivery.Message<>(4_000, "to both"), reader.result());
        toBoth.close();
        Reading<String> reading = setup.read(r);
        first.result();
        toR.close();
        List<String> given = Reading.payloads(reading.all());
        assertEquals(setup.capacity() + 2, given.size());
        assertEquals("first", given.getLast());
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 two readers may wait for each other's clock, in the handler of n for n - 1")
    void g15ReadersMayWaitForEachOther(Setup setup) throws InterruptedException {
        open(setup);
        List<Running<Void>> readers = List.of(
                setup.run(
                        "r",
                        () -> r.forEachMessage((number, message) -> s.clock().waitUntil(number - 1))),
                setup.run(
                        "s",
                        () -> s.forEachMessage((number, message) -> r.clock().waitUntil(number - 1))));
        Running<Void> other = setup.run("to r", () -> {
            for (long number = 2; number <= 1_000; number += 3) {
                toR.forward(number, "m");
            }
            toR.close();
        });
        Setup.forward(toBoth, 1, 1_000);
        toBoth.close();
        other.result();
        readers.forEach(Running::result);
        assertEquals(1_000, r.clock().time());
    }

    @ContractTest(
            capacities = {1, 1024},
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("G16 an idle stack of merges with 200 links, readers and waiters of each kind uses no processor time")
    void g16AnIdleMergeUsesNoTime(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        merge = setup.openMerge();
        List<Running<?>> waiting = new ArrayList<>();
        List<Sender<String>> senders = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Receiver<String> upper = top.receiver("r" + i);
            senders.add(top.sender("s" + i, upper));
            Receiver<String> end = merge.receiver("r" + i);
            merge.link(upper, end);
            merge.read(end, (number, message) -> {});
            waiting.add(setup.run("waits", () -> end.clock().waitUntil(LAST)));
            waiting.add(setup.call("timed", () -> end.clock().waitUntil(LAST, HOUR)));
            end.clock().whenReached(LAST);
        }
        for (Sender<String> sender : senders) {
            sender.dispatch("once round");
        }
        Receiver<String> heldBack = merge.receiver("held back");
        Forwarder<String> stuck = merge.forwarder("stuck", heldBack);
        merge.forwarder("silent", heldBack);
        Setup.forward(stuck, 1_001, 1_000 + setup.capacity());
        waiting.add(setup.run("forwards", () -> stuck.forward(9_999, "x")));
        Await.blocked("each", waiting.stream().<Thread>map(Running::thread).toList());
        G16IdleTest.eventuallyUsesNoTime();
        Setup.abandon(merge);
        waiting.forEach(thread -> thread.failure(FailedException.class));
    }

    // ---- G17

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G17 the last number can be forwarded, promised and reached")
    void g17TheLastNumber(Setup setup) throws InterruptedException {
        open(setup);
        toR.forward(LAST, "last");
        toBoth.advance(LAST);
        assertEquals(new Delivery.Message<>(LAST, "last"), r.receive());
        r.acknowledge();
        assertEquals(LAST, r.clock().time());
    }
}
