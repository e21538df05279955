package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Explanation;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** G19: clocks of several receivers. */
public final class Clocks {
    private Clocks() {}

    private static void checkNothingIsLeft(Dispatcher<?>... dispatchers) {
        for (Dispatcher<?> dispatcher : dispatchers) {
            int left = dispatcher.snapshot().receivers().stream()
                    .mapToInt(Snapshot.ReceiverState::waits)
                    .sum();
            checkEquals(0, left, "waits left");
        }
    }

    /** Waits in one of the ways that there are. */
    private static void await(Life life, LogicalClock clock, long number) throws Exception {
        switch (life.upTo(4)) {
            case 0 -> clock.waitUntil(number);
            case 1 -> checkEquals(number, clock.whenReached(number).get(), "reached");
            case 2 -> clock.whenReached(number).thenAccept(n -> {}).get();
            default -> {
                while (!clock.waitUntil(number, life.briefly())) {
                    life.pause();
                }
            }
        }
    }

    /** Two receivers, of one dispatcher or of two: who waits for both sees what both have done, and nothing is left. */
    public static void ofTwo(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Dispatcher<String> other = life.chance(2) ? dispatcher : Dispatcher.open();
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = other.receiver("two");
        Sender<String> toOne = dispatcher.sender("to-one", one);
        Sender<String> toTwo = other.sender("to-two", two);
        LogicalClock both = LogicalClock.allOf(one.clock(), two.clock());
        long[] effects = {0, 0};
        dispatcher.read(one, (n, m) -> effects[0] = n);
        other.read(two, (n, m) -> effects[1] = n);
        int count = other == dispatcher ? 2 : 1;
        Life.Body waits = () -> {
            await(life, both, count);
            check(effects[0] >= 1 && effects[1] >= 1, "the clock is ahead of the effects");
        };
        Thread sends = life.go("sends", () -> {
            toOne.send("a");
            toTwo.send("b");
        });
        life.together(waits, waits);
        sends.join();
        checkNothingIsLeft(dispatcher, other);
    }

    /** One of them stops beside waits and messages: each wait ends, and nothing is left. */
    public static void oneStops(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Sender<String> both = dispatcher.sender("both", List.of(one, two));
        LogicalClock clock = LogicalClock.allOf(one.clock(), two.clock());
        boolean fails = life.chance(2);
        dispatcher.read(one, (n, m) -> {});
        Life.Body waits = () -> {
            try {
                await(life, clock, 1);
            } catch (ClosedException | FailedException e) {
                check(e.getMessage().contains("\"two\""), e.getMessage());
            } catch (ExecutionException e) {
                check(e.getCause() instanceof ClosedException || e.getCause() instanceof FailedException, "" + e);
            }
        };
        Thread sends = life.go("sends", () -> both.send("a"));
        Thread stops = life.go("stops", () -> {
            if (fails) {
                two.fail(new Exception("planned"));
            } else {
                two.discard();
            }
        });
        life.together(waits, waits);
        sends.join();
        stops.join();
        checkNothingIsLeft(dispatcher);
    }

    /** Who gives up leaves nothing, whenever that is. */
    public static void givenUp(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.open();
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        Sender<String> both = dispatcher.sender("both", List.of(one, two));
        LogicalClock clock = LogicalClock.allOf(one.clock(), two.clock());
        dispatcher.read(one, (n, m) -> {});
        dispatcher.read(two, (n, m) -> {});
        Thread interrupted = life.go("interrupted", () -> {
            try {
                clock.waitUntil(2);
            } catch (InterruptedException e) {
                // that is its end
            }
        });
        Thread cancels = life.go("cancels", () -> {
            CompletableFuture<Long> future = clock.whenReached(2);
            life.pause();
            future.cancel(true);
            try {
                checkEquals(2L, future.get(), "reached");
            } catch (CancellationException e) {
                // that is its end
            }
        });
        both.send("a");
        interrupted.interrupt();
        if (life.chance(2)) {
            both.send("b");
        }
        interrupted.join();
        cancels.join();
        check(dispatcher.awaitFinished(Duration.ofHours(1)), "not finished");
        checkNothingIsLeft(dispatcher);
    }

    /** G20: whoever asks why, at any moment, is told at once, and something that is no contradiction. */
    public static void why(Life life) throws Exception {
        Dispatcher<String> top =
                Dispatcher.builder().channelCapacity(1).inboxCapacity(1).open();
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(1).open();
        Receiver<String> from = top.receiver("from");
        Receiver<String> other = top.receiver("other");
        Receiver<String> to = merge.receiver("to");
        merge.link(from, to);
        Sender<String> toFrom = top.sender("to-from", from);
        Sender<String> toOther = top.sender("to-other", other);
        merge.read(to, (n, m) -> other.clock().waitUntil(n - 1));
        top.read(other, (n, m) -> {});
        LogicalClock all = LogicalClock.allOf(from.clock(), other.clock(), to.clock());
        Life.Body asks = () -> {
            for (int i = 0; i < 4; i++) {
                long number = 1 + life.upTo(6);
                LogicalClock clock = life.chance(3) ? all : life.chance(2) ? to.clock() : from.clock();
                Explanation why = clock.explain(number);
                check(why.behind() == 0 || why.time() + why.behind() == number, "" + why);
                checkEquals(why.behind() == 0, why.causes().isEmpty(), "causes");
                check(!why.toString().isEmpty(), "no text");
                life.pause();
            }
        };
        Thread sends = life.go("sends", () -> {
            for (int i = 0; i < 2; i++) {
                Kit.unlessClosed(() -> toFrom.send("a"));
                toOther.send("b");
            }
        });
        Thread stops = life.go("stops", () -> {
            if (life.chance(3)) {
                to.discard();
            }
        });
        life.together(asks, asks);
        sends.join();
        stops.join();
    }
}
