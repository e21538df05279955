package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("G18 recovery")
class G18RecoveryTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Recovery LATER = Recovery.retryAfter(HOUR);

    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;

    /** What was done, each as "number message". */
    private final Queue<String> handled = new ConcurrentLinkedQueue<>();

    /** What the policy was asked, each as "number message failure attempt". */
    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    private void open(Setup setup) {
        dispatcher = setup.openAny(settings -> settings.drainTimeout(HOUR));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
    }

    /** Handles all but "bad", of which each call throws an exception of its own. */
    private MessageHandler<String> handler() {
        AtomicInteger failures = new AtomicInteger();
        return (number, message) -> {
            if (message.equals("bad")) {
                throw new IOException("broken " + failures.incrementAndGet());
            }
            handled.add(number + " " + message);
        };
    }

    private FailurePolicy<String> asking(FailurePolicy<String> policy) {
        return (number, message, failure, attempt) -> {
            asked.add(number + " " + message + " " + failure.getMessage() + " " + attempt);
            return policy.decide(number, message, failure, attempt);
        };
    }

    private Snapshot.ReceiverState state() {
        return dispatcher.snapshot().receivers().stream()
                .filter(receiver -> receiver.name().equals("r"))
                .findFirst()
                .orElseThrow();
    }

    /** Reads on a thread of the test's. */
    private Running<Void> reading(Setup setup, FailurePolicy<String> policy) {
        return setup.run("reader", () -> r.forEachMessage(handler(), policy));
    }

    /** Reads on a thread of the test's, and has one message fail, which is to be handled again in an hour. */
    private Running<Void> retrying(Setup setup) throws InterruptedException {
        Running<Void> reader = reading(setup, asking((n, m, e, attempt) -> LATER));
        sender.dispatch("bad");
        reader.awaitBlocked();
        Await.eventually("the policy was asked", () -> asked.size() == 1);
        return reader.awaitBlocked();
    }

    private static void assertCause(String text, Throwable failed) {
        assertEquals(
                text, assertInstanceOf(FailedException.class, failed).getCause().getMessage());
    }

    // ---- whom it asks, and what

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 the policy is asked with number, message, exception, attempt from 1, on the reader's thread")
    void g18WhatThePolicyIsAsked(Setup setup) throws InterruptedException {
        open(setup);
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        Thread reader = dispatcher.read(r, handler(), asking((n, m, e, attempt) -> {
            threads.add(Thread.currentThread());
            return attempt < 3 ? Recovery.retryAfter(Duration.ZERO) : Recovery.skip();
        }));
        sender.send("1");
        sender.send("bad");
        sender.send("bad");
        r.clock().waitUntil(sender.dispatch("4"));

        assertEquals(
                List.of(
                        "2 bad broken 1 1",
                        "2 bad broken 2 2",
                        "2 bad broken 3 3",
                        "3 bad broken 4 1",
                        "3 bad broken 5 2",
                        "3 bad broken 6 3"),
                List.copyOf(asked));
        assertEquals(List.of("1 1", "4 4"), List.copyOf(handled));
        assertTrue(threads.stream().allMatch(thread -> thread == reader));
        assertEquals(2, r.skipped());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 nobody is asked while nothing fails")
    void g18NobodyIsAskedWhileNothingFails(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = reading(setup, asking((n, m, e, a) -> null));
        r.clock().waitUntil(sender.dispatch("1"));
        sender.close();
        reader.result();
        assertEquals(List.of(), List.copyOf(asked));
        assertEquals(0, r.skipped());
    }

    // ---- stop

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 stop(): as without a policy: the receiver fails at that message, with the handler's exception")
    void g18Stop(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = reading(setup, asking((n, m, e, attempt) -> Recovery.stop()));
        sender.send("1");
        sender.send("bad");
        FailedException failed = reader.failure(FailedException.class);
        assertCause("broken 1", failed);
        assertEquals(2, failed.sequence());
        assertEquals(1, r.clock().time());
        assertCause(
                "broken 1", assertThrows(FailedException.class, () -> r.clock().waitUntil(2)));
        assertThrows(FailedException.class, () -> sender.send("x"));
        assertEquals(1, asked.size());
        assertEquals(0, r.skipped());
        assertEquals(0, state().attempt());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 stop() of an own reader is told by close")
    void g18StopOfAnOwnReader(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = dispatcher.read(r, handler(), (n, m, e, attempt) -> Recovery.stop());
        sender.send("bad");
        reader.join();
        assertCause("broken 1", assertThrows(FailedException.class, dispatcher::close));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 a policy that throws stops the receiver with the handler's exception, its own suppressed")
    void g18APolicyThatThrows(Setup setup) throws InterruptedException {
        open(setup);
        IllegalStateException own = new IllegalStateException("policy");
        Running<Void> reader = reading(setup, (n, m, e, attempt) -> {
            throw own;
        });
        sender.send("bad");
        FailedException failed = reader.failure(FailedException.class);
        assertCause("broken 1", failed);
        assertEquals(List.of(own), List.of(failed.getCause().getSuppressed()));
        assertEquals(0, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 one that throws the handler's own exception as well")
    void g18APolicyThatThrowsWhatItWasGiven(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = reading(setup, (n, m, e, attempt) -> {
            throw e;
        });
        sender.send("bad");
        FailedException failed = reader.failure(FailedException.class);
        assertCause("broken 1", failed);
        assertEquals(0, failed.getCause().getSuppressed().length);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 a policy that is interrupted as well, and the flag is set again")
    void g18APolicyThatIsInterrupted(Setup setup) throws InterruptedException {
        open(setup);
        Gate gate = setup.gate();
        Running<Void> reader = setup.run("reader", () -> {
            FailedException failed = assertThrows(
                    FailedException.class,
                    () -> r.forEachMessage(handler(), (n, m, e, attempt) -> {
                        gate.pass();
                        return Recovery.skip();
                    }));
            assertCause("broken 1", failed);
            assertInstanceOf(InterruptedException.class, failed.getCause().getSuppressed()[0]);
            assertTrue(Thread.interrupted());
        });
        sender.send("bad");
        gate.awaitArrival();
        reader.interrupt();
        reader.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 one that returns null as well: a NullPointerException is suppressed")
    void g18APolicyThatReturnsNull(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = reading(setup, (n, m, e, attempt) -> null);
        sender.send("bad");
        FailedException failed = reader.failure(FailedException.class);
        assertCause("broken 1", failed);
        assertInstanceOf(NullPointerException.class, failed.getCause().getSuppressed()[0]);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 an Error of a handler stops, is the cause, and no policy is asked")
    void g18AnErrorStops(Setup setup) throws InterruptedException {
        open(setup);
        AssertionError error = new AssertionError("broken");
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage(
                        (number, message) -> {
                            throw error;
                        },
                        asking((n, m, e, attempt) -> Recovery.skip())));
        sender.send("x");
        assertSame(error, reader.failure(FailedException.class).getCause());
        assertEquals(List.of(), List.copyOf(asked));
        assertEquals(0, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 an Error of a policy stops and is the cause; what the handler has thrown is suppressed in it")
    void g18AnErrorOfAPolicyStops(Setup setup) throws InterruptedException {
        open(setup);
        AssertionError error = new AssertionError("policy");
        Running<Void> reader = reading(setup, (n, m, e, attempt) -> {
            throw error;
        });
        sender.send("bad");
        assertSame(error, reader.failure(FailedException.class).getCause());
        assertEquals("broken 1", error.getSuppressed()[0].getMessage());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G18 a handler that was interrupted stops the receiver without asking a policy, and the flag is set again")
    void g18AHandlerThatWasInterrupted(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("x");
        setup.run("reader", () -> {
                    FailedException failed = assertThrows(
                            FailedException.class,
                            () -> r.forEachMessage(
                                    (number, message) -> {
                                        throw new InterruptedException();
                                    },
                                    asking((n, m, e, attempt) -> Recovery.skip())));
                    assertInstanceOf(InterruptedException.class, failed.getCause());
                    assertTrue(Thread.interrupted());
                })
                .result();
        assertEquals(List.of(), List.copyOf(asked));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G18 no policy is asked where the receiver has failed while its handler ran, and the reader is told that")
    void g18NoPolicyIsAskedWhereTheReceiverHasFailed(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage(
                        (number, message) -> {
                            r.fail(new IOException("from outside"));
                            throw new IOException("broken");
                        },
                        asking((n, m, e, attempt) -> Recovery.skip())));
        sender.send("x");
        assertCause("from outside", reader.failure(FailedException.class));
        assertEquals(List.of(), List.copyOf(asked));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 nor where it was discarded: an own reader ends without failure")
    void g18NoPolicyIsAskedWhereTheReceiverWasDiscarded(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = dispatcher.read(
                r,
                (number, message) -> {
                    r.discard();
                    throw new IOException("broken");
                },
                asking((n, m, e, attempt) -> Recovery.skip()));
        sender.send("x");
        assertTrue(reader.join(Await.BOUND));
        assertEquals(List.of(), List.copyOf(asked));
        assertEquals(0, r.clock().time());
        dispatcher.close();
    }

    // ---- skip

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 skip(): the message is finished; who sees the clock there sees it counted")
    void g18Skip(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.read(r, handler(), (n, m, e, attempt) -> Recovery.skip());
        for (int i = 1; i <= 20; i++) {
            r.clock().waitUntil(sender.dispatch("bad"));
            assertEquals(i, r.skipped());
        }
        r.clock().waitUntil(sender.dispatch("good"));
        assertEquals(List.of("21 good"), List.copyOf(handled));
        assertEquals(0, r.discarded());
        assertTrue(dispatcher.awaitFinished(HOUR));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 the policy may send to a dead-letter path")
    void g18ADeadLetterPath(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> rejected = dispatcher.receiver("rejected");
        AnySender<String> deadLetters = dispatcher.sender("dead letters", rejected);
        var reading = setup.read(rejected);
        dispatcher.read(r, handler(), (n, m, e, attempt) -> {
            deadLetters.send(n + " " + e.getMessage());
            return Recovery.skip();
        });
        sender.send("1");
        sender.send("bad");
        sender.send("3");
        sender.send("bad");
        Await.eventually("both are there", () -> reading.messages().size() == 2);
        Await.eventually("the others are handled", () -> handled.size() == 2);
        assertEquals("2 broken 1", reading.messages().getFirst().payload());
        Await.eventually("both are skipped", () -> r.skipped() == 2);
    }

    // ---- retry

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 retryAfter: the same message is handled again, after the delay, and before all others")
    void g18Retry(Setup setup) throws InterruptedException {
        open(setup);
        AtomicInteger calls = new AtomicInteger();
        Queue<Long> times = new ConcurrentLinkedQueue<>();
        dispatcher.read(
                r,
                (number, message) -> {
                    times.add(System.nanoTime());
                    if (number == 2 && calls.incrementAndGet() < 4) {
                        throw new IOException();
                    }
                    handled.add(number + " " + message);
                },
                (n, m, e, attempt) -> Recovery.retryAfter(Duration.ofMillis(2)));
        sender.send("1");
        sender.send("2");
        r.clock().waitUntil(sender.dispatch("3"));
        assertEquals(List.of("1 1", "2 2", "3 3"), List.copyOf(handled));
        assertEquals(4, calls.get());
        List<Long> at = List.copyOf(times);
        assertTrue(at.get(4) - at.get(1) >= Duration.ofMillis(6).toNanos(), () -> "" + at);
        assertEquals(0, r.skipped());
        assertEquals(0, state().attempt());
        assertEquals(Duration.ZERO, state().retryingSince());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 meanwhile it is unfinished, the clock stands, and the snapshot tells the attempt and since when")
    void g18WhileItWaits(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        Running<Void> reader = retrying(setup);
        assertEquals(1, r.clock().time());
        assertFalse(r.clock().waitUntil(2, Duration.ZERO));
        assertEquals(2, state().firstUnfinished());
        assertEquals(1, state().attempt());
        assertEquals(Snapshot.ReceiverState.State.OPEN, state().state());
        Duration since = state().retryingSince();
        assertTrue(since.isPositive() && since.compareTo(HOUR) < 0, since::toString);
        Await.eventually("it grows", () -> state().retryingSince().compareTo(since) > 0);
        r.discard();
        reader.failure(ClosedException.class);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 it tells so while the handler is called again, too: of the last attempt, and since the first")
    void g18WhileItIsHandledAgain(Setup setup) throws InterruptedException {
        open(setup);
        Gate gate = setup.gate();
        dispatcher.read(
                r,
                (number, message) -> {
                    if (asked.size() < 2) {
                        throw new IOException();
                    }
                    gate.pass();
                },
                asking((n, m, e, attempt) -> Recovery.retryAfter(Duration.ZERO)));
        sender.dispatch("x");
        gate.awaitArrival();
        assertEquals(2, state().attempt());
        assertTrue(state().retryingSince().isPositive());
        gate.open();
        r.clock().waitUntil(1);
        assertEquals(0, state().attempt());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 at a delay of zero or less it is handled again at once")
    void g18ADelayOfZeroOrLess(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.read(
                r,
                handler(),
                asking((n, m, e, attempt) -> attempt < 5
                        ? Recovery.retryAfter(attempt % 2 == 0 ? Duration.ZERO : Duration.ofSeconds(Long.MIN_VALUE))
                        : Recovery.skip()));
        r.clock().waitUntil(sender.dispatch("bad"));
        assertEquals(5, asked.size());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 one that is too long to represent is for ever, and no deadlock")
    void g18ADelayForEver(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader =
                reading(setup, asking((n, m, e, a) -> Recovery.retryAfter(Duration.ofSeconds(Long.MAX_VALUE))));
        sender.dispatch("bad");
        Await.eventually("the policy was asked", () -> asked.size() == 1);
        reader.staysBlocked();
        assertEquals(1, state().attempt());
        r.discard();
        reader.failure(ClosedException.class);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G18 an interrupt counts as the handler's InterruptedException; what the handler threw is suppressed in it")
    void g18AnInterruptEndsTheWait(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = setup.run("reader", () -> {
            FailedException failed = assertThrows(
                    FailedException.class, () -> r.forEachMessage(handler(), asking((n, m, e, attempt) -> LATER)));
            assertInstanceOf(InterruptedException.class, failed.getCause());
            assertEquals("broken 1", failed.getCause().getSuppressed()[0].getMessage());
            assertEquals(1, failed.sequence());
            assertTrue(Thread.interrupted());
        });
        sender.dispatch("bad");
        Await.eventually("the policy was asked", () -> asked.size() == 1);
        reader.awaitBlocked();
        reader.interrupt();
        reader.result();
        assertEquals(1, asked.size());
        assertInstanceOf(
                InterruptedException.class,
                assertThrows(FailedException.class, () -> r.clock().waitUntil(1))
                        .getCause());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 so does one of before, at a delay of zero, too")
    void g18AnInterruptOfBefore(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = setup.run("reader", () -> {
            FailedException failed = assertThrows(
                    FailedException.class,
                    () -> r.forEachMessage(handler(), asking((n, m, e, attempt) -> {
                        Thread.currentThread().interrupt();
                        return Recovery.retryAfter(Duration.ZERO);
                    })));
            assertInstanceOf(InterruptedException.class, failed.getCause());
            assertTrue(Thread.interrupted());
        });
        sender.dispatch("bad");
        reader.result();
        assertEquals(1, asked.size());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 discard() ends the wait at once: the reader is told, the message stays unfinished")
    void g18DiscardEndsTheWait(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = retrying(setup);
        r.discard();
        reader.failure(ClosedException.class);
        assertEquals(0, r.clock().time());
        assertEquals(1, asked.size());
        assertEquals(0, r.skipped());
        dispatcher.close();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 and of an own reader, which ends without failure")
    void g18DiscardEndsTheWaitOfAnOwnReader(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = dispatcher.read(r, handler(), asking((n, m, e, attempt) -> LATER));
        sender.dispatch("bad");
        Await.eventually("it waits", () -> state().attempt() == 1);
        r.discard();
        assertTrue(reader.join(Await.BOUND));
        dispatcher.close();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 fail() of the receiver ends it at once, and the reader is told that cause")
    void g18FailEndsTheWait(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = retrying(setup);
        IOException cause = new IOException("from outside");
        r.fail(cause);
        FailedException failed = reader.failure(FailedException.class);
        assertSame(cause, failed.getCause());
        assertEquals(1, failed.sequence());
        assertEquals(0, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 as does fail() of the dispatcher")
    void g18FailOfTheDispatcherEndsTheWait(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = retrying(setup);
        IOException cause = new IOException("from outside");
        dispatcher.fail(cause);
        assertSame(cause, reader.failure(FailedException.class).getCause());
        assertSame(cause, assertThrows(FailedException.class, dispatcher::close).getCause());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 a message that is handled at every moment for nothing can be discarded, too")
    void g18RetriesWithoutDelayEnd(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = reading(setup, (n, m, e, attempt) -> Recovery.retryAfter(Duration.ZERO));
        sender.dispatch("bad");
        Await.eventually("many attempts", () -> state().attempt() > 5);
        r.discard();
        reader.failure(ClosedException.class);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("G18 close() interrupts the wait after drainTimeout, and says which message was retried")
    void g18CloseEndsTheWait(Setup setup) throws InterruptedException {
        dispatcher = setup.openAny(settings -> settings.drainTimeout(Duration.ofMillis(20)));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        Thread reader = dispatcher.read(r, handler(), asking((n, m, e, attempt) -> LATER));
        sender.dispatch("bad");
        sender.dispatch("2");
        Await.eventually("it waits", () -> state().attempt() == 1);
        DispatchException unclean = assertThrows(DispatchException.class, dispatcher::close);
        assertFalse(unclean instanceof FailedException);
        assertTrue(
                unclean.getMessage()
                        .matches(".*the reader of \"r\" was interrupted in the handler of 1 for at least [0-9.]+ ms,"
                                + " which has failed once, with 1 more pending"),
                unclean.getMessage());
        assertFalse(reader.isAlive());
        assertEquals(0, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 within drainTimeout close() waits for the retry")
    void g18CloseWaitsForTheRetry(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.read(
                r,
                (number, message) -> {
                    if (asked.isEmpty()) {
                        throw new IOException();
                    }
                    handled.add(number + " " + message);
                },
                asking((n, m, e, attempt) -> Recovery.retryAfter(Duration.ofMillis(20))));
        sender.dispatch("1");
        dispatcher.close();
        assertEquals(List.of("1 1"), List.copyOf(handled));
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = {2, 1024})
    @DisplayName("G18 what comes meanwhile does not end the wait")
    void g18WhatComesMeanwhile(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = retrying(setup);
        sender.dispatch("2");
        reader.staysBlocked();
        assertEquals(1, asked.size());
        assertEquals(0, r.clock().time());
        r.discard();
        reader.failure(ClosedException.class);
        assertEquals(1, r.discarded());
    }

    // ---- the policy runs in the handler

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 a policy cannot read the receiver, nor wait for its clock, as in a handler")
    void g18APolicyRunsInTheHandler(Setup setup) throws InterruptedException {
        open(setup);
        AtomicReference<Throwable> wrong = new AtomicReference<>();
        dispatcher.read(r, handler(), asking((n, m, e, attempt) -> {
            try {
                assertThrows(IllegalStateException.class, r::tryReceive);
                assertThrows(IllegalStateException.class, () -> r.forEachMessage(handler(), (a, b, c, d) -> null));
                assertThrows(IllegalStateException.class, () -> r.clock().waitUntil(n));
                r.clock().waitUntil(n - 1);
                assertThrows(IllegalStateException.class, dispatcher::close);
            } catch (AssertionError error) {
                wrong.set(error);
            }
            return Recovery.skip();
        }));
        r.clock().waitUntil(sender.dispatch("bad"));
        assertSame(null, wrong.get());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("G18 a ForkJoinPool whose thread waits for a retry is told")
    void g18APoolIsTold(Setup setup) throws Exception {
        open(setup);
        try (ForkJoinPool pool = new ForkJoinPool(1)) {
            Future<?> reader = pool.submit(() -> {
                r.forEachMessage(handler(), asking((n, m, e, attempt) -> LATER));
                return null;
            });
            sender.dispatch("bad");
            Await.eventually("it waits", () -> state().attempt() == 1);
            assertEquals(7, pool.submit(() -> 7).get(Await.BOUND.toSeconds(), TimeUnit.SECONDS));
            r.discard();
            assertThrows(Exception.class, () -> reader.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS));
        }
    }

    // ---- FailurePolicy.retry, and Recovery

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 FailurePolicy.retry: at most that many calls of the handler, then stop")
    void g18RetryPolicy(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = dispatcher.read(r, handler(), FailurePolicy.retry(3, Duration.ofMillis(1)));
        sender.send("1");
        sender.send("bad");
        reader.join();
        FailedException failed = assertThrows(FailedException.class, dispatcher::close);
        assertCause("broken 3", failed);
        assertEquals(2, failed.sequence());
        String text = " \"r\" has failed after 3 attempts at number 2: java.io.IOException: broken 3";
        assertEquals("the handler of receiver" + text, failed.getMessage());
        assertEquals(
                "receiver" + text,
                assertThrows(FailedException.class, () -> r.clock().waitUntil(2))
                        .getMessage());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G18 of one call it does not retry")
    void g18RetryPolicyOfOneCall(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> reader = reading(setup, FailurePolicy.retry(1, Duration.ZERO));
        sender.send("bad");
        FailedException failed = reader.failure(FailedException.class);
        assertEquals(
                "the handler of receiver \"r\" has failed at number 1: java.io.IOException: broken 1",
                failed.getMessage());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G18 attempts are those of the message at which the receiver fails, the call that ends in an Error among them")
    void g18AttemptsOfOneMessage(Setup setup) throws InterruptedException {
        open(setup);
        AtomicInteger calls = new AtomicInteger();
        MessageHandler<String> handler = (number, message) -> {
            int call = calls.incrementAndGet();
            if (message.equals("skip") || call == 4) {
                throw new IOException("broken");
            }
            throw new AssertionError("on purpose");
        };
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage(
                        handler,
                        (n, m, e, attempt) -> m.equals("skip") && attempt == 3
                                ? Recovery.skip()
                                : Recovery.retryAfter(Duration.ZERO)));
        sender.send("skip");
        sender.send("bad");
        assertEquals(
                "the handler of receiver \"r\" has failed after 2 attempts at number 2:"
                        + " java.lang.AssertionError: on purpose",
                reader.failure(FailedException.class).getMessage());
        assertEquals(1, r.skipped());
    }

    @Test
    @DisplayName("G18 decisions are values")
    void g18DecisionsAreValues() {
        assertEquals(Recovery.stop(), Recovery.stop());
        assertEquals(Recovery.retryAfter(HOUR), LATER);
        assertEquals(Recovery.retryAfter(HOUR).hashCode(), LATER.hashCode());
        assertNotEquals(Recovery.stop(), Recovery.skip());
        assertNotEquals(Recovery.retryAfter(Duration.ZERO), Recovery.skip());
        assertNotEquals(Recovery.retryAfter(Duration.ZERO), LATER);
        assertEquals(
                "stop, skip, retry after 1.5 s",
                Recovery.stop() + ", " + Recovery.skip() + ", " + Recovery.retryAfter(Duration.ofMillis(1500)));
    }
}
