package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G19 the clock of several")
class G19AllOfTest {
    private AnyDispatcher<String> dispatcher;
    private Receiver<String> one;
    private Receiver<String> two;
    private AnySender<String> toOne;
    private AnySender<String> toTwo;
    private AnySender<String> toBoth;
    private LogicalClock both;

    private void open(Setup setup) {
        dispatcher = setup.openAny(builder -> builder.inboxCapacity(Math.max(8, setup.capacity())));
        one = dispatcher.receiver("one");
        two = dispatcher.receiver("two");
        toOne = dispatcher.sender("to one", one);
        toTwo = dispatcher.sender("to two", two);
        toBoth = dispatcher.sender("to both", List.of(one, two));
        both = LogicalClock.allOf(one.clock(), two.clock());
    }

    private static int waits(AnyDispatcher<?>... dispatchers) {
        return List.of(dispatchers).stream()
                .flatMap(any -> any.snapshot().receivers().stream())
                .mapToInt(Snapshot.ReceiverState::waits)
                .sum();
    }

    private static void finishNext(Receiver<String> receiver) throws InterruptedException {
        receiver.receiveMessage();
        receiver.acknowledge();
    }

    // ---- where it stands

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 it stands where the least stands, and lags by the greatest lag")
    void g19WhereItStands(Setup setup) throws InterruptedException {
        open(setup);
        toOne.dispatch("1");
        toTwo.dispatch("2");
        toBoth.dispatch("3");
        assertEquals(0, both.time());
        assertEquals(3, both.lag());
        finishNext(one);
        assertEquals(1, both.time());
        assertEquals(1, one.clock().lag());
        assertEquals(2, both.lag());
        finishNext(two);
        assertEquals(2, both.time());
        finishNext(one);
        assertEquals(0, one.clock().lag());
        assertEquals(2, both.time());
        assertTrue(both.hasReached(2));
        assertFalse(both.hasReached(3));
        assertEquals(1, both.lag());
        finishNext(two);
        assertEquals(3, both.time());
        assertEquals(0, both.lag());
        assertEquals("one+two@3", both.toString());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 a clock may be named twice, and be one of several already")
    void g19NestedAndTwice(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> idle = dispatcher.receiver("idle");
        LogicalClock nested =
                LogicalClock.allOf(both, idle.clock(), LogicalClock.allOf(both, two.clock()), idle.clock());
        assertEquals("one+two+idle@0", nested.toString());
        assertEquals("one@0", LogicalClock.allOf(one.clock(), one.clock()).toString());
        CompletableFuture<Long> reached = nested.whenReached(1);
        assertEquals(3, waits(dispatcher));
        toBoth.dispatch("1");
        finishNext(one);
        assertFalse(reached.isDone());
        finishNext(two);
        assertEquals(1, reached.join());
        assertEquals(0, waits(dispatcher));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 of none: IllegalArgumentException")
    void g19OfNone(Setup setup) {
        open(setup);
        assertThrows(IllegalArgumentException.class, LogicalClock::allOf);
        assertThrows(NullPointerException.class, () -> LogicalClock.allOf(one.clock(), null));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 it never falls, and who sees it sees what all readers did")
    void g19ItNeverFalls(Setup setup) throws Exception {
        dispatcher = setup.openAny();
        int count = 3;
        long[] effects = new long[count]; // plain, on purpose
        List<Receiver<String>> receivers = IntStream.range(0, count)
                .mapToObj(i -> dispatcher.receiver("r" + i))
                .toList();
        for (int i = 0; i < count; i++) {
            int own = i;
            dispatcher.read(receivers.get(i), (number, message) -> effects[own] = number);
        }
        AnySender<String> all = dispatcher.sender("all", receivers);
        both = LogicalClock.allOf(receivers.stream().map(Receiver::clock).toArray(LogicalClock[]::new));
        AtomicBoolean done = new AtomicBoolean();
        Running<Void> looking = setup.run("looking", () -> {
            long last = 0;
            while (!done.get()) {
                long time = both.time();
                assertTrue(time >= last, "it falls from " + last + " to " + time);
                assertTrue(both.hasReached(time));
                for (long effect : effects) {
                    assertTrue(effect >= time, effect + " is behind " + time);
                }
                last = time;
                Thread.yield();
            }
        });
        for (int i = 0; i < 300; i++) {
            long number = all.dispatch("m");
            if (i % 3 == 0) {
                both.waitUntil(number);
            } else if (i % 3 == 1) {
                assertTrue(both.waitUntil(number, Await.BOUND));
            } else {
                assertEquals(number, both.whenReached(number).get(15, TimeUnit.SECONDS));
            }
            for (long effect : effects) {
                assertTrue(effect >= number, effect + " is behind " + number);
            }
        }
        done.set(true);
        looking.result();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G19 clocks of several dispatchers, and of a merge below one of them")
    void g19OfSeveralDispatchers(Setup setup) throws Exception {
        AnyDispatcher<String> top = AnyDispatcher.of(setup.<String>open());
        Receiver<String> linked = top.receiver("linked");
        Dispatcher<String> beside = setup.open();
        Receiver<String> other = beside.receiver("other");
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> below = merge.receiver("below");
        merge.link(linked, below);
        merge.read(below, (number, message) -> {});
        AnySender<String> sender = top.sender("s", linked);
        Sender<String> toOther = beside.sender("o", other);
        LogicalClock all = LogicalClock.allOf(linked.clock(), below.clock(), other.clock());

        Running<Void> waiting = setup.run("waiting", () -> all.waitUntil(2)).awaitBlocked();
        CompletableFuture<Long> future = all.whenReached(2);
        sender.dispatch("1");
        sender.dispatch("2");
        below.clock().waitUntil(2);
        waiting.staysBlocked();
        toOther.dispatch("1");
        toOther.send("2");
        finishNext(other);
        waiting.staysBlocked();
        finishNext(other);
        waiting.result();
        assertEquals(2, future.get(15, TimeUnit.SECONDS));
        assertEquals(0, waits(top, AnyDispatcher.of(beside), AnyDispatcher.of(merge)));
    }

    // ---- a wait that ends, in whatever way, leaves nothing behind

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 a wait ends when all have got there, and not before; also for a number that is not given yet")
    void g19AWaitEndsWithTheLast(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> waiting = setup.run("waiting", () -> both.waitUntil(2)).awaitBlocked();
        assertEquals(2, waits(dispatcher));
        toOne.dispatch("1");
        finishNext(one);
        toBoth.dispatch("2");
        finishNext(two);
        waiting.staysBlocked();
        assertEquals(1, waits(dispatcher));
        finishNext(one);
        waiting.result();
        assertEquals(0, waits(dispatcher));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 an interrupt and a time-out end it, and leave nothing behind")
    void g19WhoGivesUpIsFreed(Setup setup) throws InterruptedException {
        open(setup);
        toOne.dispatch("1");
        assertFalse(both.waitUntil(1, Duration.ofMillis(1)));
        assertFalse(both.waitUntil(1, Duration.ZERO));
        assertFalse(both.waitUntil(1, Duration.ofSeconds(-1)));
        assertEquals(0, waits(dispatcher));
        Running<Void> waiting = setup.run("waiting", () -> both.waitUntil(5)).awaitBlocked();
        assertEquals(2, waits(dispatcher));
        waiting.interrupt();
        waiting.failure(InterruptedException.class);
        assertEquals(0, waits(dispatcher));
        assertEquals(List.of(), dispatcher.snapshot().waits());
        setup.run("interrupted before", () -> {
                    Thread.currentThread().interrupt();
                    assertThrows(InterruptedException.class, () -> both.waitUntil(0));
                })
                .result();
        finishNext(one);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 a snapshot tells who waits, and for which of them")
    void g19ASnapshotTellsWhoWaits(Setup setup) throws InterruptedException {
        open(setup);
        Running<Boolean> waiting = setup.call("waiting", () -> both.waitUntil(1, Await.BOUND));
        waiting.awaitBlocked();
        Snapshot.Wait wait = dispatcher.snapshot().waits().getFirst();
        assertEquals("the clocks of \"one\" and \"two\" to reach 1", wait.waitsFor());
        assertEquals(1, wait.sequence());
        toOne.dispatch("1");
        finishNext(one);
        assertTrue(waiting.result());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 a failure of one ends it at once, and names that one")
    void g19AFailureNamesTheReceiver(Setup setup) throws InterruptedException {
        open(setup);
        toOne.dispatch("1");
        toBoth.dispatch("2");
        Running<Void> waiting = setup.run("waiting", () -> both.waitUntil(2)).awaitBlocked();
        CompletableFuture<Long> future = both.whenReached(9);
        IllegalArgumentException cause = new IllegalArgumentException("bad order");
        two.fail(cause);
        FailedException failed = waiting.failure(FailedException.class);
        assertEquals("receiver \"two\" has failed at number 2: " + cause, failed.getMessage());
        assertEquals(2, failed.sequence());
        assertEquals(cause, failed.getCause());
        Await.eventually("it is told", future::isCompletedExceptionally);
        assertTrue(future.exceptionNow() instanceof FailedException, future.toString());
        assertEquals(0, waits(dispatcher));
        assertThrows(FailedException.class, () -> both.waitUntil(2, Duration.ZERO));
        assertThrows(FailedException.class, () -> both.waitUntil(7));
        assertThrows(ExecutionException.class, () -> both.whenReached(2).get(15, TimeUnit.SECONDS));
        assertEquals(0, both.time());
        finishNext(one);
        finishNext(one);
        assertEquals(1, both.time());
        both.waitUntil(1);
        assertEquals(0, waits(dispatcher));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 so does one that is discarded, and the dispatcher that fails or is closed")
    void g19ADiscardNamesTheReceiver(Setup setup) throws InterruptedException {
        open(setup);
        toBoth.dispatch("1");
        Running<Void> waiting = setup.run("waiting", () -> both.waitUntil(1)).awaitBlocked();
        one.discard();
        assertEquals(
                "receiver \"one\" was discarded at number 1",
                waiting.failure(ClosedException.class).getMessage());
        assertEquals(0, waits(dispatcher));
        two.discard();

        AnyDispatcher<String> failing = setup.openAny();
        LogicalClock clock = LogicalClock.allOf(
                failing.receiver("a").clock(), failing.receiver("b").clock());
        Running<Void> more = setup.run("more", () -> clock.waitUntil(1)).awaitBlocked();
        failing.fail(new Exception("all of it"));
        more.failure(FailedException.class);
        assertThrows(FailedException.class, failing::close);

        AnyDispatcher<String> closing = setup.openAny();
        LogicalClock last = LogicalClock.allOf(
                closing.receiver("a").clock(), closing.receiver("b").clock());
        Running<Void> late = setup.run("late", () -> last.waitUntil(1)).awaitBlocked();
        closing.close();
        late.failure(ClosedException.class);
        assertEquals(0, waits(failing, closing));
    }

    // ---- futures

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 its futures are completed on a thread of their own; any other completion frees all")
    void g19Futures(Setup setup) throws Exception {
        open(setup);
        assertEquals(0, both.whenReached(0).getNow(-1L));
        for (int i = 0; i < 20; i++) {
            CompletableFuture<Long> future = both.whenReached(5);
            assertEquals(2, waits(dispatcher));
            assertTrue(future.cancel(true));
            assertEquals(0, waits(dispatcher));
        }
        CompletableFuture<Long> timedOut = both.whenReached(6).orTimeout(1, TimeUnit.MILLISECONDS);
        Await.eventually("it is done", timedOut::isDone);
        Await.eventually("it waits no more", () -> waits(dispatcher) == 0);

        LogicalClockTest.dependentsHoldUpNobody(
                setup,
                both,
                () -> {
                    dispatcher.read(two, (number, message) -> {});
                    return dispatcher.read(one, (number, message) -> {});
                },
                toBoth);
    }

    // ---- G15

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 a handler that waits for its own message by the clock of several is told at once")
    void g15OneOfThemIsItsOwn(Setup setup) throws InterruptedException {
        open(setup);
        List<String> texts = Collections.synchronizedList(new ArrayList<>());
        dispatcher.read(one, (number, message) -> {
            both.waitUntil(number - 1);
            texts.add(assertThrows(IllegalStateException.class, () -> both.waitUntil(number))
                    .getMessage());
            assertThrows(IllegalStateException.class, () -> both.waitUntil(number + 5));
            assertFalse(both.waitUntil(number, Duration.ofMillis(1)));
        });
        toOne.send("1");
        one.clock().waitUntil(1);
        assertTrue(
                texts.getFirst().contains(" waits for the clocks of \"one\" and \"two\" to reach 1, held by ")
                        && texts.getFirst().endsWith(", which has 1 in hand. In the handler of n, wait for n - 1."),
                texts.getFirst());
        assertEquals(0, waits(dispatcher));
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("G15 the watch sees through it")
    void g15TheWatchSeesThroughIt(Setup setup) throws InterruptedException {
        dispatcher = setup.openAny(builder -> builder.watchAge(Duration.ofMillis(20)));
        Receiver<String> idle = dispatcher.receiver("idle");
        one = dispatcher.receiver("one");
        two = dispatcher.receiver("two");
        both = LogicalClock.allOf(idle.clock(), one.clock(), two.clock());
        LogicalClock onlyTwo = LogicalClock.allOf(idle.clock(), two.clock());
        LogicalClock onlyOne = LogicalClock.allOf(one.clock(), idle.clock());
        toBoth = dispatcher.sender("to both", List.of(one, two));
        Gate first = setup.gate();
        Gate second = setup.gate();
        List<String> refused = Collections.synchronizedList(new ArrayList<>());
        dispatcher.read(one, (number, message) -> {
            first.open();
            second.pass();
            waitOrNote(onlyTwo, number, refused);
        });
        dispatcher.read(two, (number, message) -> {
            second.open();
            first.pass();
            waitOrNote(onlyOne, number, refused);
        });
        both.waitUntil(toBoth.dispatch("m"), Await.BOUND);
        both.waitUntil(1);
        assertEquals(1, refused.size(), refused.toString());
        assertTrue(
                refused.getFirst().contains("the clocks of \"idle\" and \"two\" to reach 1")
                        && refused.getFirst().contains("the clocks of \"one\" and \"idle\" to reach 1"),
                refused.toString());
    }

    private static void waitOrNote(LogicalClock clock, long number, List<String> refused) throws InterruptedException {
        try {
            clock.waitUntil(number);
        } catch (IllegalStateException e) {
            refused.add(e.getMessage());
        }
    }

    // ---- all at once

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G19 no wake-up is lost, however waits, messages, and those who give up race")
    void g19NoWakeUpIsLost(Setup setup) throws Exception {
        open(setup);
        int rounds = 300;
        dispatcher.read(one, (number, message) -> {});
        dispatcher.read(two, (number, message) -> {});
        Running<Void> follows = setup.run("follows", () -> {
            for (int n = 1; n <= rounds; n++) {
                both.waitUntil(n);
            }
        });
        Running<Void> impatient = setup.run("impatient", () -> {
            Random random = Numbers.random("impatient");
            for (int n = 1; n <= rounds; n++) {
                while (!both.waitUntil(n, Duration.ofNanos(random.nextInt(50_000)))) {
                    both.whenReached(n + 1).cancel(true);
                }
            }
        });
        CompletableFuture<Long> last = both.whenReached(rounds);
        Running<Void> futures = setup.run("futures", () -> {
            for (int n = 1; n <= rounds; n++) {
                assertNotNull(both.whenReached(n).get(15, TimeUnit.SECONDS));
            }
        });
        Random random = Numbers.random("sends");
        List<AnySender<String>> senders = List.of(toOne, toTwo, toBoth);
        for (int i = 0; i < rounds; i++) {
            senders.get(random.nextInt(3)).send("m");
        }
        assertTrue(dispatcher.awaitFinished(Await.BOUND));
        follows.result();
        impatient.result();
        futures.result();
        assertEquals(rounds, last.get(15, TimeUnit.SECONDS));
        Await.eventually("nothing is left", () -> waits(dispatcher) == 0);
    }
}
