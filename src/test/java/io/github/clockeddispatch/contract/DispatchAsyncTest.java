package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Setup;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;

/** The future of a dispatch: to complete it in any way withdraws the message, or loses against its number. */
@DisplayName("dispatchAsync")
class DispatchAsyncTest {

    private static final Executor HERE = Runnable::run;

    /** All the ways to complete a future. What says whether it has done so returns that, else the state tells. */
    private enum Way {
        CANCEL,
        COMPLETE,
        COMPLETE_EXCEPTIONALLY,
        COMPLETE_ASYNC,
        COMPLETE_ASYNC_HERE,
        COMPLETE_ASYNC_FAILING,
        OR_TIMEOUT,
        COMPLETE_ON_TIMEOUT,
        OBTRUDE_VALUE,
        OBTRUDE_EXCEPTION;

        boolean says(CompletableFuture<Long> future) {
            return switch (this) {
                case CANCEL -> future.cancel(true);
                case COMPLETE -> future.complete(-5L);
                case COMPLETE_EXCEPTIONALLY -> future.completeExceptionally(new IllegalStateException("ours"));
                default -> throw new AssertionError(this);
            };
        }

        boolean isTold() {
            return EnumSet.of(CANCEL, COMPLETE, COMPLETE_EXCEPTIONALLY).contains(this);
        }

        void complete(CompletableFuture<Long> future) {
            switch (this) {
                case COMPLETE_ASYNC -> future.completeAsync(() -> -5L);
                case COMPLETE_ASYNC_HERE -> future.completeAsync(() -> -5L, HERE);
                case COMPLETE_ASYNC_FAILING ->
                    future.completeAsync(
                            () -> {
                                throw new IllegalStateException("ours");
                            },
                            HERE);
                case OR_TIMEOUT -> future.orTimeout(1, TimeUnit.NANOSECONDS);
                case COMPLETE_ON_TIMEOUT -> future.completeOnTimeout(-5L, 1, TimeUnit.NANOSECONDS);
                case OBTRUDE_VALUE -> future.obtrudeValue(-5L);
                case OBTRUDE_EXCEPTION -> future.obtrudeException(new IllegalStateException("ours"));
                default -> says(future);
            }
        }

        boolean isFailure() {
            return !EnumSet.of(COMPLETE, COMPLETE_ASYNC, COMPLETE_ASYNC_HERE, COMPLETE_ON_TIMEOUT, OBTRUDE_VALUE)
                    .contains(this);
        }
    }

    @ContractTest
    @DisplayName("completed in any way before its message has a number: that is withdrawn, and never arrives")
    void beforeTheNumber(Setup setup) throws InterruptedException {
        for (Way way : Way.values()) {
            Dispatcher<String> dispatcher = setup.open();
            Receiver<String> r = dispatcher.receiver("r");
            Sender<String> sender = dispatcher.sender("s", r);
            Setup.send(sender, setup.pathCapacity() - 1);
            Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
            CompletableFuture<Long> future = sender.dispatchAsync("withdrawn");
            if (way.isTold()) {
                assertTrue(way.says(future), way.name());
            } else {
                way.complete(future);
            }
            Await.eventually(way + " completes", future::isDone);
            assertEquals(way.isFailure(), future.isCompletedExceptionally(), way.name());
            if (!way.isFailure()) {
                assertEquals(-5L, future.resultNow());
            }
            assertEquals(way == Way.CANCEL, future.isCancelled());
            assertTrue(sender.trySend("last"), "its slot is free at once");
            for (int i = 1; i < setup.pathCapacity(); i++) {
                assertEquals(new Delivery.Message<>(i, "m" + i), r.receiveMessage());
            }
            assertEquals(new Delivery.Message<>(setup.pathCapacity(), "last"), r.receiveMessage());
            r.acknowledge();
            dispatcher.close();
        }
    }

    @ContractTest
    @DisplayName("completed in any way once its message has a number: nothing is done, and false returned")
    void afterTheNumber(Setup setup) throws Exception {
        for (Way way : Way.values()) {
            for (boolean atOnce : List.of(true, false)) {
                Dispatcher<String> dispatcher = setup.open();
                Receiver<String> r = dispatcher.receiver("r");
                Sender<String> sender = dispatcher.sender("s", r);
                int before = atOnce ? 0 : setup.pathCapacity() - 1;
                Setup.send(sender, before);
                if (!atOnce) {
                    Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
                }
                CompletableFuture<Long> future = sender.dispatchAsync("numbered");
                assertEquals(atOnce, future.isDone());
                for (int i = 0; i < before; i++) {
                    assertNotNull(r.receiveMessage());
                }
                Await.eventually("it has its number", () -> dispatcher.sequence() == before + 1);
                if (way.isTold()) {
                    assertFalse(way.says(future), way.name());
                } else {
                    way.complete(future);
                }
                assertEquals(before + 1, future.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS), way.name());
                way.complete(future);
                way.complete(future.copy());
                Await.never(
                        way + " takes the number away",
                        () -> future.isCompletedExceptionally() || future.resultNow() != before + 1);
                assertEquals(new Delivery.Message<>(before + 1, "numbered"), r.receiveMessage());
                r.acknowledge();
                dispatcher.close();
            }
        }
    }

    @ContractTest(capacities = 4, threads = Kind.VIRTUAL)
    @DisplayName("who is told of a failure has sent nothing; who is told a number has sent it once")
    void toldOfAFailureMeansNotSent(Setup setup) throws InterruptedException {
        Dispatcher<Integer> dispatcher = setup.open();
        Receiver<Integer> r = dispatcher.receiver("r");
        Sender<Integer> sender = dispatcher.sender("s", r);
        Map<Integer, Long> given = new ConcurrentHashMap<>();
        var reading = setup.run(
                "slow reader",
                () -> r.forEachMessage((number, message) -> {
                    assertNull(given.put(message, number), "given once");
                    if (number % 8 == 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }));
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            futures.add(sender.dispatchAsync(i).orTimeout(1, TimeUnit.MILLISECONDS));
        }
        sender.close();
        reading.result();
        Map<Integer, Long> told = new HashMap<>();
        for (int i = 0; i < futures.size(); i++) {
            try {
                told.put(i, futures.get(i).get(Await.BOUND.toSeconds(), TimeUnit.SECONDS));
            } catch (ExecutionException e) {
                assertTrue(e.getCause() instanceof TimeoutException, e.toString());
            } catch (TimeoutException e) {
                throw new AssertionError("never completed: " + i, e);
            }
        }
        assertEquals(told, given);
        assertFalse(told.isEmpty());
        assertTrue(told.size() < futures.size(), "some were late");
    }

    @ContractTest(capacities = 2, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("a future that is kept does not keep its message")
    void keepsNoMessage(Setup setup) throws Exception {
        Dispatcher<Object> dispatcher = setup.open(builder -> builder.drainTimeout(Duration.ZERO));
        Receiver<Object> r = dispatcher.receiver("r");
        Sender<Object> sender = dispatcher.sender("s", r);
        List<WeakReference<Object>> gone = new ArrayList<>();
        List<CompletableFuture<Long>> kept = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            if (i == 3) {
                Await.eventually("the inbox is full", () -> r.pending() == 2);
            }
            kept.add(dispatch(sender, gone)); // 0 and 1 numbered at once, 2 and 3 in the channel
        }
        assertTrue(kept.get(3).cancel(false));
        assertEquals(1, receiveNumber(r));
        assertEquals(2, receiveNumber(r));
        assertEquals(3, receiveNumber(r)); // numbered in its turn
        r.acknowledge();
        kept.add(dispatch(sender, gone));
        kept.add(dispatch(sender, gone));
        assertEquals(4, receiveNumber(r));
        assertEquals(5, receiveNumber(r));
        r.acknowledge();
        sender.send("fills");
        sender.send("the inbox");
        Await.eventually("the inbox is full", () -> r.pending() == 2);
        CompletableFuture<Long> stopped = dispatch(sender, gone);
        kept.add(stopped);
        assertFalse(stopped.isDone());
        r.fail(new Exception("planted"));
        Await.eventually("it is told", stopped::isDone);

        Await.eventually("no message is reachable", () -> {
            System.gc();
            return gone.stream().allMatch(message -> message.get() == null);
        });
        assertEquals(7, kept.size());
        assertThrows(ExecutionException.class, stopped::get);
        r.discard();
        sender.close();
    }

    private static long receiveNumber(Receiver<Object> r) throws InterruptedException {
        return r.receiveMessage().sequence();
    }

    private static CompletableFuture<Long> dispatch(Sender<Object> sender, List<WeakReference<Object>> gone)
            throws InterruptedException {
        Object message = new Object();
        gone.add(new WeakReference<>(message));
        return sender.dispatchAsync(message);
    }

    @ContractTest(capacities = 1)
    @DisplayName("given up: it fails, and may be completed before it is told; nothing was sent")
    void givenUp(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.drainTimeout(Duration.ZERO));
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        assertEquals(1, sender.dispatch("fills the inbox"));
        CompletableFuture<Long> future = sender.dispatchAsync("given up");
        dispatcher.close();
        Await.eventually("it is told", future::isDone);
        assertTrue(future.exceptionNow() instanceof ClosedException);
        assertFalse(future.cancel(true));
        assertEquals(1, r.receiveMessage().sequence());
        assertTrue(r.receiveMessage() instanceof Delivery.End);
    }
}
