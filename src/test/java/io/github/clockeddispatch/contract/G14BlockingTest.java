package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G14 every blocking call")
class G14BlockingTest {
    private static final List<Duration> NO_TIME =
            List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE));
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    // ---- interrupts

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 every blocking call can be interrupted, and a send or dispatch is then withdrawn")
    void g14EveryBlockingCallCanBeInterrupted(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup);
        for (BlockingCall call : BlockingCall.values()) {
            Running<Void> running = call.blockedIn(scene);
            running.interrupt();
            running.failure(InterruptedException.class);
        }
        nothingLateArrives(scene);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 also by an interrupt from before; it is cleared, and nothing is sent or lost")
    void g14AnInterruptFromBeforeIsSeen(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        setup.run("interrupted", () -> {
                    for (BlockingForm form : BlockingForm.values()) {
                        Thread.currentThread().interrupt();
                        assertThrows(InterruptedException.class, () -> form.run(dispatcher, sender, r), form::name);
                        assertFalse(Thread.currentThread().isInterrupted(), form::name);
                    }
                })
                .result();
        assertEquals(0, dispatcher.sequence());
        assertEquals(1, sender.dispatch("x"));
        setup.run("interrupted", () -> {
                    Thread.currentThread().interrupt();
                    assertThrows(InterruptedException.class, r::receive);
                    assertEquals(new Delivery.Message<>(1, "x"), r.receive());
                    Thread.currentThread().interrupt();
                    assertThrows(InterruptedException.class, r::receive);
                    assertEquals(1, r.clock().time()); // what was in hand is finished
                })
                .result();
    }

    /** Calls that would not have to wait here. */
    private enum BlockingForm {
        SEND((dispatcher, sender, r) -> sender.send("x")),
        TIMED_SEND((dispatcher, sender, r) -> sender.send("x", Duration.ofHours(1))),
        SEND_WITHOUT_TIME((dispatcher, sender, r) -> sender.send("x", Duration.ZERO)),
        DISPATCH((dispatcher, sender, r) -> sender.dispatch("x")),
        TIMED_DISPATCH((dispatcher, sender, r) -> sender.dispatch("x", Duration.ofHours(1))),
        DISPATCH_ASYNC((dispatcher, sender, r) -> sender.dispatchAsync("x")),
        TIMED_RECEIVE((dispatcher, sender, r) -> r.receive(Duration.ZERO)),
        TIMED_RECEIVE_MESSAGE((dispatcher, sender, r) -> r.receiveMessage(Duration.ZERO)),
        WAIT_UNTIL((dispatcher, sender, r) -> r.clock().waitUntil(0)),
        TIMED_WAIT_UNTIL((dispatcher, sender, r) -> r.clock().waitUntil(0, Duration.ZERO)),
        AWAIT_FINISHED((dispatcher, sender, r) -> dispatcher.awaitFinished(Duration.ZERO));

        private interface Call {
            void run(AnyDispatcher<String> dispatcher, AnySender<String> sender, Receiver<String> r) throws Exception;
        }

        private final Call call;

        BlockingForm(Call call) {
            this.call = call;
        }

        void run(AnyDispatcher<String> dispatcher, AnySender<String> sender, Receiver<String> r) throws Exception {
            call.run(dispatcher, sender, r);
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 the forms that do not wait leave an interrupt alone")
    void g14TheTryFormsLeaveAnInterruptAlone(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        setup.run("interrupted", () -> {
                    Thread.currentThread().interrupt();
                    assertEquals(Optional.empty(), r.tryReceive());
                    assertTrue(Thread.currentThread().isInterrupted(), "tryReceive");
                    assertTrue(sender.trySend("x"));
                    assertTrue(Thread.currentThread().isInterrupted(), "trySend");
                    Await.eventually("it is there", () -> r.pending() == 1);
                    assertEquals(1, r.drain((number, message) -> {}, 1));
                    assertTrue(Thread.currentThread().isInterrupted(), "drain");
                    assertEquals(0, r.drain((number, message) -> {}, 1));
                    r.acknowledge();
                    assertEquals(1, r.clock().time());
                    assertTrue(r.clock().hasReached(1));
                    assertTrue(r.clock().whenReached(1).isDone());
                    dispatcher.snapshot();
                    dispatcher.sequence();
                    sender.close();
                    assertTrue(Thread.interrupted(), "the others");
                })
                .result();
    }

    // ---- times

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 a time of zero or less does not wait")
    void g14NoTimeDoesNotWait(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup);
        for (Duration none : NO_TIME) {
            assertFalse(scene.sender.send("late", none));
            assertThrows(TimeoutException.class, () -> scene.sender.dispatch("late", none));
            assertThrows(TimeoutException.class, () -> scene.waiting.dispatch("late", none));
            assertThrows(TimeoutException.class, () -> scene.group.dispatch("late", none));
            assertFalse(scene.full.clock().waitUntil(1, none));
            assertFalse(scene.empty.clock().waitUntil(1_000_000, none));
            assertTrue(scene.empty.clock().waitUntil(scene.dispatcher.sequence(), none));
            assertFalse(scene.dispatcher.awaitFinished(none));
            assertEquals(Optional.empty(), scene.empty.receiveMessage(none));
            assertEquals(Optional.empty(), scene.empty.receive(none));
        }
        nothingLateArrives(scene);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 where nothing is to be waited for, a time of zero suffices")
    void g14NoTimeSufficesWhereNothingIsWaitedFor(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        assertEquals(1, sender.dispatch("x", Duration.ZERO));
        assertEquals(Optional.of(new Delivery.Message<>(1, "x")), r.receive(Duration.ZERO));
        r.acknowledge();
        assertTrue(r.clock().waitUntil(1, Duration.ZERO));
        assertTrue(dispatcher.awaitFinished(Duration.ZERO));
        assertTrue(sender.send("y", Duration.ZERO));
        Await.eventually("it is there", () -> r.pending() == 1);
        assertEquals(Optional.of(new Delivery.Message<>(2, "y")), r.receiveMessage(Duration.ZERO));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 when the time is over it says so, not earlier; the message is withdrawn")
    void g14WhenTheTimeIsOver(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup);
        Duration time = Duration.ofMillis(10);
        long start = System.nanoTime();
        assertFalse(scene.sender.send("late", time));
        assertThrows(TimeoutException.class, () -> scene.sender.dispatch("late", time));
        assertThrows(TimeoutException.class, () -> scene.waiting.dispatch("late", time));
        assertThrows(TimeoutException.class, () -> scene.group.dispatch("late", time));
        assertFalse(scene.full.clock().waitUntil(1, time));
        assertFalse(scene.empty.clock().waitUntil(1_000_000, time));
        assertFalse(scene.dispatcher.awaitFinished(time));
        assertEquals(Optional.empty(), scene.empty.receiveMessage(time));
        assertEquals(Optional.empty(), scene.empty.receive(time));
        assertTrue(System.nanoTime() - start >= 9 * time.toNanos());
        nothingLateArrives(scene);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 a time too long to represent is for ever")
    void g14ATimeTooLongIsForEver(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup);
        Running<Boolean> send =
                setup.call("send", () -> scene.sender.send("x", FOR_EVER)).awaitBlocked();
        Running<Long> dispatch = setup.call("dispatch", () -> scene.waiting.dispatch("x", FOR_EVER))
                .awaitBlocked();
        Running<Boolean> wait = setup.call("wait", () -> scene.full.clock().waitUntil(setup.capacity() + 1, FOR_EVER))
                .awaitBlocked();
        Running<Boolean> finished = setup.call("finished", () -> scene.dispatcher.awaitFinished(FOR_EVER))
                .staysBlocked();
        Running<Optional<Delivery<String>>> receive = setup.call("receive", () -> scene.empty.receiveMessage(FOR_EVER))
                .awaitBlocked();
        setup.read(scene.full);
        assertTrue(send.result());
        assertTrue(dispatch.result() > setup.capacity());
        assertTrue(wait.result());
        assertTrue(finished.result());
        long number = scene.toEmpty.dispatch("x");
        assertEquals(Optional.of(new Delivery.Message<>(number, "x")), receive.result());
    }

    @ContractTest(capacities = {2})
    @DisplayName("G14 a time is not begun anew at each wake-up")
    void g14ATimeIsNotBegunAnew(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> busy = dispatcher.receiver("busy");
        Receiver<String> full = dispatcher.receiver("full");
        Receiver<String> idle = dispatcher.receiver("idle");
        setup.read(busy);
        Sender<String> sender = dispatcher.sender("s", busy);
        Sender<String> toFull = dispatcher.sender("f", List.of(full, busy));
        Sender<String> toIdle = dispatcher.sender("i", idle);
        Setup.send(dispatcher.sender("fills", full), setup.capacity());
        Await.eventually("the inbox is full", () -> full.pending() == setup.capacity());
        Gate enough = setup.gate();
        Running<Void> stream = setup.run("stream", () -> {
            while (!enough.isOpen()) {
                sender.send("m");
            }
        });
        Running<Void> changes = setup.run("changes", () -> {
            while (!enough.isOpen()) {
                dispatcher.sender("comes and goes", busy).close();
            }
        });
        toFull.send("stuck");
        Duration time = Duration.ofMillis(200);
        List<Running<?>> timed = List.of(
                setup.call("wait", () -> busy.clock().waitUntil(Long.MAX_VALUE - 1, time)),
                setup.call("idle", () -> idle.clock().waitUntil(Long.MAX_VALUE - 1, time)),
                setup.call("receive", () -> idle.receiveMessage(time)),
                setup.call("dispatch", () -> assertThrows(TimeoutException.class, () -> toFull.dispatch("x", time))),
                setup.call("finished", () -> dispatcher.awaitFinished(time)));
        timed.forEach(Running::result);
        enough.open();
        stream.result();
        changes.result();
        toIdle.close();
        setup.read(full);
    }

    @ContractTest
    @DisplayName("G14 a time-out says what was waited for")
    void g14ATimeOutSaysWhatWasWaitedFor(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup);
        String text = assertThrows(TimeoutException.class, () -> scene.waiting.dispatch("x", Duration.ofMillis(1)))
                .getMessage();
        assertTrue(text.contains("\"waiting\"") && text.contains("\"full\""), text);
        scene.abandon();
    }

    // ---- what can no longer come

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 a call ends with ClosedException when the receiver that it waits for is discarded")
    void g14WhatWaitsForADiscardedReceiverEnds(Setup setup) throws InterruptedException {
        for (BlockingCall call : BlockingCall.values()) {
            switch (call.on) {
                case PATH, FULL_CLOCK -> {
                    BlockingCall.Scene scene = new BlockingCall.Scene(setup);
                    Running<Void> running = call.blockedIn(scene);
                    scene.full.discard();
                    running.failure(ClosedException.class);
                    Setup.abandon(scene.dispatcher);
                }
                case EMPTY -> {
                    BlockingCall.Scene scene = new BlockingCall.Scene(setup);
                    Running<Void> running = call.blockedIn(scene);
                    scene.empty.discard();
                    running.failure(ClosedException.class);
                    Setup.abandon(scene.dispatcher);
                }
                default -> {}
            }
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G14 a call that waits for what a closed dispatcher will not do ends with ClosedException")
    void g14WhatWaitsForAClosedDispatcherEnds(Setup setup) throws InterruptedException {
        BlockingCall.Scene scene = new BlockingCall.Scene(setup, settings -> settings.drainTimeout(SHORT));
        List<Running<Void>> running = new ArrayList<>();
        for (BlockingCall call : BlockingCall.atOnce(setup)) {
            switch (call.on) {
                case PATH, EMPTY_CLOCK -> running.add(call.blockedIn(scene));
                case ALL -> { // in a merge all of it can still be read
                    if (setup.over() == DISPATCHER) {
                        running.add(call.blockedIn(scene));
                    }
                }
                default -> {}
            }
        }
        G12ClosingTest.closeAnyhow(scene.dispatcher);
        running.forEach(thread -> thread.failure(ClosedException.class));
    }

    // ---- withdrawn whole

    @ContractTest
    @DisplayName("G14 a withdrawal frees its slot at once for one who waits for it")
    void g14AWithdrawalFreesItsSlot(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> filler = dispatcher.sender("filler", r);
        Sender<String> sender = dispatcher.sender("s", r);
        Setup.send(filler, setup.capacity());
        Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
        List<Running<Long>> dispatches = new ArrayList<>();
        for (int i = 0; i < Math.min(setup.capacity(), 4); i++) {
            dispatches.add(
                    setup.call("dispatch", () -> sender.dispatch("withdrawn")).awaitBlocked());
        }
        Setup.send(sender, setup.capacity() - dispatches.size());
        Running<Void> waits = setup.run("waits", () -> sender.send("x")).staysBlocked();
        dispatches.getFirst().interrupt();
        dispatches.getFirst().failure(InterruptedException.class);
        waits.result();
        dispatches.stream().skip(1).forEach(dispatch -> {
            dispatch.interrupt();
            dispatch.failure(InterruptedException.class);
        });
        sender.close();
        filler.close();
        List<String> given = Reading.payloads(setup.read(r).all());
        assertFalse(given.contains("withdrawn"));
        assertTrue(given.contains("x"));
    }

    @ContractTest
    @DisplayName("G14 numbering and withdrawal exclude each other, whenever the interrupt comes")
    void g14NumberingAndWithdrawalExcludeEachOther(Setup setup) throws InterruptedException {
        Dispatcher<Integer> dispatcher = setup.open(builder -> builder.inboxCapacity(1));
        Receiver<Integer> r = dispatcher.receiver("r");
        Sender<Integer> sender = dispatcher.sender("s", r);
        int numbered = 0;
        int withdrawn = 0;
        for (int i = 1; i <= 100; i++) {
            int round = i;
            long before = sender.dispatch(-i);
            Gate interrupted = setup.gate();
            Running<Long> dispatch = setup.call("dispatch", () -> {
                try {
                    long number = sender.dispatch(round);
                    interrupted.passUninterruptibly();
                    assertTrue(Thread.interrupted(), "the flag is kept");
                    return number;
                } catch (InterruptedException e) {
                    assertFalse(Thread.interrupted(), "it is told once");
                    return 0L;
                }
            });
            dispatch.awaitBlocked();
            assertEquals(before, r.receiveMessage().sequence()); // makes room
            if (i % 3 == 0) {
                Thread.yield();
            }
            dispatch.interrupt();
            interrupted.open();
            long number = dispatch.result();
            if (number == 0) {
                withdrawn++;
                assertEquals(before, dispatcher.sequence());
                assertEquals(Optional.empty(), r.tryReceive());
            } else {
                numbered++;
                assertEquals(before + 1, number);
                assertEquals(new Delivery.Message<>(number, round), r.receiveMessage());
            }
        }
        assertEquals(100, numbered + withdrawn);
    }

    @ContractTest
    @DisplayName(
            "G14 whatever the storm of interrupts, time-outs and refusals: what was withdrawn never arrives, the rest once")
    void g14NothingWithdrawnArrivesInAStorm(Setup setup) throws InterruptedException {
        new Storm(setup, Numbers.random("g14NothingWithdrawnArrivesInAStorm").nextLong()).run();
    }

    @ContractTest
    @DisplayName("G14 one that gives up after it was woken for a slot passes the slot on")
    void g14WhoGivesUpPassesTheSlotOn(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.inboxCapacity(1));
        Receiver<String> r = dispatcher.receiver("r");
        Map<Boolean, Sender<String>> senders =
                Map.of(true, dispatcher.sender("gives up", r), false, dispatcher.sender("stays", r));
        AtomicInteger given = new AtomicInteger();
        for (int i = 0; i < 60; i++) {
            senders.get(false).dispatch("fills");
            Running<Long> givesUp = setup.call(
                            "gives up", () -> senders.get(true).dispatch("x"))
                    .awaitBlocked();
            Running<Long> stays =
                    setup.call("stays", () -> senders.get(false).dispatch("y")).awaitBlocked();
            r.receiveMessage(); // a slot, for the first of them
            givesUp.interrupt();
            Await.eventually("the other gets it", () -> {
                given.addAndGet(r.receiveMessage(Duration.ofMillis(1)).isPresent() ? 1 : 0);
                return stays.isDone();
            });
            stays.result();
            givesUp.returnedOrThrew(InterruptedException.class);
            while (r.receiveMessage(Duration.ZERO).isPresent()) {
                given.incrementAndGet();
            }
        }
        assertTrue(given.get() >= 60);
    }

    @ContractTest
    @DisplayName("G14 a send that gives up after it was woken for a slot in the channel passes the slot on")
    void g14ASendThatGivesUpPassesTheSlotOn(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.channelCapacity(1));
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Setup.send(sender, setup.capacity() + 1);
        Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
        for (int i = 0; i < 60; i++) {
            Running<Void> givesUp =
                    setup.run("gives up", () -> sender.send("x")).awaitBlocked();
            Running<Void> stays = setup.run("stays", () -> sender.send("y")).awaitBlocked();
            r.receiveMessage(); // a slot, for the first of them
            givesUp.interrupt();
            if (givesUp.returnedOrThrew(InterruptedException.class)) {
                r.receiveMessage(); // it got the slot, and this is one for the other
            }
            stays.result();
        }
        setup.read(r);
    }

    /** Reads all that the scene holds, and fails where there is anything that was withdrawn. */
    private static void nothingLateArrives(BlockingCall.Scene scene) {
        int held = scene.held;
        Reading<String> reading = scene.setup.read(scene.full);
        scene.dispatcher.close();
        List<Delivery.Message<String>> given = reading.all();
        assertEquals(Numbers.upTo(held), Reading.numbers(given));
        assertFalse(Reading.payloads(given).contains("late"));
        assertEquals(held, scene.dispatcher.sequence());
    }
}
