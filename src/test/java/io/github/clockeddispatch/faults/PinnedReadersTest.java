package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Readers that hold on to what they run on, as many as there are processors: they wait inside {@code synchronized}, or
 * compute. On platform threads nothing else is held up. On virtual ones they may take all carriers: then whatever runs on
 * virtual threads stands, pumps among it, until one comes back; platform threads do not, and nothing is lost.
 */
class PinnedReadersTest {
    private static final int CARRIERS = Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    private static final int MESSAGES = 500;

    private final AtomicInteger held = new AtomicInteger();
    private final List<Receiver<String>> pinned = new ArrayList<>();
    private Dispatcher<String> dispatcher;
    private Gate gate;
    private volatile boolean computing = true;

    private interface Reader {
        void start(Receiver<String> receiver, MessageHandler<String> handler);
    }

    /** In its monitor: on JDK 21 a virtual thread keeps its carrier, from 24 on it does not. */
    private void waitInside(long number, String message) {
        synchronized (new Object()) {
            held.incrementAndGet();
            gate.passUninterruptibly();
        }
    }

    private void compute(long number, String message) {
        held.incrementAndGet();
        while (computing) {
            Thread.onSpinWait();
        }
    }

    /** As many readers as there are carriers have got something, and do not come back. */
    private void hold(Setup setup, Reader reader, MessageHandler<String> handler) throws InterruptedException {
        gate = setup.gate();
        for (int i = 0; i < CARRIERS; i++) {
            Receiver<String> receiver = dispatcher.receiver("pinned " + i);
            pinned.add(receiver);
            dispatcher.sender("to pinned " + i, receiver).dispatch("hold");
        }
        // one after the other, so that none is left in the queue of a carrier that is taken
        for (int i = 0; i < CARRIERS; i++) {
            int before = i;
            reader.start(pinned.get(i), handler);
            Await.eventually("it holds, too", () -> held.get() == before + 1);
        }
    }

    private void release() throws InterruptedException {
        computing = false;
        gate.open();
        for (Receiver<String> receiver : pinned) {
            assertTrue(receiver.clock().waitUntil(1, Await.BOUND));
        }
        Await.eventually("all come back", () -> pinned.stream().allMatch(r -> r.pending() == 0));
    }

    /** Another path takes its messages; every second one is waited for. */
    private void goesOn(Setup setup, String name) throws Exception {
        Receiver<String> r = dispatcher.receiver(name);
        Sender<String> sender = dispatcher.sender("to " + name, r);
        Reading<String> reading = setup.read(r);
        for (int i = 0; i < MESSAGES; i++) {
            if (i % 2 == 0) {
                assertTrue(sender.send("m" + i, Await.BOUND));
            } else {
                assertTrue(r.clock().waitUntil(sender.dispatch("m" + i, Await.BOUND), Await.BOUND));
            }
        }
        assertEquals(MESSAGES, reading.await(MESSAGES).size());
    }

    @ContractTest(capacities = 4, threads = Kind.PLATFORM)
    void whoWaitsInsideSynchronizedOnAPlatformThreadHoldsUpNobodyElse(Setup setup) throws Exception {
        dispatcher = setup.open();
        hold(
                setup,
                (receiver, handler) -> setup.run(receiver.name(), () -> receiver.forEachMessage(handler)),
                this::waitInside);
        goesOn(setup, "other");
        release();
    }

    @ContractTest(capacities = 4, threads = Kind.PLATFORM)
    void whoComputesOnAPlatformThreadTakesNothingButProcessors(Setup setup) throws Exception {
        dispatcher = setup.open();
        hold(
                setup,
                (receiver, handler) -> setup.run(receiver.name(), () -> receiver.forEachMessage(handler)),
                this::compute);
        goesOn(setup, "other");
        release();
    }

    @ContractTest(capacities = 4, threads = Kind.PLATFORM, pumps = Pumps.GIVEN)
    void whoHoldsAllCarriersDoesNotHoldUpWhatRunsOnPlatformThreads(Setup setup) throws Exception {
        dispatcher = setup.open();
        hold(setup, dispatcher::read, this::compute);
        goesOn(setup, "other");
        release();
    }

    @ContractTest(capacities = 4, threads = Kind.PLATFORM, pumps = Pumps.OWN)
    void whoComputesOnAllCarriersHoldsUpWhatRunsOnVirtualThreads(Setup setup) throws Exception {
        dispatcher = setup.open();
        carriersAreTaken(setup, this::compute, true);
    }

    @ContractTest(capacities = 4, threads = Kind.PLATFORM, pumps = Pumps.OWN)
    void whoWaitsInsideSynchronizedOnVirtualThreadsDoesSoOnlyBeforeJdk24(Setup setup) throws Exception {
        dispatcher = setup.open();
        carriersAreTaken(setup, this::waitInside, Runtime.version().feature() < 24);
    }

    private void carriersAreTaken(Setup setup, MessageHandler<String> handler, boolean taken) throws Exception {
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        hold(setup, dispatcher::read, handler);
        long before = dispatcher.sequence();

        // who dispatches to an idle sender numbers the message itself; a platform thread that waits gets its time
        assertEquals(before + 1, sender.dispatch("by myself", Await.BOUND));
        assertEquals(
                "by myself",
                r.receiveMessage(Await.BOUND).map(PinnedReadersTest::payload).orElseThrow());
        assertFalse(pinned.getFirst().clock().waitUntil(before, Duration.ofMillis(1)));
        assertEquals(before, r.clock().time(), "in hand");
        r.acknowledge();
        assertTrue(r.clock().waitUntil(before + 1, Await.BOUND));

        // accepted at once; numbered by the pump, a virtual thread, when there is a carrier for it
        assertTrue(sender.trySend("by the pump"));
        if (taken) {
            Await.never("it has a number", () -> dispatcher.sequence() > before + 1);
        } else {
            Await.eventually("it has a number", () -> dispatcher.sequence() == before + 2);
        }
        release();
        assertEquals(
                "by the pump",
                r.receiveMessage(Await.BOUND).map(PinnedReadersTest::payload).orElseThrow());
        r.acknowledge();
        goesOn(setup, "afterwards");
    }

    private static String payload(Delivery<String> delivery) {
        return ((Delivery.Message<String>) delivery).payload();
    }
}
