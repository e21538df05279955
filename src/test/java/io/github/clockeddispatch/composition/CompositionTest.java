package io.github.clockeddispatch.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The programs of docs/composition.md, and what it says of them. */
class CompositionTest {

    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration LONG = Duration.ofSeconds(20);

    record Order(long number, boolean isEastern, String text) {}

    private static List<Order> orders(int count) {
        return LongStream.rangeClosed(1, count)
                .mapToObj(number -> new Order(number, number % 4 != 0, "order " + number))
                .toList();
    }

    @Test
    void stack() throws InterruptedException {
        List<String> log = new ArrayList<>();
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> middle = ForwardingDispatcher.open();
                ForwardingDispatcher<String> lower = ForwardingDispatcher.open()) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> checked = middle.receiver("checked");
            Receiver<String> entered = lower.receiver("entered");
            lower.read(entered, (number, order) -> log.add(number + " " + order));
            middle.stage(orders, (number, order) -> order.isBlank() ? List.of() : List.of(order.strip()), checked);
            lower.link(checked, entered);
            Sender<String> desk = top.sender("desk", orders);

            desk.dispatch(" bolt ");
            long number = desk.dispatch("  "); // comes to nothing on the way
            entered.clock().waitUntil(number); // but all that came of it, and of what was before it, is here
            assertThat(log).containsExactly("1 bolt");
        } // lower first: it takes in what is above it
    }

    @Test
    void diamond() throws InterruptedException {
        List<String> log = new ArrayList<>();
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> price = top.receiver("price");
            Receiver<String> stock = top.receiver("stock");
            Receiver<String> both = merge.receiver("both");
            merge.read(both, (number, line) -> log.add(number + " " + line));
            merge.stage(price, (number, item) -> List.of(item + " costs 2"), both);
            merge.stage(stock, (number, item) -> List.of(item + " is there"), both);
            Sender<String> desk = top.sender("desk", price, stock);
            Sender<String> prices = top.sender("prices", price);

            desk.dispatch("bolt");
            both.clock().waitUntil(prices.dispatch("nut"));
            assertThat(log).containsExactly("1 bolt costs 2", "1 bolt is there", "2 nut costs 2");
        }
    }

    /** Takes orders in the order of their numbers. */
    static void feed(Iterable<Order> orders, Forwarder<String> east, Forwarder<String> west)
            throws InterruptedException {
        for (Order order : orders) {
            Forwarder<String> here = order.isEastern() ? east : west;
            Forwarder<String> elsewhere = order.isEastern() ? west : east;
            elsewhere.advance(order.number()); // first: the order will not come from there
            here.forward(order.number(), order.text()); // now this waits for readers alone
        }
    }

    @Test
    void oneThreadFeedsTwoForwarders() throws InterruptedException {
        List<String> log = new ArrayList<>();
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(1).open()) {
            Receiver<String> all = merge.receiver("all");
            Forwarder<String> east = merge.forwarder("east", all);
            Forwarder<String> west = merge.forwarder("west", all);
            merge.read(all, (number, text) -> log.add(text));

            feed(orders(100), east, west);

            assertThat(all.clock().waitUntil(99, LONG)).isTrue();
        }
        assertThat(log).isEqualTo(orders(100).stream().map(Order::text).toList());
    }

    @Test
    void oneThreadThatDoesNotAdvanceStopsItself() throws InterruptedException {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(1).open()) {
            Receiver<String> all = merge.receiver("all");
            Forwarder<String> east = merge.forwarder("east", all);
            Forwarder<String> west = merge.forwarder("west", all);
            merge.read(all, (number, text) -> {});

            assertThat(east.forward(1, "bolt", SHORT)).isTrue();
            assertThat(east.forward(2, "nut", SHORT)).isFalse();
            west.advance(2);
            assertThat(east.forward(2, "nut", LONG)).isTrue();
            west.close();
        }
    }

    /** One of several forwarders that a thread feeds, with what it had no room for. */
    record Outlet(Forwarder<String> forwarder, Queue<Order> waiting) {

        void offer(Order order) {
            waiting.add(order);
        }

        /** Forwards what there is room for, and promises the rest. It does not wait. */
        void drainTo(long upTo) {
            while (!waiting.isEmpty()) {
                Order order = waiting.element();
                if (!forwarder.tryForward(order.number(), order.text())) {
                    return; // it has promised order.number() - 1; try again later
                }
                waiting.remove();
            }
            forwarder.advance(upTo);
        }
    }

    @Test
    void aFullForwarderStopsNoOther() throws InterruptedException {
        List<String> log = new ArrayList<>();
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().channelCapacity(1).open()) {
            Receiver<String> fast = merge.receiver("fast");
            Receiver<String> slow = merge.receiver("slow");
            merge.read(fast, (number, text) -> log.add(text));
            Outlet east = new Outlet(merge.forwarder("east", fast), new ArrayDeque<>());
            Outlet west = new Outlet(merge.forwarder("west", slow), new ArrayDeque<>());

            for (Order order : orders(40)) { // nobody reads the slow one
                (order.isEastern() ? east : west).offer(order);
                while (!east.waiting().isEmpty()) { // the fast one's reader makes room
                    east.drainTo(order.number());
                }
                east.drainTo(order.number());
                west.drainTo(order.number());
            }

            assertThat(fast.clock().waitUntil(40, LONG)).isTrue();
            assertThat(west.waiting()).hasSize(9);
            for (int i = 1; i <= 10; i++) {
                assertThat(slow.receiveMessage(LONG)).contains(new Delivery.Message<>(4 * i, "order " + 4 * i));
                west.drainTo(40);
            }
            assertThat(west.waiting()).isEmpty();
        }
        assertThat(log).hasSize(30);
    }

    @Test
    void aBlockingLoopClosesACircleOfFullBuffers() throws InterruptedException {
        try (Dispatcher<String> top =
                        Dispatcher.builder().channelCapacity(1).inboxCapacity(1).open();
                ForwardingDispatcher<String> merge =
                        ForwardingDispatcher.builder().channelCapacity(1).open()) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> log = merge.receiver("log");
            merge.link(orders, log);
            Sender<String> feedback = top.sender("feedback", orders);

            int sent = 0;
            while (feedback.send("reminder", SHORT)) { // by the thread that should read the log
                sent++;
            }
            assertThat(sent).isLessThan(10); // every buffer on the way is full, and stays so

            assertThat(feedback.trySend("reminder")).isFalse();
            while (log.clock().time() < sent) {
                log.receive();
                log.acknowledge();
            }
            assertThat(feedback.trySend("reminder")).isTrue();
            while (log.clock().time() <= sent) { // or the merge may be closed before the link has brought it
                log.receive();
                log.acknowledge();
            }
        }
    }

    @Test
    void feedback() throws InterruptedException {
        int[] read = new int[1];
        try (Dispatcher<String> top =
                        Dispatcher.builder().channelCapacity(1).inboxCapacity(1).open();
                ForwardingDispatcher<String> merge =
                        ForwardingDispatcher.builder().channelCapacity(1).open()) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> log = merge.receiver("log");
            merge.link(orders, log);
            Sender<String> desk = top.sender("desk", orders);
            Sender<String> feedback = top.sender("feedback", orders);
            Queue<String> reminders = new ConcurrentLinkedQueue<>();
            merge.read(log, (number, order) -> {
                read[0]++;
                if (order.startsWith("order")) {
                    reminders.add("reminder of " + order);
                    reminders.add("second reminder of " + order);
                }
                try {
                    while (!reminders.isEmpty() && feedback.trySend(reminders.element())) {
                        reminders.remove(); // the rest waits here, for the next message
                    }
                } catch (ClosedException closing) {
                    reminders.clear();
                }
            });
            long last = 0;
            for (int i = 1; i <= 200; i++) {
                last = desk.dispatch("order " + i);
            }
            assertThat(log.clock().waitUntil(last, LONG)).isTrue();
            while (!reminders.isEmpty()) {
                assertThat(log.clock().waitUntil(desk.dispatch("no order"), LONG))
                        .isTrue();
            }
            assertThat(top.awaitFinished(LONG)).isTrue();
            assertThat(log.clock().waitUntil(top.sequence(), LONG)).isTrue();
        }
        assertThat(read[0]).isGreaterThanOrEqualTo(600);
    }

    @Test
    void aReaderAtTheBottomMayNotWaitForWhatItDispatchesAtTheTop() throws InterruptedException {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> log = merge.receiver("log");
            merge.link(orders, log);
            Sender<String> desk = top.sender("desk", orders);
            desk.dispatch("bolt");
            log.receiveMessage();
            long number = desk.dispatch("nut");
            assertThatThrownBy(() -> log.clock().waitUntil(number)).isInstanceOf(IllegalStateException.class);
            log.acknowledge();
        }
    }

    @Test
    void aReceiverThatIsDiscardedFailsWhatItsLinkLeadsTo() throws InterruptedException {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> log = merge.receiver("log");
            merge.link(orders, log);
            orders.discard();
            assertThatThrownBy(() -> log.clock().waitUntil(1, LONG))
                    .isInstanceOf(FailedException.class)
                    .hasCauseInstanceOf(ClosedException.class);
        }
    }

    @Test
    void aLinkThatIsClosedClosesWhatItComesFrom() throws InterruptedException {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> log = merge.receiver("log");
            Link link = merge.link(orders, log);
            Sender<String> desk = top.sender("desk", orders);
            long number = desk.dispatch("bolt");
            orders.clock().waitUntil(number);
            link.close();
            assertThatThrownBy(() -> desk.dispatch("nut")).isInstanceOf(ClosedException.class);
            assertThat(log.receiveMessage(LONG)).contains(new Delivery.Message<>(1, "bolt"));
            assertThat(log.receiveMessage(LONG)).containsInstanceOf(Delivery.End.class);
        }
    }

    @Test
    void heldStart() throws InterruptedException {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().startAfter(100).held().open()) {
            Receiver<String> all = merge.receiver("all");
            Forwarder<String> east = merge.forwarder("east", all);
            east.forward(107, "bolt"); // is kept
            Forwarder<String> west = merge.forwarder("west", all); // joins at 100, as east has
            west.forward(103, "nut");
            merge.start();
            assertThat(all.receiveMessage()).isEqualTo(new Delivery.Message<>(103, "nut"));
            west.close();
            assertThat(all.receiveMessage()).isEqualTo(new Delivery.Message<>(107, "bolt"));
        }
    }

    @Test
    void withoutHeldTheSecondSourceComesLate() throws InterruptedException {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> all = merge.receiver("all");
            Forwarder<String> east = merge.forwarder("east", all);
            east.forward(107, "bolt");
            Forwarder<String> west = merge.forwarder("west", all);
            assertThatThrownBy(() -> west.forward(103, "nut")).isInstanceOf(LateMessageException.class);
        }
    }

    /** What a link does, by hand. */
    static void carry(Receiver<String> from, Forwarder<String> to) throws InterruptedException {
        while (true) {
            switch (from.receive()) {
                case Delivery.Message<String>(long number, String order) -> to.forward(number, order);
                case Delivery.Tick<String>(long number) -> to.advance(number);
                case Delivery.End<String> end -> {
                    to.close();
                    return;
                }
            }
        }
    }

    @Test
    void anIdleSourceAdvances() throws Exception {
        List<String> log = new ArrayList<>();
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Receiver<String> busy = top.receiver("busy");
            Receiver<String> idle = top.receiver("idle");
            Receiver<String> all = merge.receiver("all");
            merge.read(all, (number, order) -> log.add(number + " " + order));
            Forwarder<String> east = merge.forwarder("east", all);
            Forwarder<String> west = merge.forwarder("west", all);
            Sender<String> desk = top.sender("desk", busy);
            Sender<String> never = top.sender("never", idle);
            Future<?> first = threads.submit(() -> {
                carry(busy, east);
                return null;
            });
            Future<?> second = threads.submit(() -> {
                carry(idle, west);
                return null;
            });

            desk.dispatch("bolt");
            assertThat(all.clock().waitUntil(desk.dispatch("nut"), LONG)).isTrue();
            desk.close();
            never.close();
            first.get();
            second.get();
        }
        assertThat(log).containsExactly("1 bolt", "2 nut");
    }

    @Test
    void aSilentSourceIsNamed() throws InterruptedException {
        ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().name("shop").open();
        Receiver<String> all = merge.receiver("all");
        Forwarder<String> east = merge.forwarder("east", all);
        Forwarder<String> west = merge.forwarder("west", all);
        east.forward(5, "bolt");
        east.forward(7, "nut");
        west.advance(4); // and then it is silent
        assertThat(all.clock().waitUntil(7, SHORT)).isFalse();
        for (Snapshot.ReceiverState receiver : merge.snapshot().receivers()) {
            Snapshot.HeldBack heldBack = receiver.heldBack();
            assertThat(heldBack.messages()).isEqualTo(2);
            assertThat(heldBack.source()).isEqualTo("west");
            assertThat(heldBack.promise()).isEqualTo(4);
            assertThat(heldBack.since()).isGreaterThan(Duration.ofMillis(40));
        }
        assertThatThrownBy(merge::close)
                .isInstanceOf(DispatchException.class)
                .satisfies(
                        e -> assertThat(Objects.requireNonNull(e.getMessage()).replaceAll("[0-9]+ ms", "51 ms"))
                                .isEqualTo(
                                        "merge \"shop\" did not close cleanly: 2 messages of forwarder \"east\" were not delivered"
                                                + " (in its buffer of 1024), held back: "
                                                + "receiver \"all\" stands at 4 of 4, first unfinished 5, 0 pending, "
                                                + "waits for forwarder \"west\", which has promised 4, for 51 ms, 2 held back"));
    }

    @Test
    void aFailureAboveGoesDownAndUp() throws InterruptedException {
        try (Dispatcher<String> top = Dispatcher.open();
                ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> orders = top.receiver("orders");
            Receiver<String> log = merge.receiver("log");
            merge.stage(orders, (number, order) -> List.of(order.substring(1)), log);
            Sender<String> desk = top.sender("desk", orders);
            desk.send(" bolt");
            desk.send("");

            assertThatThrownBy(() -> log.clock().waitUntil(2))
                    .isInstanceOf(FailedException.class)
                    .hasMessageContaining("as link \"" + top.name() + "/orders\" has failed, at number 1")
                    .hasCauseInstanceOf(StringIndexOutOfBoundsException.class);
            assertThatThrownBy(() -> desk.dispatch("nut"))
                    .isInstanceOf(FailedException.class)
                    .hasMessageContaining("as link \"" + top.name() + "/orders\" has failed, at number 2")
                    .hasCauseInstanceOf(StringIndexOutOfBoundsException.class);
        }
    }

    @Test
    void aFailureBelowGoesUp() {
        IllegalStateException full = new IllegalStateException("disk full");
        Dispatcher<String> top = Dispatcher.open();
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        Receiver<String> orders = top.receiver("orders");
        Receiver<String> log = merge.receiver("log");
        merge.link(orders, log);
        merge.read(log, (number, order) -> {
            throw full;
        });
        Sender<String> desk = top.sender("desk", orders);
        desk.trySend("bolt");

        assertThatThrownBy(() -> orders.clock().waitUntil(2))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("as what link \"" + top.name() + "/orders\" leads to has failed, at number 1")
                .hasCause(full);
        assertThatThrownBy(() -> desk.dispatch("nut"))
                .isInstanceOf(FailedException.class)
                .hasCause(full);
        assertThatThrownBy(merge::close).hasCause(full);
        top.close();
    }

    @Test
    void closedFromTheTopNothingIsLostEither() {
        Dispatcher<String> top = Dispatcher.open();
        ForwardingDispatcher<String> merge = ForwardingDispatcher.open();
        Receiver<String> orders = top.receiver("orders");
        Receiver<String> log = merge.receiver("log");
        merge.link(orders, log);
        List<Long> read = new ArrayList<>();
        merge.read(log, (number, order) -> read.add(number));
        Sender<String> desk = top.sender("desk", orders);
        for (int i = 0; i < 100; i++) {
            desk.trySend("bolt");
        }
        top.close();
        merge.close();
        assertThat(read).hasSize(100);
    }
}
