package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Receiver")
class ReceiverTest {
    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;
    private AnySender<String> toOther;

    /** A receiver with room for four at least, beside one that is read. */
    private void open(Setup setup) {
        dispatcher = setup.openAny(builder -> builder.inboxCapacity(Math.max(4, setup.capacity())));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        Receiver<String> other = dispatcher.receiver("other");
        setup.read(other);
        toOther = dispatcher.sender("o", other);
    }

    private static Delivery<String> message(long number, String payload) {
        return new Delivery.Message<>(number, payload);
    }

    private static Delivery<String> tick(long number) {
        return new Delivery.Tick<>(number);
    }

    // ---- when a message is finished

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("Clock: being given a message is not finishing it; the next call of any reading method finishes it")
    void clockTheNextCallFinishes(Setup setup) throws InterruptedException {
        open(setup);
        interface Next {
            void call() throws InterruptedException;
        }
        List<Next> nexts = List.of(
                () -> r.receive(Duration.ZERO),
                () -> r.tryReceive(),
                () -> r.receiveMessage(Duration.ZERO),
                () -> r.drain((number, message) -> {}, 1),
                () -> r.acknowledge());
        long number = 0;
        for (Next next : nexts) {
            number = sender.dispatch("m");
            assertEquals(message(number, "m"), r.receive());
            assertEquals(number - 1, r.clock().time());
            next.call();
            assertEquals(number, r.clock().time());
        }
        sender.dispatch("m");
        assertEquals(message(number + 1, "m"), r.receiveMessage());
        Running<Delivery<String>> receive = setup.call("receive", r::receive); // finishes before it waits
        long second = number + 1;
        Await.eventually("it is finished", () -> r.clock().time() == second);
        receive.staysBlocked();
        sender.dispatch("n");
        assertEquals(message(number + 2, "n"), receive.result());
        Running<Void> forEach = setup.run("forEach", () -> r.forEachMessage((n, message) -> {}));
        Await.eventually("it is finished", () -> r.clock().time() == second + 1);
        sender.close();
        forEach.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("Clock: a message is finished when its handler has returned, not before")
    void clockTheReturnOfTheHandlerFinishes(Setup setup) throws InterruptedException {
        open(setup);
        sender.send("1");
        sender.send("2");
        sender.close();
        List<Long> times = new ArrayList<>();
        r.forEachMessage((number, message) -> times.add(r.clock().time()));
        assertEquals(List.of(0L, 1L), times);
        assertEquals(2, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("acknowledge: I am done with the last message, without asking for the next")
    void acknowledgeFinishesTheMessageInHand(Setup setup) throws InterruptedException {
        open(setup);
        r.acknowledge(); // nothing in hand
        sender.dispatch("1");
        r.acknowledge(); // not given yet
        assertEquals(0, r.clock().time());
        r.receive();
        r.acknowledge();
        r.acknowledge();
        assertEquals(1, r.clock().time());
        assertEquals(Optional.empty(), r.tryReceive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("acknowledge in a handler finishes its message early")
    void acknowledgeInAHandler(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        sender.dispatch("2");
        List<Long> times = new ArrayList<>();
        r.drain(
                (number, message) -> {
                    r.acknowledge();
                    times.add(r.clock().time());
                    r.clock().waitUntil(number);
                },
                5);
        assertEquals(List.of(1L, 2L), times);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "acknowledge by another thread than the one that was given the message works too: it becomes the reader")
    void acknowledgeAfterAHandOver(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("1");
        r.receive();
        setup.run("other", r::acknowledge).result();
        assertEquals(1, r.clock().time());
    }

    // ---- ticks

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("receive: a message where there is one, else one tick for all that went by")
    void receiveAMessageElseATick(Setup setup) throws InterruptedException {
        open(setup);
        toOther.dispatch("1");
        toOther.dispatch("2");
        toOther.dispatch("3");
        assertEquals(tick(3), r.receive());
        assertEquals(Optional.empty(), r.tryReceive());
        toOther.dispatch("4");
        sender.dispatch("5");
        toOther.dispatch("6");
        assertEquals(message(5, "5"), r.receive()); // no tick before it
        assertEquals(tick(6), r.receive());
        assertEquals(Optional.empty(), r.receive(Duration.ZERO));
        sender.dispatch("7");
        assertEquals(message(7, "7"), r.receive());
        assertEquals(Optional.empty(), r.tryReceive()); // it was told of 7 with the message
        assertEquals(7, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("receive: the first tick counts from joinedAt()")
    void receiveTheFirstTickIsAfterJoining(Setup setup) throws InterruptedException {
        open(setup);
        toOther.dispatch("1");
        Receiver<String> late = dispatcher.receiver("late");
        assertEquals(Optional.empty(), late.tryReceive());
        toOther.dispatch("2");
        assertEquals(Optional.of(tick(2)), late.tryReceive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("receiveMessage, forEachMessage, forEachBatch and drain see no ticks")
    void ticksAreForReceiveOnly(Setup setup) throws InterruptedException {
        open(setup);
        toOther.dispatch("1");
        assertEquals(Optional.empty(), r.receiveMessage(Duration.ZERO));
        assertEquals(Optional.empty(), r.receiveMessage(Duration.ofMillis(1)));
        assertEquals(0, r.drain((number, message) -> {}, 1));
        Running<Delivery<String>> reader =
                setup.call("reader", r::receiveMessage).awaitBlocked();
        toOther.dispatch("2");
        reader.staysBlocked();
        sender.dispatch("3");
        assertEquals(message(3, "3"), reader.result());
        toOther.dispatch("4");
        sender.close();
        List<Long> given = new ArrayList<>();
        r.forEachMessage((number, message) -> given.add(number));
        assertEquals(List.of(), given);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("receive(Duration) waits no longer for a tick than for a message")
    void timedReceive(Setup setup) throws InterruptedException {
        open(setup);
        assertEquals(Optional.empty(), r.receive(Duration.ofMillis(1)));
        Running<Optional<Delivery<String>>> reader =
                setup.call("reader", () -> r.receive(Duration.ofHours(1))).awaitBlocked();
        sender.send("1");
        assertEquals(Optional.of(message(1, "1")), reader.result());
    }

    // ---- drain

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("drain: what is there now, without waiting, at most max; -1 at the end")
    void drainWhatIsThere(Setup setup) throws InterruptedException {
        open(setup);
        List<Long> given = new ArrayList<>();
        assertEquals(0, r.drain((number, message) -> given.add(number), 10));
        for (int i = 0; i < 4; i++) {
            sender.dispatch("m");
        }
        assertEquals(3, r.drain((number, message) -> given.add(number), 3));
        assertEquals(3, r.clock().time());
        assertEquals(1, r.drain((number, message) -> given.add(number), 3));
        assertEquals(0, r.drain((number, message) -> given.add(number), Integer.MAX_VALUE));
        sender.dispatch("m");
        sender.close();
        assertEquals(1, r.drain((number, message) -> given.add(number), 3));
        assertEquals(-1, r.drain((number, message) -> given.add(number), 3));
        assertEquals(-1, r.drain((number, message) -> given.add(number), 3));
        assertEquals(Numbers.upTo(5), given);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("drain: what is sent by the handler itself is for the next call")
    void drainDoesNotWait(Setup setup) throws InterruptedException {
        open(setup);
        sender.dispatch("m");
        int drained = r.drain(
                (number, message) -> {
                    if (number == 1) {
                        sender.dispatch("n");
                    }
                },
                10);
        assertEquals(1, drained);
        assertEquals(1, r.drain((number, message) -> {}, 10));
        assertEquals(2, r.clock().time());
    }

    // ---- batches

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("forEachBatch: at most max, in order; all finished when the handler has returned, none before")
    void forEachBatchFinishesAllAtOnce(Setup setup) throws InterruptedException {
        open(setup);
        for (int i = 1; i <= 4; i++) {
            sender.dispatch("m" + i);
        }
        sender.close();
        List<Long> given = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        r.forEachBatch(3, messages -> {
            assertEquals(messages.getFirst().sequence() - 1, r.clock().time());
            assertThrows(UnsupportedOperationException.class, () -> messages.removeFirst());
            sizes.add(messages.size());
            given.addAll(Reading.numbers(messages));
        });
        assertEquals(List.of(3, 1), sizes);
        assertEquals(Numbers.upTo(4), given);
        assertEquals(4, r.clock().time());
    }

    @ContractTest
    @DisplayName(
            "forEachBatch: a batch goes on from what was there to what has come since, where the inbox grows in between")
    void forEachBatchGoesOnWhereTheInboxGrows(Setup setup) throws InterruptedException {
        for (int before = 1; before <= 12; before++) {
            try (Dispatcher<String> own = Dispatcher.builder().inboxCapacity(64).open()) {
                Receiver<String> grows = own.receiver("grows");
                Sender<String> desk = own.sender("desk", grows);
                for (int i = 1; i <= before; i++) {
                    desk.dispatch("m" + i);
                }
                assertEquals(new Delivery.Message<>(1, "m1"), grows.receiveMessage());
                for (int i = before + 1; i <= 40; i++) {
                    desk.dispatch("m" + i);
                }
                desk.close();
                List<Long> given = new ArrayList<>(List.of(1L));
                grows.forEachBatch(64, messages -> given.addAll(Reading.numbers(messages)));
                assertEquals(Numbers.upTo(40), given);
            }
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("forEachBatch: while the handler runs nobody sees any of its messages finished")
    void forEachBatchIsSeenAsAWhole(Setup setup) throws InterruptedException {
        open(setup);
        for (int i = 1; i <= 4; i++) {
            sender.dispatch("m" + i);
        }
        Gate gate = setup.gate();
        Running<Void> one =
                setup.run("waits for 1", () -> r.clock().waitUntil(1)).awaitBlocked();
        Running<Void> reader = setup.run("reader", () -> r.forEachBatch(4, messages -> gate.pass()));
        gate.awaitArrival();
        one.staysBlocked();
        assertEquals(0, r.clock().time());
        assertEquals(0, r.pending());
        gate.open();
        one.result();
        r.clock().waitUntil(4);
        sender.close();
        reader.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("forEachBatch: what is kept of a batch stays as it was")
    void forEachBatchGivesListsToKeep(Setup setup) throws InterruptedException {
        open(setup);
        List<List<Delivery.Message<String>>> kept = new ArrayList<>();
        Running<Void> reader = setup.run("reader", () -> r.forEachBatch(2, kept::add));
        Setup.send(sender, 50);
        sender.close();
        reader.result();
        assertEquals(
                Numbers.upTo(50),
                kept.stream().flatMap(batch -> Reading.numbers(batch).stream()).toList());
    }

    // ---- interrupts and failures between messages

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "forEachMessage: interrupted between messages, what was handled is finished and the rest is still there")
    void forEachMessageInterruptedBetweenMessages(Setup setup) throws InterruptedException {
        open(setup);
        for (int i = 1; i <= 3; i++) {
            sender.dispatch("m" + i);
        }
        setup.run(
                        "reader",
                        () -> assertThrows(
                                InterruptedException.class,
                                () -> r.forEachMessage((number, message) -> {
                                    if (number == 2) {
                                        Thread.currentThread().interrupt();
                                    }
                                })))
                .result();
        assertEquals(2, r.clock().time());
        assertEquals(message(3, "m3"), r.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("read: a thread of the dispatcher's own that is virtual, and that a program can join after the end")
    void readInAnOwnThread(Setup setup) throws InterruptedException {
        open(setup);
        List<Long> given = new ArrayList<>();
        Thread reader = dispatcher.read(r, (number, message) -> {
            given.add(number);
        });
        assertTrue(reader.isVirtual());
        Setup.send(sender, 5);
        sender.close();
        reader.join();
        assertEquals(Numbers.upTo(5), given);
        assertEquals(5, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("read: if somebody else interrupts its thread, the receiver fails, loudly")
    void readInterruptedByAnother(Setup setup) throws InterruptedException {
        open(setup);
        Thread reader = dispatcher.read(r, (number, message) -> {});
        sender.send("1");
        r.clock().waitUntil(1);
        reader.interrupt();
        reader.join();
        assertTrue(
                assertThrows(FailedException.class, () -> sender.send("2")).getCause() instanceof InterruptedException);
        assertThrows(FailedException.class, dispatcher::close);
    }

    // ---- facts

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("pending: what is in the inbox; what is in hand has left it, and its room is free")
    void pendingAndRoom(Setup setup) throws InterruptedException {
        dispatcher = setup.openAny(settings -> settings.inboxCapacity(1));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
        assertEquals(0, r.pending());
        sender.dispatch("1");
        assertEquals(1, r.pending());
        Running<Long> next = setup.call("next", () -> sender.dispatch("2")).staysBlocked();
        r.receive();
        assertEquals(2, next.result());
        assertEquals(1, r.pending());
        assertEquals(0, r.clock().time());
    }

    @ContractTest
    @DisplayName("receiver(name, capacity) has that capacity; open() gives 1024 to channels and inboxes")
    void capacities(Setup setup) throws InterruptedException {
        Dispatcher<String> defaults = setup.owned(Dispatcher.open());
        Receiver<String> small = defaults.receiver("small", 3);
        Sender<String> toSmall = defaults.sender("to small", small);
        Setup.send(toSmall, 3 + 1024);
        Await.eventually("the inbox is full", () -> small.pending() == 3);
        assertTrue(!toSmall.trySend("x"));
        Receiver<String> usual = defaults.receiver("usual");
        Sender<String> toUsual = defaults.sender("to usual", usual);
        Setup.send(toUsual, 1024 + 1024);
        Await.eventually("the inbox is full", () -> usual.pending() == 1024);
        assertTrue(!toUsual.trySend("x"));
        setup.read(small);
        setup.read(usual);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("name, joinedAt, discarded, clock")
    void facts(Setup setup) throws InterruptedException {
        open(setup);
        toOther.dispatch("1");
        Receiver<String> late = dispatcher.receiver("late");
        assertEquals("late", late.name());
        assertEquals(1, late.joinedAt());
        assertEquals(0, late.discarded());
        assertSame(late.clock(), late.clock());
        assertTrue(late.toString().contains("late"), late.toString());
        assertEquals(3, new Delivery.Message<>(3, "x").sequence());
        assertThrows(NullPointerException.class, () -> new Delivery.Message<>(3, null));
    }
}
