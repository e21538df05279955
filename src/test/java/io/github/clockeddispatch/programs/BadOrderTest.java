package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An HTTP service with two views, of which one meets an order that it cannot take. */
class BadOrderTest {

    private record Order(String item, int count) {}

    /** POST /orders?item=count says 201 and the number; GET /stock?item says what is sold, its own writes included. */
    private static final class Service implements AutoCloseable {
        final List<String> failures = new CopyOnWriteArrayList<>();
        final Map<String, Integer> sold = new ConcurrentHashMap<>();
        private final Map<String, Integer> audited = new ConcurrentHashMap<>();
        private final Dispatcher<Order> dispatcher = Dispatcher.builder()
                .name("service")
                .onFailure((receiver, sequence, cause) -> failures.add(receiver + " at " + sequence + ": " + cause))
                .open();
        private final Receiver<Order> stock = dispatcher.receiver("stock");
        final Receiver<Order> audit = dispatcher.receiver("audit");
        private final Sender<Order> desk = dispatcher.sender("desk", stock, audit);
        private final Sender<Order> toStock = dispatcher.sender("stock alone", stock);
        private final ExecutorService requests = Executors.newCachedThreadPool();
        private final HttpServer server;

        Service() throws IOException {
            dispatcher.read(stock, (sequence, order) -> {
                if (order.count() < 0) {
                    throw new IllegalArgumentException("cannot sell " + order.count() + " of " + order.item());
                }
                sold.merge(order.item(), order.count(), Integer::sum);
            });
            dispatcher.read(audit, (sequence, order) -> audited.merge(order.item(), 1, Integer::sum));
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.setExecutor(requests);
            server.createContext(
                    "/orders",
                    exchange -> answer(exchange, query -> {
                        String[] parts = query.split("=");
                        return desk.dispatch(new Order(parts[0], Integer.parseInt(parts[1])));
                    }));
            server.createContext(
                    "/corrections", exchange -> answer(exchange, query -> toStock.dispatch(new Order(query, 1))));
            server.createContext(
                    "/stock",
                    exchange -> answer(exchange, query -> {
                        stock.clock().waitUntil(dispatcher.sequence(), Duration.ofSeconds(5));
                        return sold.getOrDefault(query, 0);
                    }));
            server.createContext(
                    "/audit",
                    exchange -> answer(exchange, query -> {
                        audit.clock().waitUntil(dispatcher.sequence(), Duration.ofSeconds(5));
                        return audited.getOrDefault(query, 0);
                    }));
            server.start();
        }

        private interface Answer {
            Object to(String query) throws Exception;
        }

        private static void answer(HttpExchange exchange, Answer answer) throws IOException {
            int status = 200;
            String text;
            try {
                text = String.valueOf(answer.to(exchange.getRequestURI().getQuery()));
            } catch (DispatchException e) {
                status = 503;
                text = e.getMessage();
            } catch (Exception e) {
                status = 500;
                text = e.toString();
            }
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            try (exchange) {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
            }
        }

        URI at(String path) {
            return URI.create("http://localhost:" + server.getAddress().getPort() + path);
        }

        @Override
        public void close() {
            server.stop(0);
            requests.close();
            dispatcher.close();
        }
    }

    @Test
    @DisplayName("a service with one bad order says so, at once and to everybody, and its other view goes on")
    void isSeen() throws Exception {
        List<String> failures;
        try (HttpClient client = HttpClient.newHttpClient()) {
            Service service = new Service();
            failures = service.failures;
            assertThat(get(client, service, "/orders?bolt=2")).isEqualTo("200 1");
            assertThat(get(client, service, "/stock?bolt")).isEqualTo("200 2");
            assertThat(get(client, service, "/orders?nut=-1"))
                    .isEqualTo("200 2"); // it has its number; nobody has looked at it

            Await.eventually("somebody is told", () -> !failures.isEmpty());
            assertThat(failures)
                    .containsExactly("stock at 2: java.lang.IllegalArgumentException: cannot sell -1 of nut");
            assertThat(get(client, service, "/stock?bolt"))
                    .startsWith("503 ")
                    .contains("stock", "2", "cannot sell -1 of nut");
            assertThat(get(client, service, "/corrections?bolt"))
                    .startsWith("503 ")
                    .contains("cannot sell -1 of nut");
            assertThat(get(client, service, "/orders?bolt=1")).isEqualTo("200 3"); // audit is there
            assertThat(get(client, service, "/audit?bolt")).isEqualTo("200 2");

            FailedException told = assertThrows(FailedException.class, service::close);
            assertThat(told).hasMessageContaining("cannot sell -1 of nut");
            assertThat(told.sequence()).isEqualTo(2);
        }
        assertThat(failures).hasSize(1);
    }

    private static String get(HttpClient client, Service service, String path)
            throws IOException, InterruptedException {
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(service.at(path)).build(), HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
