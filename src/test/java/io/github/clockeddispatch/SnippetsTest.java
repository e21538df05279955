package io.github.clockeddispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc, as they stand there. */
class SnippetsTest {

    @Test
    void dispatcher() throws InterruptedException {
        List<String> applied = new CopyOnWriteArrayList<>();
        // @start region="dispatcher"
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Receiver<String> stock = dispatcher.receiver("stock");
            dispatcher.read(orders, (sequence, order) -> applied.add(sequence + ": " + order));
            Sender<String> desk = dispatcher.sender("desk", orders);

            long number = desk.dispatch("order 4711"); // it has a number, and is in the inbox
            orders.clock().waitUntil(number); // it has been applied
            stock.clock().waitUntil(number); // nothing was for stock: it is up to date
            assertEquals(List.of("1: order 4711"), applied);
        }
        // @end
    }

    @Test
    void send() throws InterruptedException {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Receiver<String> audit = dispatcher.receiver("audit");
            // @start region="send"
            try (Sender<String> desk = dispatcher.sender("desk", orders, audit)) {
                desk.send("order 4711"); // accepted: it will be delivered
                long number = desk.dispatch("order 4712"); // delivered, to both with the same number
                boolean sent = desk.send("order 4713", Duration.ofMillis(100)); // false: nothing was sent
                assertEquals(2, number);
                assertTrue(sent);
            }
            // @end
            assertTrue(orders.receive() instanceof Delivery.Message<String>);
        }
    }

    @Test
    void receive() throws InterruptedException {
        List<String> lines = new ArrayList<>();
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Receiver<String> stock = dispatcher.receiver("stock");
            try (Sender<String> desk = dispatcher.sender("desk", orders);
                    Sender<String> store = dispatcher.sender("store", stock)) {
                desk.dispatch("order 4711");
                store.dispatch("7 left");
                desk.dispatch("order 4712");
            }
            // @start region="receive"
            boolean more = true;
            while (more) {
                switch (stock.receive()) {
                    case Delivery.Message<String>(long sequence, String payload) -> lines.add(sequence + " " + payload);
                    case Delivery.Tick<String>(long sequence) -> lines.add(sequence + " was not for us");
                    case Delivery.End<String>(long sequence) -> more = false;
                }
            }
            // @end
        }
        assertEquals(List.of("2 7 left"), lines);
    }

    @Test
    void readYourWrite() throws InterruptedException {
        // @start region="read-your-write"
        Map<String, Integer> stock = new ConcurrentHashMap<>(); // its reader writes on while others read: thread-safe
        Map<String, Long> seen = new ConcurrentHashMap<>();
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> view = dispatcher.receiver("stock");
            dispatcher.read(view, (sequence, item) -> stock.merge(item, 1, Integer::sum));
            Sender<String> store = dispatcher.sender("store", view);

            long number = store.dispatch("bolt");
            LogicalClock clock = view.clock();
            clock.whenReached(number).thenAccept(reached -> seen.put("bolt", reached));
            clock.waitUntil(number);
            assertEquals(1, stock.get("bolt")); // what the reader did happens before the return of waitUntil
        }
        assertEquals(1, seen.get("bolt"));
        // @end
    }

    @Test
    void addressed() throws InterruptedException {
        Map<String, String> stock = new ConcurrentHashMap<>();
        Map<String, String> audit = new ConcurrentHashMap<>();
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> stockView = dispatcher.receiver("stock");
            Receiver<String> auditView = dispatcher.receiver("audit");
            dispatcher.read(stockView, (sequence, order) -> stock.put(order, "reserved"));
            dispatcher.read(auditView, (sequence, order) -> audit.put(order, "seen"));
            // @start region="addressed"
            Sender<String> desk = dispatcher.sender("desk", stockView, auditView);
            desk.clock().waitUntil(desk.dispatch("order 4711"));
            assertEquals("reserved", stock.get("order 4711"));
            assertEquals("seen", audit.get("order 4711"));
            // @end
        }
    }

    @Test
    void explain() throws InterruptedException {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            // @start region="explain"
            Receiver<String> stock = dispatcher.receiver("stock");
            Sender<String> desk = dispatcher.sender("desk", stock);
            long number = desk.dispatch("order 4711");
            if (!stock.clock().waitUntil(number, Duration.ofMillis(20))) {
                Explanation why = stock.clock().explain(number);
                assertEquals("at 0, 1 behind: receiver \"stock\" has no reader", why.toString());
                assertEquals(Explanation.Kind.NOT_READ, why.causes().getFirst().kind());
            }
            // @end
        }
    }

    @Test
    void deadLetter() throws InterruptedException {
        // @start region="dead-letter"
        Map<String, Integer> stock = new ConcurrentHashMap<>();
        Queue<String> deadLetters = new ConcurrentLinkedQueue<>();
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> view = dispatcher.receiver("stock");
            Sender<String> store = dispatcher.sender("store", view);
            dispatcher.read(
                    view,
                    (sequence, count) -> stock.put("bolt", Integer.parseInt(count)),
                    (sequence, count, failure, attempt) -> {
                        if (attempt < 3) {
                            return Recovery.retryAfter(Duration.ofMillis(1));
                        }
                        deadLetters.add(sequence + ": " + failure.getMessage());
                        return Recovery.skip(); // the view goes on
                    });

            store.send("many");
            view.clock().waitUntil(store.dispatch("7"));
            assertEquals(7, stock.get("bolt"));
            assertEquals(1, view.skipped());
            assertEquals("1: For input string: \"many\"", deadLetters.peek());
        }
        // @end
    }

    @Test
    void discard() throws InterruptedException {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            // @start region="discard"
            Receiver<String> view = dispatcher.receiver("view");
            Sender<String> desk = dispatcher.sender("desk", view);
            desk.dispatch("order 4711");
            view.discard(); // nobody needs it any more
            assertEquals(1, view.discarded());
            assertThrows(ClosedException.class, () -> desk.dispatch("order 4712"));
            // @end
        }
    }

    @Test
    void group() throws InterruptedException {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            // @start region="group"
            Receiver<String> view = dispatcher.receiver("view");
            Group<String> views = dispatcher.group("views", view);
            Sender<String> desk = dispatcher.sender("desk", views);
            desk.dispatch("order 4711");

            Receiver<String> next = dispatcher.receiver("next view"); // to be filled up to j from elsewhere
            long j = views.add(next);
            long k = views.remove(view); // nobody else sends to it: it is given what it has left, then its end
            desk.dispatch("order 4712");
            assertTrue(j <= k && k < dispatcher.sequence());
            // @end
            assertEquals(new Delivery.Message<>(1, "order 4711"), view.receiveMessage());
            assertEquals(new Delivery.End<>(2), view.receiveMessage());
            assertEquals(new Delivery.Message<>(2, "order 4712"), next.receiveMessage());
        }
    }

    @Test
    void merge() throws InterruptedException {
        // @start region="merge"
        List<String> log = new CopyOnWriteArrayList<>(); // its reader writes on while others read: thread-safe
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> bottom = ForwardingDispatcher.open()) {
            Receiver<String> east = top.receiver("east");
            Receiver<String> west = top.receiver("west");
            Receiver<String> ordered = bottom.receiver("log");
            bottom.read(ordered, (sequence, line) -> log.add(sequence + " " + line));
            bottom.stage(east, (sequence, order) -> List.of("east: " + order), ordered);
            bottom.stage(west, (sequence, order) -> List.of("west: " + order), ordered);
            Sender<String> eastDesk = top.sender("east desk", east);
            Sender<String> westDesk = top.sender("west desk", west);

            eastDesk.dispatch("bolt");
            westDesk.dispatch("nut");
            long number = eastDesk.dispatch("washer"); // west's clock promises that nothing is missing there
            ordered.clock().waitUntil(number); // the number from the top, at the bottom
            assertEquals(List.of("1 east: bolt", "2 west: nut", "3 east: washer"), log);
        }
        // @end
    }

    @Test
    void publisher() throws InterruptedException {
        List<String> applied = new CopyOnWriteArrayList<>();
        // @start region="publisher"
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            orders.publisher().subscribe(new Flow.Subscriber<>() {
                private Flow.Subscription subscription;

                @Override
                public void onSubscribe(Flow.Subscription given) {
                    subscription = given;
                    given.request(1); // the first; no more than one at a time
                }

                @Override
                public void onNext(Delivery.Message<String> message) {
                    applied.add(message.sequence() + ": " + message.payload()); // finished when this returns
                    subscription.request(1);
                }

                @Override
                public void onComplete() {
                    applied.add("the end");
                }

                @Override
                public void onError(Throwable failure) {
                    applied.add(failure.getMessage());
                }
            });
            long number = dispatcher.sender("desk", orders).dispatch("order 4711");
            orders.clock().waitUntil(number);
        } // waits for it, as it demands more: then comes the end
        assertEquals(List.of("1: order 4711", "the end"), applied);
        // @end
    }

    @Test
    void sendAll() throws Exception {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Sender<String> desk = dispatcher.sender("desk", orders);
            // @start region="sendAll"
            CompletableFuture<Long> sent;
            try (SubmissionPublisher<String> feed = new SubmissionPublisher<>()) {
                sent = desk.sendAll(feed);
                feed.submit("order 4711");
                feed.submit("order 4712");
            } // completes it
            assertEquals(2, sent.get()); // both have been accepted: they will be delivered
            // @end
            assertTrue(orders.receiveMessage() instanceof Delivery.Message<String>);
        }
    }

    @Test
    void forward() throws InterruptedException {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            // @start region="forward"
            Receiver<String> orders = merge.receiver("orders");
            Forwarder<String> east = merge.forwarder("east", orders);
            Forwarder<String> west = merge.forwarder("west", orders);

            east.forward(3, "bolt"); // east has promised 3, west 0: nothing can be given yet
            assertTrue(orders.tryReceive().isEmpty());
            west.forward(2, "nut"); // the least promise is 2
            assertEquals(new Delivery.Message<>(2, "nut"), orders.receiveMessage());
            west.advance(5); // nothing up to 5 will come from west any more: the least promise is 3
            assertEquals(new Delivery.Message<>(3, "bolt"), orders.receiveMessage());
            assertThrows(LateMessageException.class, () -> west.forward(4, "too late"));
            // @end
        }
    }
}
