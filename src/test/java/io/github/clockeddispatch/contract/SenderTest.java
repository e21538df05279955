package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Sender")
class SenderTest {
    private Dispatcher<String> dispatcher;
    private Receiver<String> r;
    private Sender<String> sender;

    private void open(Setup setup) {
        dispatcher = setup.open();
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
    }

    /** Fills the inbox; what is sent now waits in the channel. */
    private void fillInbox(Setup setup) throws InterruptedException {
        Sender<String> filler = dispatcher.sender("filler", r);
        Setup.send(filler, setup.capacity());
        Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
    }

    @ContractTest
    @DisplayName("send returns when the message has been accepted; dispatch when it is in the inbox, with its number")
    void sendAndDispatch(Setup setup) throws InterruptedException {
        open(setup);
        for (int i = 1; i <= 50; i++) {
            assertEquals(i, sender.dispatch("m" + i));
            assertEquals(1, r.pending());
            assertEquals(new Delivery.Message<>(i, "m" + i), r.receive());
        }
        fillInbox(setup);
        sender.send("accepted");
        assertEquals(50 + setup.capacity(), dispatcher.sequence());
        setup.read(r);
    }

    @ContractTest
    @DisplayName("trySend and send(Duration) say whether there was room")
    void whetherThereWasRoom(Setup setup) throws InterruptedException {
        open(setup);
        fillInbox(setup);
        for (int i = 0; i < setup.capacity(); i++) {
            assertTrue(sender.trySend("m"));
        }
        assertFalse(sender.trySend("m"));
        assertFalse(sender.send("m", Duration.ofMillis(1)));
        Running<Boolean> waits =
                setup.call("waits", () -> sender.send("m", Duration.ofHours(1))).staysBlocked();
        setup.read(r);
        assertTrue(waits.result());
    }

    @ContractTest
    @DisplayName("dispatch(Duration) throws TimeoutException and has withdrawn the message")
    void timedDispatch(Setup setup) throws Exception {
        open(setup);
        fillInbox(setup);
        assertThrows(TimeoutException.class, () -> sender.dispatch("late", Duration.ofMillis(1)));
        Running<Long> waits = setup.call("waits", () -> sender.dispatch("in time", Duration.ofHours(1)))
                .staysBlocked();
        Reading<String> reading = setup.read(r);
        assertEquals(setup.capacity() + 1, waits.result());
        assertEquals(setup.capacity() + 2, sender.dispatch("x", Await.BOUND));
        assertEquals(
                List.of("in time", "x"),
                Reading.payloads(reading.await(setup.capacity() + 2)).subList(setup.capacity(), setup.capacity() + 2));
    }

    @ContractTest
    @DisplayName("dispatchAsync tells the number when it has been given")
    void dispatchAsyncTellsTheNumber(Setup setup) throws Exception {
        open(setup);
        fillInbox(setup);
        CompletableFuture<Long> future = sender.dispatchAsync("x");
        Await.never("it has a number", future::isDone);
        setup.read(r);
        assertEquals(setup.capacity() + 1, future.get(15, TimeUnit.SECONDS));
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            futures.add(sender.dispatchAsync("m" + i));
        }
        List<Long> numbers = new ArrayList<>();
        for (CompletableFuture<Long> each : futures) {
            numbers.add(each.get(15, TimeUnit.SECONDS));
        }
        assertEquals(Numbers.between(setup.capacity() + 2, setup.capacity() + 101), numbers);
    }

    @ContractTest
    @DisplayName("dispatchAsync waits for room in the channel, as send does")
    void dispatchAsyncWaitsForRoom(Setup setup) throws InterruptedException {
        open(setup);
        setup.fill(sender, r);
        Running<CompletableFuture<Long>> waits =
                setup.call("waits", () -> sender.dispatchAsync("x")).staysBlocked();
        setup.read(r);
        assertEquals(setup.pathCapacity() + 1, waits.result().join());
    }

    @ContractTest
    @DisplayName("cancelling a dispatchAsync withdraws its message, and frees its slot")
    void cancelWithdraws(Setup setup) throws InterruptedException {
        open(setup);
        fillInbox(setup);
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < setup.capacity(); i++) {
            futures.add(sender.dispatchAsync("withdrawn"));
        }
        Running<Void> waits = setup.run("waits", () -> sender.send("x")).staysBlocked();
        for (CompletableFuture<Long> future : futures) {
            assertTrue(future.cancel(true));
            assertTrue(future.isCancelled());
            assertThrows(CancellationException.class, future::join);
        }
        waits.result();
        Reading<String> reading = setup.read(r);
        assertEquals(setup.capacity() + 2, sender.dispatch("y"));
        List<String> given = Reading.payloads(reading.await(setup.capacity() + 2));
        assertFalse(given.contains("withdrawn"));
    }

    @ContractTest
    @DisplayName("once it has a number, cancel is false and changes nothing")
    void cancelAfterTheNumber(Setup setup) throws InterruptedException {
        open(setup);
        CompletableFuture<Long> future = sender.dispatchAsync("x");
        Await.eventually("it has a number", () -> dispatcher.sequence() == 1);
        assertFalse(future.cancel(true));
        assertFalse(future.isCancelled());
        assertEquals(1, future.join());
        assertFalse(future.cancel(true));
        assertEquals(new Delivery.Message<>(1, "x"), r.receive());
    }

    @ContractTest
    @DisplayName("numbering and cancelling exclude each other, whenever it is cancelled")
    void cancelAtAnyMoment(Setup setup) throws InterruptedException {
        open(setup);
        List<String> accepted = new ArrayList<>();
        Reading<String> reading = setup.read(r);
        for (int i = 0; i < 300; i++) {
            CompletableFuture<Long> future = sender.dispatchAsync("m" + i);
            for (int spin = i % 50; spin > 0; spin--) {
                Thread.onSpinWait();
            }
            if (!future.cancel(true)) {
                accepted.add("m" + i);
                assertEquals(accepted.size(), future.join());
            }
        }
        dispatcher.close();
        assertEquals(accepted, Reading.payloads(reading.all()));
    }

    @ContractTest
    @DisplayName("a time-out set on the future withdraws its message too")
    void orTimeoutWithdraws(Setup setup) throws InterruptedException {
        open(setup);
        fillInbox(setup);
        CompletableFuture<Long> future = sender.dispatchAsync("withdrawn").orTimeout(1, TimeUnit.MILLISECONDS);
        ExecutionException failed = assertThrows(ExecutionException.class, () -> future.get(15, TimeUnit.SECONDS));
        assertTrue(failed.getCause() instanceof TimeoutException, failed::toString);
        Await.eventually(
                "it has left the channel",
                () -> dispatcher.snapshot().senders().getFirst().queued() == 0);
        Reading<String> reading = setup.read(r);
        assertEquals(setup.capacity() + 1, sender.dispatch("x"));
        assertFalse(Reading.payloads(reading.await(setup.capacity() + 1)).contains("withdrawn"));
    }

    @ContractTest
    @DisplayName(
            "futures are completed on a thread of their own: what hangs on them holds up no pump, reader or sender")
    void futuresAreCompletedOnTheirOwnThread(Setup setup) throws InterruptedException {
        open(setup);
        fillInbox(setup);
        Gate gate = setup.gate();
        List<Thread> completing = new ArrayList<>();
        CompletableFuture<Void> dependent = sender.dispatchAsync("first").thenAccept(number -> {
            completing.add(Thread.currentThread());
            gate.passUninterruptibly();
        });
        List<Thread> reading = new ArrayList<>();
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage((number, message) -> {
                    if (reading.isEmpty()) {
                        reading.add(Thread.currentThread());
                    }
                }));
        gate.awaitArrival();
        for (int i = 0; i < 2 * setup.capacity() + 2; i++) {
            sender.dispatch("x"); // they all go on
        }
        r.clock().waitUntil(dispatcher.sequence());
        assertFalse(dependent.isDone());
        assertNotEquals(reading, completing);
        assertFalse(completing.getFirst().getName().contains("pump"), completing::toString);
        assertNotEquals(Thread.currentThread(), completing.getFirst());
        gate.open();
        dependent.join();
        dispatcher.close();
        reader.result();
    }

    @ContractTest(
            capacities = 1,
            pumps = {Pumps.OWN})
    @DisplayName("no sender is left waiting for a slot that has become free, however it and the pump race")
    void noWakeUpOfASenderIsLost(Setup setup) throws InterruptedException {
        open(setup);
        int count = setup.threads() == Kind.VIRTUAL ? 300_000 : 30_000;
        Running<Void> sending = setup.run("sending", () -> {
            for (int i = 0; i < count; i++) {
                sender.send("m");
            }
            sender.close();
        });
        int[] given = new int[1];
        setup.run("reader", () -> r.forEachMessage((number, message) -> given[0]++))
                .result();
        sending.result();
        assertEquals(count, given[0]);
    }

    @ContractTest
    @DisplayName("its name")
    void name(Setup setup) {
        open(setup);
        assertEquals("s", sender.name());
        assertTrue(sender.toString().contains("s"), sender::toString);
    }
}
