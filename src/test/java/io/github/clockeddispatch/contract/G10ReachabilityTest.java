package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;

/**
 * What was discarded, lost with a failure, or given and finished, is not kept reachable, though the dispatcher, its senders,
 * its receivers and their clocks are kept.
 */
@DisplayName("G10 what nobody will be given any more is not kept reachable")
class G10ReachabilityTest {

    /** Payloads of which nobody but the library knows. */
    private final List<WeakReference<Object>> payloads = new ArrayList<>();

    private Object payload() {
        Object payload = new Object();
        payloads.add(new WeakReference<>(payload));
        return payload;
    }

    private void send(AnySender<Object> sender, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            assertTrue(sender.send(payload(), Await.BOUND));
        }
    }

    private void dispatch(AnySender<Object> sender) throws InterruptedException {
        sender.dispatch(payload());
    }

    /** Fills the channel and the inbox. */
    private void fill(Setup setup, AnySender<Object> sender, Receiver<Object> receiver) throws InterruptedException {
        send(sender, setup.pathCapacity());
        Await.eventually("the inbox is full", () -> receiver.pending() == setup.capacity());
    }

    private void forward(Forwarder<Object> forwarder, long first, long last) throws InterruptedException {
        for (long number = first; number <= last; number++) {
            assertTrue(forwarder.forward(number, payload(), Await.BOUND));
        }
    }

    /** Fails unless all of them can be collected, while the others are kept. */
    private void areGone(Object... kept) {
        assertFalse(payloads.isEmpty());
        Await.eventually("what nobody will be given can be collected", () -> {
            System.gc();
            return payloads.stream().allMatch(payload -> payload.refersTo(null));
        });
        Reference.reachabilityFence(kept);
        payloads.clear();
    }

    /** Fails if one of them can be collected. */
    private void areKept() {
        System.gc();
        assertTrue(payloads.stream().noneMatch(payload -> payload.refersTo(null)));
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = {1, 64})
    @DisplayName("G10 after discard(): in the inbox, and in channels")
    void g10AfterDiscard(Setup setup) throws InterruptedException {
        AnyDispatcher<Object> dispatcher = setup.openAny();
        Receiver<Object> r = dispatcher.receiver("r");
        AnySender<Object> one = dispatcher.sender("one", r);
        AnySender<Object> two = dispatcher.sender("two", r);
        fill(setup, one, r);
        send(two, setup.capacity());
        areKept();
        r.discard();
        assertEquals(payloads.size(), r.discarded());
        areGone(dispatcher, r, r.clock(), one, two);
    }

    @ContractTest(capacities = {1, 64})
    @DisplayName("G10 after a failure: in the inbox, and in channels")
    void g10AfterAFailure(Setup setup) throws InterruptedException {
        AnyDispatcher<Object> dispatcher = setup.openAny();
        Receiver<Object> r = dispatcher.receiver("r");
        AnySender<Object> sender = dispatcher.sender("s", r);
        fill(setup, sender, r);
        r.fail(new Exception("planned"));
        areGone(dispatcher, r, r.clock(), sender);
        assertThrows(DispatchException.class, dispatcher::close);

        AnyDispatcher<Object> another = setup.openAny();
        Receiver<Object> s = another.receiver("s");
        AnySender<Object> toS = another.sender("to s", s);
        fill(setup, toS, s);
        another.fail(new Exception("planned"));
        areGone(another, s, s.clock(), toS);
        assertThrows(DispatchException.class, another::close);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = {1, 64})
    @DisplayName("G10 what members of a group were given and have finished, when another one is discarded or fails")
    void g10OfAGroup(Setup setup) throws InterruptedException {
        AnyDispatcher<Object> dispatcher = setup.openAny();
        Receiver<Object> a = dispatcher.receiver("a");
        Receiver<Object> b = dispatcher.receiver("b");
        Receiver<Object> c = dispatcher.receiver("c");
        AnySender<Object> group = dispatcher.sender("group", List.of(a, b, c));
        AnySender<Object> all = dispatcher.broadcaster("all");
        dispatch(setup.capacity() == 1 ? all : group);
        if (setup.capacity() > 1) {
            dispatch(all);
        }
        a.discard();
        b.fail(new Exception("planned"));
        areKept();
        assertEquals(payloads.size(), c.drain((number, payload) -> {}, payloads.size()));
        areGone(dispatcher, a, a.clock(), b, b.clock(), c, group, all);
    }

    @ContractTest(capacities = {1, 64})
    @DisplayName("G10 what close() gave up: in a channel, and in the inbox of an own reader that was cut off")
    void g10AfterClose(Setup setup) throws InterruptedException {
        AnyDispatcher<Object> dispatcher = setup.openAny(builder -> builder.drainTimeout(Duration.ZERO));
        Receiver<Object> r = dispatcher.receiver("r");
        AnySender<Object> sender = dispatcher.sender("s", r);
        Gate gate = setup.gate();
        dispatcher.read(r, (number, payload) -> gate.pass());
        fill(setup, sender, r);
        assertThrows(DispatchException.class, dispatcher::close);
        areGone(dispatcher, r, r.clock(), sender);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = {1, 64})
    @DisplayName("G10 what was withdrawn")
    void g10WhatWasWithdrawn(Setup setup) throws InterruptedException {
        AnyDispatcher<Object> dispatcher = setup.openAny();
        Receiver<Object> r = dispatcher.receiver("r");
        AnySender<Object> sender = dispatcher.sender("s", r);
        for (int i = 0; i < setup.capacity(); i++) {
            sender.dispatch("in the inbox");
        }
        assertThrows(TimeoutException.class, () -> sender.dispatch(payload(), Duration.ofMillis(1)));
        areGone(dispatcher, r, sender);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = {1, 64})
    @DisplayName("G10 what was given and is finished: one by one, drained, in batches, by handlers, by own readers")
    void g10WhatIsFinished(Setup setup) throws InterruptedException {
        AnyDispatcher<Object> dispatcher = setup.openAny();
        List<Receiver<Object>> receivers = new ArrayList<>();
        for (String name : List.of("acknowledged", "received", "drained", "batches", "handler", "own")) {
            Receiver<Object> receiver = dispatcher.receiver(name);
            dispatcher.sender("to " + name, receiver); // so that it does not end
            receivers.add(receiver);
        }
        Receiver<Object> acknowledged = receivers.get(0);
        Receiver<Object> received = receivers.get(1);
        setup.run("batches", () -> receivers.get(3).forEachBatch(3, batch -> {}));
        setup.run("handler", () -> receivers.get(4).forEachMessage((number, payload) -> {}));
        dispatcher.read(receivers.get(5), (number, payload) -> {});
        for (int i = 0; i < 3; i++) {
            for (Receiver<Object> receiver : receivers) {
                try (AnySender<Object> sender = dispatcher.sender("s", receiver)) {
                    dispatch(sender);
                }
            }
            assertTrue(acknowledged.tryReceive().get() instanceof Delivery.Message<Object>);
            acknowledged.acknowledge();
            assertTrue(received.receiveMessage() instanceof Delivery.Message<Object>);
            assertTrue(received.receiveMessage(Duration.ZERO).isEmpty());
            assertEquals(1, receivers.get(2).drain((number, payload) -> {}, 9));
        }
        Running<Delivery<Object>> waits =
                setup.call("waits", received::receiveMessage).awaitBlocked();
        areGone(dispatcher, receivers);
        assertFalse(waits.isDone());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G10 the message in hand when its receiver was discarded is its reader's alone")
    void g10WhatWasInHand(Setup setup) throws InterruptedException {
        AnyDispatcher<Object> dispatcher = setup.openAny();
        Receiver<Object> r = dispatcher.receiver("r");
        AnySender<Object> sender = dispatcher.sender("s", r);
        dispatch(sender);
        assertTrue(r.receiveMessage() instanceof Delivery.Message<Object>);
        r.discard();
        areGone(dispatcher, r, r.clock(), sender);
    }

    // ---- merges

    @ContractTest(
            capacities = {1, 64},
            pumps = Pumps.OWN)
    @DisplayName("G10 in a merge, after discard() or a failure: due, held back, shared with others")
    void g10OfAMerge(Setup setup) throws InterruptedException {
        for (boolean fails : new boolean[] {false, true}) {
            ForwardingDispatcher<Object> merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ZERO));
            Receiver<Object> r = merge.receiver("r");
            Receiver<Object> other = merge.receiver("other");
            Forwarder<Object> silent = merge.forwarder("silent", r, other);
            Forwarder<Object> alone = merge.forwarder("alone", r);
            Forwarder<Object> group = merge.forwarder("group", r, other);
            forward(alone, 1, setup.capacity());
            forward(group, 1, setup.capacity());
            silent.advance(1); // some are due now
            areKept();
            if (fails) {
                r.fail(new Exception("planned"));
            } else {
                r.discard();
            }
            silent.advance(setup.capacity());
            assertEquals(setup.capacity(), other.drain((number, payload) -> {}, Integer.MAX_VALUE));
            areGone(merge, r, r.clock(), other, silent, alone, group);
            Setup.abandon(merge);
        }
    }

    @ContractTest(
            capacities = {1, 64},
            pumps = Pumps.OWN)
    @DisplayName("G10 in a merge, after a source has failed, the merge has, or was closed")
    void g10AfterTheEndOfAMerge(Setup setup) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            ForwardingDispatcher<Object> merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ZERO));
            Receiver<Object> r = merge.receiver("r");
            Forwarder<Object> silent = merge.forwarder("silent", r);
            Forwarder<Object> source = merge.forwarder("source", r);
            forward(source, 1, setup.capacity());
            switch (i) {
                case 0 -> silent.fail(new Exception("planned"));
                case 1 -> merge.fail(new Exception("planned"));
                default -> {}
            }
            assertThrows(DispatchException.class, merge::close);
            areGone(merge, r, r.clock(), silent, source);
        }
    }

    @ContractTest(
            capacities = {1, 64},
            pumps = Pumps.OWN)
    @DisplayName("G10 in a merge, what was given and is finished, also through links")
    void g10WhatIsFinishedInAMerge(Setup setup) throws InterruptedException {
        Dispatcher<Object> top = setup.open();
        ForwardingDispatcher<Object> merge = setup.openMerge();
        Receiver<Object> r = merge.receiver("r");
        Receiver<Object> from = top.receiver("from");
        Receiver<Object> staged = top.receiver("staged");
        merge.link(from, r);
        merge.stage(staged, (number, payload) -> List.of(payload, payload), r);
        AnySender<Object> sender = AnyDispatcher.of(top.sender("s", from));
        AnySender<Object> toStage = AnyDispatcher.of(top.sender("to stage", staged));
        for (int i = 0; i < 3; i++) {
            dispatch(sender);
            dispatch(toStage);
            for (int j = 0; j < 3; j++) {
                assertTrue(r.receiveMessage(Await.BOUND).isPresent());
            }
        }
        r.acknowledge();
        areGone(top, merge, r, from, staged, sender, toStage);
        Running<Void> handler = setup.run("handler", () -> r.forEachMessage((number, payload) -> {}));
        dispatch(sender);
        dispatch(toStage);
        assertTrue(r.clock().waitUntil(top.sequence(), Await.BOUND));
        areGone(top, merge, r, from, staged, sender, toStage);
        assertFalse(handler.isDone());
    }
}
