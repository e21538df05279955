package io.github.clockeddispatch.recording;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Kind;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Flight recorder: how receivers, senders and dispatchers stand")
class StateEventsTest {

    private static Predicate<RecordedEvent> of(String field, String name) {
        return event -> event.getString(field).equals(name);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a receiver whose handler is slow, a sender that is blocked, and their dispatcher")
    void slow(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("ReceiverState", "SenderState", "DispatcherState")) {
            AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
            Receiver<String> slow = dispatcher.receiver("slow");
            dispatcher.receiver("idle");
            AnySender<String> desk = dispatcher.sender("desk", slow);
            Gate gate = setup.gate();
            Thread reader = dispatcher.read(slow, (number, message) -> gate.pass());
            Setup.send(desk, 1);
            gate.awaitArrival();
            setup.fill(desk, slow);
            Running<Boolean> blocked = setup.call("blocked", () -> desk.send("more", Await.BOUND));
            Running<Void> waiter = setup.run("waits", () -> slow.clock().waitUntil(3));
            blocked.awaitBlocked();
            waiter.awaitBlocked();

            RecordedEvent receiver = recorded.await(
                    "ReceiverState",
                    of("receiver", "slow")
                            .and(event -> event.getInt("waiters") == 1)
                            .and(event -> !event.getString("at").isEmpty()));
            assertThat(receiver.getString("dispatcher")).isEqualTo("shop");
            assertThat(receiver.getString("state")).isEqualTo("open");
            assertThat(receiver.getLong("clock")).isZero();
            assertThat(receiver.getLong("lag")).isEqualTo(3);
            assertThat(receiver.getInt("pending")).isEqualTo(2);
            assertThat(receiver.getLong("firstUnfinished")).isEqualTo(1);
            assertThat(receiver.getDuration("unfinishedFor")).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
            assertThat(receiver.getString("activity")).isEqualTo("handling");
            assertThat(receiver.getString("reader")).isEqualTo(reader.getName());
            assertThat(receiver.getString("at")).startsWith(Gate.class.getName() + ".pass(");
            assertThat(receiver.getInt("held")).isZero();

            RecordedEvent sender = recorded.await("SenderState", event -> event.getInt("blocked") == 1);
            assertThat(sender.getString("dispatcher")).isEqualTo("shop");
            assertThat(sender.getString("sender")).isEqualTo("desk");
            assertThat(sender.getString("kind")).isEqualTo(setup.over() == MERGE ? "forwarder" : "sender");
            assertThat(sender.getString("state")).isEqualTo("open");
            assertThat(sender.getInt("queued")).isEqualTo(2);
            assertThat(sender.getInt("capacity")).isEqualTo(2);
            assertThat(sender.getDuration("blockedFor")).isPositive();
            assertThat(sender.getString("waitsFor")).isEqualTo("slow");
            assertThat(sender.getLong("promise")).isEqualTo(setup.over() == MERGE ? 3 : 0);

            RecordedEvent all = recorded.await("DispatcherState", event -> event.getInt("unfinished") == 1);
            assertThat(all.getString("dispatcher")).isEqualTo("shop");
            assertThat(all.getInt("receivers")).isEqualTo(2);
            assertThat(all.getInt("failed")).isZero();
            assertThat(all.getInt("senders")).isEqualTo(1);
            gate.open();
            waiter.result();
            assertThat(blocked.result()).isTrue();
            RecordedEvent idle = recorded.await("ReceiverState", of("receiver", "idle"));
            assertThat(idle.getString("activity")).isEqualTo("not read");
            assertThat(idle.getLong("firstUnfinished")).isZero();
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2,
            threads = Kind.VIRTUAL,
            pumps = Pumps.OWN)
    @DisplayName("a thread that has waited for a second, for what, and who holds it up; not one that has just begun")
    void waits(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("WaitState")) {
            AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
            Receiver<String> slow = dispatcher.receiver("slow");
            AnySender<String> desk = dispatcher.sender("desk", slow);
            Gate gate = setup.gate();
            Thread reader = dispatcher.read(slow, (number, message) -> gate.pass());
            Setup.send(desk, 1);
            gate.awaitArrival();
            Running<Boolean> waiter = setup.call("waits", () -> slow.clock().waitUntil(1, Await.BOUND));

            RecordedEvent event = recorded.await("WaitState");
            assertThat(event.getString("dispatcher")).isEqualTo("shop");
            assertThat(event.getString("thread")).isEqualTo("\"waits\"");
            assertThat(event.getString("waitsFor")).startsWith("the clock of \"slow\" to reach 1");
            assertThat(event.getString("heldUpBy")).isEqualTo("\"" + reader.getName() + "\"");
            assertThat(event.getBoolean("timed")).isTrue();
            assertThat(recorded.events("WaitState"))
                    .allMatch(one -> one.getDuration("waitingFor").compareTo(Duration.ofSeconds(1)) >= 0);
            gate.open();
            assertThat(waiter.result()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "a failure whose text blocks is told without it, again and again; one that went through this library, with it")
    void foreignText() {
        class Blocks extends RuntimeException {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                Gate never = new Gate();
                try {
                    never.pass();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                return "late";
            }
        }
        try (Recorded recorded = Recorded.of("ReceiverState");
                Dispatcher<String> dispatcher = Dispatcher.builder()
                        .onFailure((receiver, sequence, cause) -> {})
                        .open()) {
            Receiver<String> bad = dispatcher.receiver("bad");
            Receiver<String> next = dispatcher.receiver("next");
            bad.fail(new Blocks());
            next.fail(new IllegalStateException("planted"));
            Receiver<String> last = dispatcher.receiver("last");
            last.fail(assertThrows(FailedException.class, next::tryReceive));

            for (int i = 1; i <= 3; i++) {
                int looks = i;
                Await.eventually(
                        "it is looked again",
                        () -> recorded.events("ReceiverState").stream()
                                        .filter(of("receiver", "last"))
                                        .count()
                                >= looks);
            }
            assertThat(recorded.await("ReceiverState", of("receiver", "bad")).getString("failure"))
                    .isEqualTo("at 0: " + Blocks.class.getName());
            assertThat(recorded.await("ReceiverState", of("receiver", "last")).getString("failure"))
                    .contains("FailedException: receiver \"next\" has failed", "planted");
        }
    }

    @Test
    @DisplayName("a thread of a class of the user's own is not asked where it is, as that may never return")
    void foreignTrace() throws InterruptedException {
        Gate reading = new Gate();
        Gate never = new Gate();
        class Foreign extends Thread {
            private final Receiver<String> from;

            Foreign(Receiver<String> from) {
                this.from = from;
            }

            @Override
            public void run() {
                var unused = from.tryReceive();
                reading.passUninterruptibly();
            }

            @Override
            public StackTraceElement[] getStackTrace() {
                never.passUninterruptibly();
                return super.getStackTrace();
            }
        }
        try (Recorded recorded = Recorded.of("ReceiverState");
                Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> slow = dispatcher.receiver("slow");
            dispatcher.sender("desk", slow).dispatch("order");
            Thread reader = new Foreign(slow);
            reader.start();

            Predicate<RecordedEvent> isLong =
                    event -> event.getDuration("unfinishedFor").compareTo(Duration.ofMillis(1_100)) > 0;
            try {
                RecordedEvent event =
                        recorded.await("ReceiverState", of("receiver", "slow").and(isLong));
                assertThat(event.getString("activity")).isEqualTo("handling");
                assertThat(event.getString("at")).isEmpty();
            } finally {
                never.open();
                reading.open();
                reader.join();
            }
            slow.discard();
        }
    }

    @Test
    @DisplayName("the text of a cause of ten million characters is cut: it is told every second")
    void longText() {
        try (Recorded recorded = Recorded.of("ReceiverState", "Failed");
                Dispatcher<String> dispatcher = Dispatcher.builder()
                        .onFailure((receiver, sequence, cause) -> {})
                        .open()) {
            dispatcher.receiver("bad").fail(new IllegalStateException("x".repeat(10_000_000)));

            RecordedEvent stands = recorded.await(
                    "ReceiverState", event -> event.getString("state").equals("failed"));
            assertThat(stands.getString("failure").substring(0, 50))
                    .startsWith("at 0: java.lang.IllegalStateException: xxx");
            assertThat(stands.getString("failure").length()).isLessThan(1_100);
            assertThat(recorded.await("Failed").getString("text").length()).isEqualTo(1_001);
        }
    }

    @ContractTest(over = DISPATCHER, capacities = 1, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
    @DisplayName("a sender and a thread that wait for very many tell of some, and how many more there are")
    void waitsForMany(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("SenderState", "WaitState")) {
            Dispatcher<String> dispatcher = setup.open();
            List<Receiver<String>> all = new ArrayList<>();
            Gate gate = setup.gate();
            for (int i = 0; i < 1_010; i++) {
                all.add(dispatcher.receiver("r" + i));
                dispatcher.read(all.getLast(), (sequence, payload) -> gate.pass());
            }
            Sender<String> everybody = dispatcher.broadcaster("everybody");
            long last = everybody.dispatch("handled");
            everybody.send("in the inboxes");
            everybody.send("in the channel");
            Running<Boolean> waits = setup.call("waits", () -> everybody.clock().waitUntil(last, Await.BOUND));
            RecordedEvent sender = recorded.await(
                    "SenderState", event -> event.getString("waitsFor").endsWith("r9 and 1,000 more"));
            assertThat(sender.getString("waitsFor")).startsWith("r0, r1, ");
            RecordedEvent wait = recorded.await(
                    "WaitState", event -> event.getString("heldUpBy").length() > 1);
            assertThat(wait.getString("heldUpBy")).endsWith(" and 1,000 more");
            gate.open();
            assertThat(waits.result()).isTrue();
        }
    }

    @Test
    @DisplayName("a message that is to be handled again, and how many times that has failed")
    void retries() throws InterruptedException {
        try (Recorded recorded = Recorded.of("ReceiverState");
                Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> index = dispatcher.receiver("index");
            FailurePolicy<String> policy = (sequence, payload, failure, attempt) ->
                    Recovery.retryAfter(Duration.ofMillis(attempt < 3 ? 1 : 60_000));
            dispatcher.read(
                    index,
                    (sequence, payload) -> {
                        throw new IllegalStateException("planted");
                    },
                    policy);
            dispatcher.sender("desk", index).dispatch("order");

            RecordedEvent event = recorded.await(
                    "ReceiverState", one -> one.getString("activity").equals("retrying") && one.getInt("attempt") == 3);
            assertThat(event.getLong("firstUnfinished")).isEqualTo(1);
            index.discard();
        }
    }

    @ContractTest(over = MERGE, capacities = 16, threads = Kind.VIRTUAL)
    @DisplayName("what a merge holds back, and which source is in the way; a receiver that has failed")
    void held(Setup setup) throws InterruptedException {
        try (Recorded recorded = Recorded.of("ReceiverState", "DispatcherState")) {
            ForwardingDispatcher<String> merge = setup.openMerge();
            Receiver<String> stock = merge.receiver("stock");
            Receiver<String> bad = merge.receiver("bad");
            Forwarder<String> a = merge.forwarder("a", stock);
            merge.forwarder("b", stock);
            a.forward(7, "is held");
            bad.fail(new IllegalArgumentException("planted"));

            RecordedEvent event = recorded.await("ReceiverState", of("receiver", "stock"));
            assertThat(event.getInt("held")).isEqualTo(1);
            assertThat(event.getString("heldBy")).isEqualTo("b");
            RecordedEvent failed = recorded.await("ReceiverState", of("receiver", "bad"));
            assertThat(failed.getString("state")).isEqualTo("failed");
            assertThat(failed.getString("failure")).isEqualTo("at 7: java.lang.IllegalArgumentException: planted");
            assertThat(event.getString("failure")).isEmpty();
            assertThat(recorded.await("DispatcherState").getInt("failed")).isEqualTo(1);
            stock.discard();
        }
    }

    @Test
    @DisplayName(
            "ten thousand idle receivers are counted, and not told one by one; one that had something to do is told until it has not")
    void many() throws InterruptedException {
        try (Recorded recorded = Recorded.of("ReceiverState", "SenderState", "DispatcherState");
                Dispatcher<String> dispatcher =
                        Dispatcher.builder().name("crowd").open()) {
            List<Receiver<String>> crowd = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                crowd.add(dispatcher.receiver("r" + i));
            }
            Receiver<String> one = crowd.get(5_000);
            Sender<String> desk = dispatcher.sender("desk", one);
            desk.dispatch("order");
            recorded.await("ReceiverState", event -> event.getLong("firstUnfinished") == 1);
            one.receive();
            one.acknowledge();
            recorded.await(
                    "ReceiverState", of("receiver", "r5000").and(event -> event.getLong("firstUnfinished") == 0));
            long looks = recorded.events("DispatcherState").size();
            Await.eventually(
                    "it is looked some more times",
                    () -> recorded.events("DispatcherState").size() > looks + 3);

            RecordedEvent all = recorded.events("DispatcherState").getLast();
            assertThat(all.getInt("receivers")).isEqualTo(10_000);
            assertThat(all.getInt("unfinished")).isZero();
            assertThat(all.getLong("sequence")).isEqualTo(1);
            List<RecordedEvent> told = recorded.events("ReceiverState").stream()
                    .filter(event -> !event.getString("receiver").equals("r5000"))
                    .toList();
            assertThat(told).as("those of when there were few").allMatch(event -> event.getLong("clock") == 0);
            assertThat(told).hasSizeLessThan(1_000);
        }
    }

    @Test
    @DisplayName("a dispatcher that is closed is not looked at any more")
    void closed() {
        try (Recorded recorded = Recorded.of("DispatcherState")) {
            Dispatcher<String> other = Dispatcher.builder().name("other").open();
            try (Dispatcher<String> dispatcher =
                    Dispatcher.builder().name("shop").open()) {
                recorded.await("DispatcherState", of("dispatcher", dispatcher.name()));
            }
            long before =
                    recorded.events().stream().filter(of("dispatcher", "shop")).count();
            long others = recorded.events().size();
            Await.eventually(
                    "the other one is looked at", () -> recorded.events().size() > others + 3);
            assertThat(recorded.events().stream()
                            .filter(of("dispatcher", "shop"))
                            .count())
                    .isBetween(before, before + 1); // a look may have been under way
            other.close();
        }
    }

    @Test
    @DisplayName("a dispatcher that was dropped without being closed is not kept")
    void dropped() throws InterruptedException {
        try (Recorded recorded = Recorded.of("DispatcherState", "ReceiverState", "Joined")) {
            WeakReference<Object> dropped = drop(recorded);
            Await.eventually("it is collected", () -> {
                System.gc();
                return dropped.get() == null;
            });
        }
    }

    /** Returns what waits in a merge, which has no thread: who kept the merge, or what is behind it, would keep that. */
    private static WeakReference<Object> drop(Recorded recorded) throws InterruptedException {
        ForwardingDispatcher<Object> merge =
                ForwardingDispatcher.builder().name("dropped").open();
        Object order = new Object();
        merge.forwarder("desk", merge.receiver("r")).forward(1, order);
        recorded.await("ReceiverState", of("dispatcher", "dropped"));
        return new WeakReference<>(order);
    }
}
