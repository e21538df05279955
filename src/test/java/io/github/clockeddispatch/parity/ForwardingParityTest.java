package io.github.clockeddispatch.parity;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.clockeddispatch.Delivery.End;
import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.Delivery.Tick;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("The Rust original, forwarding")
class ForwardingParityTest {

    // ---- its tests

    @ContractTest(over = MERGE)
    @DisplayName("lib.rs tests::can_forward_after_recv_drop")
    void canForwardAfterRecvDrop(Setup setup) throws InterruptedException {
        ForwardingDispatcher<Integer> merge = setup.openMerge();
        Receiver<Integer> a = merge.receiver("a");
        Receiver<Integer> b = merge.receiver("b");
        merge.forwarder("to a", a);
        Forwarder<Integer> toB = merge.forwarder("to b", b);
        a.discard();

        toB.forward(1, 10);

        assertThat(b.receive()).isEqualTo(new Message<>(1, 10));
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "lib.rs tests::forward_with_no_senders: there b is told of 1, which was for a alone, before its end; here its "
                    + "own source has to say so, or leave, and the end tells it")
    void forwardWithNoSenders(Setup setup) throws InterruptedException {
        ForwardingDispatcher<Integer> merge = setup.openMerge();
        Receiver<Integer> a = merge.receiver("a");
        Receiver<Integer> b = merge.receiver("b");
        Forwarder<Integer> toA = merge.forwarder("to a", a);
        Forwarder<Integer> toB = merge.forwarder("to b", b);

        toA.forward(1, 1);
        assertThat(a.tryReceive()).contains(new Message<>(1, 1));
        assertThat(b.tryReceive()).isEmpty();
        toA.close();
        toB.close();

        assertThat(a.receive()).isEqualTo(new End<>(1));
        assertThat(b.receive()).isEqualTo(new End<>(1));
    }

    @ContractTest(over = MERGE)
    @DisplayName("lib.rs tests::broadcast_dupe_termination")
    void broadcastDupeTermination(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge =
                setup.openMerge(builder -> builder.channelCapacity(Math.max(2, setup.capacity())));
        Receiver<String> r = merge.receiver("r");
        try (Forwarder<String> toAll = merge.broadcaster("to all")) {
            toAll.forward(1, "a");
            toAll.forward(2, "b");
        }

        assertThat(r.receive()).isEqualTo(new Message<>(1, "a"));
        assertThat(r.receive()).isEqualTo(new Message<>(2, "b"));
        assertThat(r.receive()).isEqualTo(new End<>(2));
    }

    @ContractTest(over = MERGE)
    @DisplayName("lib.rs tests::multisend_thread_interleaving")
    void multisendThreadInterleaving(Setup setup) throws InterruptedException {
        for (int round = 0; round < 50; round++) {
            ForwardingDispatcher<String> merge = setup.openMerge();
            Receiver<String> r = merge.receiver("r");
            Forwarder<String> odd = merge.forwarder("odd", r);
            Forwarder<String> even = merge.forwarder("even", r);
            List<Running<?>> threads = List.of(
                    setup.run("odd", () -> {
                        try (odd) {
                            odd.forward(1, "c 1");
                            odd.forward(3, "c 3");
                            odd.forward(5, "a 1");
                        }
                    }),
                    setup.run("even", () -> {
                        try (even) {
                            even.forward(2, "c 2");
                            even.forward(4, "b 1");
                            even.forward(6, "a 2");
                        }
                    }));

            List<String> expected = List.of("c 1", "c 2", "c 3", "b 1", "a 1", "a 2");
            for (int i = 0; i < expected.size(); i++) {
                assertThat(r.receiveMessage()).isEqualTo(new Message<>(i + 1, expected.get(i)));
            }
            threads.forEach(Running::result);
        }
    }

    // ---- the examples of its documentation

    @ContractTest(over = MERGE)
    @DisplayName(
            "lib.rs docs, in-order delivery: there it holds until the dispatcher's thread has come to it, here for ever")
    void inOrderDelivery(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> one = merge.forwarder("one", r);
        Forwarder<String> two = merge.forwarder("two", r);

        one.forward(1, "a1");
        assertThat(r.tryReceive()).isEmpty();
        two.advance(1); // there: forward(None, 1)

        assertThat(r.receive()).isEqualTo(new Message<>(1, "a1"));
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "lib.rs docs of ClockedBroadcaster, forwarding broadcast: there silent sources are not waited for, here "
                    + "they must advance")
    void forwardingBroadcast(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> a = merge.receiver("a");
        Receiver<String> b = merge.receiver("b");
        Receiver<String> c = merge.receiver("c");
        Forwarder<String> toAll = merge.broadcaster("to all");
        Forwarder<String> toB = merge.forwarder("to b", b);
        Forwarder<String> toC = merge.forwarder("to c", c);

        toAll.forward(1, "1");
        assertThat(a.receive()).isEqualTo(new Message<>(1, "1"));
        assertThat(b.tryReceive()).isEmpty(); // as number 1 may still come from its own source
        toB.advance(1);
        assertThat(b.receive()).isEqualTo(new Message<>(1, "1"));
        toC.advance(1);
        assertThat(c.receive()).isEqualTo(new Message<>(1, "1"));

        toC.forward(2, "c");
        assertThat(c.tryReceive()).isEmpty(); // as number 2 may still come from the broadcaster
        toAll.advance(2);
        toB.advance(2);
        assertThat(a.receive()).isEqualTo(new Tick<>(2));
        assertThat(b.receive()).isEqualTo(new Tick<>(2));
        assertThat(c.receive()).isEqualTo(new Message<>(2, "c"));
    }

    // ---- the other rows of "What differs from the Rust original" in docs/composition.md

    @ContractTest(over = MERGE)
    @DisplayName("order: there by counting, and 3 waits for 2 for ever; here by promises, and numbers may have gaps")
    void numbersMayHaveGaps(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", r);

        forwarder.forward(1, "one");
        assertThat(r.receive()).isEqualTo(new Message<>(1, "one"));
        forwarder.forward(3, "three");

        assertThat(r.receive()).isEqualTo(new Message<>(3, "three"));
    }

    @ContractTest(over = MERGE)
    @DisplayName("a promise ahead of the counter: there forgotten, here it stands")
    void anEarlyPromiseStands(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> early = merge.forwarder("early", r);
        Forwarder<String> other = merge.forwarder("other", r);

        early.advance(2);
        other.forward(1, "one");
        assertThat(r.receive()).isEqualTo(new Message<>(1, "one"));
        other.forward(2, "two");

        assertThat(r.receive()).isEqualTo(new Message<>(2, "two"));
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "the same number twice, held back: there the second, and what comes after, is never given; here both are")
    void theSameNumberTwice(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> one = merge.forwarder("one", r);
        Forwarder<String> two = merge.forwarder("two", r);
        Forwarder<String> slow = merge.forwarder("slow", r);

        one.forward(2, "from one");
        two.forward(2, "from two");
        slow.forward(1, "first");
        slow.advance(2);

        assertThat(r.tryReceive()).contains(new Message<>(1, "first"));
        assertThat(r.tryReceive()).contains(new Message<>(2, "from one"));
        assertThat(r.tryReceive())
                .contains(new Message<>(2, "from two")); // where try_recv would say that nothing is there
        assertThat(r.clock().time()).isEqualTo(1);
        r.acknowledge();
        assertThat(r.clock().time()).isEqualTo(2);
    }

    @ContractTest(over = MERGE)
    @DisplayName("a receiver leaves: there its numbers stall all others, here others go on")
    void aReceiverThatLeavesStallsNobody(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge =
                setup.openMerge(builder -> builder.channelCapacity(Math.max(2, setup.capacity())));
        Receiver<String> leaves = merge.receiver("leaves");
        Receiver<String> stays = merge.receiver("stays");
        Forwarder<String> toLeaving = merge.forwarder("to leaving", leaves);
        Forwarder<String> toBoth = merge.forwarder("to both", leaves, stays);

        toBoth.forward(1, "for both");
        toLeaving.forward(2, "for one");
        leaves.discard();
        toBoth.forward(3, "for whom is left");

        assertThat(stays.receive()).isEqualTo(new Message<>(1, "for both"));
        assertThat(stays.receiveMessage()).isEqualTo(new Message<>(3, "for whom is left"));
    }

    @ContractTest(over = MERGE)
    @DisplayName("fed with another's clock: there a leap is forgotten, here it is a promise")
    void aClockIsAPromise(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        Receiver<String> from = top.receiver("from");
        Receiver<String> other = top.receiver("other");
        Sender<String> toOther = top.sender("to other", other);
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        merge.link(from, r);
        setup.read(other);
        for (int i = 0; i < 3; i++) {
            toOther.dispatch("not for r");
        }

        assertThat(r.clock().waitUntil(3, Await.BOUND)).isTrue();
        top.sender("s", from).dispatch("for r");
        assertThat(r.receiveMessage()).isEqualTo(new Message<>(4, "for r"));
    }

    @ContractTest(over = MERGE)
    @DisplayName("a late number: there it panics the thread that serves all, here its sender is told")
    void aLateNumber(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge =
                setup.openMerge(builder -> builder.channelCapacity(Math.max(2, setup.capacity())));
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", r);
        forwarder.forward(2, "two");

        assertThatExceptionOfType(LateMessageException.class).isThrownBy(() -> forwarder.forward(1, "late"));

        forwarder.forward(3, "three");
        assertThat(r.receive()).isEqualTo(new Message<>(2, "two"));
        assertThat(r.receive()).isEqualTo(new Message<>(3, "three"));
    }

    @ContractTest(
            capacities = {1, 2},
            over = MERGE)
    @DisplayName("a full receiver: there all stop, here those who address it")
    void aFullReceiver(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> full = merge.receiver("full");
        Receiver<String> other = merge.receiver("other");
        Forwarder<String> toFull = merge.forwarder("to full", full);
        Forwarder<String> toOther = merge.forwarder("to other", other);
        setup.fill(toFull, full);
        Running<Void> stuck =
                setup.run("stuck", () -> toFull.forward(1_000_000, "x")).awaitBlocked();

        for (int number = 1; number <= 3 * setup.pathCapacity(); number++) {
            toOther.forward(number, "m" + number);
            assertThat(other.receiveMessage()).isEqualTo(new Message<>(number, "m" + number));
        }

        setup.read(full);
        stuck.result();
    }
}
