package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;

@DisplayName("F2 delivery")
class F02DeliveryTest {
    private ForwardingDispatcher<String> merge;
    private Receiver<String> r;
    private Receiver<String> s;

    private void open(Setup setup) {
        merge = setup.openMerge();
        r = merge.receiver("r");
        s = merge.receiver("s");
    }

    // ---- order

    @ContractTest(over = MERGE)
    @DisplayName("F2 the order is that of the numbers, then of joining, then of acceptance")
    void f2TheOrder(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> a = merge.forwarder("a", r);
        Forwarder<String> b = merge.forwarder("b", r);
        Forwarder<String> c = merge.broadcaster("c");
        c.forward(5, "third");
        b.forwardPart(5, "second");
        a.forwardPart(5, "first");
        a.forwardPart(5, "first too");
        b.advance(5);
        a.advance(5);

        List<String> given = new ArrayList<>();
        r.drain(
                (number, message) -> {
                    assertEquals(5, number);
                    given.add(message);
                },
                9);
        assertEquals(List.of("first", "first too", "second", "third"), given);
        assertEquals(5, r.clock().time());
        assertEquals(new Delivery.Message<>(5, "third"), s.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F2 so it is at every receiver, however the sources' threads come to run")
    void f2TheOrderAmongThreads(Setup setup) {
        open(setup);
        Random random = Numbers.random("f2TheOrderAmongThreads");
        Reading<String> readsR = setup.read(r);
        Reading<String> readsS = setup.read(s);
        List<Forwarder<String>> forwarders = List.of(
                merge.forwarder("r", r),
                merge.forwarder("r and s", r, s),
                merge.broadcaster("all"),
                merge.forwarder("s", s));
        Map<String, List<Delivery.Message<String>>> expected = new HashMap<>();
        for (Forwarder<String> forwarder : forwarders) {
            List<Delivery.Message<String>> messages = rising(forwarder.name(), random);
            for (String receiver : List.of("r", "s")) {
                if (forwarder.name().equals("all") || forwarder.name().contains(receiver)) {
                    expected.computeIfAbsent(receiver, name -> new ArrayList<>())
                            .addAll(messages);
                }
            }
            setup.run(forwarder.name(), () -> {
                for (Delivery.Message<String> message : messages) {
                    forwarder.forwardPart(message.sequence(), message.payload());
                }
                forwarder.close();
            });
        }
        expected.values().forEach(messages -> messages.sort(Comparator.comparingLong(Delivery::sequence)));

        assertEquals(expected.get("r"), readsR.all());
        assertEquals(expected.get("s"), readsS.all());
    }

    /** Messages with rising numbers, some of them the same. */
    private static List<Delivery.Message<String>> rising(String prefix, Random random) {
        List<Delivery.Message<String>> messages = new ArrayList<>();
        long number = 1;
        for (int i = 0; i < 300; i++) {
            number += random.nextInt(4);
            messages.add(new Delivery.Message<>(number, prefix + " " + i));
        }
        return messages;
    }

    // ---- w

    @ContractTest(over = MERGE)
    @DisplayName("F2 a receiver is given nothing above the least promise of those that can reach it")
    void f2NothingAboveW(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> fast = merge.forwarder("fast", r);
        Forwarder<String> slow = merge.forwarder("slow", r);
        setup.run("forwards", () -> Setup.forward(fast, 1, 9));
        for (long number = 1; number <= 9; number++) {
            assertEquals(Optional.empty(), r.receiveMessage(Duration.ZERO));
            assertEquals(number - 1, r.clock().time());
            Await.never("it is given above w", () -> r.pending() > 0);
            slow.advance(number);
            assertEquals(new Delivery.Message<>(number, "m" + number), r.receiveMessage());
        }
    }

    @ContractTest(over = MERGE)
    @DisplayName("F2 each receiver has a w of its own; sequence() is the greatest")
    void f2EachReceiverHasItsOwnW(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toS = merge.forwarder("to s", s);
        Forwarder<String> toBoth = merge.forwarder("to both", r, s);
        toR.advance(10);
        toS.advance(3);
        assertEquals(0, merge.sequence());
        toBoth.advance(7);
        assertEquals(7, r.clock().time());
        assertEquals(3, s.clock().time());
        assertEquals(7, merge.sequence());
        toBoth.advance(20);
        assertEquals(10, r.clock().time());
        assertEquals(3, s.clock().time());
        assertEquals(10, merge.sequence());
        toBoth.close();
        toR.advance(12);
        assertEquals(12, r.clock().time());
        assertEquals(3, s.clock().time());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F2 sequence() is no less than a clock that has stopped, though it is asked only then")
    void f2SequenceCountsStoppedReceivers(Setup setup) {
        open(setup);
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toS = merge.forwarder("to s", s);
        merge.forwarder("to another", merge.receiver("another"));
        toR.advance(10);
        toS.advance(9);
        assertEquals(10, r.clock().time());
        assertEquals(9, s.clock().time());
        r.discard();
        s.fail(new IllegalStateException("broken"));
        assertEquals(10, merge.sequence());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F2 a receiver that no open forwarder can reach stands at the greatest promise known")
    void f2WhereNoneCanReach(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> none = merge.receiver("none");
        Forwarder<String> a = merge.forwarder("a", r);
        Forwarder<String> b = merge.forwarder("b", r);
        a.advance(4);
        assertEquals(4, none.clock().time());
        assertEquals(4, s.clock().time());
        assertEquals(0, r.clock().time());
        assertEquals(new Delivery.Tick<>(4), none.receive());
        Running<Delivery<String>> reader = setup.call("reader", none::receive).awaitBlocked();
        Running<Void> waiting =
                setup.run("waiting", () -> none.clock().waitUntil(9)).awaitBlocked();
        b.advance(7);
        assertEquals(new Delivery.Tick<>(7), reader.result());
        waiting.staysBlocked();
        a.forward(9, "x");
        waiting.result();
        b.close();
        assertEquals(new Delivery.Message<>(9, "x"), r.receive());
        assertEquals(9, none.clock().time());
    }

    // ---- each at its own pace

    @ContractTest(over = MERGE)
    @DisplayName("F2 a group message may reach its receivers at different times")
    void f2AGroupMessageReachesAtDifferentTimes(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> group = merge.forwarder("group", r, s);
        Forwarder<String> late = merge.forwarder("late", s);
        group.forward(1, "one");
        assertEquals(new Delivery.Message<>(1, "one"), r.receive());
        r.acknowledge();
        assertEquals(1, r.clock().time());
        assertEquals(Optional.empty(), s.tryReceive());
        assertEquals(0, s.clock().time());
        late.forward(1, "one too");
        assertEquals(new Delivery.Message<>(1, "one"), s.receive());
        assertEquals(new Delivery.Message<>(1, "one too"), s.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F2 a full inbox holds up what is addressed to it, and the buffers of those who address it, and no more")
    void f2AFullInboxHoldsUpItsOwn(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> group = merge.forwarder("group", r, s);
        Forwarder<String> toS = merge.forwarder("to s", s);
        Reading<String> readsS = setup.read(s);
        int held = setup.capacity(); // the group's buffer for r, as r does not read
        toS.advance(held);
        setup.run("group", () -> Setup.forward(group, 1, held)).result();
        assertFalse(group.tryForward(held + 1, "x"));
        assertEquals(Numbers.upTo(held), Reading.numbers(readsS.await(held)));
        group.advance(100L * held); // which still takes no room
        setup.run("to s", () -> Setup.forward(toS, held + 1, 10L * held)).result();
        readsS.await(10 * held);
        s.clock().waitUntil(10L * held);
        assertEquals(0, r.clock().time());

        group.close();
        assertEquals(Numbers.upTo(held), Reading.numbers(setup.read(r).all()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F2 the clock counts all that is due")
    void f2TheClockCountsWhatIsDueInBuffers(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> a = merge.forwarder("a", r);
        Forwarder<String> b = merge.forwarder("b", r);
        Setup.forward(a, 1, setup.capacity());
        Setup.forward(b, 1, setup.capacity());
        List<Long> given = new ArrayList<>();
        for (int i = 0; i < 2 * setup.capacity(); i++) {
            long number = r.receive().sequence();
            given.add(number);
            assertEquals(number - 1, r.clock().time());
        }
        r.acknowledge();
        assertEquals(setup.capacity(), r.clock().time());
        List<Long> expected = new ArrayList<>();
        Numbers.upTo(setup.capacity()).forEach(number -> expected.addAll(List.of(number, number)));
        assertEquals(expected, given);
    }

    @ContractTest(over = MERGE)
    @DisplayName("F2 also when all that was in the inbox has been acknowledged")
    void f2AcknowledgingOneDoesNotPassTheNext(Setup setup) throws InterruptedException {
        open(setup);
        Forwarder<String> a = merge.forwarder("a", r);
        Setup.forward(a, 1, setup.capacity());
        int last = setup.capacity();
        AtomicLong acknowledged = new AtomicLong();
        Running<Void> waiter = setup.run("waiter", () -> {
            r.clock().waitUntil(last);
            assertEquals(last, acknowledged.get());
        });
        waiter.awaitBlocked();
        for (long number : Numbers.upTo(last)) {
            assertEquals(number, r.receiveMessage().sequence());
            acknowledged.set(number);
            r.acknowledge();
        }
        waiter.result();
    }
}
