package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.WatchAge;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

@DisplayName("G15 no self-inflicted hang")
class G15SelfInflictedHangTest {
    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;
    private AnySender<String> toOther;

    private void open(Setup setup) {
        dispatcher = setup.openAny(builder -> builder.inboxCapacity(Math.max(4, setup.capacity())));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        toOther = dispatcher.sender("o", other);
    }

    // ---- waiting for oneself

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 in its handler a reader cannot wait for the message in hand, nor for a later one")
    void g15AHandlerCannotWaitForItself(Setup setup) throws InterruptedException {
        open(setup);
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        dispatcher.read(r, (number, message) -> {
            r.clock().waitUntil(number - 1);
            assertThrows(IllegalStateException.class, () -> r.clock().waitUntil(number));
            assertThrows(IllegalStateException.class, () -> r.clock().waitUntil(number + 10));
            assertThrows(IllegalStateException.class, () -> r.clock().waitUntil(number, FOR_EVER));
            assertFalse(r.clock().waitUntil(number, Duration.ofMillis(1)));
            assertFalse(r.clock().waitUntil(number, Duration.ZERO));
            seen.add(number);
        });
        sender.send("1");
        sender.send("2");
        dispatcher.close();

        assertEquals(List.of(1L, 2L), seen);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 nor one that has a message in hand from receive, until it acknowledges")
    void g15AReaderCannotWaitForTheMessageInHand(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.receive();
        String text = assertThrows(IllegalStateException.class, () -> r.clock().waitUntil(1))
                .getMessage();
        assertTrue(text.contains("\"r\"") && text.contains("1"), text);
        r.clock().waitUntil(0);
        r.acknowledge();
        r.clock().waitUntil(1);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G15 with nothing in hand it may wait for what is in its inbox: another thread may be the next to read")
    void g15AnotherThreadMayReadNext(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.receive();
        sender.dispatch("2");
        r.acknowledge();
        Running<Void> next = setup.run("next reader", () -> {
            Await.eventually(
                    "the first one waits", () -> dispatcher.snapshot().waits().size() == 1);
            assertEquals(new Delivery.Message<>(2, "2"), r.receive());
            r.acknowledge();
        });
        r.clock().waitUntil(2);
        next.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 a thread that has read by hand may wait for whoever reads after it, in whatever way")
    void g15WhoHasReadByHandMayWait(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.receive();
        r.acknowledge();
        Running<Delivery<String>> parked = setup.call("parked", () -> r.receiveMessage());
        parked.awaitBlocked();
        Running<Void> acknowledges = setup.run("acknowledges", () -> {
            parked.result();
            r.acknowledge();
        });
        r.clock().waitUntil(sender.dispatch("2"));
        acknowledges.result();

        dispatcher.read(r, (number, message) -> {});
        for (int i = 0; i < 50; i++) {
            r.clock().waitUntil(sender.dispatch("by an own reader"));
        }
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 so may one that has read what a link reads now")
    void g15WhoHasReadBeforeALinkMayWait(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.receive();
        r.acknowledge();
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> below = merge.receiver("below");
        merge.link(r, below);
        merge.read(below, (number, message) -> {});
        for (int i = 0; i < 50; i++) {
            long number = sender.dispatch("more");
            r.clock().waitUntil(number);
            below.clock().waitUntil(number);
        }
    }

    @ContractTest(threads = Kind.PLATFORM)
    @DisplayName("G15 threads of a pool that read in turns may each wait for all")
    void g15APoolThatReadsInTurns(Setup setup) throws Exception {
        Dispatcher<String> own = setup.open(builder -> WatchAge.set(builder, Duration.ZERO));
        r = own.receiver("r");
        Sender<String> desk = own.sender("s", r);
        int rounds = 300;
        var turn = new ReentrantLock();
        AtomicBoolean done = new AtomicBoolean();
        List<Running<Void>> pool = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            boolean onlyReads = i == 0; // or all might wait for what nobody reads
            pool.add(setup.run("pool-" + i, () -> {
                while (!done.get()) {
                    turn.lock();
                    try {
                        r.receiveMessage(Duration.ofMillis(1));
                        r.acknowledge();
                    } finally {
                        turn.unlock();
                    }
                    if (!onlyReads) {
                        r.clock().waitUntil(own.sequence());
                    }
                }
            }));
        }
        for (int i = 0; i < rounds; i++) {
            r.clock().waitUntil(desk.dispatch("m"));
        }
        done.set(true);
        pool.forEach(Running::result);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 where the others' messages bring the clock there, the reader may wait")
    void g15AReaderMayWaitForTheOthers(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        Running<Boolean> reader = setup.call("reader", () -> {
            r.receiveMessage();
            r.acknowledge();
            r.clock().waitUntil(2);
            return r.clock().waitUntil(3, FOR_EVER);
        });
        reader.awaitBlocked();
        toOther.dispatch("2");
        reader.staysBlocked();
        toOther.dispatch("3");
        assertTrue(reader.result());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 a timed wait of the reader is false when its time is over, also when a message comes meanwhile")
    void g15ATimedWaitIsFalseAfterItsTime(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        Gate gate = setup.gate();
        Running<Boolean> reader = setup.call("reader", () -> {
            r.receiveMessage();
            r.acknowledge();
            gate.open();
            return r.clock().waitUntil(2, Duration.ofMillis(20));
        });
        gate.pass();
        sender.dispatch("2");
        assertFalse(reader.result());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 other threads wait as long as it takes, and so does the reader of one for the clock of another")
    void g15OthersMayWait(Setup setup) throws InterruptedException {
        open(setup);
        Receiver<String> second = dispatcher.receiver("second");
        AnySender<String> toSecond = dispatcher.sender("to second", second);
        toSecond.dispatch("1");
        sender.dispatch("2");
        Running<Void> bystander =
                setup.run("bystander", () -> r.clock().waitUntil(2)).awaitBlocked();
        Running<Void> reader = setup.run("reader of second", () -> {
            second.receiveMessage();
            r.clock().waitUntil(2);
            second.acknowledge();
        });
        reader.awaitBlocked();
        r.receiveMessage();
        bystander.staysBlocked();
        r.acknowledge();
        bystander.result();
        reader.result();
        assertEquals(2, second.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 a reader that has handed its receiver over may wait for the next one")
    void g15AFormerReaderMayWait(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        sender.dispatch("2");
        r.receiveMessage();
        Gate given = setup.gate();
        Gate finish = setup.gate();
        Running<Void> next = setup.run("next reader", () -> {
            r.receiveMessage();
            given.open();
            finish.pass();
            r.acknowledge();
        });
        given.pass();
        Running<Void> opener = setup.run("opener", () -> {
            Await.eventually(
                    "somebody waits",
                    () -> dispatcher.snapshot().receivers().getFirst().waits() > 0
                            || dispatcher.snapshot().receivers().getLast().waits() > 0);
            finish.open();
        });
        r.clock().waitUntil(2); // this thread is not the reader any more
        next.result();
        opener.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 awaitFinished in a handler does not hang either")
    void g15AwaitFinishedInAHandler(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.receiveMessage();
        assertFalse(dispatcher.awaitFinished(Duration.ofMillis(1)));
        assertThrows(IllegalStateException.class, () -> dispatcher.awaitFinished(FOR_EVER));
        r.acknowledge();
        assertTrue(dispatcher.awaitFinished(FOR_EVER));
    }

    // ---- two readers at once

    private List<Executable> readingMethods() {
        return List.of(
                r::receive,
                () -> r.receive(Duration.ofHours(1)),
                () -> r.receive(Duration.ZERO),
                r::tryReceive,
                r::receiveMessage,
                () -> r.receiveMessage(Duration.ofHours(1)),
                () -> r.forEachMessage((number, message) -> {}),
                () -> r.forEachBatch(5, messages -> {}),
                () -> r.drain((number, message) -> {}, 5),
                r::acknowledge);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 a second thread in a reading method gets IllegalStateException, and nothing is lost")
    void g15TwoReadersAtOnce(Setup setup) throws InterruptedException {
        open(setup);
        Running<Delivery<String>> first = setup.call("first", r::receive).awaitBlocked();
        for (Executable second : readingMethods()) {
            assertThrows(IllegalStateException.class, second);
        }
        sender.dispatch("x");
        assertEquals(new Delivery.Message<>(1, "x"), first.result());
        assertEquals(0, r.clock().time());
        assertEquals(Optional.empty(), r.tryReceive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 so it is while the first one is in a handler")
    void g15ASecondReaderWhileTheFirstHandles(Setup setup) throws InterruptedException {
        open(setup);
        Gate gate = setup.gate();
        List<Long> given = Collections.synchronizedList(new ArrayList<>());
        dispatcher.read(r, (number, message) -> {
            given.add(number);
            gate.pass();
        });
        sender.dispatch("1");
        sender.dispatch("2");
        gate.awaitArrival();
        for (Executable second : readingMethods()) {
            assertThrows(IllegalStateException.class, second);
        }
        gate.open();
        r.clock().waitUntil(2);
        assertEquals(List.of(1L, 2L), given);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 readers that collide at random lose nothing")
    void g15CollidingReadersLoseNothing(Setup setup) throws InterruptedException {
        open(setup);
        List<Long> given = Collections.synchronizedList(new ArrayList<>());
        // They meet before each try. Were they to try again at once, three virtual threads that never wait could keep
        // the sender's pump from the carriers.
        AtomicBoolean allGiven = new AtomicBoolean();
        CyclicBarrier round = new CyclicBarrier(3, () -> allGiven.set(given.size() == 300));
        List<Running<Void>> readers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            readers.add(setup.run("reader " + i, () -> {
                while (!allGiven.get()) {
                    try {
                        r.receiveMessage(Duration.ofMillis(1)).ifPresent(delivery -> given.add(delivery.sequence()));
                    } catch (IllegalStateException e) {
                        // another one reads
                    }
                    round.await(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                }
            }));
        }
        Setup.send(sender, 300);
        readers.forEach(Running::result);

        Numbers.assertDense(1, 300, given);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 reading on in a handler of the same receiver is refused, and nothing is lost")
    void g15ReadingInAHandlerIsRefused(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        sender.dispatch("2");
        List<Long> given = new ArrayList<>();
        int handled = r.drain(
                (number, message) -> {
                    given.add(number);
                    for (Executable nested : readingMethods().subList(0, 9)) {
                        assertThrows(IllegalStateException.class, nested);
                    }
                },
                5);

        assertEquals(2, handled);
        assertEquals(List.of(1L, 2L), given);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 acknowledge in the handler of a batch is refused")
    void g15AcknowledgeInABatchIsRefused(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        sender.dispatch("2");
        sender.close();
        r.forEachBatch(2, messages -> {
            assertThrows(IllegalStateException.class, r::acknowledge);
            assertEquals(0, r.clock().time());
        });
        assertEquals(2, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 a receiver has one own reader at most")
    void g15OneOwnReader(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.read(r, (number, message) -> {});
        assertThrows(IllegalStateException.class, () -> dispatcher.read(r, (number, message) -> {}));
        sender.dispatch("x");
        r.clock().waitUntil(1);
    }

    @ContractTest(over = MERGE)
    @DisplayName("G15 of two threads that forward at once the second is told, and nothing is lost")
    void g15TwoForwardsAtOnce(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> to = merge.receiver("to");
        Forwarder<String> forwarder = merge.forwarder("f", to);
        setup.fill(forwarder, to);
        Running<Void> first =
                setup.run("first", () -> forwarder.forward(5_000, "first")).awaitBlocked();
        assertThrows(IllegalStateException.class, () -> forwarder.forward(6_000, "second"));
        assertThrows(IllegalStateException.class, () -> forwarder.tryForward(6_000, "second"));
        Reading<String> reading = setup.read(to);
        first.result();
        forwarder.close();
        List<String> given = Reading.payloads(reading.all());
        assertEquals(setup.capacity() + 1, given.size());
        assertEquals("first", given.getLast());
    }

    // ---- two readers that wait for each other: in the handler of n, for the other's n - 1

    private static void waitForEachOther(Setup setup, int times, boolean broadcast) throws Exception {
        AnyDispatcher<Integer> dispatcher = setup.openAny();
        Receiver<Integer> one = dispatcher.receiver("one");
        Receiver<Integer> two = dispatcher.receiver("two");
        Running<Integer> readsOne = setup.call("reads one", () -> reads(one, two));
        Running<Integer> readsTwo = setup.call("reads two", () -> reads(two, one));
        List<AnySender<Integer>> senders = broadcast
                ? List.of(dispatcher.broadcaster("all"))
                : List.of(dispatcher.sender("to one", one), dispatcher.sender("to two", two));
        Random random = Numbers.random("waitForEachOther");
        for (int i = 0; i < times; i++) {
            senders.get(random.nextInt(senders.size())).send(i);
        }
        assertTrue(dispatcher.awaitFinished(Duration.ofSeconds(50)));
        senders.forEach(AnySender::close);

        assertEquals(broadcast ? 2 * times : times, readsOne.result() + readsTwo.result());
        assertEquals(times, one.clock().time());
        assertEquals(times, two.clock().time());
    }

    private static int reads(Receiver<Integer> own, Receiver<Integer> other) throws InterruptedException {
        int[] count = new int[1];
        own.forEachMessage((number, message) -> {
            count[0]++;
            other.clock().waitUntil(number - 1);
        });
        return count[0];
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 two readers may wait for each other's clock in their handlers, unicast")
    void g15ReadersMayWaitForEachOther(Setup setup) throws Exception {
        waitForEachOther(setup, 1_000, false);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 and broadcast")
    void g15ReadersOfBroadcastsMayWaitForEachOther(Setup setup) throws Exception {
        waitForEachOther(setup, 1_000, true);
    }

    @Timeout(60)
    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("G15 100,000 times, unicast, capacity 1")
    void g15ReadersMayWaitForEachOtherManyTimes(Setup setup) throws Exception {
        waitForEachOther(setup, 100_000, false);
    }

    @Timeout(60)
    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("G15 100,000 times, broadcast, capacity 1")
    void g15ReadersOfBroadcastsMayWaitForEachOtherManyTimes(Setup setup) throws Exception {
        waitForEachOther(setup, 100_000, true);
    }
}
