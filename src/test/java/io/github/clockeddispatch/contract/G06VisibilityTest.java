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
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G6 the effect is visible")
class G06VisibilityTest {
    private static final int ROUNDS = 500;

    /** What a reader does; plain fields, on purpose. */
    private static final class Effect {
        long applied;
    }

    /** A way to learn that a clock has reached a number. */
    private interface Way {
        void await(AnyDispatcher<String> dispatcher, LogicalClock clock, long number) throws Exception;
    }

    private static void seesTheEffect(Setup setup, Way way) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Effect effect = new Effect();
        dispatcher.read(r, (number, message) -> effect.applied = number);
        for (int i = 0; i < ROUNDS; i++) {
            long number = sender.dispatch("m");
            way.await(dispatcher, r.clock(), number);
            assertEquals(number, effect.applied);
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 what the reader did up to finishing s is visible after waitUntil(s)")
    void g06AfterWaitUntil(Setup setup) throws Exception {
        seesTheEffect(setup, (dispatcher, clock, number) -> clock.waitUntil(number));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 after waitUntil(s, Duration)")
    void g06AfterTimedWaitUntil(Setup setup) throws Exception {
        seesTheEffect(setup, (dispatcher, clock, number) -> assertTrue(clock.waitUntil(number, Await.BOUND)));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 after whenReached(s)")
    void g06AfterWhenReached(Setup setup) throws Exception {
        seesTheEffect(
                setup,
                (dispatcher, clock, number) ->
                        assertEquals(number, clock.whenReached(number).get(15, TimeUnit.SECONDS)));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 after time() said s")
    void g06AfterTime(Setup setup) throws Exception {
        seesTheEffect(setup, (dispatcher, clock, number) -> {
            while (clock.time() < number) {
                Thread.yield();
            }
        });
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 after hasReached(s) said yes")
    void g06AfterHasReached(Setup setup) throws Exception {
        seesTheEffect(setup, (dispatcher, clock, number) -> {
            while (!clock.hasReached(number)) {
                Thread.yield();
            }
        });
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 after awaitFinished")
    void g06AfterAwaitFinished(Setup setup) throws Exception {
        seesTheEffect(setup, (dispatcher, clock, number) -> assertTrue(dispatcher.awaitFinished(Await.BOUND)));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 after a snapshot said so")
    void g06AfterSnapshot(Setup setup) throws Exception {
        seesTheEffect(setup, (dispatcher, clock, number) -> {
            while (dispatcher.snapshot().receivers().getFirst().time() < number) {
                Thread.yield();
            }
        });
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 what a sender did before send is visible to the reader")
    void g06WhatTheSenderDidIsVisible(Setup setup) throws Exception {
        AnyDispatcher<Integer> dispatcher = setup.openAny();
        Receiver<Integer> r = dispatcher.receiver("r");
        AnySender<Integer> sender = dispatcher.sender("s", r);
        Effect effect = new Effect();
        for (int i = 1; i <= ROUNDS; i++) {
            int round = i;
            Running<Void> sending = i % 100 == 1
                    ? setup.run("sender", () -> {
                        effect.applied = round;
                        sender.send(round);
                    })
                    : null;
            if (sending == null) {
                effect.applied = round;
                sender.send(round);
            }
            assertEquals(round, ((Delivery.Message<Integer>) r.receiveMessage()).payload());
            assertEquals(round, effect.applied);
            if (sending != null) {
                sending.result();
            }
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 each finish is published and its waiters woken, though the next handler does not return")
    void g06EachFinishIsPublishedPerMessage(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.inboxCapacity(8));
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Setup.send(sender, 8);
        Await.eventually("all are in the inbox", () -> r.pending() == 8);
        List<Gate> gates = new ArrayList<>();
        for (int i = 0; i <= 8; i++) {
            gates.add(setup.gate());
        }
        List<Running<Void>> waiters = new ArrayList<>();
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            int number = i;
            waiters.add(setup.run("waiter for " + i, () -> r.clock().waitUntil(number))
                    .awaitBlocked());
            futures.add(r.clock().whenReached(number));
        }
        dispatcher.read(r, (number, message) -> gates.get((int) number).pass());

        for (int i = 1; i <= 8; i++) {
            gates.get(i).awaitArrival();
            assertEquals(i - 1, r.clock().time());
            for (int due = 1; due < i; due++) {
                waiters.get(due - 1).result();
                assertEquals(due, futures.get(due - 1).get(15, TimeUnit.SECONDS));
            }
            assertFalse(waiters.get(i - 1).isDone());
            assertFalse(futures.get(i - 1).isDone());
            gates.get(i).open();
        }
        waiters.get(7).result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G6 so it is with drain")
    void g06DrainPublishesPerMessage(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.inboxCapacity(4));
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Setup.send(sender, 4);
        Await.eventually("all are in the inbox", () -> r.pending() == 4);
        Gate gate = setup.gate();
        Running<Void> waiter = setup.run("waiter", () -> r.clock().waitUntil(3)).awaitBlocked();
        Running<Integer> drain = setup.call(
                "drain",
                () -> r.drain(
                        (number, message) -> {
                            if (number == 4) {
                                gate.pass();
                            }
                        },
                        10));
        gate.awaitArrival();
        waiter.result();
        assertEquals(3, r.clock().time());
        gate.open();
        assertEquals(4, drain.result());
        assertEquals(4, r.clock().time());
    }

    @ContractTest(over = MERGE)
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

    @ContractTest(over = MERGE)
    @DisplayName("G6 what was done before a forward or a promise is visible to whom it lets go on")
    void g06WhatWasDoneBeforeAForward(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Receiver<String> s = merge.receiver("s");
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toBoth = merge.forwarder("to both", r, s);
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
}
