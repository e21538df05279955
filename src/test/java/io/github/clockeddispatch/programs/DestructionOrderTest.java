package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * A container such as Spring's: it destroys its beans in the reverse order of their making, each by the method that it infers, a public
 * one without parameters called {@code close} or {@code shutdown}.
 */
class DestructionOrderTest {

    private static final class Container {
        private final Deque<Object> beans = new ArrayDeque<>();
        private final List<Throwable> problems = new ArrayList<>();

        <B> B bean(B bean) {
            beans.push(bean);
            return bean;
        }

        void destroy() {
            for (Object bean : beans) {
                for (String name : List.of("close", "shutdown")) {
                    destroyBy(name, bean);
                }
            }
        }

        private void destroyBy(String name, Object bean) {
            Method method;
            try {
                method = bean.getClass().getMethod(name);
            } catch (NoSuchMethodException e) {
                return;
            }
            try {
                method.invoke(bean);
            } catch (ReflectiveOperationException e) {
                problems.add(e);
            }
        }
    }

    @Test
    @DisplayName("beans destroyed in the reverse order of their making, under load: nothing that was accepted is lost")
    void nothingIsLost() throws Exception {
        Container container = new Container();
        Dispatcher<Long> dispatcher = container.bean(Dispatcher.builder()
                .name("context")
                .inboxCapacity(8)
                .channelCapacity(8)
                .open());
        Receiver<Long> orders = container.bean(dispatcher.receiver("orders"));
        Receiver<Long> stock = container.bean(dispatcher.receiver("stock"));
        ConcurrentLinkedQueue<Long> inOrders = new ConcurrentLinkedQueue<>();
        ConcurrentLinkedQueue<Long> inStock = new ConcurrentLinkedQueue<>();
        dispatcher.read(orders, (sequence, order) -> inOrders.add(order));
        dispatcher.read(stock, 16, batch -> batch.forEach(message -> inStock.add(message.payload())));
        Group<Long> views = container.bean(dispatcher.group("views", orders, stock));
        Sender<Long> desk = container.bean(dispatcher.sender("desk", views));
        Sender<Long> all = container.bean(dispatcher.broadcaster("all"));

        AtomicLong next = new AtomicLong();
        ConcurrentLinkedQueue<Long> accepted = new ConcurrentLinkedQueue<>();
        try (var requests = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> load = new ArrayList<>();
            for (Sender<Long> sender : List.of(desk, all, desk)) {
                load.add(requests.submit(() -> {
                    while (true) {
                        long order = next.incrementAndGet();
                        try {
                            sender.send(order);
                        } catch (ClosedException e) {
                            return null; // as what it says: nothing was sent
                        }
                        accepted.add(order);
                    }
                }));
            }
            Await.eventually("it is under load", () -> inStock.size() > 500);
            container.destroy();
            for (Future<?> sending : load) {
                sending.get();
            }
        }
        assertThat(container.problems).isEmpty();
        assertThat(inOrders).containsExactlyInAnyOrderElementsOf(accepted);
        assertThat(inStock).containsExactlyElementsOf(inOrders);
    }
}
