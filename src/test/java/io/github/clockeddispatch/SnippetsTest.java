package io.github.clockeddispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc, as they stand there. */
class SnippetsTest {

    @Test
    void dispatcher() throws InterruptedException {
        List<String> applied = new ArrayList<>();
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
            try (Sender<String> desk = dispatcher.sender("desk", List.of(orders, audit))) {
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
        Map<String, Integer> stock = new HashMap<>(); // written by its reader only
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
}
