package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.Gate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Threads of a class of the user's own, whose methods throw, or lie: the library calls none of those (G17). */
@DisplayName("Fault: a thread of a class that overrides what it can")
class ForeignThreadTest {

    private enum Ways {
        THROW,
        LIE
    }

    private static final class Foreign<R> extends Thread {
        private final Ways ways;
        private final Callable<R> body;
        private final CompletableFuture<R> outcome = new CompletableFuture<>();

        Foreign(Ways ways, String name, Callable<R> body) {
            super(name);
            this.ways = ways;
            this.body = body;
            setDaemon(true);
        }

        @Override
        public void run() {
            try {
                outcome.complete(body.call());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        }

        R result() throws Exception {
            Await.eventually(getName() + " ends", outcome::isDone);
            return outcome.get();
        }

        private void called(String method) {
            if (ways == Ways.THROW) {
                throw new IllegalStateException("called: " + method);
            }
        }

        @Override
        public String toString() {
            called("toString");
            return "a lie";
        }

        @Override
        public int hashCode() {
            called("hashCode");
            return 0;
        }

        @Override
        public boolean equals(Object other) {
            called("equals");
            return other instanceof Thread;
        }

        @Override
        public ClassLoader getContextClassLoader() {
            called("getContextClassLoader");
            return null;
        }
    }

    private final List<Foreign<?>> threads = new ArrayList<>();

    private <R> Foreign<R> start(Ways ways, String name, Callable<R> body) {
        Foreign<R> thread = new Foreign<>(ways, name, body);
        threads.add(thread);
        thread.start();
        return thread;
    }

    @AfterEach
    void joinAll() throws InterruptedException {
        for (Thread thread : threads) {
            assertTrue(thread.join(Await.BOUND), thread.getName());
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("reads, sends and closes")
    void readsSendsAndCloses(Ways ways) throws Exception {
        readsAndSends(ways, 1024);
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("waits for room in a channel")
    void waitsForRoom(Ways ways) throws Exception {
        readsAndSends(ways, 1);
    }

    private void readsAndSends(Ways ways, int capacity) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .channelCapacity(capacity)
                .inboxCapacity(capacity)
                .open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Gate gate = new Gate();
        Foreign<Long> reader = start(ways, "foreign reader", () -> {
            long[] handled = {0};
            r.forEachMessage((number, message) -> {
                gate.pass();
                handled[0]++;
            });
            return handled[0];
        });
        Foreign<Void> sends = start(ways, "foreign sender", () -> {
            for (int i = 0; i < 20; i++) {
                sender.send("m");
            }
            sender.close();
            return null;
        });
        gate.awaitArrival();
        Snapshot.ReceiverState state = dispatcher.snapshot().receivers().get(0);
        assertTrue(state.reader().contains("foreign reader"), state.reader());
        String refused =
                assertThrows(IllegalStateException.class, r::tryReceive).getMessage();
        assertTrue(refused.contains("foreign reader"), refused);
        gate.open();
        assertEquals(20, reader.result());
        sends.result();
        start(ways, "foreign closer", () -> {
                    dispatcher.close();
                    return null;
                })
                .result();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("closes while another closes, and is not taken for one of the dispatcher's own")
    void closesWhileAnotherCloses(Ways ways) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> r = dispatcher.receiver("r");
        Gate gate = new Gate();
        dispatcher.read(r, (number, message) -> gate.passUninterruptibly());
        dispatcher.sender("s", r).send("m");
        gate.awaitArrival();
        Foreign<Void> first = start(ways, "first", () -> {
            dispatcher.close();
            return null;
        });
        Await.blocked(first);
        Foreign<Void> second = start(ways, "second", () -> {
            dispatcher.close();
            return null;
        });
        Await.blocked(second);
        assertFalse(second.outcome.isDone());
        gate.open();
        first.result();
        second.result();
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("closes, and cuts the dispatcher's own readers off")
    void cutsOff(Ways ways) throws Exception {
        Dispatcher<String> dispatcher =
                Dispatcher.builder().drainTimeout(Duration.ZERO).open();
        Receiver<String> r = dispatcher.receiver("r");
        Gate gate = new Gate();
        Thread reader = dispatcher.read(r, (number, message) -> gate.pass());
        dispatcher.sender("s", r).send("m");
        gate.awaitArrival();
        Foreign<String> closer = start(ways, "closer", () -> {
            try {
                dispatcher.close();
                return "nothing";
            } catch (io.github.clockeddispatch.DispatchException e) {
                return e.getMessage();
            }
        });
        String told = closer.result();
        assertTrue(told.contains("\"r\""), told);
        assertTrue(reader.join(Await.BOUND));
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("runs pumps, forwards, settles futures and opens readers and links")
    void doesTheRest(Ways ways) throws Exception {
        List<Foreign<Void>> pumps = new ArrayList<>();
        Dispatcher<String> top = Dispatcher.builder()
                .pumpExecutor(task -> pumps.add(start(ways, "foreign pump", Executors.callable(task, null))))
                .open();
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        Receiver<String> from = top.receiver("from");
        Sender<String> sender = top.sender("s", from);
        Receiver<String> below = merge.receiver("below");
        Receiver<String> side = merge.receiver("side");
        Foreign<Long> all = start(ways, "foreign opener", () -> {
            merge.link(from, below);
            Forwarder<String> forwarder = merge.forwarder("f", side);
            forwarder.forward(1, "m");
            assertEquals(new Delivery.Message<>(1, "m"), side.receiveMessage());
            side.acknowledge();
            CompletableFuture<Long> reached = below.clock().whenReached(1);
            long number = sender.dispatch("m");
            assertEquals(new Delivery.Message<>(1, "m"), below.receiveMessage());
            below.acknowledge();
            assertEquals(1, reached.get());
            return number;
        });
        assertEquals(1, all.result());
        merge.close();
        top.close();
        for (Foreign<Void> pump : pumps) {
            pump.result();
        }
    }

    @Test
    @DisplayName("settles a future: the thread that completes it takes nothing from it")
    void settlesAFuture() throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        CompletableFuture<Long> reached = r.clock().whenReached(1);
        start(Ways.THROW, "foreign reader", () -> {
                    assertEquals(1, sender.dispatch("m"));
                    r.receiveMessage();
                    r.acknowledge();
                    return null;
                })
                .result();
        Await.eventually("the future is completed", reached::isDone);
        assertEquals(1, reached.get());
        dispatcher.close();
    }
}
