package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.DisplayName;

/** What is there now is what is there at the call, however much comes meanwhile. */
@DisplayName("What is there now")
class NowTest {
    private static final int ROUNDS = 100;

    private final List<Long> given = new ArrayList<>();

    /** Drains what there is; fails where anything is given that was numbered after the first was. */
    private int drain(Receiver<String> r, LongSupplier sequence) {
        long[] bound = {0};
        return r.drain(
                (number, message) -> {
                    if (bound[0] == 0) {
                        bound[0] = sequence.getAsLong();
                    }
                    assertTrue(number <= bound[0], () -> number + " is given by a call made before " + bound[0]);
                    given.add(number);
                    Thread.yield(); // others send meanwhile
                },
                Integer.MAX_VALUE);
    }

    @ContractTest
    @DisplayName("drain: under full load it gives what was there at the call: all of it, and nothing more")
    void drainUnderLoad(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Gate enough = setup.gate();
        List<Running<Void>> sending = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Sender<String> sender = dispatcher.sender("s" + i, r);
            sending.add(setup.run("sends", () -> {
                while (!enough.isOpen()) {
                    sender.send("m");
                }
                sender.close();
            }));
        }
        Sender<String> sender = dispatcher.sender("d", r);
        AtomicLong last = new AtomicLong();
        sending.add(setup.run("dispatches", () -> {
            while (!enough.isOpen()) {
                last.set(sender.dispatch("d"));
            }
            sender.close();
        }));
        for (int round = 0; round < ROUNDS; round++) {
            long there = last.get();
            drain(r, dispatcher::sequence);
            assertTrue(given.size() >= there, () -> given.size() + " given, where " + there + " was dispatched");
        }
        enough.open();
        r.forEachMessage((number, message) -> given.add(number));
        sending.forEach(Running::result);
        assertEquals(Numbers.upTo(given.size()), given);
    }

    @ContractTest
    @DisplayName("drain: what its handler sends to the same receiver is for the next call")
    void drainIsNotProlongedByItsHandler(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.inboxCapacity(Math.max(4, setup.capacity())));
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        for (int i = 0; i < 3; i++) {
            sender.dispatch("m");
        }
        for (int round = 1; round <= 5; round++) {
            assertEquals(3, r.drain((number, message) -> sender.dispatch(message), Integer.MAX_VALUE));
            assertEquals(3L * round, r.clock().time());
            assertEquals(3, r.pending());
        }
        assertEquals(2, r.drain((number, message) -> {}, 2));
        assertEquals(1, r.drain((number, message) -> {}, Integer.MAX_VALUE));
    }

    @ContractTest
    @DisplayName("forEachBatch: a batch is what was there when it was begun, at most an inbox full")
    void batchesUnderLoad(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        List<Running<Void>> sending = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Sender<String> sender = dispatcher.sender("s" + i, r);
            sending.add(setup.run("sends", () -> {
                Setup.send(sender, 5_000);
                sender.close();
            }));
        }
        r.forEachBatch(Integer.MAX_VALUE, batch -> {
            assertTrue(batch.size() <= setup.capacity(), () -> batch.size() + " at once");
            batch.forEach(message -> given.add(message.sequence()));
        });
        sending.forEach(Running::result);
        assertEquals(Numbers.upTo(15_000), given);
    }

    // ---- merges

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName(
            "drain, in a merge: while others forward it gives what was due at the call: all of it, and nothing more")
    void drainOfAMergeUnderLoad(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", r);
        Forwarder<String> idle = merge.forwarder("i", r);
        Gate enough = setup.gate();
        AtomicLong last = new AtomicLong();
        List<Running<Void>> forwarding = List.of(setup.run("forwards", () -> {
            for (long number = 1; !enough.isOpen(); number++) {
                forwarder.forward(number, "m");
                idle.advance(number);
                last.set(number);
            }
            forwarder.close();
            idle.close();
        }));
        for (int round = 0; round < ROUNDS; round++) {
            long there = last.get();
            drain(r, merge::sequence);
            assertTrue(given.size() >= there, () -> given.size() + " given, where " + there + " was due");
        }
        enough.open();
        r.forEachMessage((number, message) -> given.add(number));
        forwarding.forEach(Running::result);
        assertEquals(Numbers.upTo(given.size()), given);
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("drain, in a merge: what its handler forwards to the same receiver is for the next call")
    void drainOfAMergeIsNotProlongedByItsHandler(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", r);
        forwarder.forward(1, "m");
        for (int round = 1; round <= 5; round++) {
            assertEquals(1, r.drain((number, message) -> forwarder.forward(number + 1, message), Integer.MAX_VALUE));
            assertEquals(round, r.clock().time());
        }
        assertEquals(1, r.drain((number, message) -> forwarder.advance(50), Integer.MAX_VALUE));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName(
            "drain, in a merge: all messages that share a number that is due are there, and more than an inbox full")
    void drainGivesAllOfANumber(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", r);
        for (int i = 0; i < 5; i++) {
            forwarder.forwardPart(7, "part");
        }
        assertEquals(0, r.drain((number, message) -> {}, Integer.MAX_VALUE));
        forwarder.advance(7);
        assertEquals(5, r.drain((number, message) -> assertEquals(7, number), Integer.MAX_VALUE));
        assertEquals(7, r.clock().time());
    }
}
