package io.github.clockeddispatch.micrometer;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A Prometheus registry behind an HTTP server, as a program has it. Each scrape is a second after the one before. */
final class Scraped implements AutoCloseable {
    private final MockClock clock = new MockClock();
    final PrometheusMeterRegistry meters = new PrometheusMeterRegistry(
                    PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock)
            .throwExceptionOnRegistrationFailure();
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    Scraped() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/metrics", exchange -> {
            byte[] text = meters.scrape().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, text.length);
            exchange.getResponseBody().write(text);
            exchange.close();
        });
        server.start();
    }

    /** The text of a scrape. */
    String text() throws IOException, InterruptedException {
        clock.add(Duration.ofSeconds(1));
        URI uri = URI.create("http://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort() + "/metrics");
        HttpResponse<String> response =
                client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + ": " + response.body());
        }
        return response.body();
    }

    /** The samples of a scrape, under their names and labels as these stand in it. */
    Map<String, Double> samples() throws IOException, InterruptedException {
        Map<String, Double> samples = new TreeMap<>();
        text().lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            samples.put(line.substring(0, space), Double.valueOf(line.substring(space + 1)));
        });
        return samples;
    }

    /** The names of the metrics of a scrape. */
    Set<String> names() throws IOException, InterruptedException {
        Set<String> names = new TreeSet<>();
        samples().keySet().forEach(sample -> names.add(sample.replaceAll("\\{.*", "")));
        return names;
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
        meters.close();
    }
}
