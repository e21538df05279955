package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot.ReceiverState.State;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Exceptions whose texts cannot be had: they fail what they are to fail, like any other (G13, G17).
 */
@DisplayName("Fault: an exception whose text cannot be had")
class ForeignTextTest {

    /** What its methods do that can be overridden. */
    private enum Text {
        THROWS,
        THROWS_ERROR,
        IS_NULL,
        BLOCKS
    }

    private static final class Nasty extends Exception {
        private static final long serialVersionUID = 1;

        private final Text text;
        private final transient Gate gate;

        Nasty(Text text, Gate gate) {
            super("must not be had");
            this.text = text;
            this.gate = gate;
        }

        private String foreign() {
            return switch (text) {
                case THROWS -> throw new IllegalArgumentException("planted");
                case THROWS_ERROR -> throw new StackOverflowError("planted");
                case IS_NULL -> null;
                case BLOCKS -> {
                    gate.passUninterruptibly();
                    yield "late";
                }
            };
        }

        @Override
        public String getMessage() {
            return foreign();
        }

        @Override
        public String getLocalizedMessage() {
            return foreign();
        }

        @Override
        public String toString() {
            return foreign();
        }

        @Override
        public boolean equals(Object other) {
            throw new IllegalStateException("equals");
        }

        @Override
        public int hashCode() {
            throw new IllegalStateException("hashCode");
        }
    }

    /** How a receiver comes to fail. */
    @FunctionalInterface
    private interface Failing {
        /** Begins it; it happens when the receiver is given its first message, or at once. */
        void begin(Receiver<String> bad, Nasty cause) throws Exception;
    }

    private static MessageHandler<String> thrower(Nasty cause) {
        return (number, message) -> {
            throw cause;
        };
    }

    /** A receiver that fails, with all who depend on it, and another that does not. */
    private static void failsLikeAnyOther(
            Setup setup, Dispatcher<String> dispatcher, Failing failing, boolean ownReader) throws Exception {
        for (Text text : Text.values()) {
            Gate gate = setup.gate();
            Nasty cause = new Nasty(text, gate);
            Receiver<String> bad = dispatcher.receiver("bad " + text, 1);
            Receiver<String> good = dispatcher.receiver("good " + text);
            Sender<String> toBad = dispatcher.sender("to bad " + text, bad);
            Sender<String> toGood = dispatcher.sender("to good " + text, good);
            Sender<String> toBoth = dispatcher.sender("to both " + text, List.of(bad, good));
            long failsAt = dispatcher.sequence() + 1;
            Running<Void> waiter =
                    setup.run("waiter", () -> bad.clock().waitUntil(failsAt)).awaitBlocked();
            CompletableFuture<Long> future = bad.clock().whenReached(failsAt + 1);
            CompletableFuture<Long> freed = bad.clock().whenReached(failsAt + 2);
            CompletableFuture<Long> promised;
            for (int i = 0; i < 2; i++) {
                toBad.send("m"); // the inbox is full
            }
            Await.eventually("the inbox is full", () -> bad.pending() == 1);
            promised = toBad.dispatchAsync("m");
            Running<Long> sender =
                    setup.call("sender", () -> toBad.dispatch("m")).awaitBlocked();

            failing.begin(bad, cause);
            told(waiter.failure(FailedException.class), cause, failsAt);
            told(sender.failure(FailedException.class), cause, failsAt);
            Await.eventually("the futures are told", () -> future.isDone() && promised.isDone() && freed.isDone());
            told(assertInstanceOf(FailedException.class, future.exceptionNow()), cause, failsAt);
            told(assertInstanceOf(FailedException.class, promised.exceptionNow()), cause, failsAt);
            told(assertThrows(FailedException.class, () -> toBad.send("m")), cause, failsAt);
            told(assertThrows(FailedException.class, () -> bad.tryReceive()), cause, failsAt);
            told(assertThrows(FailedException.class, () -> dispatcher.sender("late", bad)), cause, failsAt);
            told(assertThrows(FailedException.class, () -> dispatcher.awaitFinished(Await.BOUND)), cause, failsAt);
            assertEquals(State.FAILED, state(dispatcher, bad));

            long number = toGood.dispatch("goes on", Await.BOUND);
            assertEquals(number, good.receiveMessage().sequence());
            number = toBoth.dispatch("goes on without the other", Await.BOUND);
            assertEquals(number, good.receiveMessage().sequence());
            good.acknowledge();
            assertEquals(number, good.clock().time());

            if (text == Text.BLOCKS) {
                assertFalse(gate.isOpen());
                gate.open();
            }
            hasText(assertThrows(FailedException.class, () -> toBad.send("m")), text);
            toBad.close();
            bad.discard();
        }
        Running<Void> closing = setup.run("closing", dispatcher::close);
        if (ownReader) {
            FailedException told = closing.failure(FailedException.class);
            assertInstanceOf(Nasty.class, told.getCause());
            hasText(told, Text.THROWS); // the first of them
        } else {
            closing.returnedOrThrew(io.github.clockeddispatch.DispatchException.class);
        }
    }

    private static State state(Dispatcher<String> dispatcher, Receiver<String> receiver) {
        return dispatcher.snapshot().receivers().stream()
                .filter(state -> state.name().equals(receiver.name()))
                .map(state -> state.state())
                .findFirst()
                .orElseThrow();
    }

    private static void told(FailedException told, Nasty cause, long number) {
        assertTrue(told.getCause() == cause, "has its cause");
        assertEquals(number, told.sequence());
    }

    private static void hasText(FailedException told, Text text) {
        String expected = text == Text.BLOCKS ? "late" : Nasty.class.getName();
        assertTrue(told.getMessage().contains(expected), told.getMessage());
        assertTrue(told.toString().contains(expected), told.toString());
        assertFalse(told.getMessage().contains("must not be had"), told.getMessage());
    }

    /** Does not ask for the text, as the log would. */
    private static void told(String receiver, long sequence, Throwable cause) {}

    private static Dispatcher<String> open(Setup setup) {
        return setup.open(builder -> builder.drainTimeout(Duration.ofSeconds(1)).onFailure(ForeignTextTest::told));
    }

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName("in the handler of an own reader")
    void inAnOwnHandler(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = open(setup);
        failsLikeAnyOther(
                setup,
                dispatcher,
                (bad, cause) -> assertTrue(dispatcher.read(bad, thrower(cause)).join(Await.BOUND)),
                true);
    }

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName("in the handler of forEachMessage")
    void inForEachMessage(Setup setup) throws Exception {
        failsLikeAnyOther(
                setup,
                open(setup),
                (bad, cause) -> assertSame(
                        cause.getClass(),
                        setup.run("reader", () -> bad.forEachMessage(thrower(cause)))
                                .failure(FailedException.class)
                                .getCause()
                                .getClass()),
                false);
    }

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName("in the handler of forEachBatch")
    void inForEachBatch(Setup setup) throws Exception {
        failsLikeAnyOther(
                setup,
                open(setup),
                (bad, cause) -> setup.run(
                                "reader",
                                () -> bad.forEachBatch(2, batch -> {
                                    throw cause;
                                }))
                        .failure(FailedException.class),
                false);
    }

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName("in the handler of drain")
    void inDrain(Setup setup) throws Exception {
        failsLikeAnyOther(
                setup,
                open(setup),
                (bad, cause) ->
                        setup.run("reader", () -> bad.drain(thrower(cause), 2)).failure(FailedException.class),
                false);
    }

    @ContractTest(
            capacities = 2,
            pumps = {Pumps.OWN, Pumps.GIVEN})
    @DisplayName("given to receiver.fail")
    void givenToTheReceiver(Setup setup) throws Exception {
        failsLikeAnyOther(
                setup,
                open(setup),
                (bad, cause) -> setup.run("failing", () -> bad.fail(cause)).result(),
                false);
    }

    @ContractTest(
            capacities = 1,
            pumps = {Pumps.OWN, Pumps.GIVEN})
    @DisplayName("given to dispatcher.fail")
    void givenToTheDispatcher(Setup setup) throws Exception {
        for (Text text : Text.values()) {
            Gate gate = setup.gate();
            Nasty cause = new Nasty(text, gate);
            Dispatcher<String> dispatcher = setup.open();
            Receiver<String> r = dispatcher.receiver("r");
            Receiver<String> read = dispatcher.receiver("read");
            Sender<String> sender = dispatcher.sender("s", r);
            Thread reader = dispatcher.read(read, (number, message) -> {});
            setup.fill(sender, r);
            Running<Void> blocked = setup.run("sender", () -> sender.send("m")).awaitBlocked();
            Running<Void> waiter =
                    setup.run("waiter", () -> r.clock().waitUntil(9)).awaitBlocked();
            CompletableFuture<Long> future = r.clock().whenReached(9);
            setup.run("failing", () -> dispatcher.fail(cause)).result();
            told(waiter.failure(FailedException.class), cause, 1);
            told(blocked.failure(FailedException.class), cause, 1);
            Await.eventually("the future is told", future::isDone);
            Await.eventually("the own reader ends", () -> !reader.isAlive());
            told(assertThrows(FailedException.class, r::tryReceive), cause, 1);
            told(assertThrows(FailedException.class, () -> dispatcher.receiver("late")), cause, 1);
            FailedException told = setup.run("closing", dispatcher::close).failure(FailedException.class);
            told(told, cause, 1);
            if (text == Text.BLOCKS) {
                assertFalse(gate.isOpen());
                gate.open();
            }
            hasText(told, text);
        }
    }

    @ContractTest(capacities = 1, pumps = Pumps.OWN)
    @DisplayName("in a stage, or given to a forwarder or a merge")
    void inAMerge(Setup setup) throws Exception {
        for (Text text : Text.values()) {
            for (String where : List.of("stage", "forwarder", "merge")) {
                Gate gate = setup.gate();
                Nasty cause = new Nasty(text, gate);
                Dispatcher<String> top = open(setup);
                Receiver<String> from = top.receiver("from");
                Receiver<String> good = top.receiver("good");
                Sender<String> sender = top.sender("s", from);
                Sender<String> toGood = top.sender("to good", good);
                ForwardingDispatcher<String> merge = setup.openMerge(
                        builder -> builder.drainTimeout(Duration.ofSeconds(1)).onFailure(ForeignTextTest::told));
                Receiver<String> r = merge.receiver("r");
                Receiver<String> other = merge.receiver("other");
                Forwarder<String> forwarder = merge.forwarder("f", r);
                Forwarder<String> toOther = merge.forwarder("to other", other);
                if (where.equals("stage")) {
                    merge.stage(
                            from,
                            (number, message) -> {
                                throw cause;
                            },
                            r);
                }
                Running<Void> below =
                        setup.run("below", () -> r.clock().waitUntil(5)).awaitBlocked();
                CompletableFuture<Long> future = r.clock().whenReached(5);
                setup.run("failing", () -> {
                            switch (where) {
                                case "stage" -> sender.dispatch("m");
                                case "forwarder" -> forwarder.fail(cause);
                                default -> merge.fail(cause);
                            }
                        })
                        .result();
                assertTrue(below.failure(FailedException.class).getCause() == cause);
                Await.eventually("the future is told", future::isDone);
                assertInstanceOf(FailedException.class, future.exceptionNow());
                if (where.equals("stage")) {
                    Running<Void> above = setup.run("above", () -> from.clock().waitUntil(1));
                    assertTrue(above.failure(FailedException.class).getCause() == cause);
                    assertEquals(2, toGood.dispatch("goes on", Await.BOUND));
                    assertEquals(2, good.receiveMessage().sequence());
                    good.acknowledge();
                }
                if (!where.equals("merge")) {
                    assertTrue(toOther.forward(7, "goes on", Await.BOUND));
                    assertEquals(7, other.receiveMessage().sequence());
                    other.acknowledge();
                }
                setup.run("closing", merge::close).returnedOrThrew(FailedException.class);
                setup.run("closing the top", top::close).returnedOrThrew(FailedException.class);
                if (text == Text.BLOCKS) {
                    assertFalse(gate.isOpen());
                    gate.open();
                }
                hasText(assertThrows(FailedException.class, r::tryReceive), text);
            }
        }
    }

    @ContractTest(capacities = 1, threads = Kind.PLATFORM, pumps = Pumps.OWN)
    @DisplayName("as it waits for what a blocked sender, or one whose time-out is over, holds")
    void waitsForWhatASenderHolds(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        ReentrantLock held = new ReentrantLock();
        Exception cause = new Exception() {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                held.lock();
                try {
                    return "had at last";
                } finally {
                    held.unlock();
                }
            }
        };
        setup.fill(sender, r);
        Running<Void> blocked = setup.run("sender", () -> {
                    held.lock();
                    try {
                        sender.send("m");
                    } finally {
                        held.unlock();
                    }
                })
                .awaitBlocked();
        CompletableFuture<Long> timed = r.clock().whenReached(9).orTimeout(1, TimeUnit.MILLISECONDS);
        setup.run("failing", () -> r.fail(cause)).result();
        FailedException told = blocked.failure(FailedException.class);
        Await.eventually("the time-out is over", timed::isDone);
        CompletableFuture<Void> later = new CompletableFuture<Void>().orTimeout(1, TimeUnit.MILLISECONDS);
        Await.eventually("the timers of the virtual machine go on", later::isDone);
        assertTrue(told.getMessage().contains("had at last"), told.getMessage());
        Setup.abandon(dispatcher);
    }

    @ContractTest(capacities = 1, pumps = Pumps.OWN)
    @DisplayName("from the pump executor: refused, and nothing is changed")
    void fromTheExecutor(Setup setup) throws Exception {
        for (Text text : Text.values()) {
            Gate gate = setup.gate();
            AtomicBoolean planted = new AtomicBoolean(true);
            Dispatcher<String> dispatcher = setup.open(builder -> builder.pumpExecutor(task -> {
                if (planted.get()) {
                    throw sneaky(new Nasty(text, gate));
                }
                Thread.startVirtualThread(task);
            }));
            Receiver<String> r = dispatcher.receiver("r");
            RejectedExecutionException refused =
                    setup.call("opening", () -> dispatcher.sender("s", r)).failure(RejectedExecutionException.class);
            assertTrue(refused.getMessage().contains("\"s\""), refused.getMessage());
            assertInstanceOf(Nasty.class, refused.getCause());
            planted.set(false);
            assertEquals(1, dispatcher.sender("s", r).dispatch("m"));
            assertEquals(1, r.receiveMessage().sequence());
            r.acknowledge();
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // what is thrown is not declared
    private static <E extends Exception> RuntimeException sneaky(Exception e) throws E {
        throw (E) e;
    }

    @Test
    @DisplayName("a FailedException can be serialised, with its text")
    void canBeSerialised() throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        dispatcher.fail(new Exception("why"));
        FailedException told = assertThrows(FailedException.class, dispatcher::close);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(told);
        FailedException copy =
                (FailedException) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
        assertEquals(told.getMessage(), copy.getMessage());
        assertEquals(told.sequence(), copy.sequence());
        assertTrue(copy.getMessage().endsWith(": java.lang.Exception: why"), copy.getMessage());
    }
}
