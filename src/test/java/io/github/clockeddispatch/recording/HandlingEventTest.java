package io.github.clockeddispatch.recording;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Over;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Flow;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Flight recorder: what was in a handler for long")
class HandlingEventTest {
    private static final Duration LONG = Duration.ofMillis(10);

    private static void check(RecordedEvent event, String receiver, long first, long last, long messages) {
        assertThat(event.getString("receiver")).isEqualTo(receiver);
        assertThat(event.getLong("first")).as("first").isEqualTo(first);
        assertThat(event.getLong("last")).as("last").isEqualTo(last);
        assertThat(event.getLong("messages")).as("messages").isEqualTo(messages);
        assertThat(event.getDuration()).isGreaterThanOrEqualTo(LONG);
    }

    /** Opens it when more than {@link #LONG} has passed since a handler has come there. */
    private static void openLate(Gate gate) throws InterruptedException {
        gate.awaitArrival();
        Await.never("it is opened", gate::isOpen);
        gate.open();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1024,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a message alone, and one in the midst of others that are fast")
    void handler(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of(LONG, "Handling")) {
            AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
            Receiver<String> slow = dispatcher.receiver("slow");
            Gate first = setup.gate();
            Gate amidst = setup.gate();
            Thread reader = dispatcher.read(slow, (number, message) -> {
                if (number == 1) {
                    first.pass();
                } else if (number == 900) {
                    amidst.pass();
                }
            });
            AnySender<String> desk = dispatcher.sender("desk", slow);
            Setup.send(desk, 2); // the second one is fast
            openLate(first);
            slow.clock().waitUntil(2);
            RecordedEvent alone = recorded.await("Handling");
            check(alone, "slow", 1, 1, 1);
            assertThat(alone.getString("dispatcher")).isEqualTo("shop");
            assertThat(alone.getThread().getJavaThreadId()).isEqualTo(reader.threadId());

            Setup.send(desk, 1000);
            openLate(amidst);
            slow.clock().waitUntil(1002);
            RecordedEvent row = recorded.await("Handling", event -> event.getLong("first") != 1);
            long from = row.getLong("first");
            long to = row.getLong("last");
            assertThat(from).isBetween(900L - 255, 900L);
            assertThat(to).isBetween(900L, 900L + 255);
            check(row, "slow", from, to, to - from + 1);
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1024,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a reader that waits for messages in the midst of a row is not in a handler")
    void waiting(Setup setup) throws InterruptedException {
        Duration threshold = Duration.ofSeconds(1);
        try (Recorded recorded = Recorded.of(threshold, "Handling")) {
            AnyDispatcher<String> dispatcher = setup.openAny();
            Receiver<String> stock = dispatcher.receiver("stock");
            dispatcher.read(stock, (number, message) -> {});
            AnySender<String> desk = dispatcher.sender("desk", stock);
            Setup.send(desk, 1000); // rows grow
            stock.clock().waitUntil(1000);
            long since = System.nanoTime();
            Await.eventually("it has waited for long", () -> System.nanoTime() - since > threshold.toNanos());
            Setup.send(desk, 1000);
            stock.clock().waitUntil(2000);

            assertThat(recorded.events()).isEmpty();
        }
    }

    @ContractTest(capacities = 16, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("one that fails")
    void failing(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of(LONG, "Handling")) {
            Dispatcher<String> dispatcher = setup.open();
            Receiver<String> slow = dispatcher.receiver("slow");
            Gate gate = setup.gate();
            var reading = setup.run(
                    "reads",
                    () -> slow.forEachMessage((number, message) -> {
                        gate.pass();
                        throw new IllegalArgumentException("planted");
                    }));
            dispatcher.sender("desk", slow).send("order");
            openLate(gate);
            reading.failure(FailedException.class);
            check(recorded.await("Handling"), "slow", 1, 1, 0);
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 16,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a batch, a message that is drained, one that a subscriber is given")
    void others(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of(LONG, "Handling")) {
            AnyDispatcher<String> dispatcher = setup.openAny();
            Receiver<String> batched = dispatcher.receiver("batched");
            Receiver<String> drained = dispatcher.receiver("drained");
            Receiver<String> published = dispatcher.receiver("published");
            List<Gate> gates = List.of(setup.gate(), setup.gate(), setup.gate());
            AnySender<String> desk = dispatcher.sender("desk", List.of(batched, drained, published));
            Setup.send(desk, 3);
            Await.eventually("all is there", () -> batched.pending() == 3);
            dispatcher.read(batched, 8, batch -> gates.get(0).pass());
            var draining = setup.call(
                    "drains",
                    () -> drained.drain((number, message) -> gates.get(1).pass(), 2));
            published.publisher().subscribe(new Flow.Subscriber<>() {
                @Override
                public void onSubscribe(Flow.Subscription subscription) {
                    subscription.request(Long.MAX_VALUE);
                }

                @Override
                public void onNext(io.github.clockeddispatch.Delivery.Message<String> message) {
                    gates.get(2).passUninterruptibly();
                }

                @Override
                public void onError(Throwable problem) {}

                @Override
                public void onComplete() {}
            });
            for (Gate gate : gates) {
                openLate(gate);
            }
            assertThat(draining.result()).isEqualTo(2);
            check(recorded.await("Handling", of("batched")), "batched", 1, 3, 3);
            check(recorded.await("Handling", of("drained")), "drained", 1, 1, 1);
            check(recorded.await("Handling", of("published")), "published", 1, 1, 1);
            drained.discard();
        }
    }

    private static java.util.function.Predicate<RecordedEvent> of(String receiver) {
        return event -> event.getString("receiver").equals(receiver);
    }

    @ContractTest(over = Over.MERGE, capacities = 16, threads = Kind.VIRTUAL)
    @DisplayName("a stage")
    void stage(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of(LONG, "Handling")) {
            Dispatcher<String> top = setup.open(builder -> builder.name("top"));
            Receiver<String> from = top.receiver("from");
            Sender<String> desk = top.sender("desk", from);
            ForwardingDispatcher<String> merge = setup.openMerge();
            Receiver<String> to = merge.receiver("to");
            Gate gate = setup.gate();
            merge.stage(
                    from,
                    (number, message) -> {
                        gate.pass();
                        return List.of(message);
                    },
                    to);
            merge.read(to, (number, message) -> {});
            long number = desk.dispatch("order");
            openLate(gate);
            to.clock().waitUntil(number);
            RecordedEvent event = recorded.await("Handling");
            check(event, "from", 1, 1, 1);
            assertThat(event.getString("dispatcher")).isEqualTo("top");
        }
    }
}
