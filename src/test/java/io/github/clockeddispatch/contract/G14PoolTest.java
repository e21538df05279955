package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;

/** Blocking calls in a pool of one thread, where what they wait for is a task of the same pool. */
@DisplayName("G14 blocking calls tell a ForkJoinPool whose thread they block")
class G14PoolTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final long BOUND = Await.BOUND.toMillis();

    private final AtomicReference<Thread> caller = new AtomicReference<>();

    /** Makes a call in the pool, and waits until it waits. */
    private ForkJoinTask<?> blockedIn(ForkJoinPool pool, Setup.Body call) {
        caller.set(null);
        ForkJoinTask<?> task = pool.submit(() -> {
            caller.set(Thread.currentThread());
            call.run();
            return null;
        });
        Await.eventually("it runs", () -> caller.get() != null);
        Await.eventually("it waits", () -> {
            assertFalse(task.isDone(), () -> "it does not wait: " + task.getException());
            Thread.State state = caller.get().getState();
            return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
        });
        return task;
    }

    /** Makes a call in the pool, ends its wait by another task there, and waits for both. */
    private void ends(String what, ForkJoinPool pool, Setup.Body call, Setup.Body end) throws Exception {
        ForkJoinTask<?> task = blockedIn(pool, call);
        ForkJoinTask<?> ending = pool.submit(() -> {
            do {
                end.run();
                Thread.yield();
            } while (!task.isDone());
            return null;
        });
        try {
            ending.get(BOUND, TimeUnit.MILLISECONDS);
            task.get(BOUND, TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            assertEquals("ends it", root(e).getMessage(), what);
        } catch (TimeoutException e) {
            throw new AssertionError(what + " starves the pool", e);
        } finally {
            task.cancel(true);
            ending.cancel(true);
        }
    }

    private static Throwable root(Throwable e) {
        return e.getCause() == null ? e : root(e.getCause());
    }

    private static void end(BlockingCall call, BlockingCall.Scene scene) throws Exception {
        switch (call.on) {
            case PATH, FULL_CLOCK, ALL -> scene.full.drain((number, message) -> {}, Integer.MAX_VALUE);
            case EMPTY -> {
                scene.toEmpty.dispatch("x");
                scene.toEmpty.close();
            }
            case EMPTY_CLOCK -> scene.empty.fail(new RuntimeException("ends it"));
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            threads = Kind.PLATFORM,
            capacities = 2)
    @DisplayName("G14 a pool of one thread goes on while a call waits there, which another task of it ends")
    void g14ThePoolIsTold(Setup setup) throws Exception {
        for (BlockingCall call : BlockingCall.values()) {
            try (ForkJoinPool pool = new ForkJoinPool(1)) {
                BlockingCall.Scene scene = new BlockingCall.Scene(setup);
                boolean[] ended = {false};
                ends(call.name(), pool, () -> call.callIn(scene), () -> {
                    if (!ended[0] || call.on != BlockingCall.On.EMPTY) {
                        ended[0] = true;
                        end(call, scene);
                    }
                });
                scene.abandon();
            }
        }
    }

    @ContractTest(threads = Kind.PLATFORM, capacities = 2)
    @DisplayName("G14 so it does while a future of the library is waited for")
    void g14ThePoolIsToldOfFutures(Setup setup) throws Exception {
        for (Boolean timed : List.of(true, false)) {
            try (ForkJoinPool pool = new ForkJoinPool(1)) {
                BlockingCall.Scene scene = new BlockingCall.Scene(setup);
                CompletableFuture<Long> reached = scene.full.clock().whenReached(1);
                CompletableFuture<Long> dispatched = scene.waiting.dispatchAsync("x");
                Setup.Body read = () -> scene.full.drain((number, message) -> {}, 1);
                ends("a future", pool, () -> get(CompletableFuture.allOf(reached, dispatched), timed), read);
                scene.abandon();
            }
        }
    }

    private static void get(CompletableFuture<Void> future, boolean timed) throws Exception {
        if (timed) {
            future.get(1, TimeUnit.HOURS);
        } else {
            future.join();
        }
    }

    @ContractTest(
            over = MERGE,
            threads = Kind.PLATFORM,
            capacities = {1, 16})
    @DisplayName("G14 so it does while a part of a number is forwarded, and while a promise is waited for")
    void g14ThePoolIsToldInMerges(Setup setup) throws Exception {
        try (ForkJoinPool pool = new ForkJoinPool(1)) {
            ForwardingDispatcher<String> merge = setup.openMerge();
            Receiver<String> r = merge.receiver("r");
            Forwarder<String> forwarder = merge.forwarder("f", r);
            setup.fill(forwarder, r);
            Setup.Body read = () -> r.drain((number, message) -> {}, 1);
            long[] last = {10_000};
            ends("forwardPart", pool, () -> forwarder.forwardPart(last[0], "x"), read);
            forwarder.advance(last[0]);
            r.drain((number, message) -> {}, Integer.MAX_VALUE);
            Setup.Body advance = () -> forwarder.advance(++last[0]);
            ends("timed waitUntil", pool, () -> r.clock().waitUntil(last[0] + 5, LONG), advance);
            for (Setup.Body receive : List.<Setup.Body>of(r::receive, () -> r.receive(LONG))) {
                while (r.tryReceive().isPresent()) {
                    r.acknowledge();
                }
                ends("receive", pool, receive, advance);
            }
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            threads = Kind.PLATFORM,
            capacities = 2)
    @DisplayName("G14 interrupts and times are as on other threads, also where the pool may have no more threads")
    void g14InterruptsAndTimesInAPool(Setup setup) throws Exception {
        ForkJoinPool narrow = new ForkJoinPool(
                1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, false, 1, 1, 0, null, 1, TimeUnit.MINUTES);
        for (ForkJoinPool each : List.of(new ForkJoinPool(1), narrow)) {
            try (ForkJoinPool pool = each) {
                BlockingCall.Scene scene = new BlockingCall.Scene(setup);
                for (BlockingCall call : BlockingCall.values()) {
                    ForkJoinTask<?> task = blockedIn(pool, () -> {
                        assertThrows(InterruptedException.class, () -> call.callIn(scene), call::name);
                        assertFalse(Thread.interrupted(), call::name);
                    });
                    caller.get().interrupt();
                    task.get(BOUND, TimeUnit.MILLISECONDS);
                }
                Duration time = Duration.ofMillis(10);
                pool.submit(() -> {
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
                            return null;
                        })
                        .get(BOUND, TimeUnit.MILLISECONDS);
                setup.read(scene.full);
                scene.dispatcher.close();
                assertEquals(scene.held, scene.dispatcher.sequence());
            }
        }
    }

    @ContractTest(threads = Kind.PLATFORM, capacities = 2)
    @DisplayName("G17 the pool makes a thread, by code of the user, while no lock of the library is held")
    void g17ThePoolIsToldWithoutALock(Setup setup) throws Exception {
        AtomicReference<AnyDispatcher<String>> dispatcher = new AtomicReference<>();
        ForkJoinPool.ForkJoinWorkerThreadFactory looks = pool -> {
            AnyDispatcher<String> open = dispatcher.get();
            if (open != null) {
                CompletableFuture.supplyAsync(open::snapshot, task -> new Thread(task).start())
                        .orTimeout(BOUND, TimeUnit.MILLISECONDS)
                        .join();
            }
            return ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        };
        for (BlockingCall call : BlockingCall.values()) {
            try (ForkJoinPool pool = new ForkJoinPool(1, looks, null, false)) {
                BlockingCall.Scene scene = new BlockingCall.Scene(setup);
                dispatcher.set(scene.dispatcher);
                ForkJoinTask<?> task = blockedIn(pool, () -> call.callIn(scene));
                caller.get().interrupt();
                assertInstanceOf(
                        InterruptedException.class,
                        root(assertThrows(ExecutionException.class, () -> task.get(BOUND, TimeUnit.MILLISECONDS))),
                        call::name);
                dispatcher.set(null);
                scene.abandon();
            }
        }
    }
}
