package io.github.clockeddispatch.engine.receiving;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Inside;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A buffer that has grown large is small again when its reader parks on it empty. */
@Timeout(60)
class BuffersShrinkTest {
    private static final int CAPACITY = 1 << 20;
    private static final int MANY = 300_000;
    private static final int FIRST = 8;

    /** How a receiver is read until its end. */
    enum Reader {
        RECEIVE {
            @Override
            void read(Receiver<String> receiver, AtomicInteger count) throws InterruptedException {
                Delivery<String> delivery = receiver.receive();
                while (!(delivery instanceof Delivery.End)) {
                    count.addAndGet(delivery instanceof Delivery.Message ? 1 : 0);
                    delivery = receiver.receive();
                }
            }
        },
        TIMED {
            @Override
            void read(Receiver<String> receiver, AtomicInteger count) throws InterruptedException {
                Delivery<String> delivery =
                        receiver.receiveMessage(Duration.ofHours(1)).orElseThrow();
                while (!(delivery instanceof Delivery.End)) {
                    count.incrementAndGet();
                    delivery = receiver.receiveMessage(Duration.ofHours(1)).orElseThrow();
                }
            }
        },
        MESSAGES {
            @Override
            void read(Receiver<String> receiver, AtomicInteger count) throws InterruptedException {
                receiver.forEachMessage((number, message) -> count.incrementAndGet());
            }
        },
        BATCHES {
            @Override
            void read(Receiver<String> receiver, AtomicInteger count) throws InterruptedException {
                receiver.forEachBatch(1000, batch -> count.addAndGet(batch.size()));
            }
        },
        LINK {
            @Override
            void read(Receiver<String> receiver, AtomicInteger count) throws InterruptedException {
                try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
                    Receiver<String> below = merge.receiver("below");
                    merge.link(receiver, below);
                    below.forEachMessage((number, message) -> count.incrementAndGet());
                }
            }
        };

        abstract void read(Receiver<String> receiver, AtomicInteger count) throws InterruptedException;
    }

    @ParameterizedTest
    @EnumSource
    void afterManyMessages(Reader reader) throws InterruptedException {
        long before = used();
        var count = new AtomicInteger();
        Thread thread = null;
        try (Dispatcher<String> dispatcher = open(CAPACITY)) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            Sender<String> sender = dispatcher.sender("sender", receiver);
            for (int round = 1; round <= 2; round++) {
                if (round == 1) {
                    send(sender, receiver, MANY);
                    assertTrue(((Inbox<String>) Inside.of(receiver)).ring.slots() > Inbox.KEPT_SLOTS);
                    thread = Thread.ofVirtual().start(() -> read(reader, receiver, count));
                } else {
                    sender.dispatch("another"); // it works as before
                }
                int read = MANY + round - 1;
                Await.eventually("all are read", () -> count.get() == read);
                awaitSlots(receiver, FIRST);
            }
            Await.eventually("the channel is small", () -> used() < before + 500_000);
        }
        thread.join();
        assertEquals(MANY + 1, count.get());
    }

    /** The inbox is small all the time. */
    @Test
    void afterManyMessagesInAChannel() throws InterruptedException {
        long before = used();
        try (Dispatcher<String> dispatcher = open(1)) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            Sender<String> sender = dispatcher.sender("sender", receiver);
            for (int i = 0; i < MANY; i++) {
                sender.send("message");
            }
            CompletableFuture<Long> reached = receiver.clock().whenReached(MANY);
            dispatcher.read(receiver, (number, message) -> {});
            reached.join();
            Await.eventually("the channel is small", () -> used() < before + 500_000);
            receiver.clock().waitUntil(sender.dispatch("another"));
        }
    }

    /** What is full, or is not large, stays as it is, however often the reader parks. */
    @Test
    void butNotWhatIsOfUse() throws InterruptedException {
        try (Dispatcher<String> dispatcher = open(CAPACITY)) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            Sender<String> sender = dispatcher.sender("sender", receiver);
            send(sender, receiver, Inbox.KEPT_SLOTS);
            int slots = ((Inbox<String>) Inside.of(receiver)).ring.slots();
            assertTrue(slots <= Inbox.KEPT_SLOTS, () -> slots + " slots");
            dispatcher.read(receiver, (number, message) -> {});
            for (int i = 0; i < 100; i++) {
                receiver.clock().waitUntil(sender.dispatch("message"));
                Await.eventually("it is parked", Inside.of(receiver)::readerWaits);
                assertEquals(slots, ((Inbox<String>) Inside.of(receiver)).ring.slots());
            }
        }
    }

    /** Waiters and waiting pumps: theirs are no buffers of messages, but grow likewise. */
    @Test
    void afterManyWaits() throws InterruptedException {
        int waits = 5_000;
        try (Dispatcher<String> dispatcher = open(1)) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            List<CompletableFuture<Long>> futures = new ArrayList<>();
            for (int i = 1; i <= waits; i++) {
                futures.add(receiver.clock().whenReached(i));
            }
            List<Sender<String>> senders = new ArrayList<>();
            for (int i = 0; i < waits; i++) {
                Sender<String> sender = dispatcher.sender("sender " + i, receiver);
                sender.send("message");
                senders.add(sender);
            }
            dispatcher.read(receiver, (number, message) -> {});
            CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new)).join();
            Await.eventually("it is parked", Inside.of(receiver)::readerWaits);
            assertEquals(waits + 1, senders.getFirst().dispatch("goes in, where all have stood"));
            receiver.clock().waitUntil(waits + 1);
        }
    }

    /** So many that it can be seen in the memory used. */
    @Test
    void afterManyCancelledWaits() throws InterruptedException {
        int many = 1 << 20;
        long before = used();
        try (Dispatcher<String> dispatcher = open(1)) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            waitAndCancel(receiver, many);
            assertTrue(used() > before + 4L * many, "there is a slot for each");
            dispatcher.read(receiver, (number, message) -> {});
            receiver.clock().waitUntil(dispatcher.sender("sender", receiver).dispatch("message"));
            Await.eventually("it is small", () -> used() < before + 500_000);
        }
    }

    private static void waitAndCancel(Receiver<String> receiver, int many) {
        List<CompletableFuture<Long>> futures = new ArrayList<>();
        for (int i = 1; i <= many; i++) {
            futures.add(receiver.clock().whenReached(i));
        }
        futures.forEach(future -> future.cancel(false));
    }

    private static Dispatcher<String> open(int inboxCapacity) {
        return Dispatcher.builder()
                .channelCapacity(CAPACITY)
                .inboxCapacity(inboxCapacity)
                .open();
    }

    private static void send(Sender<String> sender, Receiver<String> receiver, int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            sender.send("message");
        }
        Await.eventually("all are there", () -> receiver.pending() == count);
    }

    private static void read(Reader reader, Receiver<String> receiver, AtomicInteger count) {
        try {
            reader.read(receiver, count);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void awaitSlots(Receiver<String> receiver, int slots) {
        Await.eventually("it is small", () -> ((Inbox<String>) Inside.of(receiver)).ring.slots() == slots);
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
