package io.github.clockeddispatch.recording;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Flight recorder: what waited, for what, and how it ended")
class WaitEventsTest {
    private static final Duration SHORT = Duration.ofMillis(30);

    private static String outcome(RecordedEvent event) {
        return event.getString("outcome");
    }

    private static RecordedEvent with(String outcome, List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> outcome(event).equals(outcome))
                .findFirst()
                .orElseThrow();
    }

    /** The method of this class that waited, by the event's stack. */
    private static Optional<String> waited(RecordedEvent event) {
        return event.getStackTrace().getFrames().stream()
                .filter(frame -> frame.getMethod().getType().getName().equals(WaitEventsTest.class.getName()))
                .map(frame -> frame.getMethod().getName())
                .findFirst();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1,
            pumps = Pumps.OWN)
    @DisplayName("a send that waited for a place, and how it ended")
    void send(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("SendWait")) {
            AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
            Receiver<String> slow = dispatcher.receiver("slow");
            AnySender<String> desk = dispatcher.sender("desk", slow);
            setup.fill(desk, slow);

            assertThat(desk.send("late", SHORT)).isFalse();
            Running<Boolean> interrupted = setup.call("interrupted", () -> desk.send("never", Await.BOUND));
            interrupted.awaitBlocked().interrupt();
            interrupted.failure(InterruptedException.class);
            Running<Boolean> reached = setup.call("reached", () -> desk.send("in the end", Await.BOUND));
            reached.awaitBlocked();
            slow.receive();
            slow.receive();
            assertThat(reached.result()).isTrue();
            Running<Boolean> failed = setup.call("failed", () -> {
                setup.fill(desk, slow); // until one waits
                return desk.send("never", Await.BOUND);
            });
            failed.awaitBlocked();
            slow.fail(new IllegalArgumentException("planted"));
            failed.failure(FailedException.class);

            List<RecordedEvent> events = recorded.events("SendWait").stream()
                    .filter(event -> !event.getString("waitedFor").equals("a number"))
                    .toList();
            assertThat(events)
                    .extracting(WaitEventsTest::outcome)
                    .contains("timed out", "interrupted", "reached", "failed")
                    .doesNotContain("refused", "error");
            assertThat(events).allSatisfy(event -> {
                assertThat(event.getString("dispatcher")).isEqualTo("shop");
                assertThat(event.getString("sender")).isEqualTo("desk");
                assertThat(event.getString("waitedFor"))
                        .isEqualTo(setup.over() == MERGE ? "room in its buffers" : "a free slot in its channel");
                assertThat(event.getDuration()).isGreaterThan(Duration.ofMillis(1));
            });
            assertThat(waited(with("timed out", events))).hasValue("send");
            assertThat(with("interrupted", events).getThread().getJavaThreadId())
                    .isEqualTo(interrupted.thread().threadId());
            Setup.abandon(dispatcher);
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a send whose sender was closed meanwhile")
    void sendClosed(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("SendWait")) {
            AnyDispatcher<String> dispatcher = setup.openAny();
            Receiver<String> slow = dispatcher.receiver("slow");
            AnySender<String> desk = dispatcher.sender("desk", slow);
            setup.fill(desk, slow);
            Running<Boolean> closed = setup.call("closed", () -> desk.send("never", Await.BOUND));
            closed.awaitBlocked();
            slow.discard();
            closed.failure(ClosedException.class);

            assertThat(recorded.events("SendWait"))
                    .extracting(WaitEventsTest::outcome)
                    .contains("closed");
        }
    }

    @ContractTest(capacities = 2, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("a dispatch that waited for its number")
    void dispatch(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("SendWait")) {
            Dispatcher<String> dispatcher = setup.open();
            Receiver<String> slow = dispatcher.receiver("slow");
            Sender<String> desk = dispatcher.sender("desk", slow);
            Setup.send(desk, 3);
            Await.eventually("the inbox is full", () -> slow.pending() == 2);
            Running<Long> number = setup.call("dispatches", () -> desk.dispatch("m4"));
            number.awaitBlocked();
            slow.receive();
            slow.receive();

            assertThat(number.result()).isEqualTo(4);
            RecordedEvent event =
                    recorded.await("SendWait", any -> any.getString("waitedFor").equals("a number"));
            assertThat(outcome(event)).isEqualTo("reached");
            slow.discard();
        }
    }

    @ContractTest(capacities = 1, threads = Kind.VIRTUAL)
    @DisplayName("a pump that waited for room, and at whom")
    void pump(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of(Duration.ZERO, "PumpWait")) {
            Dispatcher<String> dispatcher = setup.open(builder -> builder.name("shop"));
            Receiver<String> slow = dispatcher.receiver("slow");
            Receiver<String> slower = dispatcher.receiver("slower");
            Sender<String> desk = dispatcher.sender("desk", slow);
            Sender<String> both = dispatcher.sender("both", slow, slower);
            setup.fill(desk, slow);
            both.send("1");
            Await.eventually(
                    "both pumps wait", () -> waitsFor(dispatcher).equals(List.of(List.of("slow"), List.of("slow"))));
            slow.receiveMessage();
            RecordedEvent one = recorded.await(
                    "PumpWait", event -> event.getString("sender").equals("desk"));
            RecordedEvent several = recorded.await(
                    "PumpWait", event -> event.getString("sender").equals("both"));
            for (RecordedEvent event : List.of(one, several)) {
                assertThat(event.getString("dispatcher")).isEqualTo("shop");
                assertThat(event.getString("receiver")).isEqualTo("slow");
                assertThat(event.getInt("receivers")).isEqualTo(1);
                assertThat(event.getInt("moved")).isEqualTo(1);
                assertThat(event.getDuration()).isPositive();
            }
            slow.discard();
            slower.discard();
        }
    }

    private static List<List<String>> waitsFor(Dispatcher<String> dispatcher) {
        return dispatcher.snapshot().senders().stream()
                .map(sender -> sender.waitsFor())
                .toList();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 16,
            pumps = Pumps.OWN)
    @DisplayName("a wait for a clock: whose, for which number, and how it ended")
    void clock(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("ClockWait")) {
            AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
            Receiver<String> stock = dispatcher.receiver("stock");
            Receiver<String> audit = dispatcher.receiver("audit");
            AnySender<String> desk = dispatcher.sender("desk", List.of(stock, audit));
            long number = desk.dispatch("order");

            assertThat(stock.clock().waitUntil(number, SHORT)).isFalse();
            Running<Void> interrupted =
                    setup.run("interrupted", () -> stock.clock().waitUntil(number));
            interrupted.awaitBlocked().interrupt();
            interrupted.failure(InterruptedException.class);
            LogicalClock both = LogicalClock.allOf(stock.clock(), audit.clock());
            Running<Void> ofBoth = setup.run("of both", () -> both.waitUntil(number));
            ofBoth.awaitBlocked();
            Running<Void> reached = setup.run("reached", () -> stock.clock().waitUntil(number));
            reached.awaitBlocked();
            stock.receive();
            stock.acknowledge();
            reached.result();
            audit.receive();
            audit.acknowledge();
            ofBoth.result();
            Running<Void> failed = setup.run("failed", () -> stock.clock().waitUntil(number + 1));
            Running<Void> closed = setup.run("closed", () -> audit.clock().waitUntil(number + 2));
            failed.awaitBlocked();
            closed.awaitBlocked();
            stock.fail(new IllegalArgumentException("planted"));
            audit.discard();
            failed.failure(FailedException.class);
            closed.failure(ClosedException.class);

            List<RecordedEvent> events = recorded.events("ClockWait");
            assertThat(events)
                    .extracting(
                            event -> event.getString("clock"),
                            event -> event.getLong("sequence"),
                            WaitEventsTest::outcome)
                    .containsExactlyInAnyOrder(
                            org.assertj.core.groups.Tuple.tuple("stock", number, "timed out"),
                            org.assertj.core.groups.Tuple.tuple("stock", number, "interrupted"),
                            org.assertj.core.groups.Tuple.tuple("stock", number, "reached"),
                            org.assertj.core.groups.Tuple.tuple("\"stock\" and \"audit\"", number, "reached"),
                            org.assertj.core.groups.Tuple.tuple("stock", number + 1, "failed"),
                            org.assertj.core.groups.Tuple.tuple("audit", number + 2, "closed"));
            assertThat(events).allMatch(event -> event.getString("dispatcher").equals("shop"));
            assertThat(waited(with("timed out", events))).hasValue("clock");
        }
    }

    @ContractTest(over = MERGE, capacities = 16, threads = Kind.VIRTUAL)
    @DisplayName(
            "what a merge held back: the source, how much it had promised, and the first number; also where it came as the reader slept")
    void heldBack(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("HeldBack")) {
            ForwardingDispatcher<String> merge = setup.openMerge();
            Receiver<String> stock = merge.receiver("stock");
            Forwarder<String> a = merge.forwarder("a", stock);
            Forwarder<String> b = merge.forwarder("b", stock);
            Thread reader = merge.read(stock, (number, message) -> {});
            Await.blocked(reader);
            a.forward(7, "comes while it sleeps");
            b.advance(3);
            Await.never("it is given", () -> stock.clock().hasReached(7));
            b.advance(9);
            stock.clock().waitUntil(7);
            RecordedEvent slept = recorded.await("HeldBack");
            a.forward(12, "");
            a.forward(14, "is there when it begins to sleep");
            b.advance(12);
            stock.clock().waitUntil(12);
            Await.blocked(reader);
            b.advance(20);
            stock.clock().waitUntil(14);
            RecordedEvent there = recorded.await("HeldBack", event -> event.getLong("first") == 14);

            assertThat(slept.getString("dispatcher")).isEqualTo("merge");
            assertThat(slept.getString("receiver")).isEqualTo("stock");
            assertThat(slept.getString("source")).isEqualTo("b");
            assertThat(slept.getLong("promised")).isIn(0L, 3L);
            assertThat(slept.getLong("first")).isEqualTo(7);
            assertThat(slept.getDuration()).isGreaterThan(Duration.ofMillis(10));
            assertThat(there.getString("source")).isEqualTo("b");
            assertThat(there.getLong("promised")).isEqualTo(12);
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 1,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("nothing is recorded of waits that are shorter than the threshold, or where nobody records them")
    void none(Setup setup) throws InterruptedException {
        try (Recorded recorded =
                Recorded.of(Await.BOUND, "SendWait", "PumpWait", "ClockWait", "HeldBack", "Handling")) {
            AnyDispatcher<String> dispatcher = setup.openAny();
            Receiver<String> slow = dispatcher.receiver("slow");
            AnySender<String> desk = dispatcher.sender("desk", slow);
            setup.fill(desk, slow);
            assertThat(desk.send("late", SHORT)).isFalse();
            assertThat(slow.clock().waitUntil(1, SHORT)).isFalse();
            slow.discard();

            assertThat(recorded.events()).isEmpty();
        }
        try (Recorded recorded = Recorded.of("ClockWait")) {
            AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("other"));
            Receiver<String> slow = dispatcher.receiver("slow");
            AnySender<String> desk = dispatcher.sender("desk", slow);
            setup.fill(desk, slow);
            assertThat(desk.send("late", SHORT)).isFalse();
            slow.discard();

            assertThat(recorded.events()).isEmpty();
        }
    }
}
