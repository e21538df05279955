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
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;

/** What has been given up will never be finished: {@code awaitFinished} says so, and leaves out what was discarded. */
@DisplayName("awaitFinished, after something was given up")
class AwaitFinishedTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private static <T> Dispatcher<T> open(Setup setup) {
        return setup.open(builder -> builder.drainTimeout(Duration.ZERO));
    }

    private static <T> AnyDispatcher<T> openAny(Setup setup) {
        return setup.openAny(settings -> settings.drainTimeout(Duration.ZERO));
    }

    private static <T> ForwardingDispatcher<T> openMerge(Setup setup) {
        return setup.openMerge(builder -> builder.drainTimeout(Duration.ZERO));
    }

    @ContractTest
    @DisplayName(
            "what close() gave up in a channel: ClosedException, also when the rest has been read; without the discarded")
    void whatCloseGaveUp(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> gone = dispatcher.receiver("gone");
        setup.fill(dispatcher.sender("to gone", gone), gone);
        gone.discard();
        Receiver<String> r = dispatcher.receiver("r");
        setup.fill(dispatcher.sender("s", r), r);
        assertThrows(DispatchException.class, dispatcher::close);

        assertThrows(ClosedException.class, () -> dispatcher.awaitFinished(HOUR));
        setup.read(r).all();
        assertThrows(ClosedException.class, () -> dispatcher.awaitFinished(Duration.ZERO));
        r.discard();
        assertTrue(dispatcher.awaitFinished(Duration.ZERO));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("where close() gave up nothing, or what was discarded before: true")
    void whereCloseGaveUpNothing(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = openAny(setup);
        Receiver<String> gone = dispatcher.receiver("gone");
        setup.fill(dispatcher.sender("to gone", gone), gone);
        gone.discard();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        long number = sender.dispatch("x");
        dispatcher.close();

        assertFalse(dispatcher.awaitFinished(Duration.ZERO)); // it can still be read
        assertEquals(new Delivery.Message<>(number, "x"), r.receiveMessage());
        r.acknowledge();
        assertTrue(dispatcher.awaitFinished(HOUR));
    }

    @ContractTest
    @DisplayName(
            "a group's message that close() gave up is missing at each that has not been discarded; a broadcast at all")
    void whatWasForSeveral(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = open(setup);
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Receiver<String> none = dispatcher.receiver("none");
        setup.fill(dispatcher.sender("both", List.of(a, b)), a);
        assertThrows(DispatchException.class, dispatcher::close);
        a.discard();
        assertThrows(ClosedException.class, () -> dispatcher.awaitFinished(HOUR));
        b.discard();
        assertTrue(dispatcher.awaitFinished(HOUR));
        assertEquals(0, none.discarded());

        Dispatcher<String> another = open(setup);
        Receiver<String> reads = another.receiver("reads");
        Receiver<String> full = another.receiver("full");
        setup.read(reads);
        setup.fill(another.broadcaster("all"), full);
        assertThrows(DispatchException.class, another::close);
        full.discard();
        assertThrows(ClosedException.class, () -> another.awaitFinished(HOUR));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("an own reader that was cut off: ClosedException, until its receiver is discarded")
    void anOwnReaderThatWasCutOff(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = openAny(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Gate gate = setup.gate();
        dispatcher.read(r, (number, message) -> gate.pass());
        dispatcher.sender("s", r).dispatch("x");
        gate.awaitArrival();
        assertThrows(DispatchException.class, dispatcher::close);

        assertThrows(ClosedException.class, () -> dispatcher.awaitFinished(HOUR));
        r.discard();
        assertTrue(dispatcher.awaitFinished(HOUR));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("a pump that its executor's owner interrupted: ClosedException, before close() and after it")
    void anInterruptedPump(Setup setup) throws InterruptedException {
        AtomicReference<Thread> pump = new AtomicReference<>();
        Dispatcher<String> dispatcher = setup.open(builder -> builder.drainTimeout(Duration.ZERO)
                .pumpExecutor(task -> pump.set(Thread.ofVirtual().name("given").start(task))));
        Receiver<String> r = dispatcher.receiver("r");
        setup.fill(dispatcher.sender("s", r), r);
        pump.get().interrupt();
        Await.eventually("the pump has ended", () -> !pump.get().isAlive());

        assertThrows(ClosedException.class, () -> dispatcher.awaitFinished(HOUR));
        assertThrows(DispatchException.class, dispatcher::close);
        assertThrows(ClosedException.class, () -> dispatcher.awaitFinished(HOUR));
        r.discard();
        assertTrue(dispatcher.awaitFinished(HOUR));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("what was lost in the channel of a failed receiver: FailedException, until it is discarded")
    void whatAFailedReceiverLostInItsChannel(Setup setup) throws InterruptedException {
        CountDownLatch goes = new CountDownLatch(1);
        Dispatcher<String> dispatcher = setup.open(builder ->
                builder.pumpExecutor(task -> Thread.ofVirtual().name("late").start(() -> {
                    try {
                        goes.await();
                    } catch (InterruptedException e) {
                        return;
                    }
                    task.run();
                })));
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.sender("s", r).send("in the channel, and the inbox is empty");
        Exception cause = new IllegalStateException("broken");
        r.fail(cause);

        FailedException told = assertThrows(FailedException.class, () -> dispatcher.awaitFinished(HOUR));
        assertSame(cause, told.getCause());
        assertEquals(1, r.discarded());
        r.discard();
        assertTrue(dispatcher.awaitFinished(HOUR));
        goes.countDown();
        assertThrows(DispatchException.class, dispatcher::close); // the failure has lost it, not discard()
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("what a failed receiver had in its inbox: FailedException; one that lacks nothing is not in the way")
    void whatAFailedReceiverHadInItsInbox(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = openAny(setup);
        Receiver<String> lacksNothing = dispatcher.receiver("lacks nothing");
        Receiver<String> r = dispatcher.receiver("r");
        lacksNothing.fail(new IllegalStateException("idle"));
        dispatcher.sender("s", r).dispatch("x");
        Receiver<String> slow = dispatcher.receiver("slow");
        dispatcher.sender("to slow", slow).dispatch("y");
        r.fail(new IllegalStateException("broken"));
        // at once, though another will not finish for an hour
        assertThrows(FailedException.class, () -> dispatcher.awaitFinished(HOUR));
        r.discard();
        assertFalse(dispatcher.awaitFinished(Duration.ZERO));
        slow.receiveMessage();
        slow.acknowledge();
        assertTrue(dispatcher.awaitFinished(Duration.ZERO));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("who fails while others are waited for: FailedException, when the time is over at the latest")
    void whoFailsMeanwhile(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = openAny(setup);
        Receiver<String> fails = dispatcher.receiver("fails");
        dispatcher.sender("to it", fails).dispatch("x");
        for (int i = 0; i < 8; i++) { // so many that one is asked before it
            dispatcher.sender("to slow " + i, dispatcher.receiver("slow " + i)).dispatch("y");
        }
        Running<FailedException> waits = setup.call(
                        "waits",
                        () -> assertThrows(
                                FailedException.class, () -> dispatcher.awaitFinished(Duration.ofMillis(300))))
                .awaitBlocked();
        Exception cause = new IllegalStateException("broken");
        fails.fail(cause);
        assertSame(cause, waits.result().getCause());
        Setup.abandon(dispatcher);
    }

    // ---- merges

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName(
            "in a merge, what was held back or found no room when it was closed: ClosedException; without the discarded")
    void whatAMergeGaveUp(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = openMerge(setup);
        Receiver<String> held = merge.receiver("held");
        Receiver<String> full = merge.receiver("full");
        Receiver<String> gone = merge.receiver("gone");
        merge.forwarder("silent", held, gone);
        Forwarder<String> toFull = merge.forwarder("to full", full);
        merge.forwarder("to held", held).forward(1, "held back");
        merge.forwarder("to gone", gone).forward(1, "held back, too");
        setup.fill(toFull, full);
        List<Receiver<String>> slow = new ArrayList<>(); // so many that one is asked before those that lack something
        for (int i = 0; i < 8; i++) {
            slow.add(merge.receiver("slow " + i));
            merge.forwarder("to slow " + i, slow.get(i)).forward(1_000_000 + i, "can be read");
        }
        gone.discard();
        DispatchException told = assertThrows(DispatchException.class, merge::close);
        assertFalse(told.getMessage().contains("gone"), told.getMessage());

        assertThrows(ClosedException.class, () -> merge.awaitFinished(HOUR));
        held.discard();
        assertFalse(merge.awaitFinished(Duration.ZERO)); // what is due stays readable
        full.discard();
        assertFalse(merge.awaitFinished(Duration.ZERO));
        slow.forEach(receiver -> receiver.drain((number, message) -> {}, 1));
        assertTrue(merge.awaitFinished(HOUR));
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("in a merge, what was held back for a failed receiver, alone or with others: FailedException")
    void whatAFailedReceiverOfAMergeLost(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = openMerge(setup);
        Receiver<String> alone = merge.receiver("alone");
        Receiver<String> member = merge.receiver("member");
        Receiver<String> other = merge.receiver("other");
        Forwarder<String> silent = merge.forwarder("silent", alone, member);
        Forwarder<String> toAlone = merge.forwarder("to alone", alone);
        Forwarder<String> toBoth = merge.forwarder("to both", member, other);
        toAlone.forward(1, "held back");
        toBoth.forward(1, "held back for one of two");
        alone.fail(new IllegalStateException("broken"));
        member.fail(new IllegalStateException("broken"));

        assertThrows(FailedException.class, () -> merge.awaitFinished(HOUR));
        assertEquals(1, alone.discarded());
        assertEquals(1, member.discarded()); // though the other one will be given it
        alone.discard();
        assertThrows(FailedException.class, () -> merge.awaitFinished(HOUR));
        member.discard();
        assertFalse(merge.awaitFinished(Duration.ZERO));
        assertEquals(1, other.receiveMessage().sequence());
        other.acknowledge();
        assertTrue(merge.awaitFinished(HOUR));
        silent.close();
        Setup.abandon(merge);
    }
}
