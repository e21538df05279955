package io.github.clockeddispatch.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What the meters show. */
class DispatcherMetricsTest {
    private final Registry registry = new Registry();

    @AutoClose
    private final Dispatcher<String> shop = Dispatcher.builder()
            .name("shop")
            .inboxCapacity(2)
            .channelCapacity(1)
            .onFailure((receiver, sequence, cause) -> {})
            .open();

    private final Receiver<String> stock = shop.receiver("stock");

    @Test
    void aReceiverThatStallsHoldsUpItsSender() throws Exception {
        Sender<String> desk = shop.sender("desk", stock);
        new DispatcherMetrics(shop).bindTo(registry.meters);
        long begun = System.nanoTime();
        desk.dispatch("1");
        desk.dispatch("2");
        desk.send("3");
        Thread blocked = Thread.startVirtualThread(() -> {
            try {
                desk.send("4");
            } catch (InterruptedException unexpected) {
                throw new AssertionError(unexpected);
            }
        });
        CompletableFuture<Long> waiter = stock.clock().whenReached(2);

        await().until(() -> registry.valueOf("sender.blocked shop desk") == 1);
        await().until(() -> registry.valueOf("sender.waiting shop desk") > 0);
        double age = registry.valueOf("receiver.unfinished.age shop stock");
        await().until(() -> registry.valueOf("receiver.unfinished.age shop stock") > age);
        double waiting = registry.valueOf("sender.waiting shop desk");
        double seconds = (System.nanoTime() - begun) / 1e9;
        assertThat(age).isBetween(0.0, seconds);
        assertThat(waiting).isBetween(0.0, seconds);
        assertThat(registry.valueOf("sequence shop")).isEqualTo(2);
        assertThat(registry.valueOf("receiver.lag shop stock")).isEqualTo(2);
        assertThat(registry.valueOf("receiver.pending shop stock")).isEqualTo(2);
        assertThat(registry.valueOf("receiver.waiters shop stock")).isEqualTo(1);
        assertThat(registry.valueOf("sender.queued shop desk")).isEqualTo(1);

        shop.read(stock, (sequence, payload) -> {});
        blocked.join();
        waiter.get();
        assertThat(shop.awaitFinished(Duration.ofSeconds(30))).isTrue();
        assertThat(registry.valueOf("sequence shop")).isEqualTo(4);
        for (String figure : new String[] {"lag", "pending", "unfinished.age", "waiters", "failed"}) {
            assertThat(registry.valueOf("receiver." + figure + " shop stock"))
                    .as(figure)
                    .isZero();
        }
        for (String figure : new String[] {"queued", "blocked", "waiting"}) {
            assertThat(registry.valueOf("sender." + figure + " shop desk"))
                    .as(figure)
                    .isZero();
        }
    }

    @Test
    void whatIsSkippedIsCounted() throws Exception {
        Sender<String> desk = shop.sender("desk", stock);
        new DispatcherMetrics(shop).bindTo(registry.meters);
        shop.read(
                stock,
                (sequence, payload) -> {
                    throw new IllegalStateException("no such item");
                },
                (sequence, payload, failure, attempt) -> Recovery.skip());
        stock.clock().waitUntil(desk.dispatch("bolt"));
        stock.clock().waitUntil(desk.dispatch("nut"));

        assertThat(registry.valueOf("receiver.skipped shop stock")).isEqualTo(2);
        assertThat(registry.valueOf("receiver.failed shop stock")).isZero();
    }

    @Test
    void aFailureIsSeenAndWhatItDiscardsIsCounted() throws Exception {
        Receiver<String> audit = shop.receiver("audit");
        Sender<String> desk = shop.sender("desk", stock);
        Sender<String> clerk = shop.sender("clerk", audit);
        new DispatcherMetrics(shop).bindTo(registry.meters);
        desk.dispatch("bolt");
        desk.dispatch("nut");
        stock.fail(new IllegalStateException("disk full"));
        clerk.dispatch("3");

        assertThat(registry.valueOf("receiver.failed shop stock")).isEqualTo(1);
        assertThat(registry.valueOf("receiver.discarded shop stock")).isEqualTo(2);
        assertThat(registry.valueOf("receiver.lag shop stock")).isEqualTo(3);
        assertThat(registry.valueOf("receiver.failed shop audit")).isZero();
        assertThat(registry.valueOf("receiver.discarded shop audit")).isZero();
    }

    @Test
    void aDispatcherThatHasFailedIsStillLookedAt() {
        Dispatcher<String> other = Dispatcher.builder()
                .name("other")
                .onFailure((receiver, sequence, cause) -> {})
                .open();
        other.receiver("log");
        new DispatcherMetrics(other).bindTo(registry.meters);
        other.fail(new IllegalStateException("disk full"));

        assertThat(registry.valueOf("receiver.failed other log")).isEqualTo(1);
        assertThatThrownBy(other::close).isInstanceOf(FailedException.class);
        assertThat(registry.valueOf("receiver.failed other log")).isEqualTo(1);
    }

    @Test
    void metersComeAndGoWithReceiversAndSenders() throws Exception {
        new DispatcherMetrics(shop).bindTo(registry.meters);
        assertThat(registry.names())
                .containsExactly(
                        "receiver.discarded shop stock",
                        "receiver.failed shop stock",
                        "receiver.lag shop stock",
                        "receiver.pending shop stock",
                        "receiver.skipped shop stock",
                        "receiver.unfinished.age shop stock",
                        "receiver.waiters shop stock",
                        "sequence shop");

        Receiver<String> audit = shop.receiver("audit");
        Sender<String> desk = shop.sender("desk", audit);
        assertThat(registry.afterASecond())
                .contains("receiver.lag shop stock", "receiver.lag shop audit", "sender.queued shop desk");

        desk.close();
        assertThat(registry.afterASecond())
                .contains("receiver.lag shop audit")
                .noneMatch(name -> name.startsWith("sender."));

        audit.discard();
        stock.discard();
        assertThat(registry.afterASecond()).containsExactly("sequence shop");

        shop.receiver("stock"); // the name is free again
        assertThat(registry.afterASecond()).hasSize(8).contains("receiver.lag shop stock");
    }

    @Test
    void sendersOfOneNameAreAddedUp() throws Exception {
        new DispatcherMetrics(shop).bindTo(registry.meters);
        shop.broadcaster("fill").dispatch("1");
        try (Sender<String> first = shop.sender("desk", stock)) {
            first.dispatch("2");
            first.send("3");
        } // closed, and what it has accepted waits for room
        shop.sender("desk", stock).send("4");

        assertThat(registry.afterASecond()).contains("sender.queued shop desk");
        assertThat(registry.valueOf("sender.queued shop desk")).isEqualTo(2);
        stock.discard();
    }

    @Test
    void aMergeHasTheSameMeters() throws Exception {
        try (ForwardingDispatcher<String> merge =
                ForwardingDispatcher.builder().name("merge").open()) {
            Receiver<String> log = merge.receiver("log");
            Forwarder<String> left = merge.forwarder("left", log);
            Forwarder<String> right = merge.forwarder("right", log);
            new DispatcherMetrics(merge).bindTo(registry.meters);
            left.forward(10, "a");
            left.forward(20, "b");
            right.advance(15);

            assertThat(registry.valueOf("sequence merge")).isEqualTo(15);
            assertThat(registry.valueOf("receiver.lag merge log")).isEqualTo(6);
            assertThat(registry.valueOf("receiver.pending merge log")).isEqualTo(1);
            assertThat(registry.valueOf("sender.queued merge left")).isEqualTo(2);
            assertThat(registry.valueOf("sender.queued merge right")).isZero();
            log.discard();
        }
    }

    @Test
    void afterCloseTheLastFiguresStayUntilTheMetricsAreClosed() throws Exception {
        DispatcherMetrics metrics = new DispatcherMetrics(shop);
        metrics.bindTo(registry.meters);
        try (Sender<String> desk = shop.sender("desk", stock)) {
            desk.dispatch("bolt");
        }
        shop.close();

        assertThat(registry.valueOf("sequence shop")).isEqualTo(1);
        assertThat(registry.valueOf("receiver.pending shop stock")).isEqualTo(1);

        metrics.close();
        assertThat(registry.names()).isEmpty();
    }
}
