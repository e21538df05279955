package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Explanation;
import io.github.clockeddispatch.Explanation.Kind;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G20 why")
class G20WhyTest {

    /** Where this class is, which is where its handlers are. */
    private static final String HERE = ", at " + G20WhyTest.class.getName() + ".";

    private static List<Kind> kinds(Explanation why) {
        return why.causes().stream().map(Explanation.Cause::kind).toList();
    }

    private static List<String> names(Explanation why) {
        return why.causes().stream().map(Explanation.Cause::name).toList();
    }

    private static List<Long> numbers(Explanation why) {
        return why.causes().stream().map(Explanation.Cause::sequence).toList();
    }

    /** What it says, without times and lines. */
    private static String said(Explanation why) {
        return said(why.toString());
    }

    private static String said(String text) {
        return text.replaceAll(" for at least \\d+(\\.\\d)? m?s", "")
                .replaceAll(", for \\d+(\\.\\d)? m?s", "")
                .replaceAll("has (been|had)", "is")
                .replace(HERE, ", at ")
                .replace("io.github.clockeddispatch.testkit.Gate.", "")
                .replaceAll("lambda\\$(\\w+)\\$\\d+\\(\\w+\\.java:\\d+\\)", "$1")
                .replaceAll("(\\w+)\\(\\w+\\.java:\\d+\\)", "$1");
    }

    // ---- the reader

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 a number that is reached has no causes")
    void g20Reached(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.read(r, (number, message) -> {});
        AnySender<String> sender = dispatcher.sender("s", r);
        r.clock().waitUntil(sender.dispatch("m"));
        assertThat(r.clock().explain(1)).isEqualTo(new Explanation(1, 0, List.of()));
        assertThat(r.clock().explain(0)).hasToString("reached, at 1");
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 a handler: its number, where its thread is, and for how long from the second time on")
    void g20Handling(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Gate gate = setup.gate();
        dispatcher.read(r, (number, message) -> gate.pass());
        AnySender<String> sender = dispatcher.sender("s", r);
        sender.dispatch("1");
        gate.awaitArrival();
        sender.send("2");

        Explanation why = r.clock().explain(1);
        assertThat(why.time()).isZero();
        assertThat(why.behind()).isEqualTo(1);
        assertThat(kinds(why)).containsExactly(Kind.HANDLING);
        assertThat(names(why)).containsExactly("r");
        assertThat(numbers(why)).containsExactly(1L);
        assertThat(why.causes().getFirst().since()).isZero();
        assertThat(why.causes().getFirst().detail()).startsWith("the reader of \"r\" is in the handler of 1, at ");
        Await.eventually(
                "it is known for how long",
                () -> r.clock().explain(1).causes().getFirst().since().isPositive());
        assertThat(r.clock().explain(2).toString())
                .matches("at 0, 2 behind: the reader of \"r\" has been in the handler of 1 for at least \\S+ m?s, at "
                        + "io\\.github\\.clockeddispatch\\.testkit\\.Gate\\.pass\\(Gate\\.java:\\d+\\)");
        gate.open();
    }

    @ContractTest(capacities = {1, 2})
    @DisplayName("G20 where the causes go round, each is told once: a reader by hand that sends into its own full path")
    void g20GoingRound(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        sender.dispatch("1");
        Running<Void> reader = setup.run("reader", () -> {
                    r.receiveMessage();
                    while (true) {
                        sender.send("more");
                    }
                })
                .awaitBlocked();
        Await.eventually("all of the path is full", () -> {
            Snapshot.SenderState state = dispatcher.snapshot().senders().getFirst();
            return state.waitsFor().equals(List.of("r")) && state.queued() == state.capacity() && state.blocked() == 1;
        });
        assertThat(kinds(r.clock().explain(1))).containsExactly(Kind.WAITING, Kind.NO_ROOM, Kind.NO_ROOM, Kind.WAITING);
        assertThat(assertThrows(TimeoutException.class, () -> sender.dispatch("x", Duration.ZERO)))
                .hasMessageContaining("its channel is full");
        reader.interrupt();
        reader.failure(InterruptedException.class);
        r.discard();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 a handler that is to be called again: how many times it has failed, and since when")
    void g20Retrying(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Gate gate = setup.gate();
        FailurePolicy<String> policy = (number, message, failure, attempt) -> {
            if (attempt == 1) {
                gate.pass();
                return Recovery.retryAfter(Duration.ZERO);
            }
            return Recovery.retryAfter(Duration.ofHours(1));
        };
        dispatcher.read(
                r,
                (number, message) -> {
                    throw new IllegalStateException();
                },
                policy);
        dispatcher.sender("s", r).dispatch("1");
        gate.awaitArrival();
        assertThat(kinds(r.clock().explain(1))).containsExactly(Kind.HANDLING); // the policy, as part of it
        gate.open();
        Await.eventually("it waits", () -> kinds(r.clock().explain(1)).equals(List.of(Kind.RETRYING)));
        Explanation why = r.clock().explain(1);
        assertThat(names(why)).containsExactly("r");
        assertThat(numbers(why)).containsExactly(1L);
        assertThat(why.causes().getFirst().since()).isPositive();
        assertThat(said(why))
                .isEqualTo("at 0, 1 behind: the reader of \"r\" is to handle 1 again, which has failed 2 times");
        r.discard();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 a thread that reads by hand, and one that has ended with a message in its hand")
    void g20ByHand(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.sender("s", r).dispatch("1");
        assertThat(said(r.clock().explain(1))).isEqualTo("at 0, 1 behind: receiver \"r\" has no reader");
        assertThat(kinds(r.clock().explain(1))).containsExactly(Kind.NOT_READ);
        r.receive();
        assertThat(said(r.clock().explain(1)))
                .isEqualTo("at 0, 1 behind: the reader of \"r\" has 1 in hand, at g20ByHand");
        assertThat(kinds(r.clock().explain(1))).containsExactly(Kind.HANDLING);
        r.acknowledge();

        Receiver<String> other = dispatcher.receiver("other");
        dispatcher.sender("o", other).dispatch("2");
        Running<Void> ends = setup.run("ends", other::receiveMessage);
        ends.result();
        Await.eventually("it has ended", () -> !ends.thread().isAlive());
        assertThat(said(other.clock().explain(2)))
                .isEqualTo("at 1, 1 behind: the reader of \"other\" has ended with 2 in hand");
        assertThat(kinds(other.clock().explain(2))).containsExactly(Kind.NOT_READ);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 a handler that waits for a clock: and why that has not got there, timed waits too")
    void g20Waiting(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> stock = dispatcher.receiver("stock");
        Receiver<String> audit = dispatcher.receiver("audit");
        Gate gate = setup.gate();
        dispatcher.read(audit, (number, message) -> gate.pass());
        dispatcher.read(stock, (number, message) -> {
            audit.clock().waitUntil(number - 1, Await.BOUND);
        });
        dispatcher.sender("a", audit).dispatch("1");
        gate.awaitArrival();
        dispatcher.sender("s", stock).dispatch("2");
        Await.eventually("it waits", () -> dispatcher.snapshot().waits().size() == 1);

        Explanation why = stock.clock().explain(2);
        assertThat(kinds(why)).containsExactly(Kind.WAITING, Kind.HANDLING);
        assertThat(names(why)).containsExactly("stock", "audit");
        assertThat(numbers(why)).containsExactly(2L, 1L);
        assertThat(said(why))
                .isEqualTo(
                        "at 1, 1 behind: the reader of \"stock\" waits in the handler of 2 for the clock of \"audit\" to"
                                + " reach 1, at g20Waiting; the reader of \"audit\" is in the handler of 1, at pass");
        gate.open();
        stock.clock().waitUntil(2);
    }

    @ContractTest(capacities = 2)
    @DisplayName("G20 a handler that sends into a full channel: there is no room, nor in the inbox, which nobody reads")
    void g20NoRoom(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> slow = dispatcher.receiver("slow");
        Receiver<String> stock = dispatcher.receiver("stock");
        Sender<String> desk = dispatcher.sender("desk", slow);
        setup.fill(desk, slow);
        dispatcher.read(stock, (number, message) -> desk.send(message));
        long number = dispatcher.sender("s", stock).dispatch("m");
        Await.eventually("it waits", () -> dispatcher.snapshot().waits().size() == 1);

        Explanation why = stock.clock().explain(number);
        assertThat(kinds(why)).containsExactly(Kind.WAITING, Kind.NO_ROOM, Kind.NO_ROOM, Kind.NOT_READ);
        assertThat(names(why)).containsExactly("stock", "desk", "slow", "slow");
        assertThat(said(why))
                .isEqualTo(
                        "at 2, 1 behind: the reader of \"stock\" waits in the handler of 3 for a free slot in the channel"
                                + " of sender \"desk\", at g20NoRoom; the channel of sender \"desk\" is full (2 of 2) because"
                                + " the inbox of \"slow\" is full (2 of 2); it has no reader");
        slow.discard();
        Setup.abandon(dispatcher);
    }

    @ContractTest(capacities = 1)
    @DisplayName("G20 a number that was not given, and which message waits for room")
    void g20NotNumbered(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.name("shop"));
        Receiver<String> slow = dispatcher.receiver("slow");
        Receiver<String> idle = dispatcher.receiver("idle");
        Sender<String> desk = dispatcher.sender("desk", slow);
        Explanation why = idle.clock().explain(3);
        assertThat(kinds(why)).containsExactly(Kind.NOT_NUMBERED);
        assertThat(names(why)).containsExactly("shop");
        assertThat(said(why))
                .isEqualTo("at 0, 3 behind: 3 has not been given as a number: dispatcher \"shop\" is at 0");
        setup.fill(desk, slow);

        why = idle.clock().explain(3);
        assertThat(kinds(why)).containsExactly(Kind.NOT_NUMBERED, Kind.NO_ROOM, Kind.NO_ROOM, Kind.NOT_READ);
        assertThat(said(why))
                .isEqualTo("at 1, 2 behind: 3 has not been given as a number: dispatcher \"shop\" is at 1 because the"
                        + " channel of sender \"desk\" is full (1 of 1) because the inbox of \"slow\" is full (1 of 1);"
                        + " it has no reader");
        slow.discard();
    }

    // ---- ends

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 what has failed, was discarded, or is closed")
    void g20Stopped(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.name("shop"));
        Receiver<String> fails = dispatcher.receiver("fails");
        Receiver<String> goes = dispatcher.receiver("goes");
        Receiver<String> stays = dispatcher.receiver("stays");
        dispatcher.sender("s", List.of(fails, goes)).dispatch("m");
        fails.fail(new IllegalArgumentException("bad order"));
        goes.discard();

        Explanation why = fails.clock().explain(5);
        assertThat(kinds(why)).containsExactly(Kind.FAILED);
        assertThat(numbers(why)).containsExactly(1L);
        assertThat(said(why))
                .isEqualTo("at 0, 5 behind: receiver \"fails\" has failed at number 1:"
                        + " java.lang.IllegalArgumentException: bad order");
        why = goes.clock().explain(1);
        assertThat(kinds(why)).containsExactly(Kind.CLOSED);
        assertThat(said(why)).isEqualTo("at 0, 1 behind: receiver \"goes\" was discarded at number 1");

        why = LogicalClock.allOf(stays.clock(), fails.clock()).explain(9);
        assertThat(kinds(why)).containsExactly(Kind.FAILED);
        dispatcher.close();
        why = stays.clock().explain(7);
        assertThat(kinds(why)).containsExactly(Kind.CLOSED);
        assertThat(names(why)).containsExactly("shop");
        assertThat(said(why)).contains("\"shop\" is closed at number 1: 7 will not be given");
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 of several clocks it tells of the one that will never get there, as its dispatcher is closed")
    void g20OfSeveralOneIsClosed(Setup setup) throws InterruptedException {
        AnyDispatcher<String> closed = setup.openAny(settings -> settings.name("closed"));
        AnyDispatcher<String> open =
                setup.openAny(settings -> settings.name("open").inboxCapacity(4));
        Receiver<String> ended = closed.receiver("ended");
        Receiver<String> behind = open.receiver("behind");
        AnySender<String> desk = open.sender("desk", behind);
        desk.dispatch("1");
        desk.dispatch("2");
        closed.sender("s", ended).dispatch("m"); // in the inbox, where it can be read
        closed.close();

        Explanation why = LogicalClock.allOf(behind.clock(), ended.clock()).explain(2);
        assertThat(kinds(why)).containsExactly(Kind.CLOSED);
        assertThat(said(why)).startsWith("at 0, 2 behind: " + (closed.isMerge() ? "merge" : "dispatcher"));
        assertThat(said(why)).contains("\"closed\" is closed at number 1: 2 will not be given");
        why = LogicalClock.allOf(behind.clock(), ended.clock()).explain(1);
        assertThat(kinds(why)).containsExactly(Kind.NOT_READ); // that can be reached
        assertThat(names(why)).containsExactly("behind");
    }

    @ContractTest
    @DisplayName("G20 and where that is the clock of a sender, whose numbers have ended")
    void g20OfSeveralASenderIsClosed(Setup setup) throws InterruptedException {
        Dispatcher<String> closed = setup.open(settings -> settings.name("closed"));
        Dispatcher<String> open = setup.open(settings -> settings.name("open"));
        Receiver<String> slow = closed.receiver("slow");
        Sender<String> desk = closed.sender("desk", slow);
        desk.dispatch("m");
        Receiver<String> behind = open.receiver("behind");
        open.sender("s", behind).dispatch("1");
        closed.close();

        for (LogicalClock clock : List.of(desk.clock(), LogicalClock.allOf(behind.clock(), desk.clock()))) {
            Explanation why = clock.explain(2);
            assertThat(kinds(why)).containsExactly(Kind.CLOSED);
            assertThat(said(why)).contains("dispatcher \"closed\" is closed at number 1: 2 will not be given");
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G20 of several clocks it tells of the one that is furthest behind")
    void g20OfSeveral(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.inboxCapacity(4));
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        AnySender<String> both = dispatcher.sender("both", List.of(one, two));
        both.dispatch("1");
        both.dispatch("2");
        one.receive();
        one.receive();
        LogicalClock clock = LogicalClock.allOf(one.clock(), two.clock());
        assertThat(said(clock.explain(2))).isEqualTo("at 0, 2 behind: receiver \"two\" has no reader");
        two.receive();
        two.acknowledge();
        two.receive();
        two.acknowledge();
        assertThat(said(clock.explain(2)))
                .isEqualTo("at 1, 1 behind: the reader of \"one\" has 2 in hand, at g20OfSeveral");
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("G20 in a deadlock each is told once")
    void g20Deadlock(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(settings -> settings.watchAge(Duration.ofHours(1)));
        Receiver<String> one = dispatcher.receiver("one");
        Receiver<String> two = dispatcher.receiver("two");
        AtomicBoolean gaveUp = new AtomicBoolean();
        dispatcher.read(one, (number, message) -> gaveUp.set(!two.clock().waitUntil(number, Duration.ofMillis(300))));
        dispatcher.read(two, (number, message) -> one.clock().waitUntil(number));
        AnySender<String> both = dispatcher.sender("both", List.of(one, two));
        both.dispatch("m");
        Await.eventually("both wait", () -> dispatcher.snapshot().waits().size() == 2);
        assertThat(kinds(one.clock().explain(1))).containsExactly(Kind.WAITING, Kind.WAITING);
        assertThat(names(one.clock().explain(1))).containsExactly("one", "two");
        two.clock().waitUntil(1);
        assertThat(gaveUp).isTrue();
    }

    // ---- merges

    @ContractTest(over = MERGE)
    @DisplayName("G20 a source that has not promised as much; a merge that was not started")
    void g20HeldBack(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge =
                setup.openMerge(builder -> builder.name("shop").held());
        Receiver<String> all = merge.receiver("all");
        Forwarder<String> east = merge.forwarder("east", all);
        Forwarder<String> west = merge.forwarder("west", all);
        east.forward(5, "m");
        west.advance(3);
        Explanation why = all.clock().explain(5);
        assertThat(kinds(why)).containsExactly(Kind.HELD_BACK);
        assertThat(names(why)).containsExactly("shop");
        assertThat(said(why))
                .isEqualTo(
                        "at 0, 5 behind: receiver \"all\" is held back by merge \"shop\", which is held: start() was not"
                                + " called");
        merge.start();

        why = all.clock().explain(5);
        assertThat(kinds(why)).containsExactly(Kind.HELD_BACK);
        assertThat(names(why)).containsExactly("west");
        assertThat(numbers(why)).containsExactly(3L);
        assertThat(said(why))
                .isEqualTo("at 3, 2 behind: receiver \"all\" is held back by forwarder \"west\", which has promised 3");
        Await.eventually(
                "it is known for how long",
                () -> all.clock().explain(5).causes().getFirst().since().isPositive());
        west.advance(5);
        assertThat(said(all.clock().explain(5))).isEqualTo("at 4, 1 behind: receiver \"all\" has no reader");
        east.close();
        west.close();
        assertThat(said(all.clock().explain(9))).isEqualTo("at 4, 5 behind: receiver \"all\" has no reader");
        all.receiveMessage();
        all.acknowledge();
        why = all.clock().explain(9);
        assertThat(kinds(why)).containsExactly(Kind.NOT_NUMBERED);
        assertThat(said(why))
                .isEqualTo(
                        "at 5, 4 behind: 9 has not been promised: nothing reaches \"all\", and merge \"shop\" is at 5");
    }

    @ContractTest(over = MERGE, capacities = 1)
    @DisplayName("G20 a forward that waits for room, through what is full there")
    void g20AForwardThatWaits(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> slow = merge.receiver("slow");
        Receiver<String> all = merge.receiver("all");
        Forwarder<String> east = merge.forwarder("east", slow, all);
        Forwarder<String> west = merge.forwarder("west", all);
        east.forward(1, "m");
        west.forward(9, "n");
        all.receiveMessage();
        all.acknowledge();
        Running<Void> forward =
                setup.run("forwards", () -> east.forward(5, "more")).awaitBlocked();
        Explanation why = all.clock().explain(9);
        assertThat(kinds(why)).containsExactly(Kind.HELD_BACK, Kind.NO_ROOM, Kind.NOT_READ);
        assertThat(names(why)).containsExactly("east", "slow", "slow");
        assertThat(said(why))
                .isEqualTo("at 4, 5 behind: receiver \"all\" is held back by forwarder \"east\", which has promised 4;"
                        + " the buffer of forwarder \"east\" for \"slow\" is full (1 of 1); it has no reader");
        slow.receiveMessage();
        slow.acknowledge();
        forward.result();
        Setup.abandon(merge);
    }

    @ContractTest(pumps = Pumps.OWN, capacities = 2)
    @DisplayName("G20 through a link: its stage, the receiver above, and what that waits for")
    void g20ThroughLinks(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open(builder -> builder.name("top"));
        Receiver<String> orders = top.receiver("orders");
        Receiver<String> prices = top.receiver("prices");
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.name("shop"));
        Receiver<String> all = merge.receiver("all");
        Gate gate = setup.gate();
        merge.stage(
                orders,
                (number, order) -> {
                    gate.pass();
                    return List.of(order);
                },
                all);
        merge.link(prices, all);
        Explanation why = all.clock().explain(1);
        assertThat(kinds(why)).containsExactly(Kind.HELD_BACK, Kind.NOT_NUMBERED);
        assertThat(names(why)).containsExactly("top/orders", "top");
        top.sender("p", prices).dispatch("1");
        top.sender("o", orders).dispatch("2");
        gate.awaitArrival();
        all.receiveMessage();
        all.acknowledge();

        why = all.clock().explain(2);
        assertThat(kinds(why)).containsExactly(Kind.HELD_BACK, Kind.HANDLING);
        assertThat(names(why)).containsExactly("top/orders", "orders");
        assertThat(said(why))
                .isEqualTo("at 1, 1 behind: receiver \"all\" is held back by link \"top/orders\", which has promised 1;"
                        + " the reader of \"orders\", link \"top/orders\", is in the stage of 2, at pass");
        gate.open();
        merge.read(all, (number, message) -> {});
        all.clock().waitUntil(2);
    }

    @ContractTest(pumps = Pumps.OWN, capacities = 2)
    @DisplayName("G20 through a stack of any depth")
    void g20ThroughAStack(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open(builder -> builder.name("top"));
        Receiver<String> from = top.receiver("r");
        Sender<String> sender = top.sender("s", from);
        int depth = 100;
        for (int i = 0; i < depth; i++) {
            ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.name("merge"));
            Receiver<String> to = merge.receiver("r");
            merge.link(from, to);
            from = to;
        }
        Explanation why = from.clock().explain(1);
        assertThat(why.causes()).hasSize(depth + 1);
        assertThat(why.causes().getLast().kind()).isEqualTo(Kind.NOT_NUMBERED);
        assertThat(why.causes().getLast().name()).isEqualTo("top");
        sender.dispatch("m");
        from.receiveMessage();
        from.acknowledge();
        from.clock().waitUntil(1);
    }

    // ---- G17

    /** One whose trace may be asked for only where no lock is held. */
    private static final class Foreign extends Thread {
        private final Dispatcher<?> dispatcher;
        private volatile boolean isAsked;
        private volatile boolean isLocked;

        Foreign(Dispatcher<?> dispatcher, Runnable task) {
            super(task, "foreign");
            setDaemon(true);
            this.dispatcher = dispatcher;
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            isAsked = true;
            Thread other = Thread.ofVirtual().start(() -> dispatcher.group("locks")); // needs the lock
            try {
                isLocked = !other.join(Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            throw new UnsupportedOperationException("no trace");
        }
    }

    @ContractTest(capacities = 2)
    @DisplayName("G17 a thread is asked where it is without a lock, and what it throws is no matter")
    void g17ForeignThreads(Setup setup) throws Exception {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Gate gate = setup.gate();
        Foreign reader = new Foreign(dispatcher, () -> {
            try {
                r.forEachMessage((number, message) -> gate.passUninterruptibly());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        reader.start();
        Sender<String> sender = dispatcher.sender("s", r);
        sender.dispatch("m");
        gate.awaitArrival();
        assertThat(said(r.clock().explain(1))).isEqualTo("at 0, 1 behind: the reader of \"r\" is in the handler of 1");
        assertThat(reader.isAsked).isTrue();
        assertThat(reader.isLocked).isFalse();
        reader.isAsked = false;
        assertThat(dispatcher.snapshot().receivers().getFirst().at()).isEmpty();
        assertThat(reader.isAsked).isTrue();
        assertThat(reader.isLocked).isFalse();
        gate.open();
        sender.close();
        reader.join(Await.BOUND);
    }
}
