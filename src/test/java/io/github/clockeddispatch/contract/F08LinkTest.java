package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Stage;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.function.Executable;

@DisplayName("F8 link")
class F08LinkTest {
    private Dispatcher<String> top;

    /** Will be linked to the merge. */
    private Receiver<String> from;

    private Sender<String> sender;

    /** To another receiver of the top, which is read. */
    private Sender<String> busy;

    private ForwardingDispatcher<String> merge;
    private Receiver<String> r;

    private void open(Setup setup) {
        top = setup.open(builder -> builder.name("top"));
        from = top.receiver("from");
        sender = top.sender("sender", from);
        Receiver<String> other = top.receiver("other");
        top.read(other, (number, message) -> {});
        busy = top.sender("busy", other);
        merge = setup.openMerge();
        r = merge.receiver("r");
    }

    // ---- messages and clock

    @ContractTest(over = MERGE)
    @DisplayName("F8 messages are forwarded with their numbers, and the clock of the one above becomes the promise")
    void f8MessagesAreForwarded(Setup setup) throws InterruptedException {
        open(setup);
        Reading<String> reading = setup.read(r);
        merge.link(from, r);
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            numbers.add(sender.dispatch("m"));
            r.clock().waitUntil(busy.dispatch("not for us"));
        }
        assertEquals(numbers, Reading.numbers(reading.messages()));
        assertEquals(100, r.clock().time());
        assertEquals(100, merge.sequence());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 it first promises where the clock stands when it is made")
    void f8TheFirstPromise(Setup setup) throws InterruptedException {
        open(setup);
        busy.dispatch("1");
        busy.dispatch("2");
        Link link = merge.link(from, r);
        assertEquals(2, r.clock().time());
        assertEquals(new Delivery.Tick<>(2), r.receive());
        assertEquals("top/from", link.name());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 what lies in the inbox above the joining point goes on")
    void f8WhatIsThereGoesOn(Setup setup) throws InterruptedException {
        open(setup);
        for (int i = 1; i <= setup.capacity(); i++) {
            sender.dispatch("m" + i);
        }
        merge.link(from, r);
        assertEquals(
                Numbers.upTo(setup.capacity()), Reading.numbers(setup.read(r).await(setup.capacity())));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a wait below is woken by numbers above that bring nothing, and so is a reader")
    void f8AWaitBelowIsWoken(Setup setup) throws InterruptedException {
        open(setup);
        merge.link(from, r);
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(3)).awaitBlocked();
        Running<Delivery<String>> reader = setup.call("reader", r::receive).awaitBlocked();
        busy.dispatch("1");
        assertEquals(new Delivery.Tick<>(1), reader.result());
        busy.dispatch("2");
        waiting.staysBlocked();
        busy.dispatch("3");
        waiting.result();
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 what another source has forwarded is let through by the clock alone")
    void f8TheClockLetsOthersThrough(Setup setup) throws InterruptedException {
        open(setup);
        merge.link(from, r);
        Forwarder<String> other = merge.forwarder("other", r);
        other.forward(2, "two");
        Running<Delivery<String>> reader =
                setup.call("reader", r::receiveMessage).awaitBlocked();
        busy.dispatch("1");
        reader.staysBlocked();
        busy.dispatch("2");
        assertEquals(new Delivery.Message<>(2, "two"), reader.result());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 the clock stays the promise after End too, until the dispatcher above is closed")
    void f8AfterTheEndToo(Setup setup) throws InterruptedException {
        open(setup);
        merge.link(from, r);
        sender.dispatch("1");
        assertEquals(new Delivery.Message<>(1, "1"), r.receive());
        sender.close(); // from gets its end
        long number = busy.dispatch("2");
        r.acknowledge();
        r.clock().waitUntil(number);
        assertEquals(new Delivery.Tick<>(number), r.receive());
        assertEquals(Optional.empty(), r.tryReceive());
        r.clock().waitUntil(busy.dispatch("3"));

        top.close();
        Running<Delivery<String>> end = setup.call("end", r::receiveMessage);
        assertEquals(new Delivery.End<>(3), end.result());
        assertEquals(3, r.clock().time());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a link waits for room below, and so do the senders above; nothing is lost or out of order")
    void f8RoomBelow(Setup setup) throws InterruptedException {
        open(setup);
        merge.link(from, r);
        int all = 3 * setup.capacity() + 1; // channel, inbox and buffer, and one in the hand of the link
        Running<Void> sending = setup.run("sending", () -> Setup.send(sender, all + 7));
        sending.staysBlocked();
        assertEquals(0, r.clock().time());
        Reading<String> reading = setup.read(r);
        sending.result();
        r.clock().waitUntil(all + 7);
        assertEquals(Numbers.upTo(all + 7), Reading.numbers(reading.messages()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 messages that share a number in a merge above go through, however many")
    void f8EqualNumbersGoThrough(Setup setup) throws InterruptedException {
        ForwardingDispatcher<Integer> above = setup.openMerge(builder -> builder.name("above"));
        Receiver<Integer> out = above.receiver("out");
        Forwarder<Integer> forwarder = above.forwarder("f", out);
        ForwardingDispatcher<Integer> below = setup.openMerge();
        Receiver<Integer> end = below.receiver("end");
        below.link(out, end);
        Reading<Integer> reading = setup.read(end);
        for (int i = 0; i < 20; i++) {
            forwarder.forwardPart(5, i);
        }
        forwarder.forward(6, 20);
        end.clock().waitUntil(6);
        assertEquals(21, reading.await(21).size());
        assertEquals(
                Numbers.between(0, 20),
                Reading.payloads(reading.messages()).stream()
                        .map(Integer::longValue)
                        .toList());
    }

    // ---- refusals

    private void refused(Class<? extends Throwable> type, Executable link) {
        String text = assertThrows(type, link).getMessage();
        assertTrue(text.contains("from") || text.contains("\"r\"") || text.contains("foreign"), text);
        assertEquals(List.of(), merge.snapshot().senders());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 refused where it comes from is being read")
    void f8RefusedWhereItIsRead(Setup setup) throws InterruptedException {
        open(setup);
        Running<Delivery<String>> reader =
                setup.call("reader", from::receiveMessage).awaitBlocked();
        refused(IllegalStateException.class, () -> merge.link(from, r));
        refused(IllegalStateException.class, () -> merge.stage(from, (number, message) -> List.of(), r));
        sender.dispatch("1");
        reader.result();
        from.acknowledge();
        merge.link(from, r); // now it is the reader
        assertThrows(IllegalStateException.class, from::tryReceive);
        assertThrows(IllegalStateException.class, () -> merge.link(from, r));
        sender.dispatch("2");
        assertEquals(2, r.receiveMessage().sequence());
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F8 of two that link the same receiver, or link and read it, at once, the one is refused and the other works")
    void f8TwoAtOnce(Setup setup) throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            open(setup);
            merge.link(from, r);
            assertThrows(IllegalStateException.class, from::tryReceive);
            assertThrows(IllegalStateException.class, from::acknowledge);
            assertThrows(IllegalStateException.class, () -> merge.link(from, r));
            sender.dispatch("1");
            assertEquals(new Delivery.Message<>(1, "1"), r.receiveMessage());
        }
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 refused where it holds something at or below the joining point, in hand or in its inbox")
    void f8RefusedWhereItHoldsSomethingLate(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        Forwarder<String> ahead = merge.forwarder("ahead", r);
        ahead.advance(1);
        ahead.close();
        for (int i = 0; i < 2; i++) {
            String text = assertThrows(IllegalStateException.class, () -> merge.link(from, merge.receiver("s")))
                    .getMessage();
            assertTrue(text.contains("\"from\"") && text.contains("1"), text);
            merge.close();
            assertEquals(List.of(), merge.snapshot().senders());
            merge = setup.openMerge(builder -> builder.startAfter(1));
            from.tryReceive(); // and it is in hand
        }
        from.acknowledge();
        Receiver<String> s = merge.receiver("s");
        merge.link(from, s);
        sender.dispatch("2");
        assertEquals(new Delivery.Message<>(2, "2"), s.receiveMessage());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a link back to what it comes from, by however many levels, is refused")
    void f8RefusedInACircle(Setup setup) {
        ForwardingDispatcher<String> one = setup.openMerge();
        ForwardingDispatcher<String> two = setup.openMerge();
        ForwardingDispatcher<String> three = setup.openMerge();
        Receiver<String> inOne = one.receiver("in");
        Receiver<String> outOfOne = one.receiver("out");
        Receiver<String> inTwo = two.receiver("in");
        Receiver<String> outOfTwo = two.receiver("out");
        Receiver<String> inThree = three.receiver("in");
        Receiver<String> outOfThree = three.receiver("out");
        two.link(outOfOne, inTwo);
        Link last = three.link(outOfTwo, inThree);
        assertThrows(IllegalArgumentException.class, () -> one.link(outOfThree, inOne));
        assertThrows(IllegalArgumentException.class, () -> one.link(inTwo, inOne));
        assertThrows(IllegalArgumentException.class, () -> one.link(inOne, inOne));
        assertEquals(List.of(), one.snapshot().senders());
        last.close();
        Await.eventually("the circle is open", () -> {
            try {
                one.link(outOfThree, inOne);
                return true;
            } catch (IllegalArgumentException e) {
                return false; // the link's thread has not ended yet
            }
        });
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a receiver of another dispatcher to go to, or none, is refused")
    void f8RefusedTargets(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> foreign = top.receiver("foreign");
        refused(IllegalArgumentException.class, () -> merge.link(from, foreign));
        refused(IllegalArgumentException.class, () -> merge.link(from, r, foreign));
        refused(IllegalArgumentException.class, () -> merge.link(from));
        refused(IllegalArgumentException.class, () -> merge.stage(from, (number, message) -> List.of()));
        assertThrows(NullPointerException.class, () -> merge.link(null, r));
        assertThrows(NullPointerException.class, () -> merge.stage(from, null, r));
        from.discard();
        assertThrows(ClosedException.class, () -> merge.link(from, r));
        foreign.fail(new IllegalStateException("broken"));
        assertThrows(FailedException.class, () -> merge.link(foreign, r));
        assertEquals(List.of(), merge.snapshot().senders());
    }

    // ---- failing and closing

    /** Waits until a receiver has failed, and says why. */
    private static Throwable causeOf(Receiver<?> receiver) {
        return assertThrows(FailedException.class, () -> receiver.clock().waitUntil(1_000_000))
                .getCause();
    }

    private void othersGoOn() throws InterruptedException {
        long number = busy.dispatch("others go on");
        Await.eventually("the others go on", () -> top.sequence() == number);
        Receiver<String> other = merge.receiver("unconcerned");
        merge.forwarder("unconcerned", other).forward(number + 1, "x");
        assertEquals(number + 1, other.receiveMessage().sequence());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a receiver above that fails fails what the link leads to")
    void f8FailingAbove(Setup setup) throws InterruptedException {
        open(setup);
        merge.link(from, r);
        Exception cause = new IllegalStateException("broken above");
        from.fail(cause);
        assertSame(cause, causeOf(r));
        assertSame(cause, assertThrows(FailedException.class, r::receiveMessage).getCause());
        othersGoOn();
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 one above that is closed fails it too, with that")
    void f8ClosingAbove(Setup setup) throws InterruptedException {
        open(setup);
        merge.link(from, r);
        from.discard();
        assertInstanceOf(ClosedException.class, causeOf(r));
        othersGoOn();
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a receiver below that fails fails the link, where it comes from, and where else it leads to")
    void f8FailingBelow(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> s = merge.receiver("s");
        merge.link(from, r, s);
        Exception cause = new IllegalStateException("broken below");
        r.fail(cause);
        assertSame(cause, causeOf(from));
        assertSame(cause, causeOf(s));
        assertSame(
                cause,
                assertThrows(FailedException.class, () -> sender.dispatch("x")).getCause());
        othersGoOn();
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F8 a receiver below that is discarded is skipped; with the last one, where it comes from is discarded")
    void f8ClosingBelow(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> s = merge.receiver("s");
        merge.link(from, r, s);
        r.discard();
        sender.dispatch("1");
        assertEquals(new Delivery.Message<>(1, "1"), s.receiveMessage());
        s.discard();
        assertThrows(ClosedException.class, () -> {
            sender.dispatch("2");
            sender.dispatch("3");
        });
        othersGoOn();
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a dispatcher that fails fails what is below, and a merge what is above")
    void f8FailingDispatchers(Setup setup) {
        Exception cause = new IllegalStateException("all is broken");
        open(setup);
        merge.link(from, r);
        top.fail(cause);
        assertSame(cause, causeOf(r));
        assertSame(cause, assertThrows(FailedException.class, top::close).getCause());

        open(setup);
        merge.link(from, r);
        merge.fail(cause);
        assertSame(cause, causeOf(from));
        assertSame(cause, assertThrows(FailedException.class, merge::close).getCause());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 closing the link closes where it comes from; what was forwarded is delivered, then the end")
    void f8ClosingTheLink(Setup setup) throws InterruptedException {
        open(setup);
        Link link = merge.link(from, r);
        sender.dispatch("1");
        Await.eventually("it is forwarded", () -> from.clock().time() == 1);
        setup.run("closes", link::close).result();
        link.close();
        assertEquals(new Delivery.Message<>(1, "1"), r.receiveMessage());
        assertEquals(new Delivery.End<>(1), setup.call("end", r::receiveMessage).result());
        assertThrows(ClosedException.class, () -> sender.dispatch("2"));
        othersGoOn();
    }

    // ---- stages

    @ContractTest(over = MERGE)
    @DisplayName("F8 a stage makes of each message none, one or three, all with its number and in order")
    void f8AStageMakesAnyNumber(Setup setup) throws InterruptedException {
        Dispatcher<Integer> numbers = setup.open();
        Receiver<Integer> in = numbers.receiver("in");
        Sender<Integer> counts = numbers.sender("counts", in);
        ForwardingDispatcher<String> texts = setup.openMerge();
        Receiver<String> out = texts.receiver("out");
        texts.stage(
                in,
                (number, count) -> {
                    List<String> results = new ArrayList<>();
                    for (int i = 1; i <= count; i++) {
                        results.add(number + "/" + i);
                    }
                    return results;
                },
                out);
        Reading<String> reading = setup.read(out);
        List<String> expected = new ArrayList<>();
        for (int count : List.of(0, 3, 1, 0, 0, 1, 3, 3, 0)) {
            long number = counts.dispatch(count);
            for (int i = 1; i <= count; i++) {
                expected.add(number + "/" + i);
            }
            out.clock().waitUntil(number);
            assertEquals(expected, Reading.payloads(reading.messages())); // all of them are finished by then
        }
        assertEquals(List.of(2L, 2L, 2L, 3L, 6L, 7L, 7L, 7L, 8L, 8L, 8L), Reading.numbers(reading.messages()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 while a stage works, what it works on is unfinished above and below")
    void f8AStageAtWork(Setup setup) throws InterruptedException {
        open(setup);
        Gate gate = setup.gate();
        merge.stage(
                from,
                (number, message) -> {
                    gate.pass();
                    return List.of();
                },
                r);
        busy.dispatch("1");
        sender.dispatch("2");
        busy.dispatch("3");
        gate.awaitArrival();
        assertEquals(1, from.clock().time());
        r.clock().waitUntil(1);
        assertEquals(1, r.clock().time());
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(2)).staysBlocked();
        gate.open();
        waiting.result();
        r.clock().waitUntil(3);
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a stage that throws, or returns null, fails where it comes from and where it leads to")
    void f8AStageThatFails(Setup setup) throws InterruptedException {
        Exception cause = new java.io.IOException("the stage is broken");
        List<Stage<String, String>> broken = List.of(
                (number, message) -> {
                    throw cause;
                },
                (number, message) -> null,
                (number, message) -> Arrays.asList("one", null));
        for (Stage<String, String> stage : broken) {
            open(setup);
            merge.stage(
                    from,
                    (number, message) -> message.equals("x") ? stage.apply(number, message) : List.of(message),
                    r);
            sender.dispatch("fine");
            assertEquals(new Delivery.Message<>(1, "fine"), r.receiveMessage());
            r.acknowledge();
            sender.dispatch("x");
            Throwable seen = causeOf(r);
            assertSame(seen, causeOf(from));
            if (stage == broken.getFirst()) {
                assertSame(cause, seen);
            } else {
                assertInstanceOf(NullPointerException.class, seen);
            }
            assertEquals(1, from.clock().time());
            assertEquals(1, r.clock().time());
            assertThrows(FailedException.class, () -> sender.dispatch("y"));
            othersGoOn();
            try {
                merge.close();
            } catch (RuntimeException e) {
                assertTrue(e.getMessage().contains("1 message of"), e.getMessage()); // "one" was made
            }
        }
    }

    // ---- stacks

    @ContractTest(over = MERGE)
    @DisplayName("F8 in a diamond both ways join again, each number is complete when the clock says so")
    void f8ADiamond(Setup setup) throws InterruptedException {
        top = setup.open();
        Receiver<String> left = top.receiver("left");
        Receiver<String> right = top.receiver("right");
        Sender<String> both = top.sender("both", List.of(left, right));
        Sender<String> toLeft = top.sender("to left", left);
        Sender<String> toRight = top.sender("to right", right);
        merge = setup.openMerge();
        r = merge.receiver("r");
        merge.stage(left, (number, message) -> List.of("left " + message), r);
        merge.stage(right, (number, message) -> List.of("right " + message, "right again"), r);
        Reading<String> reading = setup.read(r);
        List<Delivery.Message<String>> expected = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            long number = List.of(both, toLeft, toRight).get(i % 3).dispatch("m");
            if (i % 3 != 2) {
                expected.add(new Delivery.Message<>(number, "left m"));
            }
            if (i % 3 != 1) {
                expected.add(new Delivery.Message<>(number, "right m"));
                expected.add(new Delivery.Message<>(number, "right again"));
            }
            if (i % 4 == 0) {
                r.clock().waitUntil(number);
                assertEquals(expected, reading.messages());
            }
        }
        r.clock().waitUntil(40);
        assertEquals(expected, reading.messages());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a number of the top can be waited for three levels below, wherever its message went")
    void f8ThreeLevels(Setup setup) throws InterruptedException {
        top = setup.open();
        ForwardingDispatcher<String> middle = setup.openMerge(builder -> builder.name("middle"));
        merge = setup.openMerge();
        Receiver<String> end = merge.receiver("end");
        Receiver<String> side = merge.receiver("side");
        List<Sender<String>> senders = new ArrayList<>();
        for (String name : List.of("one", "two", "three")) {
            Receiver<String> upper = top.receiver(name);
            senders.add(top.sender(name, upper));
            Receiver<String> between = middle.receiver(name);
            middle.link(upper, between);
            merge.link(between, end);
        }
        merge.link(middleOf(middle), side);
        Reading<String> reading = setup.read(end);
        List<Running<Void>> sending = new ArrayList<>();
        for (Sender<String> sender : senders) {
            sending.add(setup.run(sender.name(), () -> {
                for (int i = 0; i < 60; i++) {
                    long number = sender.dispatch(sender.name() + i);
                    if (i % 7 == 0) {
                        end.clock().waitUntil(number);
                        side.clock().waitUntil(number);
                        assertTrue(reading.messages().contains(new Delivery.Message<>(number, sender.name() + i)));
                    }
                }
            }));
        }
        sending.forEach(Running::result);
        end.clock().waitUntil(180);
        assertEquals(Numbers.upTo(180), Reading.numbers(reading.messages()));
        assertEquals(180, merge.sequence());
    }

    /** A receiver of a merge that nothing leads to: it stands where the merge stands. */
    private static Receiver<String> middleOf(ForwardingDispatcher<String> middle) {
        return middle.receiver("nothing leads here");
    }

    @ContractTest(over = MERGE)
    @DisplayName("F8 a late link to a busy top loses nothing from where it joins")
    void f8ALateLink(Setup setup) throws InterruptedException {
        open(setup);
        Gate enough = setup.gate();
        Running<Long> sending = setup.call("sending", () -> {
            long last = 0;
            while (!enough.isOpen()) {
                last = busy.dispatch("m");
            }
            return last;
        });
        Await.eventually("it has begun", () -> top.sequence() > 20);
        merge.link(from, r);
        long joined = r.clock().time();
        Reading<String> reading = setup.read(r);
        List<Long> sent = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            sent.add(sender.dispatch("m"));
        }
        enough.open();
        r.clock().waitUntil(sending.result());
        r.clock().waitUntil(sent.getLast());
        assertEquals(sent, Reading.numbers(reading.messages()));
        assertTrue(joined > 0 && joined < sent.getFirst());
    }
}
