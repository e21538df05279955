package io.github.clockeddispatch.recording;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.WatchAge;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import jdk.jfr.consumer.RecordedEvent;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Flight recorder: who came and went, what failed, and what was lost")
class InstantEventsTest {

    /** An exception whose text is foreign code that asks for the state of a dispatcher, which takes its lock. */
    private static final class Talkative extends Exception {
        private static final long serialVersionUID = 1;
        private final transient Dispatcher<?> dispatcher;
        private final transient CompletableFuture<Boolean> free;

        Talkative(Dispatcher<?> dispatcher, CompletableFuture<Boolean> free) {
            this.dispatcher = dispatcher;
            this.free = free;
        }

        @Override
        public String getMessage() {
            Thread other = Thread.ofVirtual().start(dispatcher::sequence);
            Thread asks = Thread.ofVirtual().start(dispatcher::snapshot);
            try {
                free.complete(other.join(Await.BOUND) && asks.join(Await.BOUND));
            } catch (InterruptedException e) {
                free.complete(false);
            }
            throw new IllegalStateException("planted");
        }
    }

    private static Tuple joined(RecordedEvent event) {
        return tuple(event.getString("kind"), event.getString("name"), event.getLong("sequence"));
    }

    private static Tuple left(RecordedEvent event) {
        return tuple(
                event.getString("kind"), event.getString("name"), event.getLong("sequence"), event.getString("how"));
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 16,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("receivers and senders that join, end, are closed, are discarded")
    void joinAndLeave(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("Joined", "Left")) {
            AnyDispatcher<String> dispatcher =
                    setup.openAny(settings -> settings.name("shop").startAfter(7));
            Receiver<String> stock = dispatcher.receiver("stock");
            Receiver<String> goes = dispatcher.receiver("goes");
            AnySender<String> desk = dispatcher.sender("desk", stock);
            AnySender<String> other = dispatcher.sender("other", goes);
            dispatcher.read(stock, (number, message) -> {});
            long number = desk.dispatch("order");
            stock.clock().waitUntil(number);
            Receiver<String> late = dispatcher.receiver("late");
            other.dispatch("order");
            goes.discard();
            desk.close();
            late.discard();
            recorded.await("Left", event -> event.getString("name").equals("stock"));

            String sender = setup.over() == MERGE ? "forwarder" : "sender";
            assertThat(recorded.events("Joined"))
                    .extracting(InstantEventsTest::joined)
                    .containsExactly(
                            tuple("receiver", "stock", 7L),
                            tuple("receiver", "goes", 7L),
                            tuple(sender, "desk", 7L),
                            tuple(sender, "other", 7L),
                            tuple("receiver", "late", 8L));
            assertThat(recorded.events("Left"))
                    .extracting(InstantEventsTest::left)
                    .contains(
                            tuple("receiver", "goes", 8L, "discarded"),
                            tuple(sender, "desk", 9L, "closed"),
                            tuple("receiver", "stock", setup.over() == MERGE ? 9L : 9L, "ended"),
                            tuple("receiver", "late", 9L, "discarded"));
            assertThat(recorded.events())
                    .allMatch(event -> event.getString("dispatcher").equals("shop"));
        }
    }

    @ContractTest(over = MERGE, capacities = 16, threads = Kind.VIRTUAL)
    @DisplayName("a link, and a forwarder that fails")
    void link(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("Joined", "Left", "Failed")) {
            Dispatcher<String> top = setup.open(builder -> builder.name("top"));
            Receiver<String> from = top.receiver("from");
            ForwardingDispatcher<String> merge = setup.openMerge();
            Receiver<String> to = merge.receiver("to");
            Receiver<String> fails = merge.receiver("fails");
            Link link = merge.link(from, to);
            Forwarder<String> source = merge.forwarder("source", fails);
            source.advance(5);
            source.fail(new IllegalArgumentException("planted"));
            link.close();

            assertThat(recorded.events("Joined"))
                    .extracting(InstantEventsTest::joined)
                    .contains(tuple("link", "top/from", 0L), tuple("forwarder", "source", 0L));
            recorded.await("Left", event -> event.getString("kind").equals("link"));
            assertThat(recorded.events("Left"))
                    .extracting(InstantEventsTest::left)
                    .contains(
                            tuple("forwarder", "source", 5L, "failed"),
                            tuple("link", "top/from", 0L, "closed"),
                            tuple("receiver", "from", 0L, "discarded"));
            RecordedEvent failed = recorded.await("Failed");
            assertThat(failed.getString("receiver")).isEqualTo("fails");
            assertThat(failed.getString("dispatcher")).isEqualTo("merge");
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 16,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a receiver that fails, and all of a dispatcher: number, class and text of the cause")
    void failed(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("Failed", "Left")) {
            AnyDispatcher<String> dispatcher =
                    setup.openAny(settings -> settings.name("shop").onFailure((receiver, number, cause) -> {}));
            Receiver<String> bad = dispatcher.receiver("bad");
            AnySender<String> desk = dispatcher.sender("desk", bad);
            desk.dispatch("1");
            desk.dispatch("2");
            bad.receive();
            bad.receive();
            bad.fail(new IllegalArgumentException("bad order"));
            RecordedEvent one = recorded.await("Failed");
            assertThat(one.getString("dispatcher")).isEqualTo("shop");
            assertThat(one.getString("receiver")).isEqualTo("bad");
            assertThat(one.getLong("sequence")).isEqualTo(2);
            assertThat(one.getString("cause")).isEqualTo("java.lang.IllegalArgumentException");
            assertThat(one.getString("text")).isEqualTo("bad order");

            dispatcher.fail(new IllegalStateException());
            RecordedEvent all = recorded.await(
                    "Failed", event -> event.getString("receiver").isEmpty());
            assertThat(all.getString("cause")).isEqualTo("java.lang.IllegalStateException");
            assertThat(all.getString("text")).isEmpty();
            assertThat(recorded.events("Left"))
                    .noneMatch(event -> event.getString("kind").equals("receiver"));
            Setup.abandon(dispatcher);
        }
    }

    @ContractTest(capacities = 16, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("the text of a cause is foreign code: it is asked for without a lock, and may throw")
    void foreignText(Setup setup) throws Exception {
        try (Recorded recorded = Recorded.of("Failed", "Skipped")) {
            Dispatcher<String> dispatcher =
                    setup.open(builder -> builder.name("shop").onFailure((receiver, number, cause) -> {}));
            Receiver<String> bad = dispatcher.receiver("bad");
            Receiver<String> skips = dispatcher.receiver("skips");
            CompletableFuture<Boolean> freeAsItFails = new CompletableFuture<>();
            CompletableFuture<Boolean> freeAsItSkips = new CompletableFuture<>();
            bad.fail(new Talkative(dispatcher, freeAsItFails));
            dispatcher.read(
                    skips,
                    (number, message) -> {
                        throw new Talkative(dispatcher, freeAsItSkips);
                    },
                    (number, message, failure, attempt) -> Recovery.skip());
            skips.clock().waitUntil(dispatcher.sender("desk", skips).dispatch("order"));

            for (String name : List.of("Failed", "Skipped")) {
                RecordedEvent event = recorded.await(name);
                assertThat(event.getString("cause")).isEqualTo(Talkative.class.getName());
                assertThat(event.getString("text")).isEmpty();
            }
            assertThat(freeAsItFails.get()).isTrue();
            assertThat(freeAsItSkips.get()).isTrue();
            bad.discard();
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 16,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a message that is skipped: number, attempts, and cause")
    void skipped(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("Skipped")) {
            AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
            Receiver<String> stock = dispatcher.receiver("stock");
            dispatcher.read(
                    stock,
                    (number, message) -> {
                        throw new IllegalArgumentException("bad " + message);
                    },
                    (number, message, failure, attempt) ->
                            attempt < 3 ? Recovery.retryAfter(Duration.ZERO) : Recovery.skip());
            long number = dispatcher.sender("desk", stock).dispatch("order");
            stock.clock().waitUntil(number);

            List<RecordedEvent> events = recorded.events();
            assertThat(events).hasSize(1);
            RecordedEvent event = events.getFirst();
            assertThat(event.getString("dispatcher")).isEqualTo("shop");
            assertThat(event.getString("receiver")).isEqualTo("stock");
            assertThat(event.getLong("sequence")).isEqualTo(number);
            assertThat(event.getInt("attempts")).isEqualTo(3);
            assertThat(event.getString("cause")).isEqualTo("java.lang.IllegalArgumentException");
            assertThat(event.getString("text")).isEqualTo("bad order");
        }
    }

    @ContractTest(capacities = 16, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("a deadlock: one that the watch has found, and one of a thread that would wait for itself")
    void deadlock(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("Deadlock")) {
            Dispatcher<String> dispatcher =
                    setup.open(builder -> WatchAge.set(builder.name("shop"), Duration.ofMillis(20)));
            Receiver<String> own = dispatcher.receiver("own");
            Receiver<String> stock = dispatcher.receiver("stock");
            Receiver<String> audit = dispatcher.receiver("audit");
            Sender<String> toOwn = dispatcher.sender("to own", own);
            Sender<String> both = dispatcher.sender("both", stock, audit);
            toOwn.dispatch("order");
            own.receive();
            assertThrows(IllegalStateException.class, () -> own.clock().waitUntil(1));
            String itself = recorded.await("Deadlock").getString("text");
            assertThat(itself).contains("waits for the clock of \"own\" to reach 1", "which has 1 in hand");

            CompletableFuture<String> refused = new CompletableFuture<>();
            dispatcher.read(stock, (number, message) -> waitFor(audit, number, refused));
            dispatcher.read(audit, (number, message) -> waitFor(stock, number, refused));
            both.dispatch("order");
            String text = refused.join();
            RecordedEvent found =
                    recorded.await("Deadlock", event -> !event.getString("text").equals(itself));
            assertThat(found.getString("text")).isEqualTo(text).contains("shop/reader-stock", "shop/reader-audit");
            assertThat(found.getString("dispatcher")).isEqualTo("shop");
            own.acknowledge();
        }
    }

    private static void waitFor(Receiver<String> other, long number, CompletableFuture<String> refused)
            throws InterruptedException {
        try {
            other.clock().waitUntil(number);
        } catch (IllegalStateException e) {
            refused.complete(e.getMessage());
        }
    }

    @ContractTest(capacities = 2, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("a dispatcher that is closed with losses says the same as its exception")
    void losses(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("ClosedWithLosses")) {
            Dispatcher<String> dispatcher = Dispatcher.builder()
                    .name("shop")
                    .channelCapacity(2)
                    .inboxCapacity(2)
                    .drainTimeout(Duration.ZERO)
                    .open();
            Receiver<String> slow = dispatcher.receiver("slow");
            Sender<String> desk = dispatcher.sender("desk", slow);
            Setup.send(desk, 4);
            Await.eventually("the inbox is full", () -> slow.pending() == 2);
            String said =
                    assertThrows(DispatchException.class, dispatcher::close).getMessage();

            RecordedEvent event = recorded.await("ClosedWithLosses");
            assertThat(event.getString("dispatcher")).isEqualTo("shop");
            assertThat(event.getString("losses")).contains("2 messages of sender \"desk\" were not delivered");
            assertThat(said).endsWith(event.getString("losses"));
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("nothing is recorded where nobody records it")
    void none(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of()) {
            AnyDispatcher<String> dispatcher =
                    setup.openAny(settings -> settings.onFailure((receiver, number, cause) -> {}));
            Receiver<String> stock = dispatcher.receiver("stock");
            Receiver<String> bad = dispatcher.receiver("bad");
            AnySender<String> desk = dispatcher.sender("desk", stock);
            desk.dispatch("order");
            bad.fail(new IllegalArgumentException("planted"));
            desk.close();
            stock.discard();
            bad.discard();
            dispatcher.close();

            assertThat(recorded.events()).isEmpty();
        }
    }
}
