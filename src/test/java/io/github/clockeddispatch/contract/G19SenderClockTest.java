package io.github.clockeddispatch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Explanation;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.WatchAge;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G19 a sender's clock")
class G19SenderClockTest {
    private Dispatcher<String> dispatcher;
    private Receiver<String> a;
    private Receiver<String> b;
    private Sender<String> toA;
    private Sender<String> toB;

    private void open(Setup setup) {
        dispatcher = setup.open(builder -> builder.inboxCapacity(Math.max(8, setup.capacity())));
        a = dispatcher.receiver("a");
        b = dispatcher.receiver("b");
        toA = dispatcher.sender("to a", a);
        toB = dispatcher.sender("to b", b);
    }

    private int waits() {
        return dispatcher.snapshot().receivers().stream()
                .mapToInt(Snapshot.ReceiverState::waits)
                .sum();
    }

    private static void finishNext(Receiver<String> receiver) throws InterruptedException {
        receiver.receiveMessage();
        receiver.acknowledge();
    }

    // ---- whom it is of

    @ContractTest
    @DisplayName("G19 a sender that was opened between two that stopped at the same number is told of the second")
    void g19OpenedBetweenTwoStops(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> both = dispatcher.sender("both", a, b);
        both.dispatch("1");
        both.dispatch("2");
        a.discard();
        Sender<String> late = dispatcher.broadcaster("late");
        b.discard();
        assertFalse(late.clock().hasReached(2));
        assertThat(assertThrows(ClosedException.class, () -> late.clock().waitUntil(2)))
                .hasMessageContaining("\"b\"");
    }

    @ContractTest
    @DisplayName("G19 who was in the group while no number was given, and so was given nothing, holds up nobody")
    void g19WhoWasGivenNothing(Setup setup) throws InterruptedException {
        open(setup);
        Group<String> group = dispatcher.group("group", b);
        Sender<String> sender = dispatcher.sender("sender", group);
        toA.dispatch("1, never finished");
        sender.dispatch("2");
        finishNext(b);
        for (int i = 0; i < 3; i++) {
            assertEquals(2, group.add(a));
            assertEquals(2, group.remove(a));
        }
        assertEquals(3, sender.dispatch("for b alone"));
        finishNext(b);
        assertTrue(sender.clock().waitUntil(3, Duration.ZERO));
        assertEquals(3, group.add(a)); // counts as 3 now
        assertTrue(sender.clock().hasReached(3));
        assertEquals(3, sender.clock().time());
        a.discard();
    }

    @ContractTest
    @DisplayName("G19 of one receiver it is that one's; of several, the least; others are no matter")
    void g19OfFixedReceivers(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> both = dispatcher.sender("both", a, b);
        assertEquals(0, both.clock().time());
        toA.dispatch("1");
        toB.dispatch("2");
        assertEquals(0, toA.clock().time());
        assertEquals(1, toB.clock().time());
        assertEquals(0, both.clock().time());
        assertEquals(2, both.clock().lag());
        finishNext(a);
        assertEquals(2, toA.clock().time());
        assertEquals(1, both.clock().time());
        finishNext(b);
        assertEquals(2, both.clock().time());
        assertEquals(0, both.clock().lag());
        assertTrue(both.clock().hasReached(2));
        assertFalse(both.clock().hasReached(3));
        assertEquals("both@2", both.clock().toString());
    }

    @ContractTest
    @DisplayName("G19 of nobody it is the counter's, also for numbers that are not given yet")
    void g19OfNobody(Setup setup) throws Exception {
        dispatcher = setup.open();
        Sender<String> all = dispatcher.broadcaster("all");
        LogicalClock clock = all.clock();
        assertEquals(1, all.dispatch("1"));
        assertEquals(1, clock.time());
        clock.waitUntil(1);
        Running<Void> waiting = setup.run("waiting", () -> clock.waitUntil(3)).awaitBlocked();
        CompletableFuture<Long> future = clock.whenReached(3);
        all.dispatch("2");
        waiting.staysBlocked();
        assertFalse(future.isDone());
        all.dispatch("3");
        waiting.result();
        assertEquals(3, future.get(15, TimeUnit.SECONDS));

        Running<Void> late = setup.run("late", () -> clock.waitUntil(5)).awaitBlocked();
        dispatcher.close();
        assertEquals(
                "dispatcher \"" + dispatcher.name() + "\" is closed at number 3: 5 will not be given",
                late.failure(ClosedException.class).getMessage());
    }

    @ContractTest
    @DisplayName("G19 of a broadcaster: those that are there when the number is given")
    void g19OfABroadcaster(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> all = dispatcher.broadcaster("all");
        Running<Void> waiting =
                setup.run("waiting", () -> all.clock().waitUntil(1)).awaitBlocked();
        Receiver<String> c = dispatcher.receiver("c"); // after the wait has begun
        all.dispatch("1");
        finishNext(a);
        finishNext(b);
        waiting.staysBlocked();
        assertEquals(0, all.clock().time());
        Receiver<String> d = dispatcher.receiver("d"); // after the number
        finishNext(c);
        waiting.result();
        assertEquals(1, all.clock().time());
        all.dispatch("2");
        assertEquals(1, all.clock().time());
        for (Receiver<String> receiver : List.of(a, b, c, d)) {
            finishNext(receiver);
        }
        assertEquals(2, all.clock().time());
        assertEquals(0, waits());
    }

    // ---- groups

    @ContractTest
    @DisplayName(
            "G19 a member counts as at least where it was added; one that left, until it has finished what it was given")
    void g19OfAGroup(Setup setup) throws InterruptedException {
        open(setup);
        Group<String> group = dispatcher.group("group", a);
        Sender<String> sender = dispatcher.sender("s", group);
        LogicalClock clock = sender.clock();
        toB.dispatch("1");
        toB.dispatch("2");
        assertEquals(2, clock.time());
        assertEquals(2, group.add(b)); // which stands at 0
        assertEquals(2, clock.time());
        sender.dispatch("3");
        finishNext(a);
        assertEquals(2, clock.time());
        assertEquals(3, group.remove(b));
        assertEquals(2, clock.time());
        toA.dispatch("4");
        finishNext(a);
        assertEquals(2, clock.time());
        Running<Void> waiting = setup.run("waiting", () -> clock.waitUntil(4)).awaitBlocked();
        finishNext(b);
        finishNext(b);
        assertEquals(2, clock.time());
        assertFalse(clock.hasReached(3));
        toB.dispatch("5"); // not by the group
        waiting.staysBlocked();
        finishNext(b);
        waiting.result();
        assertEquals(5, clock.time());
        assertEquals(4, b.clock().time());
    }

    @ContractTest
    @DisplayName("G19 it does not fall when one leaves that was behind when it was added, nor when it is added again")
    void g19ItDoesNotFall(Setup setup) throws InterruptedException {
        open(setup);
        Group<String> group = dispatcher.group("group", a);
        Sender<String> sender = dispatcher.sender("s", group);
        LogicalClock clock = sender.clock();
        toB.dispatch("1");
        group.add(b);
        assertEquals(1, clock.time());
        toA.dispatch("2");
        finishNext(a);
        assertEquals(1, clock.time());
        group.remove(b);
        assertEquals(1, clock.time());
        toA.dispatch("3");
        finishNext(a);
        assertEquals(3, group.add(b));
        assertEquals(1, clock.time());
        finishNext(b); // has finished up to 2, where it left, with nothing of the group in it
        assertEquals(3, clock.time());
        toB.dispatch("4");
        toB.dispatch("5");
        sender.dispatch("6");
        finishNext(a);
        assertEquals(3, clock.time());
        group.remove(b);
        assertEquals(3, clock.time());
        for (int i = 4; i <= 6; i++) {
            finishNext(b);
        }
        assertEquals(6, clock.time());
    }

    /** A view: in the group from time to time. */
    private static final class View {
        final Receiver<String> receiver;
        final Set<Long> done = ConcurrentHashMap.newKeySet();

        /** Pairs of j and k. Of the thread that changes the group, and then of the test's. */
        private final List<long[]> ranges = new ArrayList<>();

        View(Receiver<String> receiver) {
            this.receiver = receiver;
        }

        void joined(long sequence) {
            ranges.add(new long[] {sequence, Long.MAX_VALUE});
        }

        void left(long sequence) {
            ranges.getLast()[1] = sequence;
        }

        boolean wasFor(long number) {
            return ranges.stream().anyMatch(range -> range[0] < number && number <= range[1]);
        }
    }

    /** What the views had done when the sender's clock had reached a number. */
    private record Seen(long number, List<Set<Long>> done) {}

    @ContractTest
    @DisplayName(
            "G19 desk.clock().waitUntil(desk.dispatch(v)) returns when all that v was for have finished it, whoever comes and goes")
    void g19WhoeverComesAndGoes(Setup setup) throws InterruptedException {
        dispatcher = setup.open();
        List<View> views = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            View view = new View(dispatcher.receiver("v" + i));
            dispatcher.read(view.receiver, (number, message) -> {
                Thread.yield();
                view.done.add(number);
            });
            views.add(view);
        }
        Receiver<String> stays = dispatcher.receiver("stays");
        setup.read(stays);
        Sender<String> keepsThem = dispatcher.sender(
                "keeps them", views.stream().map(view -> view.receiver).toList());
        Group<String> group = dispatcher.group("group", stays);
        Sender<String> desk = dispatcher.sender("desk", group);
        int each = 150;
        Running<Void> changes = setup.run("changes", () -> {
            Random random = Numbers.random("changes");
            for (int number = 1; number <= 2 * each; number++) {
                View view = views.get(random.nextInt(views.size()));
                if (group.members().contains(view.receiver)) {
                    view.left(group.remove(view.receiver));
                } else {
                    view.joined(group.add(view.receiver));
                }
                stays.clock().waitUntil(number);
            }
        });
        List<Running<Void>> sending = new ArrayList<>();
        List<Seen> seen = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 2; i++) {
            sending.add(setup.run("sends", () -> {
                long last = 0;
                for (int n = 0; n < each; n++) {
                    long number = desk.dispatch("m");
                    if (n % 2 == 0) {
                        desk.clock().waitUntil(number);
                    } else {
                        desk.clock().whenReached(number).get(15, TimeUnit.SECONDS);
                    }
                    seen.add(new Seen(
                            number,
                            views.stream().map(view -> Set.copyOf(view.done)).toList()));
                    long time = desk.clock().time();
                    assertTrue(time >= Math.max(last, number), "it falls from " + last + " to " + time);
                    last = time;
                }
            }));
        }
        sending.forEach(Running::result);
        changes.result();
        for (Seen one : seen) {
            for (int v = 0; v < views.size(); v++) {
                View view = views.get(v);
                assertTrue(
                        !view.wasFor(one.number) || one.done.get(v).contains(one.number),
                        () -> one.number + " was for " + view.receiver);
            }
        }
        assertTrue(dispatcher.awaitFinished(Await.BOUND));
        assertEquals(0, waits());
        keepsThem.close();
    }

    // ---- those that stop

    @ContractTest
    @DisplayName(
            "G19 one that fails ends the waits for what it was given, later ones too, and is left out of what comes after")
    void g19OneFails(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> both = dispatcher.sender("both", a, b);
        oneStops(setup, both, () -> b.fail(new Exception("bad order")), FailedException.class, "\"b\" has failed");
    }

    @ContractTest
    @DisplayName("G19 so does one that is discarded, of a broadcaster")
    void g19OneIsDiscarded(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> all = dispatcher.broadcaster("all");
        oneStops(setup, all, () -> b.discard(), ClosedException.class, "\"b\" was discarded");
        Sender<String> later = dispatcher.broadcaster("later");
        later.clock().waitUntil(2); // it has nothing to do with that one
    }

    @ContractTest
    @DisplayName("G19 and of a group, in it or not")
    void g19AMemberIsDiscarded(Setup setup) throws InterruptedException {
        open(setup);
        Group<String> group = dispatcher.group("group", a, b);
        Sender<String> sender = dispatcher.sender("s", group);
        oneStops(setup, sender, () -> b.discard(), ClosedException.class, "\"b\" was discarded");

        Receiver<String> c = dispatcher.receiver("c");
        Sender<String> toC = dispatcher.sender("to c", c);
        group.add(c);
        long last = sender.dispatch("last for c");
        finishNext(a);
        group.remove(c);
        long after = sender.dispatch("not for c");
        finishNext(a);
        Running<Void> waiting =
                setup.run("waiting", () -> sender.clock().waitUntil(last)).awaitBlocked();
        Running<Void> waitingForMore = setup.run(
                        "waiting for more", () -> sender.clock().waitUntil(after))
                .awaitBlocked();
        c.discard();
        assertThat(waiting.failure(ClosedException.class)).hasMessageContaining("\"c\"");
        waitingForMore.result();
        assertThrows(ClosedException.class, () -> sender.clock().waitUntil(last));
        assertFalse(sender.clock().hasReached(last));
        assertEquals(after, sender.clock().time());
        toC.close();
    }

    private void oneStops(
            Setup setup, Sender<String> sender, Runnable stop, Class<? extends Exception> type, String says)
            throws InterruptedException {
        LogicalClock clock = sender.clock();
        sender.dispatch("1");
        finishNext(a);
        finishNext(b);
        sender.dispatch("2");
        sender.dispatch("3");
        Running<Void> waiting = setup.run("waiting", () -> clock.waitUntil(2)).awaitBlocked();
        Running<Void> waitingForMore =
                setup.run("waiting for more", () -> clock.waitUntil(4)).awaitBlocked();
        CompletableFuture<Long> future = clock.whenReached(3);
        stop.run();
        assertThat(waiting.failure(type)).hasMessageContaining(says);
        Await.eventually("it is told", future::isCompletedExceptionally);
        assertThat(future.exceptionNow()).isInstanceOf(type);
        assertEquals(1, clock.time());
        clock.waitUntil(1);
        finishNext(a);
        finishNext(a);
        assertEquals(1, clock.time());
        assertFalse(clock.hasReached(3));
        assertThat(assertThrows(type, () -> clock.waitUntil(3))).hasMessageContaining(says);
        assertThat(clock.explain(3).causes().getFirst().name()).isEqualTo("b");
        assertThat(clock.explain(3).time()).isEqualTo(1);

        waitingForMore.staysBlocked();
        sender.dispatch("4");
        waitingForMore.staysBlocked();
        finishNext(a);
        waitingForMore.result();
        assertEquals(4, clock.time());
        assertFalse(clock.hasReached(2));
        assertTrue(clock.hasReached(1));
        assertThrows(type, () -> clock.waitUntil(2));
        LogicalClock also = LogicalClock.allOf(a.clock(), clock);
        assertEquals(4, also.time());
        assertFalse(also.hasReached(3));
        assertThrows(type, () -> also.waitUntil(3));
        assertEquals(0, waits());
    }

    @ContractTest
    @DisplayName("G19 where all have stopped it is the counter's, above what they lack")
    void g19AllHaveStopped(Setup setup) throws InterruptedException {
        open(setup);
        toA.dispatch("1");
        a.discard();
        assertThrows(ClosedException.class, () -> toA.clock().waitUntil(1));
        assertEquals(0, toA.clock().time());
        toB.dispatch("2");
        assertEquals(2, toA.clock().time());
        Running<Void> waiting =
                setup.run("waiting", () -> toA.clock().waitUntil(3)).awaitBlocked();
        toB.dispatch("3");
        waiting.result();
        finishNext(b);
        finishNext(b);
    }

    @ContractTest
    @DisplayName("G19 a dispatcher that fails ends all of them")
    void g19TheDispatcherFails(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> all = dispatcher.broadcaster("all");
        Group<String> group = dispatcher.group("group", a);
        Sender<String> toGroup = dispatcher.sender("to group", group);
        all.dispatch("1");
        List<LogicalClock> clocks = List.of(all.clock(), toGroup.clock(), toA.clock());
        List<Running<Void>> waiting = new ArrayList<>();
        for (LogicalClock clock : clocks) {
            waiting.add(setup.run("waits for 1", () -> clock.waitUntil(1)).awaitBlocked());
            waiting.add(setup.run("waits for 2", () -> clock.waitUntil(2)).awaitBlocked());
        }
        dispatcher.fail(new Exception("all of it"));
        waiting.forEach(one -> one.failure(FailedException.class));
        for (LogicalClock clock : clocks) {
            assertEquals(0, clock.time());
            assertThrows(FailedException.class, () -> clock.waitUntil(1));
            assertThrows(FailedException.class, () -> clock.waitUntil(7, Duration.ZERO));
        }
        assertThrows(FailedException.class, dispatcher::close);
    }

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName("G19 nothing is kept for the thousands that have come and gone")
    void g19WhoIsGoneIsForgotten(Setup setup) throws Exception {
        dispatcher = setup.open();
        a = dispatcher.receiver("a");
        setup.read(a);
        Sender<String> all = dispatcher.broadcaster("all");
        Group<String> group = dispatcher.group("group", a);
        Sender<String> toGroup = dispatcher.sender("to group", group);
        List<WeakReference<Receiver<String>>> gone = new ArrayList<>();
        for (int i = 0; i < 2_500; i++) {
            Receiver<String> visitor = dispatcher.receiver("visitor");
            group.add(visitor);
            (i % 2 == 0 ? all : toGroup).dispatch("m");
            visitor.receiveMessage(); // which stays in its hand
            visitor.discard();
            gone.add(new WeakReference<>(visitor));
        }
        long last = dispatcher.sequence();
        assertThrows(ClosedException.class, () -> all.clock().waitUntil(last - 1));
        assertThrows(ClosedException.class, () -> toGroup.clock().waitUntil(last));
        all.clock().waitUntil(1); // that one is forgotten
        toGroup.clock().waitUntil(2);
        Await.eventually("they are collected", () -> {
            System.gc();
            return gone.stream().allMatch(reference -> reference.refersTo(null));
        });
    }

    // ---- waits

    @ContractTest
    @DisplayName("G19 who gives up leaves nothing, before the number is given and after that")
    void g19WhoGivesUpIsFreed(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> both = dispatcher.sender("both", a, b);
        for (int given = 0; given < 2; given++) {
            assertFalse(both.clock().waitUntil(1, Duration.ofMillis(1)));
            assertFalse(both.clock().waitUntil(1, Duration.ZERO));
            Running<Void> waiting =
                    setup.run("waiting", () -> both.clock().waitUntil(1)).awaitBlocked();
            waiting.interrupt();
            waiting.failure(InterruptedException.class);
            CompletableFuture<Long> future = both.clock().whenReached(1);
            assertEquals(given * 2, waits());
            assertTrue(future.cancel(true));
            assertEquals(0, waits());
            var kept = new WeakReference<>(future);
            future = null;
            Await.eventually("nothing keeps it", () -> {
                System.gc();
                return kept.refersTo(null);
            });
            if (given == 0) {
                both.dispatch("1");
            }
        }
        assertEquals(0, waits());
        assertEquals(List.of(), dispatcher.snapshot().waits());
        finishNext(a);
        finishNext(b);
    }

    @ContractTest
    @DisplayName("G19 a future goes on from the counter to those that the number was for")
    void g19Futures(Setup setup) throws Exception {
        open(setup);
        Sender<String> both = dispatcher.sender("both", a, b);
        CompletableFuture<Long> future = both.clock().whenReached(2);
        List<Thread> completing = Collections.synchronizedList(new ArrayList<>());
        CompletableFuture<Void> dependent = future.thenAccept(number -> completing.add(Thread.currentThread()));
        both.dispatch("1");
        both.dispatch("2");
        Await.eventually("it waits for both", () -> waits() == 2);
        finishNext(a);
        finishNext(a);
        finishNext(b);
        assertFalse(future.isDone());
        finishNext(b);
        dependent.get(15, TimeUnit.SECONDS);
        assertThat(completing.getFirst()).isNotEqualTo(Thread.currentThread());
        assertEquals(0, waits());
    }

    @ContractTest
    @DisplayName("G15 a handler cannot wait for its own message by the clock of the sender")
    void g15InAHandler(Setup setup) throws InterruptedException {
        open(setup);
        Sender<String> both = dispatcher.sender("both", a, b);
        List<String> texts = Collections.synchronizedList(new ArrayList<>());
        dispatcher.read(b, (number, message) -> {});
        dispatcher.read(a, (number, message) -> {
            both.clock().waitUntil(number - 1);
            texts.add(
                    assertThrows(IllegalStateException.class, () -> both.clock().waitUntil(number))
                            .getMessage());
            assertThrows(IllegalStateException.class, () -> both.clock().waitUntil(number + 5));
        });
        both.clock().waitUntil(both.dispatch("1"));
        assertThat(texts.getFirst())
                .contains(" waits for the clock of sender \"both\" to reach 1, held by ")
                .endsWith(", which has 1 in hand. In the handler of n, wait for n - 1.");
        assertEquals(0, waits());
    }

    @ContractTest(capacities = 2)
    @DisplayName("G15 the watch sees through it, also before the number is given")
    void g15TheWatch(Setup setup) throws InterruptedException {
        dispatcher = setup.open(builder -> WatchAge.set(builder, Duration.ofMillis(20)));
        a = dispatcher.receiver("a");
        b = dispatcher.receiver("b");
        toA = dispatcher.sender("to a", a);
        toB = dispatcher.sender("to b", b);
        Gate first = setup.gate();
        Gate second = setup.gate();
        List<String> refused = Collections.synchronizedList(new ArrayList<>());
        dispatcher.read(a, (number, message) -> {
            first.open();
            second.pass();
            waitOrNote(toB.clock(), 9, refused); // not given
        });
        dispatcher.read(b, (number, message) -> {
            second.open();
            first.pass();
            waitOrNote(toA.clock(), number, refused);
        });
        Sender<String> others = dispatcher.sender("others", dispatcher.receiver("others", 8));
        toA.dispatch("1");
        toB.dispatch("2");
        Await.eventually("one of them is refused", () -> !refused.isEmpty());
        for (int number = 3; number <= 9; number++) {
            others.dispatch("for whom is left to wait for 9");
        }
        a.clock().waitUntil(1);
        b.clock().waitUntil(2);
        assertEquals(1, refused.size(), refused.toString());
        assertThat(refused.getFirst())
                .startsWith("deadlock: ")
                .contains(" waits for the clock of sender \"to a\" to reach 2, held by ")
                .contains(" waits for the clock of sender \"to b\" to reach 9, held by ");
    }

    private static void waitOrNote(LogicalClock clock, long number, List<String> refused) throws InterruptedException {
        try {
            clock.waitUntil(number, Duration.ofSeconds(Long.MAX_VALUE));
        } catch (IllegalStateException e) {
            refused.add(e.getMessage());
        }
    }

    // ---- why

    @ContractTest(capacities = 1)
    @DisplayName("G20 why: the one that is furthest behind, or what is in the sender's channel")
    void g20Why(Setup setup) throws InterruptedException {
        dispatcher = setup.open(builder -> builder.name("shop"));
        a = dispatcher.receiver("a");
        b = dispatcher.receiver("b");
        Sender<String> both = dispatcher.sender("both", a, b);
        toB = dispatcher.sender("to b", b);
        both.dispatch("1");
        assertThat(both.clock().explain(1)).hasToString("at 0, 1 behind: receiver \"a\" has no reader");
        finishNext(a);
        assertThat(both.clock().explain(1)).hasToString("at 0, 1 behind: receiver \"b\" has no reader");
        assertThat(both.clock().explain(5)).hasToString("at 0, 5 behind: receiver \"b\" has no reader");
        toB.send("waits for room");
        Explanation why = dispatcher.sender("idle", a).clock().explain(5);
        assertThat(why)
                .hasToString("at 1, 4 behind: 5 has not been given as a number: dispatcher \"shop\" is at 1 because the"
                        + " channel of sender \"to b\" is full (1 of 1) because the inbox of \"b\" is full (1 of 1);"
                        + " it has no reader");
        finishNext(b);
        finishNext(b);
        assertThat(both.clock().explain(1)).isEqualTo(new Explanation(2, 0, List.of()));
        assertNull(both.clock().explain(2).causes().stream().findAny().orElse(null));
    }
}
