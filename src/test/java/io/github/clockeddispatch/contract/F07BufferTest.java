package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

@DisplayName("F7 buffers")
class F07BufferTest {
    private ForwardingDispatcher<String> merge;
    private Receiver<String> r;
    private Forwarder<String> fast;
    private Forwarder<String> idle;

    private void open(Setup setup) {
        merge = setup.openMerge();
        r = merge.receiver("r");
        fast = merge.forwarder("fast", r);
        idle = merge.forwarder("idle", r);
    }

    @ContractTest(over = MERGE)
    @DisplayName("F7 a fast source fills its own buffer, and waits for itself alone")
    void f7AFastSourceWaitsForItselfAlone(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> s = merge.receiver("s");
        Forwarder<String> other = merge.forwarder("other", s);
        Reading<String> reading = setup.read(r);
        Reading<String> otherReading = setup.read(s);
        Setup.forward(fast, 1, setup.capacity());
        assertFalse(fast.tryForward(setup.capacity() + 1, "one too many"));
        Running<Void> waiting = setup.run("waiting", () -> fast.forward(setup.capacity() + 1, "x"))
                .awaitBlocked();
        Setup.forward(other, 1, 3L * setup.capacity());
        otherReading.await(3 * setup.capacity());
        assertEquals(0, reading.messages().size());
        waiting.staysBlocked();

        Setup.forward(idle, setup.capacity() + 1, setup.capacity() + 1); // and has room of its own
        waiting.result();
        assertEquals(setup.capacity() + 2, reading.await(setup.capacity() + 2).size());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F7 what is held back takes no slot in an inbox")
    void f7WhatIsHeldBackTakesNoSlot(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> group = merge.forwarder("group", r, merge.receiver("read"));
        fast.forward(5, "five");
        group.forward(5, "five too");
        assertEquals(0, r.pending());
        Snapshot.HeldBack heldBack = merge.snapshot().receivers().stream()
                .filter(state -> state.name().equals("r"))
                .findFirst()
                .orElseThrow()
                .heldBack();
        assertEquals(2, heldBack.messages());
        assertEquals("idle", heldBack.source());
        assertEquals(0, heldBack.promise());
        idle.advance(5);
        assertEquals(new Delivery.Message<>(5, "five"), r.receive());
        assertEquals(new Delivery.Message<>(5, "five too"), r.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F7 an idle source holds up those that it reaches until it advances; no clock on a wall helps")
    void f7AnIdleSourceMustAdvance(Setup setup) throws InterruptedException {
        open(setup);
        fast.forward(1, "one");
        Running<Delivery<String>> reader =
                setup.call("reader", r::receiveMessage).staysBlocked();
        assertEquals(0, r.clock().time());
        idle.advance(1);
        assertEquals(new Delivery.Message<>(1, "one"), reader.result());
        fast.forward(2, "two");
        Await.never("it is given without the promise", () -> r.tryReceive().isPresent());
        idle.advance(1); // is nothing new
        assertEquals(Optional.empty(), r.tryReceive());
        idle.close();
        assertEquals(new Delivery.Message<>(2, "two"), r.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F7 a forward that waits for room goes on when one message has been given, whatever is left in the inbox")
    void f7OneFreeSlotIsEnough(Setup setup) throws InterruptedException {
        open(setup);
        idle.close();
        Setup.forward(fast, 1, setup.capacity());
        Running<Void> forward = setup.run("forward", () -> fast.forward(setup.capacity() + 1, "one more"));
        forward.awaitBlocked();
        assertEquals(1, r.receiveMessage().sequence());
        forward.result();
        fast.close();
        assertEquals(
                Numbers.between(2, setup.capacity() + 1),
                Reading.numbers(setup.read(r).all()));
    }
}
