package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;

@DisplayName("F9 closing")
class F09ClosingTest {
    private static final int MESSAGES = 200;

    /** Two ways from the top through the middle to one receiver, with a stage in one of them. */
    private static final class Stack {
        final Dispatcher<String> top;
        final ForwardingDispatcher<String> middle;
        final ForwardingDispatcher<String> lower;
        final List<Long> given = Collections.synchronizedList(new ArrayList<>());
        final List<Sender<String>> senders = new ArrayList<>();

        Stack(Setup setup) {
            top = setup.open(builder -> builder.drainTimeout(Duration.ofHours(1)));
            middle = setup.openMerge(builder -> builder.name("middle").drainTimeout(Duration.ofHours(1)));
            lower = setup.openMerge(builder -> builder.name("lower").drainTimeout(Duration.ofHours(1)));
            Receiver<String> end = lower.receiver("end");
            for (String name : List.of("plain", "staged")) {
                Receiver<String> upper = top.receiver(name);
                Receiver<String> between = middle.receiver(name);
                senders.add(top.sender(name, upper));
                middle.link(upper, between);
                lower.stage(
                        between,
                        (number, message) -> name.equals("plain") ? List.of(message) : List.of(message, message),
                        end);
            }
            lower.read(end, (number, message) -> given.add(number));
        }

        /** Sends, closes and checks that nothing was lost. */
        void losesNothing(Setup setup, List<Consumer<Stack>> closing) throws InterruptedException {
            List<Long> expected = new ArrayList<>();
            for (int i = 0; i < MESSAGES; i++) {
                long number = senders.get(i % 2).dispatch("m");
                expected.addAll(i % 2 == 0 ? List.of(number) : List.of(number, number));
            }
            setup.run("closes", () -> closing.forEach(close -> close.accept(this)))
                    .result();
            assertEquals(expected, given);
        }
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 closing from the lowest up, as a try block does, loses nothing that the top has numbered")
    void f9FromTheLowestUp(Setup setup) throws InterruptedException {
        new Stack(setup)
                .losesNothing(
                        setup,
                        List.of(
                                stack -> stack.lower.close(),
                                stack -> stack.middle.close(),
                                stack -> stack.top.close()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 nor does closing from the top down")
    void f9FromTheTopDown(Setup setup) throws InterruptedException {
        new Stack(setup)
                .losesNothing(
                        setup,
                        List.of(
                                stack -> stack.top.close(),
                                stack -> stack.middle.close(),
                                stack -> stack.lower.close()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 nor does closing the middle first, or all at once")
    void f9AllAtOnce(Setup setup) throws InterruptedException {
        new Stack(setup)
                .losesNothing(
                        setup,
                        List.of(
                                stack -> stack.middle.close(),
                                stack -> stack.lower.close(),
                                stack -> stack.top.close()));
        Stack stack = new Stack(setup);
        stack.losesNothing(setup, List.of(same -> {
            List<Running<Void>> closing = List.of(
                    setup.run("top", same.top::close),
                    setup.run("middle", same.middle::close),
                    setup.run("lower", same.lower::close));
            closing.forEach(Running::result);
        }));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 it waits for its links for as long as readers make room, then closes what they come from")
    void f9ItWaitsForItsLinks(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        Receiver<String> from = top.receiver("from");
        Sender<String> sender = top.sender("s", from);
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ofHours(1)));
        Receiver<String> r = merge.receiver("r");
        Gate gate = setup.gate();
        merge.stage(
                from,
                (number, message) -> {
                    gate.pass();
                    return List.of(message);
                },
                r);
        sender.dispatch("1");
        Running<Void> closing = setup.run("closing", merge::close);
        gate.awaitArrival();
        closing.staysBlocked();
        assertThrows(ClosedException.class, () -> merge.receiver("new"));
        gate.open();
        closing.result();

        assertEquals(new Delivery.Message<>(1, "1"), r.receive());
        assertEquals(new Delivery.End<>(1), r.receive());
        assertThrows(ClosedException.class, () -> sender.dispatch("2"));
        assertThrows(ClosedException.class, from::receive);
        Receiver<String> other = top.receiver("other");
        assertEquals(2, top.sender("other", other).dispatch("goes on"));
    }

    /** A merge with a link that cannot go on, as nobody reads. */
    private static ForwardingDispatcher<String> stuck(Setup setup, Duration drainTimeout) throws InterruptedException {
        Dispatcher<String> top = setup.open(builder -> builder.name("top"));
        Receiver<String> from = top.receiver("from");
        Sender<String> sender = top.sender("s", from);
        ForwardingDispatcher<String> merge =
                setup.openMerge(builder -> builder.name("stuck").drainTimeout(drainTimeout));
        merge.link(from, merge.receiver("r"));
        for (int i = 0; i < setup.capacity() + 2; i++) {
            sender.dispatch("m"); // for one the link's buffer has no room, and one waits above
        }
        return merge;
    }

    private static void saysWhatIsMissing(DispatchException told) {
        for (String part : List.of("merge \"stuck\"", "link \"top/from\"", "\"from\"")) {
            assertTrue(told.getMessage().contains(part), () -> "does not say " + part + ": " + told.getMessage());
        }
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 it is bounded where a link cannot get there, and names the link")
    void f9ItIsBounded(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = stuck(setup, Duration.ofMillis(30));
        Running<DispatchException> closing =
                setup.call("closing", () -> assertThrows(DispatchException.class, merge::close));
        DispatchException told = closing.result();
        saysWhatIsMissing(told);
        merge.close(); // does nothing more
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 an interrupt ends the waiting for links at once and is set again")
    void f9AnInterruptEndsTheWaiting(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = stuck(setup, Duration.ofHours(1));
        Running<Boolean> closing = setup.call("closing", () -> {
            assertThrows(DispatchException.class, merge::close);
            return Thread.interrupted();
        });
        closing.staysBlocked().interrupt();
        assertTrue(closing.result());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 links reach what the top has numbered though another source holds their messages back; it is told")
    void f9HeldBackByAnother(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        Receiver<String> from = top.receiver("from");
        Sender<String> sender = top.sender("s", from);
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ofHours(1)));
        Receiver<String> r = merge.receiver("r");
        merge.link(from, r);
        Forwarder<String> silent = merge.forwarder("silent", r);
        sender.dispatch("1");
        DispatchException told = assertThrows(DispatchException.class, merge::close);
        assertTrue(told.getMessage().contains("\"silent\""), told.getMessage());
        assertEquals(new Delivery.End<>(0), r.receive());
        assertFalse(r.clock().hasReached(1));
        assertThrows(ClosedException.class, () -> silent.advance(1));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 a merge closes at once where the top stands still, though numbers were given to others")
    void f9NumbersOfOthersCount(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        Receiver<String> from = top.receiver("from");
        Receiver<String> other = top.receiver("other");
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ofHours(1)));
        Receiver<String> r = merge.receiver("r");
        merge.link(from, r);
        Sender<String> busy = top.sender("busy", other);
        Reading<String> reading = setup.read(other);
        for (int i = 0; i < 9; i++) {
            busy.dispatch("m");
        }
        merge.close();
        assertEquals(9, r.clock().time());
        assertEquals(new Delivery.End<>(9), r.receiveMessage());
        assertEquals(Numbers.upTo(9), Reading.numbers(reading.await(9)));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 what a sender has handed over, and has no number yet, is brought down too")
    void f9WithoutANumber(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        ForwardingDispatcher<String> lower = setup.openMerge(builder -> builder.drainTimeout(Duration.ofHours(1)));
        Receiver<String> from = top.receiver("from");
        Receiver<String> end = lower.receiver("end");
        List<Long> given = Collections.synchronizedList(new ArrayList<>());
        lower.read(end, (number, message) -> given.add(number));
        lower.link(from, end);
        Sender<String> sender = top.sender("s", from);
        for (int i = 0; i < MESSAGES; i++) {
            sender.send("m");
        }
        lower.close();
        top.close();
        assertEquals(Numbers.upTo(MESSAGES), given);
    }

    @ContractTest(over = MERGE, capacities = 4)
    @DisplayName(
            "F9 what is accepted above after the call, and does not come down, is told: how many, and where it stood")
    void f9AcceptedAfterTheCall(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open(builder -> builder.name("top"));
        Receiver<String> from = top.receiver("from");
        Sender<String> sender = top.sender("s", from);
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ofHours(1)));
        Receiver<String> r = merge.receiver("r");
        List<Gate> gates = List.of(setup.gate(), setup.gate());
        merge.stage(
                from,
                (number, message) -> {
                    gates.get((int) number - 1).pass();
                    return List.of(message);
                },
                r);
        sender.send("1");
        Running<DispatchException> closing =
                setup.call("closing", () -> assertThrows(DispatchException.class, merge::close));
        gates.get(0).awaitArrival();
        closing.awaitBlocked();
        for (int i = 2; i <= 9; i++) { // 2 in the stage, 4 in the inbox, 3 in the channel
            sender.send("later");
        }
        gates.get(0).open();
        gates.get(1).awaitArrival();
        Await.eventually("it was given up above", () -> from.discarded() == 7);
        gates.get(1).open();
        String told = closing.result().getMessage();

        // whether the pump has filled the slot of the one in the stage before the inbox was given up is a matter of
        // time
        Matcher parts = Pattern.compile("(4|5) messages of link \"top/from\" were not delivered"
                        + ".*, (4|3) messages of sender \"s\" of dispatcher \"top\" were not delivered")
                .matcher(told);
        assertTrue(parts.find(), told);
        assertEquals(8, Integer.parseInt(parts.group(1)) + Integer.parseInt(parts.group(2)), told);
        assertEquals(new Delivery.Message<>(1, "1"), r.receive());
        assertEquals(new Delivery.End<>(1), r.receive());
        assertThrows(ClosedException.class, () -> sender.send("refused"));
        top.close(); // tells nothing of it once more
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F9 what cannot get here is not waited for: a sender that is stuck elsewhere, a greater number for others")
    void f9WhatIsForOthers(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        Receiver<String> from = top.receiver("from");
        Receiver<String> aside = top.receiver("aside");
        Sender<String> stuck = top.sender("stuck", aside);
        ForwardingDispatcher<String> middle = setup.openMerge(builder -> builder.name("middle"));
        Receiver<String> between = middle.receiver("between");
        Receiver<String> other = middle.receiver("other");
        middle.link(from, between);
        Forwarder<String> beside = middle.forwarder("beside", between);
        Forwarder<String> ahead = middle.forwarder("ahead", other);
        ForwardingDispatcher<String> lower = setup.openMerge(builder -> builder.drainTimeout(Duration.ofHours(1)));
        Receiver<String> end = lower.receiver("end");
        lower.link(between, end);
        for (int i = 0; i <= 2 * setup.capacity(); i++) {
            stuck.trySend("m");
        }
        long number = top.sender("s", from).dispatch("m");
        beside.advance(number);
        ahead.forward(number + 100, "m");

        lower.close();
        assertEquals(new Delivery.Message<>(number, "m"), end.receiveMessage());
        aside.discard();
        other.discard();
    }

    @ContractTest(over = MERGE)
    @DisplayName("F9 what is for many, and could not be numbered in time, is told")
    void f9HeldUpByAnother(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open(builder -> builder.name("top"));
        Receiver<String> from = top.receiver("from");
        Receiver<String> aside = top.receiver("aside");
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.drainTimeout(Duration.ofMillis(30)));
        Receiver<String> r = merge.receiver("r");
        merge.read(r, (number, message) -> {});
        merge.link(from, r);
        Sender<String> toAside = top.sender("to aside", aside);
        for (int i = 0; i < setup.capacity(); i++) {
            toAside.dispatch("m");
        }
        top.broadcaster("all").send("for both");
        String told = assertThrows(DispatchException.class, merge::close).getMessage();

        assertTrue(told.contains("within its drainTimeout of 30"), told);
        assertTrue(told.contains("sender \"all\" of dispatcher \"top\""), told);
        assertTrue(told.contains("inbox of \"aside\" " + setup.capacity() + " of " + setup.capacity()), told);
        aside.discard();
    }
}
