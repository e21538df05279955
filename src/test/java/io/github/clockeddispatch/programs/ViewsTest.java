package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Views of a shop that come and go while orders are taken. None of them misses an order, or counts one twice. */
class ViewsTest {

    private record Order(String item, int count) {}

    /** How much of each item was ordered. */
    private static final class Totals {
        final Map<String, Integer> of = new ConcurrentHashMap<>(); // written by its reader, read by anybody

        void add(Order order) {
            of.merge(order.item(), order.count(), Integer::sum);
        }
    }

    /** Three tills, which take orders until they are told to stop. */
    private static final class Tills {
        final Totals taken = new Totals();
        final LongAdder count = new LongAdder();
        private final AtomicBoolean closing = new AtomicBoolean();
        private final List<Thread> threads = new ArrayList<>();

        Tills(Dispatcher<Order> shop, Group<Order> views) {
            for (int i = 0; i < 3; i++) {
                int till = i;
                threads.add(Thread.ofVirtual().start(() -> take(till, shop, views)));
            }
        }

        private void take(int till, Dispatcher<Order> shop, Group<Order> views) {
            try (Sender<Order> sender = shop.sender("till " + till, views)) {
                for (int i = 0; !closing.get(); i++) {
                    Order order = new Order("item " + i % 5, 1 + till);
                    sender.send(order);
                    taken.add(order);
                    count.increment();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void awaitMore() {
            long enough = count.sum() + 2_000;
            while (count.sum() < enough) {
                Thread.onSpinWait();
            }
        }

        void close() throws InterruptedException {
            closing.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    @Test
    @DisplayName("a view is replaced while it runs, exactly")
    void aViewIsReplaced() throws InterruptedException {
        Totals old = new Totals();
        Totals next = new Totals();
        Tills tills;
        try (Dispatcher<Order> shop = Dispatcher.builder().name("shop").open()) {
            Receiver<Order> ofOld = shop.receiver("totals");
            Group<Order> views = shop.group("views", ofOld);
            shop.read(ofOld, (sequence, order) -> old.add(order));
            tills = new Tills(shop, views);
            tills.awaitMore();

            Receiver<Order> ofNext = shop.receiver("totals, version 2");
            long from = views.add(ofNext); // it is given all after this, and has room for it until it is read
            long to = views.remove(ofOld); // the old one is given all up to this
            ofOld.clock().waitUntil(to);
            next.of.putAll(old.of); // final now
            shop.read(ofNext, (sequence, order) -> {
                if (sequence > to) { // what is not in there
                    next.add(order);
                }
            });
            tills.awaitMore();
            assertThat(from).isLessThanOrEqualTo(to);
            tills.close();
        }
        assertThat(next.of).isEqualTo(tills.taken.of);
        assertThat(old.of).isNotEqualTo(next.of);
    }

    @Test
    @DisplayName("a view is added late, exactly: it is filled from a journal up to the number at which it was added")
    void aViewIsAddedLate() throws InterruptedException {
        Queue<Delivery.Message<Order>> journal = new ConcurrentLinkedQueue<>();
        Totals late = new Totals();
        Tills tills;
        try (Dispatcher<Order> shop = Dispatcher.builder().name("shop").open()) {
            Receiver<Order> ofJournal = shop.receiver("journal");
            Group<Order> views = shop.group("views", ofJournal);
            shop.read(ofJournal, (sequence, order) -> journal.add(new Delivery.Message<>(sequence, order)));
            tills = new Tills(shop, views);
            tills.awaitMore();

            Receiver<Order> ofLate = shop.receiver("late");
            long from = views.add(ofLate);
            ofJournal.clock().waitUntil(from);
            for (Delivery.Message<Order> entry : journal) {
                if (entry.sequence() <= from) {
                    late.add(entry.payload());
                }
            }
            shop.read(ofLate, (sequence, order) -> late.add(order));
            tills.awaitMore();
            tills.close();
        }
        assertThat(late.of).isEqualTo(tills.taken.of);
        assertThat(journal).hasSize(tills.count.intValue());
    }

    @Test
    @DisplayName("a view is taken out for good: it is given what it has left, and its reader ends; the tills go on")
    void aViewIsTakenOut() throws InterruptedException {
        Totals stays = new Totals();
        LongAdder counted = new LongAdder();
        Tills tills;
        long orders;
        try (Dispatcher<Order> shop = Dispatcher.builder().name("shop").open()) {
            Receiver<Order> ofStays = shop.receiver("totals");
            Receiver<Order> ofCount = shop.receiver("count");
            Group<Order> views = shop.group("views", ofStays, ofCount);
            shop.read(ofStays, (sequence, order) -> stays.add(order));
            Thread counts = shop.read(ofCount, (sequence, order) -> counted.increment());
            tills = new Tills(shop, views);
            tills.awaitMore();
            orders = views.remove(ofCount);
            counts.join();
            tills.awaitMore();
            tills.close();
        }
        assertThat(counted.sum()).isEqualTo(orders); // each order has had a number of its own, from 1 on
        assertThat(stays.of).isEqualTo(tills.taken.of);
    }
}
