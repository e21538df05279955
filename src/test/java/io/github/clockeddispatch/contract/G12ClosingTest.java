package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
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
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.LiveThreads;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G12 closing is bounded and honest")
class G12ClosingTest {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration LONG = Duration.ofHours(1);

    /** A dispatcher with one path that nobody reads. */
    private static final class Scene {
        final Setup setup;
        final AnyDispatcher<String> dispatcher;
        final Receiver<String> r;
        final AnySender<String> desk;

        Scene(Setup setup, Duration drainTimeout) {
            this.setup = setup;
            dispatcher = setup.openAny(builder -> builder.name("shop").drainTimeout(drainTimeout));
            r = dispatcher.receiver("r");
            desk = dispatcher.sender("desk", r);
        }

        /** Fills channel and inbox: what is in the channel cannot be delivered. */
        Scene filled() throws InterruptedException {
            setup.fill(desk, r);
            return this;
        }

        Running<Void> closing() {
            return setup.run("closing", dispatcher::close);
        }

        void theInboxHolds(int count) {
            assertEquals(count, setup.read(r).all().size());
        }

        /** What can be read: what is in the inbox, then the end. */
        void theInboxIsReadable() throws InterruptedException {
            assertEquals(
                    Numbers.upTo(setup.capacity()),
                    Reading.numbers(setup.read(r).all()));
            assertEquals(new Delivery.End<>(setup.capacity()), r.receive());
        }
    }

    // ---- what it refuses

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 from the call on everything new is refused, and what waits for room to be sent")
    void g12EverythingNewIsRefused(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG).filled();
        Running<Void> waiting = setup.run("waiting", () -> scene.desk.send("x")).awaitBlocked();
        Receiver<String> own = scene.dispatcher.receiver("own");
        Gate gate = setup.gate();
        scene.dispatcher.read(own, (number, message) -> gate.pass());
        scene.dispatcher.sender("to own", own).send("x");
        gate.awaitArrival();
        Running<Void> closing = scene.closing().awaitBlocked();
        waiting.failure(ClosedException.class);

        assertThrows(ClosedException.class, () -> scene.desk.send("x"));
        assertThrows(ClosedException.class, () -> scene.desk.trySend("x"));
        assertThrows(ClosedException.class, () -> scene.desk.dispatch("x"));
        assertThrows(ClosedException.class, () -> scene.desk.dispatchAsync("x"));
        assertThrows(ClosedException.class, () -> scene.dispatcher.receiver("new"));
        assertThrows(ClosedException.class, () -> scene.dispatcher.sender("new", scene.r));
        assertThrows(ClosedException.class, () -> scene.dispatcher.sender("new", List.of(scene.r)));
        assertThrows(ClosedException.class, () -> scene.dispatcher.broadcaster("new"));
        assertThrows(ClosedException.class, () -> scene.dispatcher.read(scene.r, (number, message) -> {}));
        closing.staysBlocked();
        gate.open();
        scene.theInboxHolds(setup.pathCapacity());
        closing.result();
        assertThrows(ClosedException.class, () -> scene.dispatcher.receiver("new"));
    }

    // ---- what it waits for

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 it delivers what was accepted to slow readers of its own, and waits until they have finished")
    void g12ItWaitsForItsOwnReaders(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        Gate first = setup.gate();
        Gate last = setup.gate();
        List<Long> given = Collections.synchronizedList(new ArrayList<>());
        int all = setup.pathCapacity() + 1; // one is in hand
        Thread reader = scene.dispatcher.read(scene.r, (number, message) -> {
            if (number == 1) {
                first.pass();
            } else if (number == all) {
                last.pass();
            }
            given.add(number);
        });
        Setup.send(scene.desk, all);
        first.awaitArrival();
        Running<Void> closing = scene.closing().staysBlocked();
        first.open();
        last.awaitArrival();
        closing.staysBlocked();
        assertEquals(all - 1, given.size());
        last.open();
        closing.result();

        assertEquals(Numbers.upTo(all), given);
        assertFalse(reader.isAlive());
        assertEquals(all, scene.r.clock().time());
    }

    @ContractTest
    @DisplayName("G12 it delivers what was accepted to readers that are not its own, as long as they make room")
    void g12ItDeliversToForeignReaders(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG).filled();
        Running<Void> closing = scene.closing().staysBlocked();
        for (int i = 1; i <= setup.capacity(); i++) {
            assertFalse(closing.isDone());
            assertEquals(i, scene.r.receiveMessage().sequence());
        }
        closing.result(); // all is in the inbox; that it is read is not waited for

        assertEquals(
                Numbers.between(setup.capacity() + 1, setup.pathCapacity()),
                Reading.numbers(setup.read(scene.r).all()));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G12 it does not wait for readers that are not its own; what is in their inboxes stays readable, then End")
    void g12ItDoesNotWaitForForeignReaders(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        Setup.send(scene.desk, setup.capacity());
        Await.eventually("all is in the inbox", () -> scene.r.pending() == setup.capacity());
        scene.dispatcher.close();

        scene.theInboxIsReadable();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 nor for one that is in the middle of a message")
    void g12ItDoesNotWaitForAMessageInAForeignHand(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        scene.desk.dispatch("x");
        scene.r.receiveMessage();
        scene.dispatcher.close();
        assertEquals(0, scene.r.clock().time());
        scene.r.acknowledge();

        assertEquals(1, scene.r.clock().time());
        assertEquals(new Delivery.End<>(1), scene.r.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G12 waits for numbers that were given still end well; those for numbers that will not be given are told")
    void g12WhoWaitsForNumbersIsTold(Setup setup) throws Exception {
        Scene scene = new Scene(setup, LONG);
        scene.desk.dispatch("x");
        Running<Void> given =
                setup.run("given", () -> scene.r.clock().waitUntil(1)).awaitBlocked();
        Running<Void> never =
                setup.run("never", () -> scene.r.clock().waitUntil(2)).awaitBlocked();
        CompletableFuture<Long> future = scene.r.clock().whenReached(2);
        scene.dispatcher.close();

        never.failure(ClosedException.class);
        Await.eventually(
                "the future is told",
                () -> future.isCompletedExceptionally() && future.exceptionNow() instanceof ClosedException);
        assertThrows(ClosedException.class, () -> scene.r.clock().waitUntil(2));
        given.staysBlocked();
        assertEquals(1, scene.r.receive().sequence());
        scene.r.acknowledge();
        given.result();
    }

    // ---- what it cannot deliver

    @ContractTest
    @DisplayName("G12 after the drain time-out it says how many messages of which sender it could not deliver")
    void g12ItSaysWhatItCouldNotDeliver(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT).filled();
        AnySender<String> till = scene.dispatcher.sender("till", scene.r);
        till.send("x");
        AnySender<String> idle = scene.dispatcher.sender("idle", scene.r);
        Receiver<String> other = scene.dispatcher.receiver("other");
        AnySender<String> fine = scene.dispatcher.sender("fine", other);
        fine.send("y");

        DispatchException told = assertThrows(DispatchException.class, scene.dispatcher::close);
        says(told, setup.capacity(), "desk");
        says(told, 1, "till");
        assertFalse(told.getMessage().contains(idle.name()), told.getMessage());
        assertFalse(told.getMessage().contains(fine.name()), told.getMessage());
        assertEquals("y", ((Delivery.Message<String>) other.receiveMessage()).payload());
        assertInstanceOf(Delivery.End.class, other.receive());
        assertEquals(
                Numbers.upTo(scene.dispatcher.sequence()).subList(0, setup.capacity()),
                Reading.numbers(setup.read(scene.r).all()));
    }

    @ContractTest
    @DisplayName("G12 one whose sender was closed before is counted as well")
    void g12WhatAClosedSenderLeftIsCounted(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT).filled();
        scene.desk.close();

        says(assertThrows(DispatchException.class, scene.dispatcher::close), setup.capacity(), "desk");
        scene.theInboxIsReadable();
    }

    @ContractTest
    @DisplayName("G12 a drain time-out of zero or less does not wait")
    void g12ADrainTimeoutOfZeroDoesNotWait(Setup setup) throws InterruptedException {
        for (Duration timeout : List.of(Duration.ZERO, Duration.ofSeconds(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
            Scene scene = new Scene(setup, timeout).filled();
            says(assertThrows(DispatchException.class, scene.dispatcher::close), setup.capacity(), "desk");
            scene.theInboxIsReadable();
        }
    }

    @ContractTest
    @DisplayName("G12 a drain time-out too long to represent is for ever")
    void g12AnEndlessDrainTimeout(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, Duration.ofSeconds(Long.MAX_VALUE)).filled();
        Running<Void> closing = scene.closing().staysBlocked();
        setup.read(scene.r);
        closing.result();
    }

    @ContractTest
    @DisplayName("G12 not counted are dispatches, whose callers are told")
    void g12DispatchesAreToldAndNotCounted(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT);
        Setup.send(scene.desk, setup.capacity());
        Await.eventually("the inbox is full", () -> scene.r.pending() == setup.capacity());
        Running<Long> dispatch =
                setup.call("dispatch", () -> scene.desk.dispatch("x")).awaitBlocked();
        AnySender<String> async = scene.dispatcher.sender("async", scene.r);
        CompletableFuture<Long> future = async.dispatchAsync("y");
        scene.dispatcher.close(); // throws nothing

        dispatch.failure(ClosedException.class);
        Await.eventually(
                "the future is told",
                () -> future.isCompletedExceptionally() && future.exceptionNow() instanceof ClosedException);
        scene.theInboxIsReadable();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 nor is what a receiver has discarded")
    void g12WhatWasDiscardedIsNotCounted(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG).filled();
        scene.r.discard();
        scene.dispatcher.close(); // throws nothing

        assertEquals(setup.pathCapacity(), scene.r.discarded());
    }

    @ContractTest
    @DisplayName(
            "G12 what was accepted for a receiver that failed is counted, as it got into no inbox and was not discarded")
    void g12WhatWaitedForAFailedReceiverIsCounted(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG).filled();
        scene.r.fail(new IllegalStateException("broken"));

        says(assertThrows(DispatchException.class, scene.dispatcher::close), setup.capacity(), "desk");
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "G12 in a merge it says how many messages of which forwarder were held back; what is due stays readable")
    void g12ItSaysWhatWasHeldBack(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.drainTimeout(SHORT));
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> toR = merge.forwarder("to r", r);
        merge.forwarder("silent", r);
        Setup.forward(toR, 1, setup.capacity()); // held back
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

    // ---- interrupts

    @ContractTest
    @DisplayName("G12 an interrupt ends the draining at once and is set again")
    void g12AnInterruptEndsTheDraining(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG).filled();
        Running<Void> closing = setup.run("closing", () -> {
            says(assertThrows(DispatchException.class, scene.dispatcher::close), setup.capacity(), "desk");
            assertTrue(Thread.interrupted());
        });
        closing.staysBlocked().interrupt();
        closing.result();
        scene.theInboxIsReadable();
    }

    @ContractTest
    @DisplayName("G12 so does one that was set before")
    void g12AnInterruptBeforeTheCall(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG).filled();
        setup.run("closing", () -> {
                    Thread.currentThread().interrupt();
                    says(assertThrows(DispatchException.class, scene.dispatcher::close), setup.capacity(), "desk");
                    assertTrue(Thread.interrupted());
                })
                .result();
        scene.theInboxIsReadable();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 interrupted with nothing to deliver it throws nothing, and the flag stays")
    void g12AnInterruptWithNothingToDeliver(Setup setup) {
        Scene scene = new Scene(setup, LONG);
        setup.run("closing", () -> {
                    Thread.currentThread().interrupt();
                    assertDoesNotThrow(scene.dispatcher::close);
                    assertTrue(Thread.interrupted());
                })
                .result();
    }

    // ---- its own readers

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 an interrupt, also one from before, ends the waiting for own readers at once and is set again")
    void g12AnInterruptEndsTheWaitingForOwnReaders(Setup setup) throws InterruptedException {
        for (boolean before : List.of(true, false)) {
            Scene scene = new Scene(setup, LONG);
            Gate gate = setup.gate();
            scene.dispatcher.read(scene.r, (number, message) -> gate.pass());
            scene.desk.dispatch("x");
            Running<Boolean> closing = setup.call("closing", () -> {
                if (before) {
                    Thread.currentThread().interrupt();
                }
                assertThrows(DispatchException.class, scene.dispatcher::close);
                return Thread.interrupted();
            });
            if (!before) {
                closing.staysBlocked().interrupt();
            }
            assertTrue(closing.result());
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G12 an own reader that does not come to an end is interrupted after the drain time-out; its waiters are told")
    void g12AnOwnReaderIsCutOff(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT);
        Gate gate = setup.gate();
        AtomicInteger interrupts = new AtomicInteger();
        Thread reader = scene.dispatcher.read(scene.r, (number, message) -> {
            try {
                gate.pass();
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                throw e;
            }
        });
        scene.desk.send("x");
        gate.awaitArrival();
        Running<Void> waiter =
                setup.run("waiter", () -> scene.r.clock().waitUntil(1)).awaitBlocked();
        closeAnyhow(scene.dispatcher);

        assertEquals(1, interrupts.get());
        assertFalse(reader.isAlive());
        waiter.failure(DispatchException.class);
        assertEquals(0, scene.r.clock().time());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1)
    @DisplayName("G12 one that pays no attention to the interrupt is named, and not waited for")
    void g12AnOwnReaderThatDoesNotEndIsNamed(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT);
        Gate gate = setup.gate();
        Thread reader = scene.dispatcher.read(scene.r, (number, message) -> gate.passUninterruptibly());
        scene.desk.send("x");
        gate.awaitArrival();

        DispatchException told = assertThrows(DispatchException.class, scene.dispatcher::close);
        assertTrue(told.getMessage().contains(reader.getName()), told.getMessage());
        gate.open();
        reader.join();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 it throws the first failure of an own reader, and closes everything all the same")
    void g12ItThrowsTheFirstFailureOfAReader(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        Receiver<String> other = scene.dispatcher.receiver("other");
        AnySender<String> toOther = scene.dispatcher.sender("to other", other);
        List<String> given = Collections.synchronizedList(new ArrayList<>());
        IllegalStateException cause = new IllegalStateException("broken");
        Thread broken = scene.dispatcher.read(scene.r, (number, message) -> {
            throw cause;
        });
        scene.dispatcher.read(other, (number, message) -> given.add(message));
        scene.desk.send("x");
        broken.join();
        toOther.send("y");

        FailedException told = assertThrows(FailedException.class, scene.dispatcher::close);
        assertSame(cause, told.getCause());
        assertEquals(1, told.sequence());
        assertEquals(List.of("y"), given);
        scene.dispatcher.close(); // and no more
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 those of other own readers are suppressed in it, each cause once")
    void g12OtherFailuresAreSuppressed(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        List<IllegalStateException> causes = List.of(
                new IllegalStateException("first"),
                new IllegalStateException("second"),
                new IllegalStateException("third"));
        failing(scene, scene.r, causes.get(0));
        scene.desk.send("x");
        assertThrows(FailedException.class, () -> scene.r.clock().waitUntil(1));
        for (int i = 1; i <= 3; i++) {
            Receiver<String> other = scene.dispatcher.receiver("other " + i);
            Thread reader = failing(scene, other, causes.get(Math.min(i, 2))); // of two the same
            scene.dispatcher.sender("to " + i, other).send("x");
            reader.join();
        }

        FailedException told = assertThrows(FailedException.class, scene.dispatcher::close);
        assertSame(causes.get(0), told.getCause());
        assertEquals(
                List.of(
                        "the handler of receiver \"other 1\" has failed at number 2: java.lang.IllegalStateException: second",
                        "the handler of receiver \"other 2\" has failed at number 3: java.lang.IllegalStateException: third"),
                Arrays.stream(told.getSuppressed()).map(Throwable::getMessage).toList());
        assertEquals(
                causes.subList(1, 3),
                Arrays.stream(told.getSuppressed()).map(Throwable::getCause).toList());
    }

    private static Thread failing(Scene scene, Receiver<String> receiver, IllegalStateException cause) {
        return scene.dispatcher.read(receiver, (number, message) -> {
            throw cause;
        });
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 a failure of a reader that happens while it drains is thrown too")
    void g12AFailureWhileDrainingIsThrown(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        Gate gate = setup.gate();
        IllegalStateException cause = new IllegalStateException("broken");
        scene.dispatcher.read(scene.r, (number, message) -> {
            gate.pass();
            throw cause;
        });
        scene.desk.send("x");
        gate.awaitArrival();
        Running<Void> closing = scene.closing().staysBlocked();
        gate.open();

        assertSame(cause, closing.failure(FailedException.class).getCause());
    }

    @ContractTest
    @DisplayName("G12 a failure, and what was not delivered, are told together")
    void g12AFailureAndWhatWasNotDelivered(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT).filled();
        Receiver<String> other = scene.dispatcher.receiver("other");
        IllegalStateException cause = new IllegalStateException("broken");
        scene.dispatcher.read(other, (number, message) -> {
            throw cause;
        });
        long number = scene.dispatcher.sender("o", other).dispatch("x");
        assertThrows(FailedException.class, () -> other.clock().waitUntil(number));
        FailedException told = assertThrows(FailedException.class, scene.dispatcher::close);

        assertSame(cause, told.getCause());
        says(told, setup.capacity(), "desk");
        scene.theInboxHolds(setup.capacity());
    }

    @ContractTest
    @DisplayName("G12 what senders of one name lost, one after the other, is told as one number")
    void g12LossesAreToldByName(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher =
                setup.open(builder -> builder.name("shop").inboxCapacity(1));
        for (int i = 0; i < 3; i++) {
            Receiver<String> guest = dispatcher.receiver("guest");
            try (Sender<String> sender = dispatcher.sender("to guest", guest)) {
                sender.dispatch("in the inbox");
                sender.send("in the channel");
                guest.fail(new Exception("planned"));
            }
            guest.discard();
        }
        DispatchException told = assertThrows(DispatchException.class, dispatcher::close);
        assertEquals(
                "dispatcher \"shop\" did not close cleanly: 3 messages of sender \"to guest\" were not delivered"
                        + " (receiver \"guest\" has failed at 3)",
                told.getMessage());
    }

    // ---- calls of it

    @ContractTest
    @DisplayName("G12 to close it again does nothing, also after it threw")
    void g12ItIsIdempotent(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT).filled();
        assertThrows(DispatchException.class, scene.dispatcher::close);
        scene.dispatcher.close();
        scene.dispatcher.close();
        scene.desk.close();
        scene.theInboxIsReadable();
        scene.r.discard();
    }

    @ContractTest
    @DisplayName("G12 a second close at the same time waits for the first and throws nothing")
    void g12ConcurrentClosesWaitForTheFirst(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, Duration.ofMillis(200)).filled();
        Running<Void> first = scene.closing().awaitBlocked();
        Running<Void> second = scene.closing();
        second.result();
        Await.eventually("the first is done", first::isDone);
        assertTrue(first.failure(DispatchException.class).getMessage().contains("desk"));
        scene.theInboxIsReadable();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 a handler of its own reader cannot close it, and nothing is closed; one that is read by hand may")
    void g12AHandlerOfItsOwnCannotCloseIt(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        List<Long> refused = Collections.synchronizedList(new ArrayList<>());
        scene.dispatcher.read(scene.r, (number, message) -> {
            String text = assertThrows(IllegalStateException.class, scene.dispatcher::close)
                    .getMessage();
            assertTrue(text.contains("\"shop/reader-r\""), text);
            refused.add(number);
        });
        scene.r.clock().waitUntil(scene.desk.dispatch("x"));
        Receiver<String> byHand = scene.dispatcher.receiver("by hand");
        AnySender<String> sender = scene.dispatcher.sender("new", byHand);
        scene.r.clock().waitUntil(scene.desk.dispatch("y"));
        assertEquals(List.of(1L, 2L), refused);

        sender.dispatch("z");
        byHand.forEachMessage((number, message) -> scene.dispatcher.close());
        assertEquals(3, byHand.clock().time());
        assertThrows(ClosedException.class, () -> scene.dispatcher.receiver("newer"));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 nor while another thread does: it is refused, and that one goes on")
    void g12AHandlerCannotCloseItWhileAnotherThreadDoes(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        Gate gate = setup.gate();
        List<Long> refused = Collections.synchronizedList(new ArrayList<>());
        Thread reader = scene.dispatcher.read(scene.r, (number, message) -> {
            gate.pass();
            assertThrows(IllegalStateException.class, scene.dispatcher::close);
            refused.add(number);
        });
        scene.desk.dispatch("x");
        gate.awaitArrival();
        Running<Void> closing = scene.closing().awaitBlocked();
        gate.open();

        closing.result();
        assertFalse(reader.isAlive());
        assertEquals(List.of(1L), refused);
        assertEquals(1, scene.r.clock().time());
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G12 nor can a stage close its merge, nor a handler of the merge's own reader")
    void g12AStageCannotCloseItsMerge(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, LONG);
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> below = merge.receiver("below");
        List<String> refused = Collections.synchronizedList(new ArrayList<>());
        merge.stage(
                scene.r,
                (number, message) -> {
                    assertThrows(IllegalStateException.class, merge::close);
                    refused.add("stage");
                    return List.of(message, message);
                },
                below);
        merge.read(below, (number, message) -> {
            assertThrows(IllegalStateException.class, merge::close);
            refused.add("reader");
        });
        below.clock().waitUntil(scene.desk.dispatch("x"));
        below.clock().waitUntil(scene.desk.dispatch("y"));
        assertEquals(List.of("stage", "reader", "reader", "stage", "reader", "reader"), refused);
        merge.receiver("new");
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 a dependent of one of its futures may close it, which does not wait for that thread")
    void g12ADependentOfAFutureMayCloseIt(Setup setup) throws Exception {
        Scene scene = new Scene(setup, LONG);
        var closed = scene.r.clock().whenReached(1).thenRun(scene.dispatcher::close);
        scene.dispatcher.read(scene.r, (number, message) -> {});
        scene.desk.dispatch("x");
        closed.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
        assertThrows(ClosedException.class, () -> scene.dispatcher.receiver("new"));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 an interrupt ends at once also the waiting for a dependent of a future, which is interrupted")
    void g12AnInterruptWhileItWaitsForADependent(Setup setup) throws Exception {
        Scene scene = new Scene(setup, LONG);
        Gate gate = setup.gate();
        var dependent = scene.r.clock().whenReached(1).thenRun(() -> {
            try {
                gate.pass();
                throw new AssertionError("was not interrupted");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        scene.dispatcher.read(scene.r, (number, message) -> {});
        scene.desk.dispatch("x");
        gate.awaitArrival();
        Running<Boolean> closing = setup.call("closing", () -> {
            scene.dispatcher.close();
            return Thread.interrupted();
        });
        closing.staysBlocked();
        closing.interrupt();
        assertTrue(closing.result());
        dependent.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 when it returns none of its threads is left")
    void g12NoThreadIsLeft(Setup setup) throws InterruptedException {
        long mark = LiveThreads.mark();
        Scene scene = new Scene(setup, LONG);
        for (int i = 0; i < 10; i++) {
            Receiver<String> receiver = scene.dispatcher.receiver("r" + i);
            scene.dispatcher.read(receiver, (number, message) -> {});
            AnySender<String> sender = scene.dispatcher.sender("s" + i, receiver);
            sender.send("x");
            sender.dispatchAsync("y");
            receiver.clock().whenReached(1);
            receiver.clock().whenReached(1_000_000);
        }
        scene.dispatcher.close();
        List<LiveThreads.Live> left = LiveThreads.since(mark);

        if (setup.pumps() == Pumps.OWN) {
            assertEquals(List.of(), left);
        } else { // the given executor's threads end when they have run the pump to its end
            Await.eventually("they have ended", () -> LiveThreads.since(mark).isEmpty());
        }
    }

    @ContractTest(capacities = 1024, threads = Kind.VIRTUAL)
    @DisplayName("G12 closing with many undelivered senders is bounded")
    void g12ManySendersAreBounded(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup, SHORT).filled();
        List<AnySender<String>> senders = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            senders.add(scene.dispatcher.sender("s" + i, scene.r));
            senders.getLast().send("x");
        }
        DispatchException told = assertThrows(DispatchException.class, scene.dispatcher::close);
        says(told, setup.capacity(), "desk");
        for (AnySender<String> sender : senders) {
            says(told, 1, sender.name());
        }
        scene.theInboxIsReadable();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 a receiver whose reader is told of the end by close gets it though nothing was ever sent")
    void g12AnEmptyDispatcherClosesAtOnce(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.drainTimeout(LONG));
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.read(r, (number, message) -> {});
        dispatcher.close();
        assertEquals(Optional.of(new Delivery.End<>(0)), r.tryReceive());
    }

    @ContractTest
    @DisplayName("G12 whatever is closed when: given, waiting, discarded and told as lost make up what was accepted")
    void g12CountsAreConserved(Setup setup) throws InterruptedException {
        Random random = Numbers.random("g12CountsAreConserved");
        for (int round = 0; round < 5; round++) {
            AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.drainTimeout(Duration.ofMillis(2)));
            List<Receiver<String>> receivers = new ArrayList<>();
            List<AtomicInteger> given = new ArrayList<>();
            List<Running<Integer>> accepted = new ArrayList<>();
            List<Running<Void>> readers = new ArrayList<>();
            for (String name : List.of("read", "stalled", "closed")) {
                Receiver<String> receiver = dispatcher.receiver(name);
                AtomicInteger count = new AtomicInteger();
                receivers.add(receiver);
                given.add(count);
                for (int i = 0; i < 2; i++) {
                    AnySender<String> sender = dispatcher.sender(name + i, receiver);
                    accepted.add(setup.call(sender.name(), () -> sendsUntilClosed(sender)));
                }
                if (!name.equals("stalled")) {
                    readers.add(setup.run("reader", () -> {
                        try {
                            receiver.forEachMessage((number, message) -> count.incrementAndGet());
                        } catch (ClosedException e) {
                            assertEquals("closed", name);
                        }
                    }));
                }
            }
            int some = random.nextInt(500);
            Await.eventually("some are given", () -> given.getFirst().get() >= some);
            receivers.getLast().discard();
            int more = some + random.nextInt(500);
            Await.eventually("more are given", () -> given.getFirst().get() >= more);
            String told = "";
            try {
                dispatcher.close();
            } catch (DispatchException e) {
                told = e.getMessage();
            }
            readers.forEach(Running::result);
            for (int i = 0; i < 3; i++) {
                Receiver<String> receiver = receivers.get(i);
                long lost = lost(told, receiver.name() + "0") + lost(told, receiver.name() + "1");
                assertEquals(
                        accepted.get(2 * i).result() + accepted.get(2 * i + 1).result(),
                        given.get(i).get() + receiver.pending() + receiver.discarded() + lost,
                        receiver.name());
            }
        }
    }

    private static int sendsUntilClosed(AnySender<String> sender) throws InterruptedException {
        int accepted = 0;
        try {
            while (true) {
                sender.send("m");
                accepted++;
            }
        } catch (ClosedException e) {
            return accepted;
        }
    }

    private static long lost(String told, String sender) {
        Matcher matcher =
                Pattern.compile("(\\d+) messages? of sender \"" + sender + "\"").matcher(told);
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** Fails unless the exception says that so many messages of this sender were not delivered. */
    static void says(DispatchException told, int count, String sender) {
        String text = told.getMessage();
        assertTrue(
                text.matches("(?s).*\\b" + count + "\\b[^,;]*\"?\\b" + sender + "\\b.*"),
                () -> "says not that " + count + " messages of " + sender + " are lost: " + text);
    }

    static void closeAnyhow(AnyDispatcher<?> dispatcher) {
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            // it may say that it has cut somebody off
        }
    }
}
