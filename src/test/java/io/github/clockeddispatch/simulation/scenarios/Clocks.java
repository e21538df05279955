package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Explanation;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.simulation.Life;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
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

    /** A receiver, when it was in the group, and what it has finished. */
    private static final class View {
        final Receiver<String> receiver;
        final Set<Long> done = new ConcurrentSkipListSet<>();
        final List<long[]> ranges = new ArrayList<>();

        /** The counter before it was stopped, and after. */
        long stopping = Long.MAX_VALUE;

        long stopped = Long.MAX_VALUE;

        View(Receiver<String> receiver) {
            this.receiver = receiver;
        }

        boolean isIn() {
            return !ranges.isEmpty() && ranges.getLast()[1] == Long.MAX_VALUE;
        }

        boolean wasFor(long number) {
            return number <= stopping && ranges.stream().anyMatch(range -> range[0] < number && number <= range[1]);
        }
    }

    /** Who has waited for a number, what had been done, and what it was told if that was something else. */
    private record Waited(long number, List<Set<Long>> done, boolean wasTold) {}

    /**
     * A group changes, and one of its receivers stops, while others send to it and wait by the sender's clock: each wait ends when all that
     * the message was for have finished it, or with why one never will.
     */
    public static void ofASender(Life life) throws Exception {
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .inboxCapacity(1 + life.upTo(2))
                .endWithLastSender(false)
                .open();
        List<View> views = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            View view = new View(dispatcher.receiver("v" + i));
            dispatcher.read(view.receiver, (n, m) -> view.done.add(n));
            views.add(view);
        }
        Group<String> group = dispatcher.group("group");
        Sender<String> desk = dispatcher.sender("desk", group);
        Sender<String> beside = dispatcher.sender("beside", views.get(0).receiver);
        List<Waited> waited = Collections.synchronizedList(new ArrayList<>());
        boolean stops = life.chance(2);
        boolean fails = life.chance(2);
        Life.Body sends = () -> {
            for (int i = 0; i < 2; i++) {
                long number = desk.dispatch("m");
                boolean wasTold = !reached(life, desk.clock(), number);
                waited.add(new Waited(
                        number,
                        views.stream().map(view -> Set.copyOf(view.done)).toList(),
                        wasTold));
            }
        };
        Thread looks = life.go("looks", () -> {
            long last = 0;
            for (int i = 0; i < 5; i++) {
                long time = desk.clock().time();
                check(time >= last, "it falls from " + last + " to " + time);
                check(desk.clock().hasReached(time), "it has not reached " + time);
                check(dispatcher.sequence() >= time, "it is ahead of the counter");
                last = time;
                life.pause();
            }
        });
        Thread changes = life.go("changes", () -> {
            for (int i = 0; i < 4; i++) {
                View view = views.get(life.upTo(2));
                if (view.isIn()) {
                    view.ranges.getLast()[1] = group.remove(view.receiver);
                } else {
                    view.ranges.add(new long[] {group.add(view.receiver), Long.MAX_VALUE});
                }
                life.pause();
            }
        });
        Thread stopsOne = life.go("stops", () -> {
            View view = views.get(2);
            view.ranges.add(new long[] {group.add(view.receiver), Long.MAX_VALUE});
            Kit.unlessStopped(() -> beside.send("b"));
            if (stops) {
                view.stopping = dispatcher.sequence();
                if (fails) {
                    view.receiver.fail(new Exception("planned"));
                } else {
                    view.receiver.discard();
                }
                view.stopped = dispatcher.sequence();
            }
        });
        life.together(sends, sends);
        looks.join();
        changes.join();
        stopsOne.join();
        for (Waited one : waited) {
            check(!one.wasTold || (stops && one.number <= views.get(2).stopped), one.number + " was told of a stop");
            for (int i = 0; i < views.size() && !one.wasTold; i++) {
                check(
                        !views.get(i).wasFor(one.number) || one.done.get(i).contains(one.number),
                        one.number + " was for v" + i);
            }
        }
        checkNothingIsLeft(dispatcher);
    }

    /** Waits for it; returns false if it was told that it never will come. */
    private static boolean reached(Life life, LogicalClock clock, long number) throws Exception {
        try {
            await(life, clock, number);
            return true;
        } catch (ClosedException | FailedException e) {
            return false;
        } catch (ExecutionException e) {
            check(e.getCause() instanceof ClosedException || e.getCause() instanceof FailedException, "" + e);
            return false;
        }
    }
}
