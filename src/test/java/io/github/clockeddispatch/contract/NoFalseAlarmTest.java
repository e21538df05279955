package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Dispatcher;
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
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;

/** Waits that do end are never taken for a deadlock. {@code -Ddeadlock.waits=1000000} sets how many random ones there are. */
@DisplayName("G15 waits that do end are not refused")
class NoFalseAlarmTest {

    /** Deadlocks are looked for nearly all the time. */
    private static final Duration AGE = Duration.ofNanos(100_000);

    private static void watchAlways(Dispatcher.Builder builder) {
        WatchAge.set(builder, AGE);
    }

    private static final int WAITS = Integer.getInteger("deadlock.waits", 20_000);

    @ContractTest(
            capacities = {1, 2},
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @Timeout(600)
    @DisplayName("G15 readers that wait for each other's clocks, each at the number before its own")
    void g15NoFalseAlarms(Setup setup) throws InterruptedException {
        Random random = Numbers.random("noFalseAlarms");
        int rounds = WAITS / 6;
        Dispatcher<Integer> dispatcher = setup.open(NoFalseAlarmTest::watchAlways);
        List<Receiver<Integer>> receivers = receivers(dispatcher);
        for (Receiver<Integer> receiver : receivers) {
            dispatcher.read(
                    receiver, (number, target) -> receivers.get(target).clock().waitUntil(Math.max(0, number - 1)));
        }
        List<Running<Void>> senders = new ArrayList<>();
        for (int s = 0; s < 3; s++) {
            Random own = new Random(random.nextLong());
            Sender<Integer> sender = s == 0
                    ? dispatcher.broadcaster("all")
                    : dispatcher.sender("s" + s, receivers.subList(s - 1, s + 1));
            senders.add(setup.run("sender " + s, () -> {
                for (int i = 0; i < rounds; i++) {
                    long number = sender.dispatch(own.nextInt(4));
                    if (own.nextInt(8) == 0) {
                        receivers.get(own.nextInt(4)).clock().waitUntil(number);
                    }
                }
                sender.close();
            }));
        }
        senders.forEach(Running::result);
        dispatcher.close();
    }

    private static List<Receiver<Integer>> receivers(Dispatcher<Integer> dispatcher) {
        return IntStream.range(0, 4).mapToObj(i -> dispatcher.receiver("r" + i)).toList();
    }

    /**
     * A cascade: without a limit of time, the reader of a receiver sends only to those after it, and waits only for them; so
     * each such wait ends. With a limit of time they do so in any direction, also into their own inbox.
     */
    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @Timeout(600)
    @DisplayName("G15 readers that send and wait downwards for ever, and upwards for some time; interrupts, futures")
    void g15NoFalseAlarmsInACascade(Setup setup) throws InterruptedException {
        Random random = Numbers.random("noFalseAlarmsInACascade");
        AtomicLong waits = new AtomicLong();
        Dispatcher<Integer> dispatcher = setup.open(NoFalseAlarmTest::watchAlways);
        List<Receiver<Integer>> receivers = receivers(dispatcher);
        List<Sender<Integer>> senders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            senders.add(dispatcher.sender("to " + i, receivers.get(i)));
        }
        for (int i = 0; i < 4; i++) {
            senders.add(dispatcher.sender("to all from " + i, receivers.subList(i, 4)));
        }
        ForwardingDispatcher<Integer> merge = setup.openMerge(builder -> WatchAge.set(builder, AGE));
        List<Receiver<Integer>> below = List.of(merge.receiver("b0"), merge.receiver("b1"));
        for (int i = 0; i < 2; i++) {
            Receiver<Integer> top = dispatcher.receiver("top" + i);
            senders.add(dispatcher.sender("to top " + i, top));
            merge.link(top, below.get(i));
            merge.read(below.get(i), (number, lives) -> {});
        }
        List<Receiver<Integer>> all = new ArrayList<>(receivers);
        all.addAll(below);
        for (int i = 0; i < 4; i++) {
            int level = i;
            dispatcher.read(receivers.get(i), (number, lives) -> {
                waits.incrementAndGet();
                if (lives > 0) {
                    act(dispatcher, level + 1, all, senders, lives - 1);
                }
            });
        }
        List<Running<Void>> outside = new CopyOnWriteArrayList<>();
        for (int t = 0; t < 3; t++) {
            Random own = new Random(random.nextLong());
            outside.add(setup.run("outside " + t, () -> {
                while (waits.incrementAndGet() < WAITS) {
                    try {
                        act(dispatcher, 0, all, senders, own.nextInt(4));
                    } catch (InterruptedException e) {
                        // by one of the others
                    }
                    int other = own.nextInt(12);
                    if (other < outside.size()) {
                        outside.get(other).interrupt();
                    }
                }
            }));
        }
        outside.forEach(Running::result);
        for (int lives = 4; lives >= 0; lives--) { // what has been sent may send more
            assertTrue(dispatcher.awaitFinished(Duration.ofMinutes(1)));
        }
        dispatcher.close();
        merge.close();
    }

    /** Does something on behalf of a thread that may wait for ever for receivers from a level on. */
    private static void act(
            Dispatcher<Integer> dispatcher,
            int level,
            List<Receiver<Integer>> receivers,
            List<Sender<Integer>> senders,
            int lives)
            throws InterruptedException {
        var random = ThreadLocalRandom.current();
        Duration moment = Duration.ofNanos(random.nextInt(1_000_000));
        int any = random.nextInt(4);
        int lower = Math.min(level + random.nextInt(4), 3);
        boolean isLower = level < 4;
        Sender<Integer> down = senders.get(lower + 4 * random.nextInt(2));
        switch (random.nextInt(10)) {
            case 0 -> receivers.get(isLower ? lower : 4).clock().waitUntil(dispatcher.sequence());
            case 1 -> receivers.get(any).clock().waitUntil(dispatcher.sequence() + random.nextInt(3), moment);
            case 2, 3 -> {
                try {
                    senders.get(random.nextInt(senders.size())).dispatch(lives, moment);
                } catch (TimeoutException e) {
                    // there was no room
                }
            }
            case 4 -> senders.get(any).send(lives, moment);
            case 5 -> {
                if (isLower) {
                    down.send(lives);
                }
            }
            case 6 -> {
                if (isLower) {
                    var number = down.dispatchAsync(lives);
                    if (random.nextBoolean()) {
                        number.cancel(false);
                    }
                }
            }
            case 7 -> senders.get(8 + random.nextInt(2)).dispatch(lives);
            case 8 -> receivers.get(4 + random.nextInt(2)).clock().waitUntil(dispatcher.sequence());
            default -> {
                if (isLower) {
                    receivers.get(lower).clock().waitUntil(down.dispatch(lives));
                }
            }
        }
    }

    @ContractTest(
            capacities = {1, 2},
            pumps = Pumps.OWN)
    @DisplayName("G15 a slot in a channel that becomes free as another's dispatch with a limit of time ends")
    void g15ADispatchThatEndsMakesRoom(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(NoFalseAlarmTest::watchAlways);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("sender", r);
        Sender<String> other = dispatcher.sender("other", r);
        Gate isFull = setup.gate();
        dispatcher.read(r, (number, message) -> {
            if (message.equals("first")) {
                isFull.pass();
                sender.send("waits for its slot");
            }
        });
        other.dispatch("first");
        isFull.awaitArrival();
        for (int i = 0; i < setup.capacity(); i++) {
            other.dispatch("fills the inbox");
        }
        for (int i = 1; i < setup.capacity(); i++) {
            sender.send("fills the channel");
        }
        Running<TimeoutException> timed = setup.call(
                "timed",
                () -> assertThrows(TimeoutException.class, () -> sender.dispatch("timed", Duration.ofMillis(100))));
        timed.awaitBlocked();
        isFull.open();
        timed.result();
        r.clock().waitUntil(1 + 2 * setup.capacity());
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 a cycle that an interrupt is about to break")
    void g15AnInterruptIsUnderWay(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(NoFalseAlarmTest::watchAlways);
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toA = dispatcher.sender("to a", a);
        Sender<String> toB = dispatcher.sender("to b", b);
        AtomicLong interrupted = new AtomicLong();
        Thread readerOfA = dispatcher.read(a, (number, message) -> {
            assertThrows(InterruptedException.class, () -> b.clock().waitUntil(number + 1));
            interrupted.incrementAndGet();
        });
        dispatcher.read(b, (number, message) -> {
            Await.eventually(
                    "the other waits",
                    () -> dispatcher.snapshot().waits().stream().anyMatch(wait -> wait.sequence() == number));
            readerOfA.interrupt();
            a.clock().waitUntil(number - 1);
        });
        for (int i = 1; i <= 50; i++) {
            toA.dispatch("m");
            b.clock().waitUntil(toB.dispatch("m"));
            assertEquals(i, interrupted.get());
        }
    }

    /**
     * A thread that notices when a watch looks at it. It can say that it is interrupted before it is, as one is that has not
     * begun to run again: an interrupt of the ordinary kind mostly arrives before the watch looks.
     */
    private static final class Observed extends Thread {
        private final FutureTask<Void> body;
        private final AtomicLong looks = new AtomicLong();
        private volatile boolean underWay;

        private Observed(FutureTask<Void> body) {
            super(body, "observed");
            this.body = body;
        }

        static Observed start(Setup.Body body) {
            Observed thread = new Observed(new FutureTask<>(() -> {
                body.run();
                return null;
            }));
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        @Override
        public boolean isInterrupted() {
            if (Thread.currentThread() != this) {
                looks.incrementAndGet();
            }
            return underWay || super.isInterrupted();
        }

        void interruptIsUnderWay(boolean now) {
            underWay = now;
        }

        /** Waits until watches have looked at all that there is at the call, or it ends. */
        void awaitLooks() {
            long before = looks.get();
            Await.eventually(
                    "watches look", () -> isDone() || looks.get() > before + 10); // a look asks it twice at most
        }

        boolean isDone() {
            return body.isDone();
        }

        /** Joins it, and throws what it has thrown. */
        void result() throws Exception {
            Await.eventually("it ends", this::isDone);
            body.get();
        }
    }

    private static int waits(Dispatcher<?> dispatcher) {
        return dispatcher.snapshot().waits().size();
    }

    @ContractTest(threads = Kind.PLATFORM, pumps = Pumps.OWN)
    @DisplayName("G15 a cycle in which a thread is interrupted and has not gone on yet, however long that takes")
    void g15AnInterruptHasNotArrived(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = setup.open(NoFalseAlarmTest::watchAlways);
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        Sender<String> toA = dispatcher.sender("to a", a);
        Sender<String> toB = dispatcher.sender("to b", b);
        Observed readerOfA = Observed.start(() -> a.forEachMessage((number, message) -> {
            assertThrows(InterruptedException.class, () -> b.clock().waitUntil(number + 1));
            ((Observed) Thread.currentThread()).interruptIsUnderWay(false);
        }));
        dispatcher.read(b, (number, message) -> a.clock().waitUntil(number - 1));
        toA.dispatch("1");
        Await.eventually("the reader of a waits", () -> waits(dispatcher) == 1);
        readerOfA.interruptIsUnderWay(true);
        toB.dispatch("2"); // closes the cycle
        Await.eventually("so does the reader of b", () -> readerOfA.isDone() || waits(dispatcher) == 2);
        readerOfA.awaitLooks();
        assertFalse(readerOfA.isDone(), "it waits until the interrupt arrives");
        readerOfA.interrupt();
        b.clock().waitUntil(2);
        toA.close();
        readerOfA.result();
    }

    @ContractTest(pumps = Pumps.OWN)
    @DisplayName("G15 a thread that was the last to read by hand, and waits for what another one will read")
    void g15TheLastToReadByHandWaits(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = setup.open(NoFalseAlarmTest::watchAlways);
        Receiver<String> byHand = dispatcher.receiver("by hand");
        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> sender = dispatcher.sender("sender", byHand);
        Sender<String> toOther = dispatcher.sender("to other", other);
        Running<Void> last = setup.run("last reader", () -> {
            byHand.receiveMessage();
            byHand.acknowledge();
            byHand.clock().waitUntil(2);
        });
        sender.dispatch("1");
        Await.eventually("who has read waits", () -> waits(dispatcher) == 1);
        sender.dispatch("2"); // is in the inbox, and nobody reads
        // a handler waits for the same, or there would be no watch
        Observed handler = Observed.start(
                () -> other.forEachMessage((number, message) -> byHand.clock().waitUntil(2)));
        toOther.dispatch("3");
        handler.awaitLooks(); // there are none before it waits
        byHand.receiveMessage();
        byHand.acknowledge();
        last.result();
        toOther.close();
        handler.result();
    }
}
