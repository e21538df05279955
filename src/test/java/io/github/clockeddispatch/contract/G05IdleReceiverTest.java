package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G5 idle receivers are up to date")
class G05IdleReceiverTest {
    private AnyDispatcher<String> dispatcher;
    private Receiver<String> idle;
    private AnySender<String> busy;

    /** A receiver that is given nothing and that nobody reads, beside one that is read. */
    private void open(Setup setup) {
        dispatcher = setup.openAny();
        idle = dispatcher.receiver("idle");
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        busy = dispatcher.sender("busy", other);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 a receiver that nobody reads and that got nothing stands at the counter")
    void g05AnIdleReceiverStandsAtTheCounter(Setup setup) throws InterruptedException {
        open(setup);
        for (int i = 1; i <= 100; i++) {
            busy.dispatch("m");
            assertEquals(i, idle.clock().time());
            assertTrue(idle.clock().hasReached(i));
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 a wait for an idle receiver's clock returns at once when the number has been given, in every form")
    void g05AWaitForAnIdleClockReturnsAtOnce(Setup setup) throws Exception {
        open(setup);
        long number = busy.dispatch("m");

        idle.clock().waitUntil(number);
        assertTrue(idle.clock().waitUntil(number, Duration.ZERO));
        assertEquals(number, idle.clock().whenReached(number).get(10, TimeUnit.SECONDS));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 a wait for a number that is not given yet ends when it is given to somebody else")
    void g05AWaitForAFutureNumberEndsWhenItIsGiven(Setup setup) throws Exception {
        open(setup);
        Running<Void> waiting =
                setup.run("waiting", () -> idle.clock().waitUntil(2)).awaitBlocked();
        Running<Boolean> timed = setup.call("timed", () -> idle.clock().waitUntil(2, Duration.ofHours(1)))
                .awaitBlocked();
        CompletableFuture<Long> future = idle.clock().whenReached(2);
        busy.dispatch("1");
        waiting.staysBlocked();
        timed.staysBlocked();
        busy.dispatch("2");

        waiting.result();
        assertTrue(timed.result());
        assertEquals(2, future.get(10, TimeUnit.SECONDS));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G5 one that has finished all it was given stands at the counter, whether or not anybody goes on reading")
    void g05AReceiverWithNothingUnfinishedStandsAtTheCounter(Setup setup) throws InterruptedException {
        open(setup);
        AnySender<String> sender = dispatcher.sender("s", idle);
        sender.dispatch("1");
        setup.run("reads once", () -> {
                    idle.receive();
                    idle.acknowledge();
                })
                .result();
        assertEquals(1, idle.clock().time());
        assertEquals(2, busy.dispatch("2"));
        assertEquals(2, idle.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 after its End too")
    void g05AfterItsEndToo(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.sender("s", idle).close();
        assertEquals(new Delivery.End<>(0), idle.receive());
        long number = busy.dispatch("1");

        assertEquals(number, idle.clock().time());
        idle.clock().waitUntil(number);
        assertEquals(new Delivery.End<>(number), idle.receive());
        assertEquals(busy.dispatch("2"), idle.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 a discarded or failed one stays where it stopped")
    void g05ADiscardedOrFailedOneStaysWhereItStopped(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> failing = dispatcher.receiver("failing");
        assertEquals(1, busy.dispatch("1"));
        idle.discard();
        failing.fail(new IllegalStateException("broken"));
        busy.dispatch("2");

        assertEquals(1, idle.clock().time());
        assertEquals(1, failing.clock().time());
        idle.clock().waitUntil(1);
        failing.clock().waitUntil(1);
        assertThrows(ClosedException.class, () -> idle.clock().waitUntil(2));
        assertThrows(FailedException.class, () -> failing.clock().waitUntil(2));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 the reader of a receiver that got nothing is made aware at its next receive()")
    void g05TheNextReceiveTells(Setup setup) throws InterruptedException {
        open(setup);
        busy.dispatch("1");
        assertEquals(2, busy.dispatch("2"));
        assertEquals(new Delivery.Tick<>(2), idle.receive());
        busy.dispatch("3");
        assertEquals(new Delivery.Tick<>(3), idle.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 at its next receive(Duration)")
    void g05TheNextTimedReceiveTells(Setup setup) throws InterruptedException {
        open(setup);
        busy.dispatch("1");
        assertEquals(Optional.of(new Delivery.Tick<>(1)), idle.receive(Duration.ofHours(1)));
        assertEquals(Optional.empty(), idle.receive(Duration.ofMillis(1)));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 at its next receive(Duration.ZERO)")
    void g05TheNextReceiveWithoutWaitingTells(Setup setup) throws InterruptedException {
        open(setup);
        assertEquals(Optional.empty(), idle.receive(Duration.ZERO));
        busy.dispatch("1");
        assertEquals(Optional.of(new Delivery.Tick<>(1)), idle.receive(Duration.ZERO));
        assertEquals(Optional.empty(), idle.receive(Duration.ZERO));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 at its next tryReceive()")
    void g05TheNextTryReceiveTells(Setup setup) throws InterruptedException {
        open(setup);
        assertEquals(Optional.empty(), idle.tryReceive());
        busy.dispatch("1");
        assertEquals(Optional.of(new Delivery.Tick<>(1)), idle.tryReceive());
        assertEquals(Optional.empty(), idle.tryReceive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G5 one that waits in receive is woken by what the others get")
    void g05AWaitingReaderIsToldOfTheOthers(Setup setup) throws InterruptedException {
        open(setup);
        Running<Delivery<String>> untimed = setup.call("reader", idle::receive).awaitBlocked();
        busy.dispatch("1");
        assertEquals(new Delivery.Tick<>(1), untimed.result());
        Running<Optional<Delivery<String>>> timed =
                setup.call("reader", () -> idle.receive(Duration.ofHours(1))).awaitBlocked();
        busy.dispatch("2");
        assertEquals(Optional.of(new Delivery.Tick<>(2)), timed.result());
    }

    @ContractTest(over = MERGE)
    @DisplayName("G5 in a merge a receiver with nothing unfinished stands at its w, whether or not anybody reads")
    void g05IdleReceiversStandAtW(Setup setup) throws Exception {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Receiver<String> s = merge.receiver("s");
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toBoth = merge.forwarder("to both", r, s);
        for (int number = 1; number <= 50; number++) {
            toBoth.advance(number);
            assertEquals(number, s.clock().time());
        }
        assertEquals(0, r.clock().time());
        s.clock().waitUntil(50);
        assertTrue(s.clock().waitUntil(50, Duration.ZERO));
        assertTrue(s.clock().whenReached(50).isDone());
        assertEquals(new Delivery.Tick<>(50), s.receive());
        Running<Delivery<String>> reader = setup.call("reader", s::receive).awaitBlocked();
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(51)).awaitBlocked();
        CompletableFuture<Long> future = s.clock().whenReached(51);
        toBoth.advance(60);
        assertEquals(new Delivery.Tick<>(60), reader.result());
        Await.eventually("the future is complete", future::isDone);
        waiting.staysBlocked();
        toR.advance(51);
        waiting.result();
    }
}
