package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.function.Executable;

@DisplayName("G13 failure is loud")
class G13FailureTest {
    private static final Exception CAUSE = new IOException("broken");

    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;
    private Receiver<String> other;
    private AnySender<String> toOther;

    private void open(Setup setup) {
        dispatcher = setup.openAny(builder -> builder.inboxCapacity(Math.max(4, setup.capacity())));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        other = dispatcher.receiver("other");
        toOther = dispatcher.sender("o", other);
    }

    /** Fails unless the call fails with the cause, and this number. */
    private static void fails(long number, Executable call) {
        FailedException failed = assertThrows(FailedException.class, call);
        assertSame(CAUSE, failed.getCause());
        assertEquals(number, failed.sequence());
        assertTrue(failed.getMessage().contains("" + number), failed.getMessage());
    }

    /** Sends three messages, of which the second makes the handler throw. */
    private void readWithAFailure(Executable reading) throws InterruptedException {
        sender.dispatch("1");
        sender.dispatch("bad");
        sender.dispatch("3");
        fails(2, reading);
    }

    private static void handle(String message) throws Exception {
        if (message.equals("bad")) {
            throw CAUSE;
        }
    }

    private void stoppedAt(long number) {
        assertEquals(number - 1, r.clock().time());
        fails(number, r::receive);
        fails(number, r::tryReceive);
        fails(number, () -> r.receive(Duration.ZERO));
        fails(number, r::receiveMessage);
        fails(number, () -> r.receiveMessage(Duration.ofHours(1)));
        fails(number, () -> r.forEachMessage((n, message) -> {}));
        fails(number, () -> r.forEachBatch(3, messages -> {}));
        fails(number, () -> r.drain((n, message) -> {}, 1));
        fails(number, () -> r.clock().waitUntil(number));
        fails(number, () -> r.clock().waitUntil(number, Duration.ZERO));
        fails(number, () -> sender.send("x"));
        fails(number, () -> sender.trySend("x"));
        fails(number, () -> sender.send("x", Duration.ofHours(1)));
        fails(number, () -> sender.dispatch("x"));
        fails(number, () -> sender.dispatch("x", Duration.ZERO));
        fails(number, () -> sender.dispatchAsync("x"));
        fails(number, () -> dispatcher.sender("new", r));
        CompletableFuture<Long> future = r.clock().whenReached(number);
        Await.eventually("the future has failed", future::isCompletedExceptionally);
        assertTrue(future.exceptionNow() instanceof FailedException, () -> "" + future.exceptionNow());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 a handler of forEachMessage that throws stops its receiver at that message")
    void g13AHandlerOfForEachMessageThatThrows(Setup setup) throws InterruptedException {
        open(setup);
        readWithAFailure(() -> r.forEachMessage((number, message) -> handle(message)));
        stoppedAt(2);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 so does one of drain")
    void g13AHandlerOfDrainThatThrows(Setup setup) throws InterruptedException {
        open(setup);
        readWithAFailure(() -> r.drain((number, message) -> handle(message), 3));
        stoppedAt(2);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 one of a batch stops it at the first message of the batch")
    void g13AHandlerOfABatchThatThrows(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.receiveMessage();
        sender.dispatch("2");
        sender.dispatch("bad");
        fails(
                2,
                () -> r.forEachBatch(5, messages -> {
                    assertEquals(2, messages.size());
                    handle(messages.getLast().payload());
                }));
        stoppedAt(2);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 one of an own reader as well; the failure is told by close")
    void g13AHandlerOfAnOwnReaderThatThrows(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = dispatcher.read(r, (number, message) -> handle(message));
        sender.send("1");
        sender.send("bad");
        reader.join();
        stoppedAt(2);
        fails(2, dispatcher::close);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 an Error is a failure too")
    void g13AHandlerThatThrowsAnError(Setup setup) throws InterruptedException {
        open(setup);
        AssertionError error = new AssertionError("broken");
        sender.dispatch("x");
        FailedException failed = assertThrows(
                FailedException.class,
                () -> r.drain(
                        (number, message) -> {
                            throw error;
                        },
                        1));
        assertSame(error, failed.getCause());
        assertEquals(0, r.clock().time());
        assertThrows(FailedException.class, () -> sender.send("y"));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 a handler that was interrupted: the receiver fails, and the flag is set again")
    void g13AHandlerThatIsInterrupted(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("x");
        setup.run("reader", () -> {
                    FailedException failed = assertThrows(
                            FailedException.class,
                            () -> r.forEachMessage((number, message) -> {
                                throw new InterruptedException();
                            }));
                    assertTrue(failed.getCause() instanceof InterruptedException);
                    assertTrue(Thread.interrupted());
                })
                .result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 fail(cause) from any thread stops a receiver at its first unfinished message: that in hand")
    void g13FailStopsAtTheMessageInHand(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        sender.dispatch("2");
        r.receiveMessage();
        setup.run("fails it", () -> r.fail(CAUSE)).result();
        stoppedAt(1);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 or the first in its inbox")
    void g13FailStopsAtTheFirstInTheInbox(Setup setup) throws InterruptedException {
        open(setup);
        toOther.dispatch("1");
        sender.dispatch("2");
        toOther.dispatch("3");
        sender.dispatch("4");
        r.fail(CAUSE);
        stoppedAt(2);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 with nothing unfinished where its clock stands, and there it stays")
    void g13FailWithNothingUnfinished(Setup setup) throws InterruptedException {
        open(setup);
        toOther.dispatch("1");
        r.fail(CAUSE);
        toOther.send("2");
        Await.eventually("it has a number", () -> dispatcher.sequence() == 2);
        assertEquals(1, r.clock().time());
        r.clock().waitUntil(1);
        fails(1, () -> r.clock().waitUntil(2));
        fails(1, r::receive);
        fails(1, () -> sender.send("x"));
        setup.read(other);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 the first failure counts; a failed receiver can be discarded")
    void g13TheFirstFailureCounts(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.fail(CAUSE);
        r.fail(new IllegalStateException("later"));
        stoppedAt(1);
        r.discard();
        fails(1, () -> r.clock().waitUntil(1));
        dispatcher.receiver("r"); // the name is free
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 waiters for more and senders that wait are told at once, waiters for less are not")
    void g13ThoseWhoWaitAreToldAtOnce(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup);
        Map<BlockingCall, Running<Void>> failing = new EnumMap<>(BlockingCall.class);
        Map<BlockingCall, Running<Void>> going = new EnumMap<>(BlockingCall.class);
        for (BlockingCall call : BlockingCall.atOnce(setup)) {
            switch (call.on) {
                case PATH, FULL_CLOCK, ALL -> failing.put(call, call.blockedIn(scene));
                case EMPTY_CLOCK -> going.put(call, call.blockedIn(scene));
                default -> {}
            }
        }
        Running<Void> reader = BlockingCall.RECEIVE_MESSAGE.blockedIn(scene);
        CompletableFuture<Long> future = scene.full.clock().whenReached(1);
        scene.full.fail(CAUSE);

        failing.forEach((call, running) ->
                assertSame(CAUSE, running.failure(FailedException.class).getCause(), call::name));
        Await.eventually("the future has failed", future::isCompletedExceptionally);
        assertSame(CAUSE, future.exceptionNow().getCause());
        going.forEach((call, running) -> assertFalse(running.isDone(), call::name));
        assertFalse(reader.isDone());

        // its End apart, whoever waits for what can still come goes on
        scene.toEmpty.send("x");
        reader.result();
        scene.abandon();
        going.forEach((call, running) -> running.failure(FailedException.class));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 its reader, though it waits, is told at once")
    void g13AReaderThatWaitsIsToldAtOnce(Setup setup) throws InterruptedException {
        for (BlockingCall call : BlockingCall.values()) {
            if (call.on == BlockingCall.On.EMPTY) {
                BlockingCall.Scene scene = new BlockingCall.Scene(setup);
                Running<Void> reader = call.blockedIn(scene);
                scene.empty.fail(CAUSE);
                assertSame(CAUSE, reader.failure(FailedException.class).getCause(), call::name);
                scene.abandon();
            }
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G13 a receiver that fails while a handler of its own runs stays below that message, and its reader is told")
    void g13AReceiverThatFailsInItsHandler(Setup setup) throws InterruptedException {
        open(setup);
        Gate gate = setup.gate();
        sender.dispatch("1");
        sender.dispatch("2");
        List<Long> given = new ArrayList<>();
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage((number, message) -> {
                    given.add(number);
                    gate.pass();
                }));
        gate.awaitArrival();
        r.fail(CAUSE);
        gate.open();

        assertSame(CAUSE, reader.failure(FailedException.class).getCause());
        assertEquals(List.of(1L), given);
        assertEquals(0, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 other paths go on")
    void g13OtherPathsGoOn(Setup setup) throws InterruptedException {
        open(setup);
        Reading<String> reading = setup.read(other);
        sender.dispatch("bad");
        r.fail(CAUSE);
        for (int i = 2; i < 100; i++) {
            assertEquals(i, toOther.dispatch("m"));
            other.clock().waitUntil(i);
        }
        assertEquals(98, reading.await(98).size());
        assertEquals(1, dispatcher.broadcaster("all").dispatch("x") - 99);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 dispatcher.fail(cause) stops everything at once: whatever waits ends with that cause")
    void g13FailOfTheDispatcherEndsEveryWait(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup);
        Map<BlockingCall, Running<Void>> running = new EnumMap<>(BlockingCall.class);
        for (BlockingCall call : BlockingCall.atOnce(setup)) {
            if (call.on != BlockingCall.On.EMPTY) {
                running.put(call, call.blockedIn(scene));
            }
        }
        Running<Void> reader = BlockingCall.RECEIVE.blockedIn(scene);
        Thread own = scene.dispatcher.read(scene.dispatcher.receiver("own"), (number, message) -> {});
        List<CompletableFuture<Long>> futures =
                List.of(scene.full.clock().whenReached(1), scene.empty.clock().whenReached(1_000_000));
        scene.dispatcher.fail(CAUSE);

        running.forEach((call, thread) ->
                assertSame(CAUSE, thread.failure(FailedException.class).getCause(), call::name));
        assertSame(CAUSE, reader.failure(FailedException.class).getCause());
        for (CompletableFuture<Long> future : futures) {
            Await.eventually("the future has failed", future::isCompletedExceptionally);
            assertSame(CAUSE, future.exceptionNow().getCause());
        }
        own.join();
        assertSame(
                CAUSE,
                assertThrows(FailedException.class, scene.dispatcher::close).getCause());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 and every later call, close once, too")
    void g13FailOfTheDispatcherEndsEveryLaterCall(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        dispatcher.fail(CAUSE);
        dispatcher.fail(new IllegalStateException("later"));
        List<Executable> calls = List.of(
                () -> sender.send("x"),
                () -> sender.trySend("x"),
                () -> sender.dispatch("x"),
                () -> sender.dispatchAsync("x"),
                () -> toOther.send("x"),
                r::receive,
                r::tryReceive,
                other::receive,
                () -> other.receiveMessage(Duration.ZERO),
                () -> other.drain((number, message) -> {}, 1),
                () -> r.clock().waitUntil(1),
                () -> other.clock().waitUntil(2),
                () -> dispatcher.receiver("new"),
                () -> dispatcher.sender("new", other),
                () -> dispatcher.broadcaster("new"),
                () -> dispatcher.read(other, (number, message) -> {}),
                () -> dispatcher.awaitFinished(Duration.ofHours(1)),
                dispatcher::close);
        for (Executable call : calls) {
            assertSame(CAUSE, assertThrows(FailedException.class, call).getCause());
        }
        assertEquals(0, r.clock().time());
        assertEquals(1, other.clock().time());
        dispatcher.close();
        assertEquals(1, dispatcher.sequence());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 a failure without cause is refused")
    void g13ACauseIsNeeded(Setup setup) {
        open(setup);
        assertThrows(NullPointerException.class, () -> r.fail(null));
        assertThrows(NullPointerException.class, () -> dispatcher.fail(null));
        assertThrows(ClosedException.class, () -> {
            r.discard();
            r.receive();
        });
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 the text says which receiver, and where it stood")
    void g13TheTextSaysTheFacts(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.fail(CAUSE);
        String text = assertThrows(FailedException.class, () -> r.clock().waitUntil(1))
                .getMessage();
        assertTrue(text.contains("\"r\"") && text.contains("1") && text.contains("broken"), text);
    }
}
