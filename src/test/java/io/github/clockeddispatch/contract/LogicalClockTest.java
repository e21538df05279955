package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;

@DisplayName("LogicalClock")
class LogicalClockTest {
    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;
    private LogicalClock clock;

    private void open(Setup setup) {
        dispatcher = setup.openAny(builder -> builder.inboxCapacity(Math.max(4, setup.capacity())));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        clock = r.clock();
    }

    private int waits() {
        return dispatcher.snapshot().receivers().getFirst().waits();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("whenReached completes with the number asked for, at once where it has been reached")
    void whenReached(Setup setup) throws Exception {
        open(setup);
        assertEquals(0, clock.whenReached(0).getNow(-1L));
        sender.dispatch("1");
        sender.dispatch("2");
        CompletableFuture<Long> one = clock.whenReached(1);
        CompletableFuture<Long> two = clock.whenReached(2);
        r.receive();
        r.acknowledge();
        assertEquals(1, one.get(15, TimeUnit.SECONDS));
        assertFalse(two.isDone());
        r.receive();
        r.acknowledge();
        assertEquals(2, two.get(15, TimeUnit.SECONDS));
        assertEquals(1, clock.whenReached(1).getNow(-1L));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("cancelling a whenReached frees the waiter")
    void cancellingFreesTheWaiter(Setup setup) {
        open(setup);
        CompletableFuture<Long> kept = clock.whenReached(7);
        for (int i = 0; i < 100; i++) {
            CompletableFuture<Long> future = clock.whenReached(5 + i % 5);
            assertEquals(2, waits());
            assertTrue(future.cancel(true));
            assertTrue(future.isCancelled());
            assertEquals(1, waits());
        }
        CompletableFuture<Long> timedOut = clock.whenReached(6).orTimeout(1, TimeUnit.MILLISECONDS);
        Await.eventually("it is done", timedOut::isDone);
        Await.eventually("it waits no more", () -> waits() == 1);
        assertFalse(kept.isDone());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("a wait that is interrupted or out of time leaves no waiter behind")
    void whoGivesUpIsFreed(Setup setup) throws InterruptedException {
        open(setup);
        assertFalse(clock.waitUntil(1, Duration.ofMillis(1)));
        assertEquals(0, waits());
        Running<Void> waiting = setup.run("waiting", () -> clock.waitUntil(1)).awaitBlocked();
        assertEquals(1, waits());
        waiting.interrupt();
        waiting.failure(InterruptedException.class);
        assertEquals(0, waits());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("its futures are completed on a thread of their own: what hangs on them holds up no reader")
    void futuresAreCompletedOnTheirOwnThread(Setup setup) throws InterruptedException {
        open(setup);
        dependentsHoldUpNobody(setup, clock, () -> dispatcher.read(r, (number, message) -> {}), sender);
    }

    /**
     * Demands that a dependent of a clock's future which hangs holds up neither a reader nor a sender.
     *
     * @param reads starts reading what the sender sends, and returns a thread that does
     */
    static void dependentsHoldUpNobody(
            Setup setup, LogicalClock clock, Supplier<Thread> reads, AnySender<String> sender)
            throws InterruptedException {
        Gate gate = setup.gate();
        List<Thread> completing = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Void> dependent = clock.whenReached(1).thenAccept(number -> {
            completing.add(Thread.currentThread());
            gate.passUninterruptibly();
        });
        Thread reader = reads.get();
        sender.dispatch("1");
        gate.awaitArrival();
        for (int i = 2; i < 20; i++) {
            clock.waitUntil(sender.dispatch("m")); // the others go on
        }
        assertFalse(dependent.isDone());
        assertNotEquals(reader, completing.getFirst());
        assertNotEquals(Thread.currentThread(), completing.getFirst());
        gate.open();
        dependent.join();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("so it is where another receiver's message brings the clock there")
    void futuresOfIdleReceiversAreCompletedOnTheirOwnThread(Setup setup) throws InterruptedException {
        open(setup);
        LogicalClock idle = dispatcher.receiver("idle").clock();
        Gate gate = setup.gate();
        CompletableFuture<Void> dependent = idle.whenReached(1).thenAccept(number -> gate.passUninterruptibly());
        setup.read(r);
        assertEquals(1, sender.dispatch("1"));
        gate.awaitArrival();
        assertEquals(2, sender.dispatch("2"));
        clock.waitUntil(2);
        assertFalse(dependent.isDone());
        gate.open();
        dependent.join();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("of many waiters exactly those are woken whose number has been reached")
    void exactlyTheDueAreWoken(Setup setup) throws Exception {
        open(setup);
        setup.read(r);
        Random random = Numbers.random("exactlyTheDueAreWoken");
        int last = 60;
        List<Long> numbers = new ArrayList<>();
        List<Running<Void>> threads = new ArrayList<>();
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            long number = 1 + random.nextInt(last);
            numbers.add(number);
            threads.add(setup.run("waits for " + number, () -> clock.waitUntil(number)));
            futures.add(clock.whenReached(number));
        }
        Await.eventually("all wait", () -> waits() == 120);
        for (int n = 1; n <= last; n++) {
            clock.waitUntil(sender.dispatch("m"));
            for (int i = 0; i < numbers.size(); i++) {
                if (numbers.get(i) <= n) {
                    threads.get(i).result();
                    assertEquals(numbers.get(i), futures.get(i).get(15, TimeUnit.SECONDS));
                } else {
                    assertFalse(threads.get(i).isDone());
                    assertFalse(futures.get(i).isDone());
                }
            }
        }
        assertEquals(0, waits());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("no wake-up is lost, however a wait and the message that ends it race")
    void noWakeUpIsLost(Setup setup) throws InterruptedException {
        open(setup);
        LogicalClock idle = dispatcher.receiver("idle").clock();
        dispatcher.read(r, (number, message) -> {});
        int rounds = 1_000;
        Running<Void> followsReader = setup.run("follows the reader", () -> {
            for (int n = 1; n <= rounds; n++) {
                clock.waitUntil(n);
            }
        });
        Running<Void> followsCounter = setup.run("follows the counter", () -> {
            for (int n = 1; n <= rounds; n++) {
                idle.waitUntil(n);
            }
        });
        Running<Void> timed = setup.run("timed", () -> {
            for (int n = 1; n <= rounds; n++) {
                assertTrue(clock.waitUntil(n, Await.BOUND));
                assertTrue(idle.waitUntil(n, Await.BOUND));
            }
        });
        for (int i = 0; i < rounds; i++) {
            sender.send("m");
            if (i % 7 == 0) {
                clock.waitUntil(i);
            }
        }
        followsReader.result();
        followsCounter.result();
        timed.result();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1024,
            pumps = {Pumps.OWN})
    @DisplayName("a waiter is woken though the reader, with more before it, goes no further until that has happened")
    void aWaiterIsWokenThoughTheReaderGoesNoFurther(Setup setup) throws InterruptedException {
        open(setup);
        int rounds = setup.threads() == Kind.VIRTUAL ? 200 : 50;
        int round = 1_000;
        AtomicLong returned = new AtomicLong();
        Running<Void> reader = setup.run(
                "reader",
                () -> r.forEachMessage((number, message) -> {
                    if (number % round == 1) { // the rest of the round is in the inbox, and no pump waits for room
                        Await.eventually("the round is there", () -> r.pending() == round - 1);
                    }
                    long end = System.nanoTime() + Await.BOUND.toNanos();
                    for (int spins = 1; returned.get() < number - 1; spins++) {
                        if (spins % 1_000 == 0) {
                            assertTrue(
                                    System.nanoTime() < end,
                                    () -> "the waiter for " + (number - 1) + " is still waiting");
                            Thread.yield();
                        }
                    }
                    for (long nanos = System.nanoTime() + number % 100 * 5; System.nanoTime() < nanos; ) {
                        // so that the two meet in different ways
                    }
                }));
        Running<Void> waiter = setup.run("waiter", () -> {
            for (int n = 1; n <= rounds * round; n++) {
                clock.waitUntil(n);
                returned.set(n);
            }
        });
        for (int i = 1; i <= rounds; i++) {
            Setup.send(sender, round);
            clock.waitUntil(i * round);
        }
        waiter.result();
        sender.close();
        reader.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("time and hasReached")
    void timeAndHasReached(Setup setup) throws InterruptedException {
        open(setup);
        assertEquals(0, clock.time());
        assertTrue(clock.hasReached(0));
        assertFalse(clock.hasReached(1));
        sender.dispatch("1");
        r.receive();
        assertFalse(clock.hasReached(1));
        r.acknowledge();
        assertTrue(clock.hasReached(1));
        assertEquals(1, clock.time());
        assertTrue(clock.toString().contains("r"), clock::toString);
    }
}
