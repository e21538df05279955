package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Views that fail: somebody is told, and a policy has them survive. The blocks of docs/failures.md. */
class FailuresTest {

    private final Queue<String> alarms = new ConcurrentLinkedQueue<>();

    /** A service that takes orders, with a stock that is asked. */
    private final class Service implements AutoCloseable {
        final Map<String, Integer> stock = new ConcurrentHashMap<>();

        final Dispatcher<String> shop = Dispatcher.builder()
                .name("shop")
                .onFailure((view, number, cause) -> alarms.add(view + " is dead since " + number + ": " + cause))
                .open();
        final Receiver<String> view = shop.receiver("stock");
        final Sender<String> desk = shop.sender("desk", view);

        Service() {
            shop.read(view, (number, order) -> stock.merge(item(order), count(order), Integer::sum));
        }

        /** Returns a status: the order is in the stock, or it is said that it is not. */
        int post(String order) throws InterruptedException {
            try {
                view.clock().waitUntil(desk.dispatch(order));
                return 201;
            } catch (FailedException e) {
                return 503;
            }
        }

        @Override
        public void close() {
            shop.close();
        }
    }

    private static String item(String order) {
        return order.split(" ", -1)[1];
    }

    private static int count(String order) {
        return Integer.parseInt(order.split(" ", -1)[0]);
    }

    @Test
    @DisplayName("a service with one bad order: that one and all later ones are told so, and somebody is told, once")
    void oneBadOrder() throws InterruptedException {
        Service service = new Service();
        assertThat(service.post("7 bolt")).isEqualTo(201);
        assertThat(service.stock).containsEntry("bolt", 7);
        assertThat(service.post("many bolt")).isEqualTo(503);
        assertThat(service.post("2 bolt")).isEqualTo(503);
        assertThatThrownBy(service::close)
                .isInstanceOf(FailedException.class)
                .hasRootCauseInstanceOf(NumberFormatException.class);
        assertThat(alarms)
                .containsExactly("stock is dead since 2: java.lang.NumberFormatException: For input string: \"many\"");
    }

    @Test
    @DisplayName("a listener may end the service")
    void aListenerEndsTheService() throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Dispatcher<String>[] opened = newArray();
        Dispatcher<String> shop = Dispatcher.builder()
                .name("shop")
                .onFailure((view, number, cause) -> {
                    try {
                        opened[0].close();
                    } catch (DispatchException e) {
                        ended.countDown(); // it throws what the view threw
                    }
                })
                .open();
        opened[0] = shop;
        Receiver<String> view = shop.receiver("stock");
        Sender<String> desk = shop.sender("desk", view);
        shop.read(view, (number, order) -> count(order));
        desk.send("many bolt");
        ended.await();
        assertThatThrownBy(() -> desk.send("1 bolt")).isInstanceOf(DispatchException.class);
    }

    @SuppressWarnings("unchecked") // an array of one
    private static Dispatcher<String>[] newArray() {
        return new Dispatcher[1];
    }

    @Test
    @DisplayName("a retry that ends in a dead letter: the view goes on, and its clock passes what was skipped")
    void aRetryThatEndsInADeadLetter() throws InterruptedException {
        Map<String, Integer> stock = new ConcurrentHashMap<>();
        Queue<String> rejected = new ConcurrentLinkedQueue<>();
        try (Dispatcher<String> shop = Dispatcher.open();
                Dispatcher<String> letters = Dispatcher.open()) {
            Receiver<String> view = shop.receiver("stock");
            Receiver<String> dead = letters.receiver("rejected");
            letters.read(dead, (number, order) -> rejected.add(order));
            Sender<String> deadLetters = letters.sender("dead letters", dead);
            FailurePolicy<String> policy = (number, order, failure, attempt) -> {
                if (attempt < 3) {
                    return Recovery.retryAfter(Duration.ofMillis(10));
                }
                deadLetters.send(number + " " + order);
                return Recovery.skip();
            };
            shop.read(view, (number, order) -> stock.put(item(order), count(order)), policy);
            Sender<String> desk = shop.sender("desk", view);

            desk.send("many bolt");
            view.clock().waitUntil(desk.dispatch("7 bolt"));
            assertThat(stock).containsEntry("bolt", 7);
            assertThat(view.skipped()).isEqualTo(1);
        }
        assertThat(rejected).containsExactly("1 many bolt");
    }

    @Test
    @DisplayName("a stage's failure is told at the top, where nobody waits")
    void aStagesFailureIsToldAtTheTop() throws InterruptedException {
        List<String> log = new ArrayList<>();
        Dispatcher<String> top = Dispatcher.builder()
                .onFailure((receiver, number, cause) -> alarms.add("top: " + receiver + " " + number + " " + cause))
                .open();
        ForwardingDispatcher<String> bottom = ForwardingDispatcher.builder()
                .onFailure((receiver, number, cause) -> alarms.add("bottom: " + receiver + " " + number + " " + cause))
                .open();
        Receiver<String> orders = top.receiver("orders");
        Receiver<String> entered = bottom.receiver("entered");
        bottom.read(entered, (number, line) -> log.add(line));
        bottom.stage(orders, (number, order) -> List.of(item(order) + " " + count(order)), entered);
        Sender<String> desk = top.sender("desk", orders);
        desk.send("7 bolt");
        desk.send("many bolt");
        Await.eventually("both are told", () -> alarms.size() == 2);
        String cause = "java.lang.NumberFormatException: For input string: \"many\"";
        assertThat(alarms).containsExactlyInAnyOrder("top: orders 2 " + cause, "bottom: entered 1 " + cause);
        assertThatThrownBy(bottom::close).isInstanceOf(FailedException.class);
        top.close();
        assertThat(log).containsExactly("bolt 7");
    }
}
