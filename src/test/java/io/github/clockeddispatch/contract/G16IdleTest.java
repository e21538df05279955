package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.OperatingSystemMXBean;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G16 nothing spins or polls")
class G16IdleTest {
    private static final int MANY = 1_000;

    /** How long the process is watched. */
    private static final Duration WINDOW = Duration.ofMillis(500);

    /** How much of the window it may compute, for other things than us; the clock of the process ticks in 10 ms. */
    private static final Duration ALLOWED = Duration.ofMillis(20);

    /** Waits for a window in which the process used next to no processor time. */
    static void eventuallyUsesNoTime() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long[] last = {Long.MIN_VALUE / 2};
        Awaitility.await("a quiet window")
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(WINDOW)
                .atMost(Await.BOUND)
                .until(() -> {
                    long now = system.getProcessCpuTime();
                    long used = now - last[0];
                    last[0] = now;
                    return used <= ALLOWED.toNanos();
                });
    }

    @ContractTest(
            capacities = {1, 1024},
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName(
            "G16 with 1,000 senders, receivers, readers, subscribers, publishers and waiters of each kind an idle dispatcher uses no processor time")
    void g16AnIdleDispatcherUsesNoTime(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        List<Running<?>> waiting = new ArrayList<>();
        List<Sender<String>> senders = new ArrayList<>();
        Duration hour = Duration.ofHours(1);
        for (int i = 0; i < MANY; i++) {
            Receiver<String> receiver = dispatcher.receiver("r" + i);
            senders.add(dispatcher.sender("s" + i, receiver));
            switch (i % 4) {
                case 0 ->
                    waiting.add(setup.call("receives", () -> {
                        receiver.receiveMessage();
                        return receiver.receiveMessage();
                    }));
                case 1 ->
                    waiting.add(setup.call("receives, timed", () -> {
                        receiver.receiveMessage(hour);
                        return receiver.receiveMessage(hour);
                    }));
                case 2 -> dispatcher.read(receiver, (number, message) -> {});
                default -> waiting.add(setup.run("batches", () -> receiver.forEachBatch(9, messages -> {})));
            }
            waiting.add(setup.run("waits", () -> receiver.clock().waitUntil(Long.MAX_VALUE - 1)));
            waiting.add(setup.call("timed", () -> receiver.clock().waitUntil(Long.MAX_VALUE - 1, hour)));
            receiver.clock().whenReached(Long.MAX_VALUE - 1);
        }
        for (int i = 0; i < MANY; i++) {
            senders.get(i).dispatch("once round");
        }
        flows(dispatcher, senders);
        blocked(waiting);
        eventuallyUsesNoTime();
        Setup.abandon(dispatcher);
        waiting.forEach(thread -> thread.failure(FailedException.class));
    }

    /** Subscribers that have been given what they demanded, others that demand more, and publishers that publish nothing. */
    private static void flows(Dispatcher<String> dispatcher, List<Sender<String>> senders) throws InterruptedException {
        AtomicInteger given = new AtomicInteger();
        List<Receiver<String>> receivers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Receiver<String> receiver = dispatcher.receiver("flow " + i);
            receivers.add(receiver);
            receiver.publisher().subscribe(new Demanding(1 + i % 2, given));
            senders.get(i).sendAll(subscriber -> subscriber.onSubscribe(new Demanding.Silent()));
        }
        try (Sender<String> all = dispatcher.sender("to flows", receivers)) {
            all.dispatch("once round");
        }
        Await.eventually("all were given it", () -> given.get() == MANY);
    }

    /** A subscriber that demands so much, once. */
    private record Demanding(int count, AtomicInteger given) implements Flow.Subscriber<Delivery.Message<String>> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(count);
        }

        @Override
        public void onNext(Delivery.Message<String> message) {
            given.incrementAndGet();
        }

        @Override
        public void onError(Throwable throwable) {}

        @Override
        public void onComplete() {}

        private record Silent() implements Flow.Subscription {
            @Override
            public void request(long n) {}

            @Override
            public void cancel() {}
        }
    }

    @ContractTest(capacities = 1, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("G16 nor do 1,000 senders that wait for room, with their pumps, and a close that waits for readers")
    void g16WaitingForRoomUsesNoTime(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.drainTimeout(Duration.ofHours(1)));
        Receiver<String> full = dispatcher.receiver("full");
        Receiver<String> alsoFull = dispatcher.receiver("also full");
        setup.fill(dispatcher.sender("filler", full), full);
        setup.fill(dispatcher.sender("filler too", alsoFull), alsoFull);
        List<Running<?>> waiting = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Sender<String> sender = i % 10 == 0
                    ? dispatcher.sender("s" + i, List.of(full, alsoFull))
                    : dispatcher.sender("s" + i, full);
            sender.send("in the channel");
            waiting.add(setup.run("send", () -> sender.send("x")));
            waiting.add(setup.call("timed", () -> sender.send("x", Duration.ofHours(1))));
        }
        blocked(waiting);
        eventuallyUsesNoTime();
        Running<Void> closing = setup.run("closing", dispatcher::close).awaitBlocked();
        waiting.forEach(thread -> thread.failure(ClosedException.class));
        eventuallyUsesNoTime();
        closing.staysBlocked();
        dispatcher.fail(new IllegalStateException("enough"));
        closing.failure(FailedException.class);
    }

    @ContractTest(capacities = 1024, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName(
            "G16 messages cause no work in thousands of idle receivers, though somebody waits for each of their clocks")
    void g16NoWorkPerIdleReceiver(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        dispatcher.read(r, (number, message) -> {});
        long few = Math.min(time(dispatcher, sender), time(dispatcher, sender));
        for (int i = 0; i < 5_000; i++) {
            Receiver<String> idle = dispatcher.receiver("idle " + i);
            idle.clock().whenReached(Long.MAX_VALUE - 1);
            if (i < 1_000) {
                dispatcher.read(idle, (number, message) -> {});
            }
        }
        long many = Math.min(time(dispatcher, sender), time(dispatcher, sender));

        assertTrue(many < 20 * few + 100_000_000, () -> few + " ns became " + many + " ns");
        Setup.abandon(dispatcher);
    }

    @ContractTest(
            over = MERGE,
            capacities = {1, 1024},
            threads = Kind.VIRTUAL)
    @DisplayName("G16 an idle stack of merges with 200 links, readers and waiters of each kind uses no processor time")
    void g16AnIdleMergeUsesNoTime(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        ForwardingDispatcher<String> merge = setup.openMerge();
        List<Running<?>> waiting = new ArrayList<>();
        List<Sender<String>> senders = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            Receiver<String> upper = top.receiver("r" + i);
            senders.add(top.sender("s" + i, upper));
            Receiver<String> end = merge.receiver("r" + i);
            merge.link(upper, end);
            merge.read(end, (number, message) -> {});
            waiting.add(setup.run("waits", () -> end.clock().waitUntil(Long.MAX_VALUE - 1)));
            waiting.add(setup.call("timed", () -> end.clock().waitUntil(Long.MAX_VALUE - 1, Duration.ofHours(1))));
            end.clock().whenReached(Long.MAX_VALUE - 1);
        }
        for (Sender<String> sender : senders) {
            sender.dispatch("once round");
        }
        Receiver<String> heldBack = merge.receiver("held back");
        Forwarder<String> stuck = merge.forwarder("stuck", heldBack);
        merge.forwarder("silent", heldBack);
        Setup.forward(stuck, 1_001, 1_000 + setup.capacity());
        waiting.add(setup.run("forwards", () -> stuck.forward(9_999, "x")));
        blocked(waiting);
        eventuallyUsesNoTime();
        Setup.abandon(merge);
        waiting.forEach(thread -> thread.failure(FailedException.class));
    }

    private static void blocked(List<Running<?>> running) {
        Await.blocked("each", running.stream().<Thread>map(Running::thread).toList());
    }

    private static long time(Dispatcher<String> dispatcher, Sender<String> sender) throws InterruptedException {
        long start = System.nanoTime();
        for (int i = 0; i < 20_000; i++) {
            sender.send("m");
        }
        assertTrue(dispatcher.awaitFinished(Await.BOUND));
        return System.nanoTime() - start;
    }
}
