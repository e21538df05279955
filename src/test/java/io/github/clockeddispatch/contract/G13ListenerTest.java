package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
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
import io.github.clockeddispatch.testkit.Logged;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.function.Executable;

@DisplayName("G13 somebody is told of a failure")
class G13ListenerTest {
    private static final Exception CAUSE = new IOException("broken");
    private static final AtomicInteger DISPATCHERS = new AtomicInteger();

    /** What a listener was told, and by which thread. */
    private record Told(String receiver, long number, Throwable cause, Thread thread) {}

    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;
    private Receiver<String> other;

    private void open(Setup setup) {
        dispatcher =
                setup.openAny(settings -> settings.onFailure(this::tell).inboxCapacity(Math.max(4, setup.capacity())));
        join();
    }

    private void join() {
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        other = dispatcher.receiver("other");
    }

    private void tell(String receiver, long number, Throwable cause) {
        told.add(new Told(receiver, number, cause, Thread.currentThread()));
    }

    private static void fails(Executable call) {
        assertSame(CAUSE, assertThrows(FailedException.class, call).getCause());
    }

    private static void handle(String message) throws Exception {
        if (message.equals("bad")) {
            throw CAUSE;
        }
    }

    /** Closes it, so that all have been told who ever are, and demands that this is all of it. */
    private void toldOnce(String receiver, long number) {
        closeAnyhow();
        assertEquals(List.of(receiver + " " + number), tellings());
        assertSame(CAUSE, told.element().cause);
    }

    private void closeAnyhow() {
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            // as it should
        }
    }

    private boolean isClosed() {
        try {
            dispatcher.receiver("probe " + System.nanoTime());
            return false;
        } catch (ClosedException e) {
            return true;
        }
    }

    private List<String> tellings() {
        return told.stream()
                .map(one -> one.receiver + " " + one.number)
                .sorted()
                .toList();
    }

    // ---- of what, and how often

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G13 of a handler of an own reader that throws, once, with name, FailedException's number and cause; close throws it, too")
    void g13OfAnOwnReader(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.read(r, (number, message) -> handle(message));
        sender.send("1");
        sender.send("bad");
        Await.eventually("it is told", () -> !told.isEmpty());
        assertEquals(
                2,
                assertThrows(FailedException.class, () -> r.clock().waitUntil(2))
                        .sequence());
        fails(dispatcher::close);
        toldOnce("r", 2);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 of one of forEachMessage, forEachBatch and drain")
    void g13OfOthersReaders(Setup setup) throws InterruptedException {
        List<String> expected = List.of("r 1");
        for (int way = 0; way < 3; way++) {
            told.clear();
            open(setup);
            int how = way;
            sender.dispatch("bad");
            fails(() -> {
                switch (how) {
                    case 0 -> r.forEachMessage((number, message) -> handle(message));
                    case 1 -> r.forEachBatch(1, batch -> handle(batch.getFirst().payload()));
                    default -> r.drain((number, message) -> handle(message), 1);
                }
            });
            closeAnyhow();
            assertEquals(expected, tellings());
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 of receiver.fail, at once, at its first unfinished message, and not once more")
    void g13OfFail(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        sender.dispatch("2");
        r.receiveMessage();
        r.acknowledge();
        r.fail(CAUSE);
        Await.eventually("it is told", () -> !told.isEmpty());
        r.fail(new IllegalStateException("later"));
        r.discard();
        toldOnce("r", 2);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 with nothing unfinished where the clock stands")
    void g13WithNothingUnfinished(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.sender("o", other).dispatch("1");
        r.fail(CAUSE);
        toldOnce("r", 1);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 of each receiver that fails")
    void g13OfEach(Setup setup) {
        open(setup);
        other.fail(CAUSE);
        r.fail(CAUSE);
        dispatcher.receiver("good");
        closeAnyhow();
        assertEquals(List.of("other 0", "r 0"), tellings());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 of two that share a name, one after the other, of each")
    void g13OfTwoOfOneName(Setup setup) {
        open(setup);
        r.fail(CAUSE);
        r.discard();
        dispatcher.receiver("r").fail(CAUSE);
        closeAnyhow();
        assertEquals(List.of("r 0", "r 0"), tellings());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 of dispatcher.fail once only, with an empty name; of one that had failed before as well")
    void g13OfTheDispatcher(Setup setup) throws InterruptedException {
        open(setup);
        dispatcher.read(other, (number, message) -> {});
        sender.dispatch("1");
        r.fail(CAUSE);
        dispatcher.fail(CAUSE);
        dispatcher.fail(new IllegalStateException("later"));
        other.fail(new IllegalStateException("later"));
        fails(dispatcher::close);
        assertEquals(List.of(" 1", "r 1"), tellings());
        assertTrue(told.stream().allMatch(one -> one.cause == CAUSE));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 with FailedException's number")
    void g13WithTheNumberOfTheException(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        dispatcher.fail(CAUSE);
        FailedException failed = assertThrows(FailedException.class, dispatcher::close);
        assertEquals(List.of(" " + failed.sequence()), tellings());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("G13 discarding is no failure, nor is being cut off by close")
    void g13NotOfWhatIsNoFailure(Setup setup) throws InterruptedException {
        dispatcher = setup.openAny(settings -> settings.onFailure(this::tell).drainTimeout(Duration.ZERO));
        join();
        Gate gate = setup.gate();
        dispatcher.read(r, (number, message) -> gate.pass());
        sender.dispatch("1");
        gate.awaitArrival();
        Thread reader = dispatcher.read(other, (number, message) -> {});
        other.discard();
        assertTrue(reader.join(Await.BOUND));
        assertThrows(DispatchException.class, dispatcher::close);
        assertEquals(List.of(), tellings());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 nor is what a policy survives; what it stops for is")
    void g13OfWhatAPolicyStops(Setup setup) throws InterruptedException {
        open(setup);
        FailurePolicy<String> policy = (number, message, failure, attempt) ->
                attempt < 2 ? Recovery.retryAfter(Duration.ZERO) : number < 3 ? Recovery.skip() : Recovery.stop();
        dispatcher.read(r, (number, message) -> handle(message), policy);
        sender.send("bad");
        r.clock().waitUntil(sender.dispatch("2"));
        assertEquals(List.of(), tellings());
        sender.send("bad");
        Await.eventually("it is told", () -> !told.isEmpty());
        toldOnce("r", 3);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 of an own reader that is interrupted")
    void g13OfAnOwnReaderThatIsInterrupted(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = dispatcher.read(r, (number, message) -> {});
        reader.interrupt();
        Await.eventually("it is told", () -> !told.isEmpty());
        assertTrue(told.element().cause instanceof InterruptedException);
        closeAnyhow();
        assertEquals(List.of("r 0"), tellings());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G13 of one that is interrupted before it has been given what is there, at that message, as close says")
    void g13OfAnOwnReaderThatIsInterruptedBeforeAMessage(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        sender.dispatch("2");
        Thread reader =
                dispatcher.read(r, (number, message) -> Thread.currentThread().interrupt());
        assertTrue(reader.join(Await.BOUND));
        FailedException failed = assertThrows(FailedException.class, dispatcher::close);
        assertEquals(2, failed.sequence());
        assertEquals(
                "receiver \"r\" has failed, as its reader has ended, at number 2: java.lang.InterruptedException",
                failed.getMessage());
        assertEquals(List.of("r 2"), tellings());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 after close as well")
    void g13AfterClose(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("bad");
        dispatcher.close();
        fails(() -> r.forEachMessage((number, message) -> handle(message)));
        Await.eventually("it is told", () -> !told.isEmpty());
        assertEquals(List.of("r 1"), tellings());
    }

    // ---- the thread that tells

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 on a thread of its own, which inherits nothing")
    void g13OnAThreadOfItsOwn(Setup setup) throws InterruptedException {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        ClassLoader loader = new ClassLoader() {};
        dispatcher = setup.openAny(settings -> settings.onFailure((receiver, number, cause) -> {
            tell(receiver, number, cause);
            seen.add(local.get() + " " + (Thread.currentThread().getContextClassLoader() == loader));
        }));
        join();
        Running<Thread> failing = setup.call("failing", () -> {
            local.set("inherited");
            Thread.currentThread().setContextClassLoader(loader);
            Thread reader = dispatcher.read(r, (number, message) -> handle(message));
            sender.dispatch("bad");
            other.fail(CAUSE);
            return reader;
        });
        Thread reader = failing.result();
        Await.eventually("both are told", () -> seen.size() == 2);
        assertEquals(List.of("null false", "null false"), List.copyOf(seen));
        for (Told one : told) {
            assertNotSame(reader, one.thread);
            assertNotSame(failing.thread(), one.thread);
        }
        assertEquals(2, told.stream().map(Told::thread).distinct().count());
        closeAnyhow();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 one that takes long holds up neither who fails, nor others, nor the telling of others")
    void g13AListenerThatTakesLong(Setup setup) throws InterruptedException {
        Gate gate = setup.gate();
        dispatcher = setup.openAny(settings -> settings.onFailure((receiver, number, cause) -> {
            if (receiver.equals("r")) {
                gate.passUninterruptibly();
            }
            tell(receiver, number, cause);
        }));
        join();
        r.fail(CAUSE);
        gate.awaitArrival();
        fails(() -> r.clock().waitUntil(1));
        fails(() -> sender.send("x"));
        other.fail(CAUSE);
        Await.eventually("the other is told", () -> !told.isEmpty());
        assertEquals(List.of("other 0"), tellings());
        Running<Void> closing = setup.run("closing", dispatcher::close).staysBlocked();
        gate.open();
        closing.result();
        assertEquals(List.of("other 0", "r 0"), tellings());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("G13 after drainTimeout close interrupts it, and names it where it does not end")
    void g13CloseWaitsNoLongerThanItMay(Setup setup) throws InterruptedException {
        Gate never = setup.gate();
        Gate deaf = setup.gate();
        AtomicReference<Throwable> ended = new AtomicReference<>();
        dispatcher = setup.openAny(settings -> settings.drainTimeout(Duration.ofMillis(10))
                .onFailure((receiver, number, cause) -> {
                    if (receiver.equals("r")) {
                        deaf.passUninterruptibly();
                    } else {
                        ended.set(assertThrows(InterruptedException.class, never::pass));
                    }
                }));
        join();
        r.fail(CAUSE);
        other.fail(CAUSE);
        deaf.awaitArrival();
        never.awaitArrival();
        String text = assertThrows(DispatchException.class, dispatcher::close).getMessage();
        assertTrue(text.contains("failure-r\" did not end when it was interrupted"), text);
        assertFalse(text.contains("failure-other"), text);
        assertTrue(ended.get() instanceof InterruptedException);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 it may close the dispatcher, and is not waited for then")
    void g13AListenerThatCloses(Setup setup) throws InterruptedException {
        Queue<String> closed = new ConcurrentLinkedQueue<>();
        AtomicReference<AnyDispatcher<String>> opened = new AtomicReference<>();
        dispatcher = setup.openAny(
                settings -> settings.drainTimeout(Duration.ofHours(1)).onFailure((receiver, number, cause) -> {
                    opened.get().close();
                    closed.add(receiver);
                }));
        opened.set(dispatcher);
        join();
        r.fail(CAUSE);
        other.fail(CAUSE);
        Await.eventually("both have closed it", () -> closed.size() == 2);
        dispatcher.close();
        assertThrows(DispatchException.class, () -> sender.send("x"));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 also while another thread closes it, and with a reader that has failed")
    void g13AListenerThatClosesBesideOthers(Setup setup) throws InterruptedException {
        Gate gate = setup.gate();
        AtomicInteger ended = new AtomicInteger();
        AtomicReference<AnyDispatcher<String>> opened = new AtomicReference<>();
        dispatcher = setup.openAny(settings -> settings.drainTimeout(Duration.ofHours(1))
                .onFailure((receiver, number, cause) -> {
                    try {
                        gate.passUninterruptibly();
                        opened.get().close();
                    } finally {
                        ended.incrementAndGet();
                    }
                }));
        opened.set(dispatcher);
        join();
        dispatcher.read(r, (number, message) -> handle(message));
        sender.dispatch("bad");
        gate.awaitArrival();
        Running<Void> closing = setup.run("closing", () -> fails(dispatcher::close));
        Await.eventually("it is being closed", this::isClosed);
        closing.staysBlocked();
        gate.open();
        closing.result();
        assertEquals(1, ended.get());
    }

    // ---- the log

    private Logged.Line line(String name) {
        List<Logged.Line> lines = Logged.of(name);
        assertEquals(1, lines.size(), lines::toString);
        assertEquals("io.github.clockeddispatch", lines.getFirst().logger());
        assertEquals(System.Logger.Level.ERROR, lines.getFirst().level());
        return lines.getFirst();
    }

    /** Opens one that is called as none of another test is. */
    private String openNamed(Setup setup, io.github.clockeddispatch.FailureListener listener) {
        String name = "of the log " + DISPATCHERS.incrementAndGet();
        dispatcher = setup.openAny(settings -> {
            settings.name(name);
            if (listener != null) {
                settings.onFailure(listener);
            }
        });
        join();
        return name;
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G13 where nobody is set, one line of the log at ERROR says what has failed, where, why, and what to do")
    void g13TheLog(Setup setup) throws InterruptedException {
        String name = openNamed(setup, null);
        dispatcher.read(r, (number, message) -> handle(message));
        sender.send("1");
        sender.send("bad");
        Await.eventually("it is logged", () -> !Logged.of(name).isEmpty());
        closeAnyhow();
        assertEquals(
                (dispatcher.isMerge() ? "merge" : "dispatcher") + " \"" + name
                        + "\": receiver \"r\" has failed at number 2: java.io.IOException: broken."
                        + " Its clock does not go on, and senders to it alone are refused. A FailurePolicy of its reader can retry or skip;"
                        + " Builder.onFailure is called in place of this line",
                line(name).text());
        assertSame(CAUSE, line(name).thrown().orElseThrow());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 and one that all of a dispatcher has failed")
    void g13TheLogOfADispatcher(Setup setup) throws InterruptedException {
        String name = openNamed(setup, null);
        sender.dispatch("1");
        dispatcher.fail(CAUSE);
        closeAnyhow();
        assertEquals(
                (dispatcher.isMerge() ? "merge" : "dispatcher") + " \"" + name
                        + "\" has failed at number 1: java.io.IOException: broken."
                        + " Every call ends with that; Builder.onFailure is called in place of this line",
                line(name).text());
        assertSame(CAUSE, line(name).thrown().orElseThrow());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 with an exception that has no text as well, which is then called by its class")
    void g13TheLogOfAnExceptionWithoutText(Setup setup) {
        String name = openNamed(setup, null);
        r.fail(new Exception() {
            private static final long serialVersionUID = 1;

            @Override
            public String getMessage() {
                throw new IllegalStateException("this exception has no text");
            }
        });
        closeAnyhow();
        String text = line(name).text();
        assertTrue(text.contains("has failed at number 0: " + getClass().getName() + "$2. Its clock"), text);
        assertTrue(line(name).thrown().isEmpty());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 and with one whose text is a sentence")
    void g13TheLogOfAnExceptionThatSaysASentence(Setup setup) {
        String name = openNamed(setup, null);
        r.fail(new IOException("The disk is full."));
        closeAnyhow();
        String text = line(name).text();
        assertTrue(text.contains("java.io.IOException: The disk is full. Its clock does not go on"), text);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 nothing is logged where somebody is told")
    void g13NothingIsLoggedWhereSomebodyIsTold(Setup setup) {
        String name = openNamed(setup, this::tell);
        r.fail(CAUSE);
        closeAnyhow();
        assertEquals(List.of("r 0"), tellings());
        assertEquals(List.of(), Logged.of(name));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 what a listener throws is logged, with what it was told; others are told all the same")
    void g13AListenerThatThrows(Setup setup) {
        RuntimeException thrown = new IllegalArgumentException("the listener's own");
        String name = openNamed(setup, (receiver, number, cause) -> {
            if (receiver.equals("r")) {
                throw thrown;
            }
            tell(receiver, number, cause);
        });
        r.fail(CAUSE);
        other.fail(CAUSE);
        closeAnyhow();
        assertEquals(List.of("other 0"), tellings());
        String kind = (dispatcher.isMerge() ? "merge" : "dispatcher") + " \"" + name + "\"";
        assertEquals(
                "the FailureListener of " + kind + " has thrown java.lang.IllegalArgumentException: the listener's own,"
                        + " being told: receiver \"r\" has failed at number 0: java.io.IOException: broken",
                line(name).text());
        assertSame(thrown, line(name).thrown().orElseThrow());
    }

    // ---- through links

    /** A top, a middle and a bottom, of which each tells with its name. */
    private final class Three {
        final Dispatcher<String> top;
        final ForwardingDispatcher<String> middle;
        final ForwardingDispatcher<String> bottom;
        final Receiver<String> from;
        final Receiver<String> good;
        final Receiver<String> mid;
        final Receiver<String> low;
        final Sender<String> sender;

        Three(Setup setup, boolean stageThrows) {
            top = setup.open(builder -> builder.onFailure((receiver, n, cause) -> tell("top " + receiver, n, cause)));
            middle = setup.openMerge(
                    builder -> builder.onFailure((receiver, n, cause) -> tell("middle " + receiver, n, cause)));
            bottom = setup.openMerge(
                    builder -> builder.onFailure((receiver, n, cause) -> tell("bottom " + receiver, n, cause)));
            from = top.receiver("from");
            good = top.receiver("good");
            mid = middle.receiver("mid");
            low = bottom.receiver("low");
            sender = top.sender("s", from);
            middle.stage(
                    from,
                    (number, message) -> {
                        handle(stageThrows ? message : "");
                        return List.of(message);
                    },
                    mid);
            bottom.link(mid, low);
        }

        void closeAll() {
            for (AutoCloseable each : List.of(bottom, middle, top)) {
                try {
                    each.close();
                } catch (Exception e) {
                    assertTrue(e instanceof DispatchException, () -> "" + e);
                }
            }
        }
    }

    @ContractTest(over = MERGE, pumps = Pumps.OWN)
    @DisplayName(
            "G13 a stage that throws is told at the top, and below: of each receiver that fails with it, to its own dispatcher's")
    void g13AStagesFailureIsToldAtTheTop(Setup setup) throws InterruptedException {
        Three stack = new Three(setup, true);
        stack.sender.dispatch("1");
        stack.low.receiveMessage();
        stack.low.acknowledge();
        stack.sender.dispatch("bad");
        Await.eventually("all are told", () -> told.size() == 3);
        fails(() -> stack.low.clock().waitUntil(2));
        stack.closeAll();
        assertEquals(List.of("bottom low 1", "middle mid 1", "top from 2"), tellings());
        assertTrue(told.stream().allMatch(one -> one.cause == CAUSE));
    }

    @ContractTest(over = MERGE, pumps = Pumps.OWN)
    @DisplayName("G13 a reader at the bottom that throws is told in the middle and at the top")
    void g13AReadersFailureAtTheBottom(Setup setup) throws InterruptedException {
        Three stack = new Three(setup, false);
        stack.bottom.read(stack.low, (number, message) -> handle(message));
        stack.sender.dispatch("bad");
        Await.eventually("all are told", () -> told.size() == 3);
        stack.closeAll();
        assertEquals(3, told.size());
        assertEquals(
                List.of("bottom low", "middle mid", "top from"),
                told.stream().map(Told::receiver).sorted().toList());
        assertTrue(told.stream().allMatch(one -> one.cause == CAUSE));
    }

    @ContractTest(over = MERGE, pumps = Pumps.OWN)
    @DisplayName(
            "G13 all of the top, or of a merge: that one is told once, the others of each receiver that fails with it")
    void g13AllOfOneOfThem(Setup setup) {
        Three stack = new Three(setup, false);
        stack.top.fail(CAUSE);
        stack.closeAll();
        assertEquals(List.of("bottom low 0", "middle mid 0", "top  0"), tellings());

        told.clear();
        stack = new Three(setup, false);
        stack.middle.fail(CAUSE);
        stack.closeAll();
        assertEquals(List.of("bottom low 0", "middle  0", "top from 0"), tellings());
    }

    @ContractTest(over = MERGE, pumps = Pumps.OWN)
    @DisplayName("G13 a forwarder that fails: of each receiver that it reaches, once, whatever else reaches that")
    void g13AForwarderThatFails(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.onFailure(this::tell));
        Receiver<String> one = merge.receiver("one");
        Receiver<String> two = merge.receiver("two");
        Receiver<String> three = merge.receiver("three");
        Forwarder<String> f = merge.forwarder("f", one, two);
        Forwarder<String> g = merge.forwarder("g", two);
        merge.forwarder("h", three);
        g.advance(3);
        f.fail(CAUSE);
        g.fail(CAUSE);
        assertThrows(FailedException.class, () -> two.clock().waitUntil(1));
        merge.close();
        assertEquals(List.of("one 0", "two 0"), tellings());
        assertNull(told.element().cause.getCause());
    }
}
