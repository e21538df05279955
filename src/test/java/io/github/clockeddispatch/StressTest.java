package io.github.clockeddispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Everything at random, for {@code -Dstress.seconds} (8), from {@code -Dstress.seed}: senders of all kinds in all forms, interrupted
 * and out of time at any moment, readers of all kinds, receivers that join and leave, waits for clocks. At the end the
 * conservation law: what was accepted is what was given, discarded or numbered for nobody; what was withdrawn never came.
 */
class StressTest {

    private static final int PERMANENT = 3;

    /** A message: who sent it and how many that one had sent before. */
    private record Item(int sender, int index) {}

    /** One receiver and what its reader has seen; the fields are plain, for waiters to read after their wait. */
    private static final class View {
        final Receiver<Item> receiver;
        final Map<Item, Long> given = new HashMap<>();
        final Map<Integer, Integer> lastOf = new HashMap<>();
        long last;

        View(Receiver<Item> receiver) {
            this.receiver = receiver;
            last = receiver.joinedAt();
        }

        void apply(long number, Item item) {
            assertTrue(number > last, () -> number + " after " + last + " in " + receiver);
            last = number;
            Integer before = lastOf.put(item.sender, item.index);
            assertTrue(before == null || before < item.index, () -> item + " after " + before + " in " + receiver);
            assertEquals(null, given.put(item, number), "given twice");
        }

        /** Reads until the end, in all ways, interrupted now and then. */
        void read(Random random) {
            boolean more = true;
            while (more) {
                try {
                    switch (random.nextInt(4)) {
                        case 0 -> more = receive(receiver.receive());
                        case 1 -> more = receive(receiver.receiveMessage());
                        case 2 -> more = receiver.drain(this::apply, 1 + random.nextInt(20)) >= 0;
                        default -> {
                            receiver.receive(Duration.ofNanos(random.nextInt(1000)))
                                    .ifPresent(this::receive);
                            receiver.acknowledge();
                        }
                    }
                } catch (InterruptedException e) {
                    // nothing is lost
                } catch (ClosedException e) {
                    more = false;
                }
            }
        }

        private boolean receive(Delivery<Item> delivery) {
            if (delivery instanceof Delivery.Message<Item> message) {
                apply(message.sequence(), message.payload());
            }
            return !(delivery instanceof Delivery.End<Item>);
        }
    }

    private final Dispatcher<Item> dispatcher;
    private final Random random;
    private final long end;
    private final List<FutureTask<Void>> tasks = new ArrayList<>();
    private final Set<Thread> interruptible = ConcurrentHashMap.newKeySet();

    /** By sender: the messages that were accepted, and the number where it was told. */
    private final Map<Integer, Map<Item, Long>> accepted = new ConcurrentHashMap<>();

    private final AtomicLong acceptedInAll = new AtomicLong();
    private final AtomicLong neverNumbered = new AtomicLong();

    StressTest() {
        long seed = Long.getLong("stress.seed", System.nanoTime());
        System.out.println("stress.seed " + seed);
        random = new Random(seed);
        int capacity = List.of(1, 2, 16, 1024).get(random.nextInt(4));
        dispatcher = Dispatcher.<Item>builder()
                .channelCapacity(capacity)
                .inboxCapacity(List.of(1, 3, 256).get(random.nextInt(3)))
                .endWithLastSender(random.nextBoolean())
                .drainTimeout(Duration.ofSeconds(30))
                .open();
        end = System.nanoTime() + TimeUnit.SECONDS.toNanos(Integer.getInteger("stress.seconds", 8));
    }

    private boolean goesOn() {
        return System.nanoTime() - end < 0;
    }

    private FutureTask<Void> start(boolean virtual, Callable<Void> body) {
        var task = new FutureTask<>(body);
        tasks.add(task);
        var unused = (virtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(task);
        return task;
    }

    @Test
    @Timeout(value = 1, unit = TimeUnit.DAYS)
    void nothingIsLostAndNothingComesTwice() throws InterruptedException, ExecutionException {
        List<View> views = new ArrayList<>();
        for (int i = 0; i < PERMANENT; i++) {
            views.add(new View(dispatcher.receiver("view " + i)));
        }
        List<FutureTask<Void>> readers = new ArrayList<>();
        for (View view : views) {
            long seed = random.nextLong();
            readers.add(start(random.nextBoolean(), () -> {
                interruptible.add(Thread.currentThread());
                view.read(new Random(seed));
                interruptible.remove(Thread.currentThread());
                return null;
            }));
        }
        List<Sender<Item>> senders = List.of(
                dispatcher.sender("to 0", views.get(0).receiver),
                dispatcher.sender("to 1", views.get(1).receiver),
                dispatcher.sender("to 0 and 1", List.of(views.get(0).receiver, views.get(1).receiver)),
                dispatcher.sender("to 1 and 2", List.of(views.get(1).receiver, views.get(2).receiver)),
                dispatcher.broadcaster("to all"));
        List<List<Integer>> addressed = List.of(List.of(0), List.of(1), List.of(0, 1), List.of(1, 2), List.of(0, 1, 2));
        List<FutureTask<Void>> writers = new ArrayList<>();
        for (int thread = 0; thread < 2 * senders.size(); thread++) {
            int id = thread;
            int index = thread % senders.size();
            long seed = random.nextLong();
            View first = views.get(addressed.get(index).get(0));
            writers.add(start(random.nextBoolean(), () -> write(id, senders.get(index), first, new Random(seed))));
        }
        long seed = random.nextLong();
        writers.add(start(false, () -> comeAndGo(new Random(seed))));
        writers.add(start(false, () -> watch(views)));
        Random interrupts = new Random(random.nextLong());
        while (goesOn()) {
            List<Thread> threads = new ArrayList<>(interruptible);
            threads.get(interrupts.nextInt(threads.size())).interrupt();
            TimeUnit.MICROSECONDS.sleep(
                    interrupts.nextInt(2000)); // the pace of the interrupts, not a wait for anything
        }
        for (FutureTask<Void> writer : writers) {
            writer.get();
        }
        dispatcher.close();
        for (FutureTask<Void> task : tasks) {
            task.get();
        }
        check(views, addressed);
    }

    /** One of the threads that use a sender. */
    private Void write(int id, Sender<Item> sender, View view, Random choice) {
        Map<Item, Long> mine = new HashMap<>();
        Map<Item, CompletableFuture<Long>> promised = new HashMap<>();
        accepted.put(id, mine);
        interruptible.add(Thread.currentThread());
        for (int index = 0; goesOn(); index++) {
            var item = new Item(id, index);
            Duration little = Duration.ofNanos(choice.nextInt(200_000));
            try {
                switch (choice.nextInt(7)) {
                    case 0 -> {
                        sender.send(item);
                        mine.put(item, 0L);
                    }
                    case 1 -> {
                        if (sender.trySend(item)) {
                            mine.put(item, 0L);
                        }
                    }
                    case 2 -> {
                        if (sender.send(item, little)) {
                            mine.put(item, 0L);
                        }
                    }
                    case 3 -> mine.put(item, sender.dispatch(item));
                    case 4 -> mine.put(item, sender.dispatch(item, little));
                    case 5 -> promised.put(item, sender.dispatchAsync(item));
                    default -> {
                        long number = sender.dispatch(item);
                        mine.put(item, number);
                        view.receiver.clock().waitUntil(number);
                        assertTrue(view.last >= number, "waitUntil has returned before the effect was there");
                    }
                }
                if (choice.nextInt(4) == 0) {
                    promised.values().forEach(future -> future.cancel(true));
                }
            } catch (InterruptedException | TimeoutException e) {
                // withdrawn, or it was the wait for the clock
            }
        }
        interruptible.remove(Thread.currentThread());
        promised.forEach((item, future) -> {
            if (!future.isCancelled()) {
                mine.put(item, future.join());
            }
        });
        acceptedInAll.addAndGet(mine.size());
        return null;
    }

    /** Receivers join, with senders of their own, and leave in the midst of things. */
    private Void comeAndGo(Random choice) throws InterruptedException {
        for (int round = 0; goesOn(); round++) {
            int id = 1000 + round;
            View view = new View(dispatcher.receiver("guest", 1 + choice.nextInt(8)));
            int sent = 0;
            try (Sender<Item> host = dispatcher.sender("host", view.receiver)) {
                for (int i = choice.nextInt(30); i > 0; i--) {
                    sent += host.trySend(new Item(id, sent)) ? 1 : 0;
                    if (choice.nextInt(3) == 0) {
                        view.receiver.tryReceive().ifPresent(view::receive);
                    }
                }
                view.receiver.close();
            }
            long own = view.given.keySet().stream()
                    .filter(item -> item.sender == id)
                    .count();
            assertThat(view.receiver.discarded()).isGreaterThanOrEqualTo(sent - own);
            acceptedInAll.addAndGet(sent);
            neverNumbered.addAndGet(view.receiver.inbox.discardedInChannels());
            awaitNextNumber(view.receiver.clock()); // let the others go on
        }
        return null;
    }

    /** Clocks never fall, and never pass the counter. */
    private Void watch(List<View> views) throws InterruptedException {
        long[] times = new long[views.size()];
        while (goesOn()) {
            for (int i = 0; i < times.length; i++) {
                long before = times[i];
                times[i] = views.get(i).receiver.clock().time();
                assertThat(times[i]).isBetween(before, dispatcher.sequence());
            }
            awaitNextNumber(views.get(0).receiver.clock());
        }
        return null;
    }

    private void awaitNextNumber(LogicalClock clock) throws InterruptedException {
        try {
            var unused = clock.waitUntil(dispatcher.sequence() + 1, Duration.ofMillis(1));
        } catch (ClosedException e) {
            // a guest's that was closed with something unfinished
        }
    }

    private void check(List<View> views, List<List<Integer>> addressed) {
        for (int i = 0; i < views.size(); i++) {
            int view = i;
            Map<Item, Long> expected = new HashMap<>();
            accepted.forEach((id, items) -> {
                if (addressed.get(id % addressed.size()).contains(view)) {
                    expected.putAll(items);
                }
            });
            Map<Item, Long> given = views.get(i).given;
            assertEquals(expected.keySet(), given.keySet(), () -> "given to view " + view);
            expected.forEach(
                    (item, number) -> assertTrue(number == 0 || number.equals(given.get(item)), item::toString));
            assertEquals(dispatcher.sequence(), views.get(i).receiver.clock().time());
        }
        assertEquals(acceptedInAll.get(), dispatcher.sequence() + neverNumbered.get(), "numbers given");
        Set<Long> numbers = new HashSet<>();
        views.forEach(view -> numbers.addAll(view.given.values()));
        System.out.println(dispatcher.sequence() + " numbers, " + numbers.size() + " of them to those who stayed");
    }
}
