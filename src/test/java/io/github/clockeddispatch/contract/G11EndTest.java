package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G11 end")
class G11EndTest {

    @ContractTest
    @DisplayName("G11 when the dispatcher is closed the receiver gets what was accepted, then End")
    void g11TheEndComesAfterWhatWasAccepted(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open();
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);
        Running<Void> closing = setup.run("closing", dispatcher::close).awaitBlocked();
        for (int i = 1; i <= setup.pathCapacity(); i++) {
            assertEquals(
                    i, assertInstanceOf(Delivery.Message.class, r.receive()).sequence());
        }
        closing.result();

        assertEquals(new Delivery.End<>(setup.pathCapacity()), r.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 End comes for ever, from every reading method")
    void g11TheEndIsForEver(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        sender.dispatch("only");
        r.receive();
        sender.close();
        Delivery.End<String> end = new Delivery.End<>(1);
        for (int i = 0; i < 2; i++) {
            assertEquals(end, r.receive());
            assertEquals(Optional.of(end), r.receive(Duration.ofHours(1)));
            assertEquals(Optional.of(end), r.receive(Duration.ZERO));
            assertEquals(Optional.of(end), r.tryReceive());
            assertEquals(end, r.receiveMessage());
            assertEquals(Optional.of(end), r.receiveMessage(Duration.ZERO));
            assertEquals(-1, r.drain((number, message) -> {}, 10));
            r.forEachMessage((number, message) -> {});
            r.forEachBatch(10, messages -> {});
            r.acknowledge();
        }
        dispatcher.close();
        assertEquals(end, r.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 when the last open sender that can reach it is closed, it gets what was accepted, then End")
    void g11TheLastSenderEndsAReceiver(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        AnySender<String> toA = dispatcher.sender("to a", a);
        AnySender<String> toA2 = dispatcher.sender("to a 2", a);
        AnySender<String> toBoth = dispatcher.sender("to both", List.of(a, b));
        AnySender<String> toAll = dispatcher.broadcaster("to all");
        Receiver<String> c = dispatcher.receiver("c"); // which it reaches, too
        setup.fill(toA, a);
        Reading<String> readB = setup.read(b);
        toA.close();
        toA2.close();
        toBoth.close();
        readB.running().staysBlocked(); // there is a broadcaster
        toAll.close();
        readB.all();
        assertInstanceOf(Delivery.End.class, c.receiveMessage());

        assertEquals(
                Numbers.upTo(setup.pathCapacity()),
                Reading.numbers(setup.read(a).all()));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 a reader that waits gets End when the last sender is closed")
    void g11AWaitingReaderGetsTheEnd(Setup setup) {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> one = dispatcher.sender("one", r);
        AnySender<String> two = dispatcher.sender("two", r);
        Running<Delivery<String>> reader = setup.call("reader", r::receive).awaitBlocked();
        one.close();
        reader.staysBlocked();
        two.close();

        assertEquals(new Delivery.End<>(0), reader.result());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G11 so does one that waits in receiveMessage, with a time-out or not, or in forEachMessage or forEachBatch")
    void g11EveryWaitingReaderGetsTheEnd(Setup setup) {
        AnyDispatcher<String> dispatcher = setup.openAny();
        List<Receiver<String>> receivers = List.of(
                dispatcher.receiver("a"), dispatcher.receiver("b"), dispatcher.receiver("c"), dispatcher.receiver("d"));
        AnySender<String> sender = dispatcher.sender("s", receivers);
        Running<Delivery<String>> a = setup.call("a", receivers.get(0)::receiveMessage);
        Running<Optional<Delivery<String>>> b =
                setup.call("b", () -> receivers.get(1).receiveMessage(Duration.ofHours(1)));
        Running<Void> c = setup.run("c", () -> receivers.get(2).forEachMessage((number, message) -> {}));
        Running<Void> d = setup.run("d", () -> receivers.get(3).forEachBatch(3, messages -> {}));
        List.of(a, b, c, d).forEach(Running::awaitBlocked);
        sender.close();

        assertEquals(new Delivery.End<>(0), a.result());
        assertEquals(Optional.of(new Delivery.End<>(0)), b.result());
        c.result();
        d.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 a receiver that never had a sender waits for one")
    void g11AReceiverThatNeverHadASenderWaits(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> other = dispatcher.receiver("other");
        AnySender<String> otherSender = dispatcher.sender("other", other);
        Receiver<String> r = dispatcher.receiver("r");
        otherSender.close();
        assertEquals(new Delivery.End<>(0), other.receive());
        assertEquals(Optional.empty(), r.tryReceive());
        Running<Delivery<String>> reader = setup.call("reader", r::receive).staysBlocked();
        AnySender<String> sender = dispatcher.sender("s", r);
        sender.send("x");

        assertEquals(new Delivery.Message<>(1, "x"), reader.result());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 the close of the dispatcher ends those too that never had a sender")
    void g11CloseEndsThoseWithoutSender(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> read = dispatcher.receiver("read");
        Running<Delivery<String>> reader = setup.call("reader", read::receive).awaitBlocked();
        dispatcher.close();

        assertEquals(new Delivery.End<>(0), reader.result());
        assertEquals(new Delivery.End<>(0), r.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 a sender for a receiver that has ended is refused, with the cause and the setting")
    void g11ASenderForAnEndedReceiverIsRefused(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("the ended one");
        AnySender<String> sender = dispatcher.sender("s", r);
        sender.send("x");
        sender.close();

        ClosedException refused = assertThrows(ClosedException.class, () -> dispatcher.sender("new", r));
        for (String part : List.of("the ended one", "last sender", "endWithLastSender")) {
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
        r.receiveMessage();
        assertEquals(new Delivery.End<>(1), r.receive());
        assertThrows(ClosedException.class, () -> dispatcher.sender("new", r));
        Receiver<String> other = dispatcher.receiver("other");
        assertThrows(ClosedException.class, () -> dispatcher.sender("new", List.of(other, r)));
        dispatcher.sender("new", other); // the name was not taken
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 a later broadcaster skips a receiver that has ended")
    void g11ALaterBroadcasterSkipsTheEnded(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> ended = dispatcher.receiver("ended");
        Receiver<String> open = dispatcher.receiver("open");
        dispatcher.sender("s", ended).close();
        AnySender<String> toAll = dispatcher.broadcaster("to all");
        toAll.dispatch("x");

        assertEquals(new Delivery.Message<>(1, "x"), open.receive());
        assertEquals(new Delivery.End<>(1), ended.receive());
        assertEquals(0, ended.pending());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 with endWithLastSender(false) only close() ends receivers")
    void g11OnlyCloseEndsWhereThatIsSet(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.endWithLastSender(false));
        Receiver<String> r = dispatcher.receiver("r");
        dispatcher.sender("first", r).close();
        assertEquals(Optional.empty(), r.tryReceive());
        Running<Delivery<String>> reader = setup.call("reader", r::receive).staysBlocked();
        AnySender<String> second = dispatcher.sender("second", r);
        second.send("x");
        assertEquals(new Delivery.Message<>(1, "x"), reader.result());
        second.close();
        assertEquals(Optional.empty(), r.receiveMessage(Duration.ofMillis(5)));
        dispatcher.close();

        assertEquals(new Delivery.End<>(1), r.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G11 no End before the last accepted message, however a sender's close and its last sends race")
    void g11NoEndBeforeTheLastAccepted(Setup setup) throws InterruptedException {
        for (int i = 0; i < 30; i++) {
            try (AnyDispatcher<String> dispatcher = setup.openAny()) {
                Receiver<String> r = dispatcher.receiver("r");
                AnySender<String> sender = dispatcher.sender("s", r);
                Reading<String> reading = setup.read(r);
                Running<Integer> sending = setup.call("sending", () -> {
                    int accepted = 0;
                    try {
                        while (true) {
                            sender.send("m");
                            accepted++;
                        }
                    } catch (ClosedException e) {
                        return accepted;
                    }
                });
                int some = 5;
                Await.eventually("some are sent", () -> dispatcher.sequence() >= some);
                sender.close();
                int accepted = sending.result();
                assertEquals(accepted, reading.all().size());
            }
        }
    }
}
