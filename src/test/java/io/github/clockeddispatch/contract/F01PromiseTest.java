package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

@DisplayName("F1 promise")
class F01PromiseTest {
    /** Above all that {@link Setup#fill} uses. */
    private static final long N = 100_000;

    private ForwardingDispatcher<String> merge;
    private Receiver<String> r;

    /** The only one: so the merge stands where it stands. */
    private Forwarder<String> only;

    private void open(Setup setup) {
        merge = setup.openMerge();
        r = merge.receiver("r");
        only = merge.forwarder("only", r);
    }

    /** A forward that waits for room. */
    private enum Waiting {
        FORWARD(false, (forwarder, number) -> forwarder.forward(number, "x")),
        TIMED_FORWARD(false, (forwarder, number) -> forwarder.forward(number, "x", Duration.ofHours(1))),
        ENDLESS_FORWARD(
                false, (forwarder, number) -> forwarder.forward(number, "x", Duration.ofSeconds(Long.MAX_VALUE))),
        FORWARD_PART(true, (forwarder, number) -> forwarder.forwardPart(number, "x"));

        private interface Call {
            void run(Forwarder<String> forwarder, long number) throws InterruptedException;
        }

        private final boolean part;
        private final Call call;

        Waiting(boolean part, Call call) {
            this.part = part;
            this.call = call;
        }

        Running<Void> blockedAt(long number, Setup setup, Forwarder<String> forwarder) {
            return setup.run(name(), () -> call.run(forwarder, number)).awaitBlocked();
        }
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 a forward promises its number once it has been accepted")
    void f1AForwardPromisesItsNumber(Setup setup) throws InterruptedException {
        open(setup);
        assertEquals(0, merge.sequence());
        only.forward(5, "five");
        assertEquals(5, merge.sequence());
        assertEquals(4, r.clock().time()); // as five is not finished
        assertEquals(new Delivery.Message<>(5, "five"), r.receive());
        r.acknowledge();
        assertEquals(5, r.clock().time());
        assertTrue(only.forward(7, "seven", Duration.ZERO));
        assertEquals(7, merge.sequence());
        assertEquals(new Delivery.Message<>(7, "seven"), r.receive());
        assertTrue(only.tryForward(8, "eight"));
        assertEquals(8, merge.sequence());
        assertEquals(new Delivery.Message<>(8, "eight"), r.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 it promises the number before that before it waits for room")
    void f1AForwardPromisesOneLessBeforeItWaits(Setup setup) throws InterruptedException {
        for (Waiting form : Waiting.values()) {
            open(setup);
            setup.fill(only, r);
            Running<Void> waiting = form.blockedAt(N, setup, only);
            assertEquals(N - 1, merge.sequence());
            Reading<String> reading = setup.read(r);
            waiting.result();
            assertEquals(form.part ? N - 1 : N, merge.sequence());
            only.close();
            assertEquals(setup.capacity() + 1, reading.all().size());
        }
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 so it has where it then ends with false or an interrupt; it can be tried again")
    void f1AForwardThatGivesUpHasPromisedOneLess(Setup setup) throws InterruptedException {
        open(setup);
        setup.fill(only, r);
        assertFalse(only.forward(N, "x", Duration.ZERO));
        assertEquals(N - 1, merge.sequence());
        assertFalse(only.forward(N + 1, "x", Duration.ofMillis(1)));
        assertEquals(N, merge.sequence());
        assertFalse(only.tryForward(N + 2, "x"));
        assertEquals(N + 1, merge.sequence());
        for (Waiting form : Waiting.values()) {
            Running<Void> waiting = form.blockedAt(N + 3, setup, only);
            waiting.interrupt();
            waiting.failure(InterruptedException.class);
            assertEquals(N + 2, merge.sequence());
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, () -> form.call.run(only, N + 3));
            assertFalse(Thread.currentThread().isInterrupted());
        }
        assertThrows(LateMessageException.class, () -> only.tryForward(N + 2, "late"));

        r.receiveMessage(); // makes room for one
        assertTrue(only.tryForward(N + 3, "last"));
        assertEquals(N + 3, merge.sequence());
        only.close();
        List<Delivery.Message<String>> given = setup.read(r).all();
        assertEquals(setup.capacity(), given.size());
        assertEquals(new Delivery.Message<>(N + 3, "last"), given.getLast());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 one that waits is told when its receiver is discarded or fails, or the merge is closed")
    void f1AWaitingForwardIsTold(Setup setup) throws InterruptedException {
        Exception cause = new IllegalStateException("broken");
        for (Waiting form : Waiting.values()) {
            blocked(form, setup, () -> r.discard()).failure(ClosedException.class);
            FailedException told = blocked(form, setup, () -> r.fail(cause)).failure(FailedException.class);
            assertSame(cause, told.getCause());
            Setup.abandon(merge);
            blocked(form, setup, () -> merge.close()).failure(ClosedException.class);
        }
    }

    private Running<Void> blocked(Waiting form, Setup setup, Runnable end) throws InterruptedException {
        open(setup);
        setup.fill(only, r);
        Running<Void> waiting = form.blockedAt(N, setup, only);
        end.run();
        return waiting;
    }

    @ContractTest(over = MERGE)
    @DisplayName(
            "F1 a part promises only the number before its own, so that others can share the number, until advance")
    void f1PartsShareANumberUntilAdvance(Setup setup) throws InterruptedException {
        open(setup);
        only.forwardPart(5, "one");
        assertEquals(4, merge.sequence());
        assertEquals(Optional.of(new Delivery.Tick<>(4)), r.tryReceive());
        only.forwardPart(5, "two");
        only.forwardPart(5, "three");
        assertEquals(4, merge.sequence());
        assertEquals(Optional.empty(), r.tryReceive());
        only.advance(5);
        assertEquals(5, merge.sequence());
        assertThrows(LateMessageException.class, () -> only.forwardPart(5, "late"));
        only.close();

        assertEquals(
                List.of("one", "two", "three"), Reading.payloads(setup.read(r).all()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 or until a higher number, or a last forward with that number")
    void f1PartsShareANumberUntilAHigherOne(Setup setup) throws InterruptedException {
        open(setup);
        Reading<String> reading = setup.read(r);
        only.forwardPart(5, "one");
        only.forward(5, "two, and last");
        assertEquals(List.of(5L, 5L), Reading.numbers(reading.await(2)));
        only.forwardPart(6, "one");
        only.forwardPart(9, "one");
        assertEquals(List.of(5L, 5L, 6L), Reading.numbers(reading.await(3)));
        assertEquals(8, merge.sequence());
        r.clock().waitUntil(8);
        only.close();
        assertEquals(List.of(5L, 5L, 6L, 9L), Reading.numbers(reading.all()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 there may be more parts of a number than the buffer has slots, as nothing else could ever be")
    void f1MorePartsThanSlots(Setup setup) throws InterruptedException {
        open(setup);
        int parts = setup.capacity() + 3;
        Reading<String> reading = setup.read(r);
        only.forward(6, "before");
        setup.run("forwards", () -> {
                    for (int i = 0; i < parts; i++) {
                        only.forwardPart(7, "part");
                    }
                })
                .result();
        only.forward(8, "after");
        assertEquals(parts + 2, reading.await(parts + 2).size());
        r.clock().waitUntil(8);
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 advance raises the promise and never lowers it")
    void f1AdvanceNeverLowers(Setup setup) throws InterruptedException {
        open(setup);
        only.advance(10);
        assertEquals(10, r.clock().time());
        only.advance(3);
        only.advance(0);
        only.advance(10);
        assertEquals(10, r.clock().time());
        assertThrows(LateMessageException.class, () -> only.forward(10, "late"));
        only.forward(11, "x");
        assertEquals(
                new Delivery.Tick<>(10), new Delivery.Tick<String>(r.clock().time()));
        assertEquals(new Delivery.Message<>(11, "x"), r.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 advance takes no room and never waits, and like tryForward it leaves an interrupt alone")
    void f1AdvanceNeverWaits(Setup setup) throws InterruptedException {
        open(setup);
        setup.fill(only, r);
        setup.run("advances", () -> {
                    Thread.currentThread().interrupt();
                    assertFalse(only.tryForward(N, "no room"));
                    for (long number = N; number < N + 3L * setup.capacity(); number++) {
                        only.advance(number);
                    }
                    assertTrue(Thread.interrupted());
                })
                .result();
        assertEquals(N + 3L * setup.capacity() - 1, merge.sequence());
        only.close();
        assertEquals(
                Numbers.upTo(setup.capacity()), Reading.numbers(setup.read(r).all()));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F1 a forward that waits and is overtaken by advance is late, and its message never arrives")
    void f1AWaitingForwardIsOvertaken(Setup setup) throws InterruptedException {
        for (Waiting form : Waiting.values()) {
            open(setup);
            setup.fill(only, r);
            Running<Void> waiting = form.blockedAt(N, setup, only);
            only.advance(N - 1);
            waiting.staysBlocked();
            only.advance(N + 1);

            LateMessageException late = waiting.failure(LateMessageException.class);
            assertEquals("only", late.source());
            assertEquals(N, late.sequence());
            assertEquals(N + 1, late.promised());
            only.close();
            assertEquals(
                    Numbers.upTo(setup.capacity()),
                    Reading.numbers(setup.read(r).all()));
        }
    }
}
