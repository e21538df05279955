package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G15 read")
class G15ReadTest {

    @ContractTest(
            over = {DISPATCHER, MERGE},
            pumps = Pumps.OWN)
    @DisplayName("G15 read of a receiver that another thread reads is refused at the call, and nothing is lost")
    void g15ReadWhileAnotherReads(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Running<Delivery<String>> parked = setup.call("hand", r::receiveMessage).awaitBlocked();
        refused(dispatcher, r, "hand");
        assertEquals(1, sender.dispatch("1"));
        assertEquals(new Delivery.Message<>(1, "1"), parked.result());

        Gate gate = setup.gate();
        Running<Void> handling = setup.run("handler", () -> r.forEachMessage((number, message) -> gate.pass()));
        assertEquals(2, sender.dispatch("2"));
        gate.awaitArrival();
        refused(dispatcher, r, "handler");
        gate.open();
        Await.eventually("it is finished", () -> r.clock().time() == 2);
        handling.interrupt();
        handling.failure(InterruptedException.class);

        List<Long> read = new CopyOnWriteArrayList<>();
        Thread reader = dispatcher.read(r, (number, message) -> read.add(number)); // now nobody reads it
        assertEquals(3, sender.dispatch("3"));
        r.clock().waitUntil(3);
        assertEquals(List.of(3L), read);
        refused(dispatcher, r, reader.getName());
        String by = assertThrows(IllegalStateException.class, r::tryReceive).getMessage();
        assertTrue(by.contains(reader.getName()), by);
        assertEquals(4, sender.dispatch("4"));
        sender.close();
        assertTrue(reader.join(Await.BOUND));
        assertEquals(List.of(3L, 4L), read);
        assertEquals(Optional.of(new Delivery.End<>(4)), r.tryReceive());
    }

    private static void refused(AnyDispatcher<String> dispatcher, Receiver<String> r, String other) {
        String text = assertThrows(
                        IllegalStateException.class,
                        () -> dispatcher.read(r, (number, message) -> {
                            throw new AssertionError("must not be called");
                        }))
                .getMessage();
        assertTrue(text.contains("\"r\"") && text.contains(other), text);
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            pumps = Pumps.OWN)
    @DisplayName(
            "G15 an own reader reads from the call on: whoever comes later is refused, and what is in hand is finished by it")
    void g15FromTheCallOn(Setup setup) throws InterruptedException {
        for (int i = 0; i < 50; i++) {
            AnyDispatcher<String> dispatcher = setup.openAny();
            Receiver<String> r = dispatcher.receiver("r");
            AnySender<String> sender = dispatcher.sender("s", r);
            assertEquals(1, sender.dispatch("by hand"));
            assertEquals(1, r.receiveMessage().sequence());
            List<Long> read = new CopyOnWriteArrayList<>();
            dispatcher.read(r, (number, message) -> read.add(number));
            assertThrows(IllegalStateException.class, r::tryReceive);
            assertThrows(IllegalStateException.class, r::acknowledge);
            refused(dispatcher, r, "/reader-r\"");
            r.clock().waitUntil(1); // what this thread had in hand is the own reader's by now: no false alarm
            assertEquals(2, sender.dispatch("m"));
            r.clock().waitUntil(2);
            assertEquals(List.of(2L), read);
            dispatcher.close();
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            pumps = Pumps.OWN)
    @DisplayName("G15 read of what has failed, been discarded or been linked is refused at the call")
    void g15ReadOfWhatCannotBeRead(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Exception cause = new Exception("planted");
        Receiver<String> failed = dispatcher.receiver("failed");
        failed.fail(cause);
        assertSame(
                cause,
                assertThrows(FailedException.class, () -> dispatcher.read(failed, (number, message) -> {}))
                        .getCause());
        Receiver<String> gone = dispatcher.receiver("gone");
        gone.discard();
        assertThrows(ClosedException.class, () -> dispatcher.read(gone, (number, message) -> {}));
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> from = dispatcher.receiver("r");
        merge.link(from, merge.receiver("below"));
        refused(dispatcher, from, "/link-");

        // and the other way round
        Receiver<String> read = dispatcher.receiver("read");
        Thread reader = dispatcher.read(read, (number, message) -> {});
        String text = assertThrows(IllegalStateException.class, () -> merge.link(read, merge.receiver("below too")))
                .getMessage();
        assertTrue(text.contains(reader.getName()), text);
        assertEquals(1, dispatcher.sender("s", from).dispatch("still linked"));
        merge.close();
        dispatcher.close(); // which throws nothing of what was refused
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            pumps = Pumps.OWN)
    @DisplayName("G15 of many that read at once one gets in, the others are refused, and nothing is lost")
    void g15ManyAtOnce(Setup setup) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            AnyDispatcher<String> dispatcher = setup.openAny();
            Receiver<String> r = dispatcher.receiver("r");
            AnySender<String> sender = dispatcher.sender("s", r);
            List<Long> read = new CopyOnWriteArrayList<>();
            Gate gate = setup.gate();
            List<Running<Thread>> reading = new ArrayList<>();
            for (int j = 0; j < 4; j++) {
                reading.add(setup.call("reading", () -> {
                    gate.pass();
                    return dispatcher.read(r, (number, message) -> read.add(number));
                }));
            }
            gate.open();
            long in = reading.stream()
                    .filter(running -> running.returnedOrThrew(IllegalStateException.class))
                    .count();
            assertEquals(1, in);
            assertEquals(1, sender.dispatch("m"));
            r.clock().waitUntil(1);
            assertEquals(List.of(1L), read);
            dispatcher.close();
            assertFalse(read.isEmpty());
        }
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            pumps = Pumps.OWN)
    @DisplayName("G15 an own reader that is interrupted fails its receiver, never without a word")
    void g15InterruptedFails(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        Thread reader = dispatcher.read(r, (number, message) -> {});
        reader.interrupt();
        assertTrue(reader.join(Await.BOUND));
        assertThrows(FailedException.class, () -> r.clock().waitUntil(1));
        assertThrows(FailedException.class, () -> dispatcher.read(r, (number, message) -> {}));
        assertThrows(FailedException.class, dispatcher::close);
    }
}
