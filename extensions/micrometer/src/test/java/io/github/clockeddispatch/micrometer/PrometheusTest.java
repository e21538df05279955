package io.github.clockeddispatch.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What Prometheus scrapes, while there is trouble. */
class PrometheusTest {
    @AutoClose
    private final Scraped scraped = new Scraped();

    @AutoClose
    private final Dispatcher<String> shop = Dispatcher.builder()
            .name("shop")
            .onFailure((receiver, sequence, cause) -> {})
            .open();

    PrometheusTest() throws IOException {}

    @Test
    void aStalledReceiverFallsBehindAndItsAgeRises() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        Receiver<String> fast = shop.receiver("fast");
        Receiver<String> slow = shop.receiver("slow");
        new DispatcherMetrics(shop).bindTo(scraped.meters);
        shop.read(fast, (sequence, payload) -> {});
        shop.read(slow, (sequence, payload) -> stalled.await());
        Sender<String> desk = shop.sender("desk", fast, slow);
        Map<String, Double> before = scraped.samples();

        desk.dispatch("1");
        desk.dispatch("2");
        fast.clock().waitUntil(2);
        scraped.samples();
        Map<String, Double> first = scraped.samples();
        long sequence = 2;
        do {
            sequence = desk.dispatch("another");
        } while (scraped.samples().get(receiver("unfinished_age_seconds", "slow"))
                <= first.get(receiver("unfinished_age_seconds", "slow")));
        fast.clock().waitUntil(sequence);
        Map<String, Double> after = scraped.samples();

        assertThat(before)
                .containsEntry("clocked_dispatch_sequence_total{dispatcher=\"shop\"}", 0.0)
                .containsEntry(receiver("lag_numbers", "slow"), 0.0);
        assertThat(first)
                .containsEntry("clocked_dispatch_sequence_total{dispatcher=\"shop\"}", 2.0)
                .containsEntry(receiver("lag_numbers", "slow"), 2.0)
                .containsEntry(receiver("lag_numbers", "fast"), 0.0)
                .containsEntry(receiver("unfinished_age_seconds", "fast"), 0.0);
        assertThat(after)
                .containsEntry(receiver("lag_numbers", "slow"), (double) sequence)
                .containsEntry(receiver("lag_numbers", "fast"), 0.0)
                .containsEntry(receiver("pending_messages", "slow"), sequence - 1.0);

        stalled.countDown();
        slow.clock().waitUntil(sequence);
        assertThat(scraped.samples())
                .containsEntry(receiver("lag_numbers", "slow"), 0.0)
                .containsEntry(receiver("unfinished_age_seconds", "slow"), 0.0);
    }

    @Test
    void aFailedReceiverSaysSoAndIsReplaced() throws Exception {
        Receiver<String> stock = shop.receiver("stock");
        new DispatcherMetrics(shop).bindTo(scraped.meters);
        Sender<String> desk = shop.broadcaster("desk");
        assertThat(scraped.samples()).containsEntry(receiver("failed", "stock"), 0.0);

        stock.fail(new IllegalStateException("disk full"));
        shop.receiver("other");
        desk.dispatch("1");
        scraped.samples();
        assertThat(scraped.samples())
                .containsEntry(receiver("failed", "stock"), 1.0)
                .containsEntry(receiver("lag_numbers", "stock"), 1.0)
                .containsEntry(receiver("failed", "other"), 0.0);

        stock.discard();
        scraped.samples();
        assertThat(scraped.samples()).doesNotContainKey(receiver("failed", "stock"));

        shop.receiver("stock");
        scraped.samples();
        assertThat(scraped.samples())
                .containsEntry(receiver("failed", "stock"), 0.0)
                .containsEntry(receiver("lag_numbers", "stock"), 0.0);
    }

    /** Where one scrape finds that the only receiver has gone and another has come, no metric is told twice, which Prometheus refuses. */
    @Test
    void theOnlyReceiverIsReplacedBetweenTwoScrapes() throws Exception {
        new DispatcherMetrics(shop).bindTo(scraped.meters);
        Receiver<String> before = shop.receiver("a0");
        scraped.samples();
        for (int i = 1; i < 20; i++) {
            before.discard();
            before = shop.receiver("a" + i);
            scraped.samples();
            assertThat(scraped.samples()).containsKey(receiver("lag_numbers", "a" + i));
            assertThat(scraped.samples()).doesNotContainKey(receiver("lag_numbers", "a" + (i - 1)));
        }
    }

    @Test
    void namesAndTypesAreThoseOfPrometheus() throws Exception {
        shop.sender("desk", shop.receiver("stock"));
        new DispatcherMetrics(shop).bindTo(scraped.meters);

        assertThat(scraped.text().lines().filter(line -> line.startsWith("# TYPE")))
                .containsExactlyInAnyOrder(
                        "# TYPE clocked_dispatch_sequence_total counter",
                        "# TYPE clocked_dispatch_receiver_lag_numbers gauge",
                        "# TYPE clocked_dispatch_receiver_pending_messages gauge",
                        "# TYPE clocked_dispatch_receiver_unfinished_age_seconds gauge",
                        "# TYPE clocked_dispatch_receiver_waiters gauge",
                        "# TYPE clocked_dispatch_receiver_skipped_messages_total counter",
                        "# TYPE clocked_dispatch_receiver_discarded_messages_total counter",
                        "# TYPE clocked_dispatch_receiver_failed gauge",
                        "# TYPE clocked_dispatch_sender_queued_messages gauge",
                        "# TYPE clocked_dispatch_sender_blocked_threads gauge",
                        "# TYPE clocked_dispatch_sender_waiting_seconds gauge");
    }

    private static String receiver(String metric, String name) {
        return "clocked_dispatch_receiver_" + metric + "{dispatcher=\"shop\",receiver=\"" + name + "\"}";
    }
}
