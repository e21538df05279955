package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;

@DisplayName("F5 leaving")
class F05LeavingTest {
    private ForwardingDispatcher<String> merge;
    private Receiver<String> r;
    private Forwarder<String> a;
    private Forwarder<String> b;

    private void open(Setup setup) {
        merge = setup.openMerge();
        r = merge.receiver("r");
        a = merge.forwarder("a", r);
        b = merge.forwarder("b", r);
    }

    @ContractTest(over = MERGE)
    @DisplayName("F5 what was held back by one that leaves goes on, in order")
    void f5LeavingFreesWhatWasHeldBack(Setup setup) throws InterruptedException {
        open(setup);
        Running<Void> forwards = setup.run("a", () -> Setup.forward(a, 1, setup.capacity() + 1));
        b.forward(1, "b");
        b.close();
        Reading<String> reading = setup.read(r);
        forwards.result();
        reading.await(setup.capacity() + 2);
        a.close();
        assertEquals("m1", reading.all().get(0).payload());
        assertEquals("b", reading.all().get(1).payload());
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F5 when the last one leaves, w rises to the greatest number forwarded or promised, and the receiver ends")
    void f5TheLastOneLeaves(Setup setup) throws InterruptedException {
        open(setup);
        Reading<String> reading = setup.read(r);
        b.forward(5, "five");
        a.advance(7);
        b.forwardPart(10, "ten"); // promises 9
        r.clock().waitUntil(7);
        assertEquals(7, merge.sequence());
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(10)).awaitBlocked();
        a.close();
        assertThrows(ClosedException.class, () -> a.advance(99));
        assertEquals(List.of(5L), Reading.numbers(reading.await(1)));
        waiting.staysBlocked();
        b.close();
        waiting.result();
        assertEquals(List.of(5L, 10L), Reading.numbers(reading.all()));
        assertEquals(10, r.clock().time());
        assertEquals(new Delivery.End<>(10), r.receive());
        assertEquals(new Delivery.End<>(10), r.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F5 so it does where the last one to leave is not the one that got furthest")
    void f5TheSlowestLeavesLast(Setup setup) throws InterruptedException {
        open(setup);
        a.forward(20, "twenty");
        a.close();
        assertEquals(Optional.empty(), r.tryReceive());
        b.close();
        assertEquals(new Delivery.Message<>(20, "twenty"), r.receive());
        assertEquals(new Delivery.End<>(20), r.receive());
        assertThrows(ClosedException.class, () -> merge.forwarder("late", r));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F5 fail promises nothing: all that it reaches fail at its promise, with the cause and its name")
    void f5FailingFailsWhatItReaches(Setup setup) throws Exception {
        open(setup);
        Receiver<String> s = merge.receiver("s");
        Receiver<String> apart = merge.receiver("apart");
        Forwarder<String> both = merge.forwarder("source both", r, s);
        Forwarder<String> toApart = merge.forwarder("to apart", apart);
        a.advance(10);
        b.advance(10);
        both.advance(7);
        assertEquals(7, r.clock().time());
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(8)).awaitBlocked();
        CompletableFuture<Long> future = s.clock().whenReached(8);
        assertEquals(new Delivery.Tick<>(7), r.receive());
        Running<Delivery<String>> reader = setup.call("reader", r::receive).awaitBlocked();
        Exception cause = new IllegalStateException("the source is broken");
        both.fail(cause);

        FailedException told = waiting.failure(FailedException.class);
        assertSame(cause, told.getCause());
        assertEquals(7, told.sequence());
        assertTrue(
                told.getMessage().contains("source both") && told.getMessage().contains("7"), told.getMessage());
        assertSame(cause, reader.failure(FailedException.class).getCause());
        ExecutionException failure = assertThrows(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
        assertSame(cause, ((FailedException) failure.getCause()).getCause());
        assertEquals(7, r.clock().time());
        assertEquals(7, s.clock().time());
        r.clock().waitUntil(7);
        assertSame(
                cause,
                assertThrows(FailedException.class, () -> both.forward(8, "x")).getCause());
        assertThrows(FailedException.class, () -> both.advance(8));
        assertThrows(FailedException.class, () -> a.forward(11, "x")); // nobody is left

        toApart.forward(1, "x"); // other paths go on
        assertEquals(new Delivery.Message<>(1, "x"), apart.receiveMessage());
        both.close();
        both.fail(new IllegalStateException("once more"));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F5 a receiver that has something unfinished fails below that")
    void f5FailingStopsBelowTheFirstUnfinished(Setup setup) throws InterruptedException {
        open(setup);
        a.forward(5, "five");
        b.advance(9);
        assertEquals(new Delivery.Message<>(5, "five"), r.receiveMessage());
        b.fail(new IllegalStateException("broken"));
        assertEquals(4, r.clock().time());
        FailedException told = assertThrows(FailedException.class, r::receive);
        assertEquals(5, told.sequence());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F5 a forward that waits is told that its forwarder was closed, or has failed")
    void f5WhoWaitsIsTold(Setup setup) throws InterruptedException {
        open(setup);
        Exception cause = new IllegalStateException("broken");
        Running<Void> waitsInA =
                setup.run("a", () -> Setup.forward(a, 1, 9_999)).awaitBlocked();
        Running<Void> waitsInB =
                setup.run("b", () -> Setup.forward(b, 1, 9_999)).awaitBlocked();
        a.close();
        waitsInA.failure(ClosedException.class);
        waitsInB.staysBlocked();
        b.fail(cause);
        assertSame(cause, waitsInB.failure(FailedException.class).getCause());
        Setup.abandon(merge);
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F5 closing the merge raises no w: what waits above it ends, what is held back is lost, and it says so")
    void f5ClosingTheMergeRaisesNoW(Setup setup) throws Exception {
        open(setup);
        a.forward(5, "five");
        b.advance(3);
        assertEquals(3, r.clock().time());
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(4)).awaitBlocked();
        Running<Boolean> timed = setup.call("timed", () -> r.clock().waitUntil(5, Duration.ofHours(1)))
                .awaitBlocked();
        DispatchException told = assertThrows(DispatchException.class, merge::close);

        waiting.failure(ClosedException.class);
        timed.failure(ClosedException.class);
        for (String part : List.of("1 message of forwarder \"a\"", "\"r\"", "forwarder \"b\"", "promised 3")) {
            assertTrue(told.getMessage().contains(part), () -> "does not say " + part + ": " + told.getMessage());
        }
        assertEquals(3, r.clock().time());
        assertEquals(3, merge.sequence());
        r.clock().waitUntil(3);
        assertThrows(ClosedException.class, () -> r.clock().waitUntil(4));
        assertEquals(new Delivery.End<>(3), r.receive());
        assertThrows(ClosedException.class, () -> b.advance(9));
        assertEquals(3, r.clock().time());
    }
}
