package io.github.clockeddispatch.engine.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Inside;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.OwnedThreads;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.Gate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Senders, readers and links that are opened while their dispatcher is being closed. */
@DisplayName("G12 no thread is left")
class NoThreadAfterCloseTest {

    private static final int THREADS = 4;

    private static final int ROUNDS = Integer.getInteger("storm.rounds", 60);

    /** Opens until it is refused, which must be by a ClosedException. Returns how often it was not. */
    private static int untilClosed(CountDownLatch begin, Callable<?> opening) throws Exception {
        begin.await();
        int opened = 0;
        while (true) {
            try {
                opening.call();
                opened++;
            } catch (ClosedException e) {
                return opened;
            }
        }
    }

    private static void assertNoneLeft(Core<?> core, String when) {
        List<String> left = core.threads.all().stream()
                .filter(Thread::isAlive)
                .map(Texts::name)
                .toList();
        assertEquals(List.of(), left, when);
    }

    @Test
    @DisplayName("G12 when close has returned no pump and no reader is alive, however many were being opened")
    void g12SendersAndReaders() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < ROUNDS; round++) {
                Dispatcher<String> dispatcher = Dispatcher.open();
                Receiver<String> r = dispatcher.receiver("r");
                ConcurrentLinkedQueue<Thread> readers = new ConcurrentLinkedQueue<>();
                CountDownLatch begin = new CountDownLatch(1);
                CountDownLatch some = new CountDownLatch(20 + round % 7);
                List<Future<Integer>> opening = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    int id = i;
                    int[] count = {0};
                    opening.add(threads.submit(() -> untilClosed(begin, () -> {
                        some.countDown();
                        String name = id + "-" + count[0]++;
                        return id % 2 == 0
                                ? dispatcher.sender(name, r)
                                : readers.add(dispatcher.read(dispatcher.receiver(name), (number, message) -> {}));
                    })));
                }
                begin.countDown();
                some.await();
                dispatcher.close();
                for (Thread reader : readers) {
                    assertFalse(reader.isAlive(), reader.getName());
                }
                assertNoneLeft(Inside.of(dispatcher), "after close, in round " + round);
                for (Future<Integer> each : opening) {
                    each.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                }
                for (Thread reader : readers) {
                    assertFalse(reader.isAlive(), reader.getName());
                }
                assertNoneLeft(Inside.of(dispatcher), "after all were refused, in round " + round);
            }
        }
    }

    @Test
    @DisplayName("G12 nor is a link, or what it would have opened")
    void g12Links() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS);
                Dispatcher<String> top = Dispatcher.open()) {
            for (int round = 0; round < ROUNDS / 4; round++) {
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
                Receiver<String> below = merge.receiver("below");
                CountDownLatch begin = new CountDownLatch(1);
                CountDownLatch some = new CountDownLatch(10);
                List<Future<Integer>> opening = new ArrayList<>();
                for (int i = 0; i < THREADS; i++) {
                    String name = round + "-" + i + "-";
                    int[] count = {0};
                    opening.add(threads.submit(() -> untilClosed(begin, () -> {
                        some.countDown();
                        Receiver<String> from = top.receiver(name + count[0]++);
                        return count[0] % 2 == 0
                                ? merge.link(from, below)
                                : merge.stage(from, (number, message) -> List.of(), below);
                    })));
                }
                begin.countDown();
                some.await();
                merge.close();
                assertNoneLeft(Inside.of(merge), "after close, in round " + round);
                for (Future<Integer> each : opening) {
                    each.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                }
                assertNoneLeft(Inside.of(merge), "after all were refused, in round " + round);
            }
        }
    }

    @Test
    @DisplayName("G12 whoever looks for threads finds none that is still to be started")
    void g12AddingAndStartingAreOneStep() throws Exception {
        OwnedThreads owned = new OwnedThreads("shop");
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> starting = threads.submit(() -> {
                for (int i = 0; i < 20_000; i++) {
                    owned.start("owned", () -> {});
                }
                done.set(true);
            });
            while (!done.get() && !starting.isDone()) {
                for (Thread thread : owned.all()) {
                    assertNotEquals(Thread.State.NEW, thread.getState());
                }
            }
            starting.get();
        }
        assertEquals(List.of(), owned.join(Deadline.in(Await.BOUND)));
    }

    @Test
    @DisplayName(
            "G12 a sender is refused that is being opened, by a given executor, when its dispatcher is closed: its pump ends")
    void g12AGivenExecutor() throws Exception {
        Gate gate = new Gate();
        AtomicReference<Thread> pump = new AtomicReference<>();
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .pumpExecutor(task -> {
                    pump.set(Thread.ofVirtual().start(task));
                    gate.passUninterruptibly();
                })
                .open();
        Receiver<String> r = dispatcher.receiver("r");
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            Future<?> opening = threads.submit(() -> dispatcher.sender("s", r));
            gate.awaitArrival();
            Future<?> closing = threads.submit(dispatcher::close);
            Await.eventually("it is being closed, or has been", () -> {
                try {
                    dispatcher.receiver("late");
                    return false;
                } catch (ClosedException e) {
                    return true;
                } catch (IllegalArgumentException e) {
                    return false;
                }
            });
            gate.open();
            Throwable refused = assertThrows(
                            ExecutionException.class, () -> opening.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                    .getCause();
            assertEquals(ClosedException.class, refused.getClass());
            closing.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
        }
        Await.eventually("the pump ends", () -> !pump.get().isAlive());
    }
}
