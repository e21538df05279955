package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.ReceiverState.Activity;
import io.github.clockeddispatch.Snapshot.SenderState;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;

@DisplayName("snapshots")
class SnapshotTest {

    /** What a snapshot says, without ages, packages and lines. */
    private static String said(Snapshot snapshot) {
        return snapshot.toString()
                .replaceAll(",? for \\d+(\\.\\d)? m?s", "")
                .replaceAll("waits \\d+(\\.\\d)? m?s", "waits")
                .replaceAll(" at io\\.github\\.clockeddispatch\\.(\\w+\\.)?(?=[A-Z])", " at ")
                .replaceAll("lambda\\$(\\w+)\\$\\d+\\(\\w+\\.java:\\d+\\)", "$1")
                .replaceAll("(\\w+)\\(\\w+\\.java:\\d+\\)", "$1");
    }

    /** It says that, without regard to columns, or will soon. */
    private static void says(AnyDispatcher<?> dispatcher, String... lines) {
        String text = String.join("\n ", lines);
        Await.holdsWithin(Await.BOUND, () -> inWords(dispatcher).equals(text));
        assertThat(inWords(dispatcher)).isEqualTo(text);
    }

    private static String inWords(AnyDispatcher<?> dispatcher) {
        return said(dispatcher.snapshot()).replaceAll("(?<=\\S) {2,}", " ");
    }

    private static ReceiverState state(AnyDispatcher<?> dispatcher, Receiver<?> receiver) {
        return dispatcher.snapshot().receivers().stream()
                .filter(one -> one.name().equals(receiver.name()))
                .findFirst()
                .orElseThrow();
    }

    // ---- who is stuck, and why

    @ContractTest(capacities = 2, pumps = Pumps.OWN)
    @DisplayName("a snapshot tells who is stuck, and why: from the thread that sends to the line where the reader is")
    void whoIsStuck(Setup setup) throws InterruptedException {
        Dispatcher<String> shop = setup.open(builder -> builder.name("shop"));
        Receiver<String> fast = shop.receiver("fast");
        Receiver<String> slow = shop.receiver("slow");
        Gate gate = setup.gate();
        shop.read(fast, (sequence, message) -> {});
        shop.read(slow, (sequence, message) -> gate.pass());
        Sender<String> both = shop.sender("both", fast, slow);
        shop.sender("quiet", fast);
        for (int i = 0; i < 5; i++) {
            both.send("m");
        }
        Running<Void> web = setup.run("web-3", () -> both.send("late"));
        web.awaitBlocked();
        String text = """
                shop at 3
                 fast   up to date      inbox 0/2  reader-fast idle
                 slow   at 0, 3 behind  inbox 2/2  reader-slow in 1 at Gate.pass
                 both   channel 2/2, waits for room at slow
                 1 sender idle
                 web-3  waits for room in both -> slow -> reader-slow""";
        Await.holdsWithin(Await.BOUND, () -> said(shop.snapshot()).equals(text));
        assertThat(said(shop.snapshot())).isEqualTo(text);

        Await.eventually(
                "it tells for how long",
                () -> shop.snapshot()
                        .toString()
                        .replaceAll("\\d+(\\.\\d)? m?s", "x")
                        .contains("reader-slow in 1 for x at io.github.clockeddispatch.testkit.Gate.pass(Gate.java:"));
        SenderState sender = shop.snapshot().senders().getFirst();
        assertThat(sender.kind()).isEqualTo(SenderState.Kind.SENDER);
        assertThat(sender.blocked()).isEqualTo(1);
        assertThat(sender.waitingFor()).isPositive();
        Duration before = state(AnyDispatcher.of(shop), slow).unfinishedFor();
        assertThat(before).isPositive();
        Await.eventually(
                "it grows",
                () -> state(AnyDispatcher.of(shop), slow).unfinishedFor().compareTo(before) > 0);
        gate.open();
        web.result();
        assertThat(shop.awaitFinished(Await.BOUND)).isTrue();
        assertThat(state(AnyDispatcher.of(shop), slow).unfinishedFor()).isZero();
        assertThat(shop.snapshot().senders().getFirst().waitingFor()).isZero();
        assertThat(shop.snapshot().senders().getFirst().blocked()).isZero();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("receivers and senders are in the order in which they joined, the longest wait comes first")
    void order(Setup setup) {
        AnyDispatcher<String> dispatcher = setup.openAny();
        List<String> names = new ArrayList<>();
        List<Receiver<String>> receivers = new ArrayList<>();
        for (int i = 20; i > 0; i--) {
            names.add("r" + i * 7);
            receivers.add(dispatcher.receiver("r" + i * 7));
            dispatcher.sender("s" + i * 7, receivers.getLast());
        }
        receivers.get(3).discard();
        names.add(names.remove(3));
        receivers.add(dispatcher.receiver(names.getLast()));
        assertThat(dispatcher.snapshot().receivers())
                .extracting(ReceiverState::name)
                .containsExactlyElementsOf(names);
        assertThat(dispatcher.snapshot().senders())
                .extracting(sender -> Integer.parseInt(sender.name().substring(1)))
                .isSortedAccordingTo((a, b) -> b - a);
        Running<?> first = setup.run("first", () -> receivers.getLast().clock().waitUntil(5, Duration.ofHours(1)));
        first.awaitBlocked();
        Running<?> second =
                setup.run("second", () -> receivers.getFirst().clock().waitUntil(9, Duration.ofHours(1)));
        second.awaitBlocked();
        Await.eventually("both wait", () -> dispatcher.snapshot().waits().size() == 2);
        assertThat(dispatcher.snapshot().waits())
                .extracting(Snapshot.Wait::name)
                .containsExactly(
                        receivers.getLast().name(), receivers.getFirst().name());
        assertThat(dispatcher.snapshot().waits())
                .extracting(Snapshot.Wait::kind)
                .containsOnly(Snapshot.Wait.Kind.CLOCK);
        first.interrupt();
        second.interrupt();
        first.failure(InterruptedException.class);
        second.failure(InterruptedException.class);
    }

    // ---- readers

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 4)
    @DisplayName("what readers do: by hand, with a subscriber, in a thread that has ended, in a wait")
    void readers(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
        String one = dispatcher.isMerge() ? " 1 due " : " inbox 1/4 ";
        String none = dispatcher.isMerge() ? " " : " inbox 0/4 ";
        Receiver<String> hand = dispatcher.receiver("hand");
        Receiver<String> mine = dispatcher.receiver("mine");
        Receiver<String> gone = dispatcher.receiver("gone");
        Receiver<String> flow = dispatcher.receiver("flow");
        Receiver<String> waits = dispatcher.receiver("waits");
        AnySender<String> all = dispatcher.sender("all", List.of(hand, mine, gone, flow, waits));
        flow.publisher().subscribe(new Undemanding());
        dispatcher.read(waits, (sequence, message) -> hand.clock().waitUntil(sequence));
        Running<?> page = setup.call("page", gone::receiveMessage).awaitBlocked();
        says(
                dispatcher,
                dispatcher.isMerge() ? "merge shop at 0" : "shop at 0",
                "hand up to date" + none + "no reader",
                "mine up to date" + none + "no reader",
                "gone up to date" + none + "page idle",
                "flow up to date" + none + "its subscriber demands nothing",
                "waits up to date" + none + "reader-waits idle",
                dispatcher.isMerge() ? "all promised 0" : "1 sender idle");
        all.dispatch("m");
        page.result();
        Thread me = Thread.currentThread();
        mine.receiveMessage();
        says(
                dispatcher,
                dispatcher.isMerge() ? "merge shop at 1" : "shop at 1",
                "hand at 0, 1 behind" + one + "no reader, first unfinished 1, 1 waits for its clock",
                "mine at 0, 1 behind" + none + me.getName() + " in 1 at SnapshotTest.inWords",
                "gone at 0, 1 behind" + none + "page has ended with 1 in hand",
                "flow at 0, 1 behind" + one + "its subscriber demands nothing, first unfinished 1",
                "waits at 0, 1 behind" + none + "reader-waits waits in 1 at SnapshotTest.readers",
                dispatcher.isMerge() ? "all promised 1, buffer 1/4" : "1 sender idle",
                "reader-waits waits for the clock of \"hand\" to reach 1");
        assertThat(dispatcher.snapshot().receivers())
                .extracting(ReceiverState::activity)
                .containsExactly(
                        Activity.NOT_READ, Activity.HANDLING, Activity.GONE, Activity.NO_DEMAND, Activity.WAITING);
        assertThat(dispatcher.snapshot().receivers())
                .extracting(ReceiverState::inHand)
                .containsExactly(false, true, true, false, true);
        assertThat(state(dispatcher, mine).at()).startsWith(SnapshotTest.class.getName() + ".state(SnapshotTest.java:");
        hand.receiveMessage();
        hand.acknowledge();
        gone.discard();
        flow.discard();
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 4)
    @DisplayName("a handler that is called again, what it has skipped, and what its receiver has been when it is over")
    void recoveries(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
        String none = dispatcher.isMerge() ? " " : " inbox 0/4 ";
        Receiver<String> r = dispatcher.receiver("r");
        AtomicInteger calls = new AtomicInteger();
        Gate gate = setup.gate();
        dispatcher.read(
                r,
                (sequence, message) -> {
                    if (sequence < 3) {
                        throw new IllegalStateException("call " + calls.incrementAndGet());
                    }
                    gate.pass();
                },
                (sequence, message, failure, attempt) -> sequence == 1
                        ? Recovery.skip()
                        : Recovery.retryAfter(Duration.ofHours(calls.get() < 3 ? 0 : 1)));
        AnySender<String> sender = dispatcher.sender("s", r);
        sender.dispatch("skipped");
        sender.dispatch("fails twice");
        says(
                dispatcher,
                dispatcher.isMerge() ? "merge shop at 2" : "shop at 2",
                "r at 1, 1 behind" + none + "reader-r is to handle 2 again, which has failed 2 times, 1 skipped",
                dispatcher.isMerge() ? "s promised 2" : "1 sender idle");
        assertThat(state(dispatcher, r).skipped()).isEqualTo(1);
        assertThat(state(dispatcher, r).attempt()).isEqualTo(2);
        assertThat(state(dispatcher, r).activity()).isEqualTo(Activity.RETRYING);
        r.fail(new IllegalArgumentException("two\nlines"));
        List<String> lines = new ArrayList<>(List.of(
                dispatcher.isMerge() ? "merge shop at 2" : "shop at 2",
                "r failed at 2: java.lang.IllegalArgumentException: two lines"));
        if (dispatcher.isMerge()) {
            lines.add("s promised 2");
        }
        says(dispatcher, lines.toArray(String[]::new));
        FailedException failure = state(dispatcher, r).failure().orElseThrow();
        assertThat(failure.sequence()).isEqualTo(2);
        assertThat(failure.getCause()).hasMessage("two\nlines");
        assertThat(state(dispatcher, r).state()).isEqualTo(ReceiverState.State.FAILED);
        assertThat(state(dispatcher, r).activity()).isEqualTo(Activity.NOT_READ);
        assertThat(assertThrows(FailedException.class, dispatcher::close)).hasCause(failure.getCause());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 4)
    @DisplayName("a receiver that ends, and one that has ended; what was discarded of one that has failed")
    void ends(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
        Receiver<String> over = dispatcher.receiver("over");
        Receiver<String> ends = dispatcher.receiver("ends");
        Receiver<String> fails = dispatcher.receiver("fails");
        dispatcher.sender("s", over).close();
        AnySender<String> sender = dispatcher.sender("t", List.of(ends, fails));
        sender.dispatch("m");
        sender.dispatch("m");
        sender.close();
        fails.receiveMessage();
        fails.fail(new AssertionError());
        List<String> lines = new ArrayList<>(List.of(
                dispatcher.isMerge() ? "merge shop at 2" : "shop at 2",
                dispatcher.isMerge() ? "over up to date, ended" : "over up to date, ended inbox 0/4",
                "ends at 0, 2 behind"
                        + (dispatcher.isMerge() ? ", ending 2 due " : ", ended inbox 2/4 ")
                        + "no reader, first unfinished 1",
                "fails failed at 1, 1 discarded: java.lang.AssertionError"));
        if (dispatcher.isMerge()) {
            lines.add("t promised 2, buffer 2/4, closed");
        }
        says(dispatcher, lines.toArray(String[]::new));
    }

    // ---- merges

    @ContractTest(over = MERGE, capacities = 2)
    @DisplayName(
            "a merge: what is due, what is held back, and by whom; what forwarders and links have promised, and who has no room")
    void merges(Setup setup) throws Exception {
        Dispatcher<String> top = setup.open(builder -> builder.name("top"));
        Receiver<String> upper = top.receiver("upper");
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.name("low"));
        Receiver<String> r = merge.receiver("r");
        merge.link(upper, r);
        Forwarder<String> east = merge.forwarder("east", r);
        Forwarder<String> west = merge.forwarder("west", r);
        top.sender("s", upper).dispatch("m");
        east.forward(1, "m");
        west.forward(4, "m");
        west.forward(5, "m");
        Running<Void> full = setup.run("full", () -> west.forward(6, "m"));
        full.awaitBlocked();
        says(
                AnyDispatcher.of(merge),
                "merge low at 1",
                "r at 0, 1 behind 2 due no reader, first unfinished 1, 2 held back by top/upper at 1",
                "top/upper link, promised 1, buffer 1/2",
                "east promised 1, buffer 1/2",
                "west promised 5, buffer 2/2, waits for room at r",
                "full waits for room in the buffer of forwarder \"west\" -> r");
        assertThat(merge.snapshot().senders())
                .extracting(SenderState::kind)
                .containsExactly(SenderState.Kind.LINK, SenderState.Kind.FORWARDER, SenderState.Kind.FORWARDER);
        assertThat(merge.snapshot().senders()).extracting(SenderState::blocked).containsExactly(0, 0, 1);
        assertThat(merge.snapshot().senders().getLast().waitingFor()).isPositive();
        assertThat(merge.snapshot().receivers().getFirst().lag()).isEqualTo(1);
        r.discard();
        full.failure(ClosedException.class);
        assertThat(merge.snapshot().senders()).extracting(SenderState::blocked).containsOnly(0);
    }

    // ---- very many

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("many that wait for the same are told of once")
    void manyWaits(Setup setup) throws Exception {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        List<Running<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(setup.run("w" + i, () -> r.clock().waitUntil(1)));
        }
        Await.eventually("all wait", () -> dispatcher.snapshot().waits().size() == 20);
        String text = said(dispatcher.snapshot());
        assertThat(text).contains("20 wait for its clock").endsWith("\n and 12 more wait");
        assertThat(text.lines().filter(line -> line.endsWith(" waits for the clock of \"r\" to reach 1")))
                .hasSize(8);
        AnySender<String> sender = dispatcher.sender("s", r);
        sender.dispatch("m");
        r.receiveMessage();
        r.acknowledge();
        waiting.forEach(Running::result);
    }

    /** A subscriber that demands nothing. */
    private static final class Undemanding implements Flow.Subscriber<Delivery.Message<String>> {
        @Override
        public void onSubscribe(Flow.Subscription subscription) {}

        @Override
        public void onNext(Delivery.Message<String> message) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {}
    }
}
