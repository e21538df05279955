package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G3 receiver order")
class G03ReceiverOrderTest {

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G3 each message is given exactly once, in rising order, to those it is addressed to and no others")
    void g03ExactlyOnceInRisingOrder(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        List<Receiver<String>> receivers = new ArrayList<>();
        List<Reading<String>> readings = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            receivers.add(dispatcher.receiver(name));
            readings.add(setup.read(receivers.getLast()));
        }
        List<AnySender<String>> senders = List.of(
                dispatcher.sender("a1", receivers.get(0)),
                dispatcher.sender("a2", receivers.get(0)),
                dispatcher.sender("b1", receivers.get(1)),
                dispatcher.sender("ab1", receivers.subList(0, 2)),
                dispatcher.broadcaster("abc1"));
        List<Running<Void>> threads = senders.stream()
                .map(sender -> setup.run(sender.name(), () -> {
                    for (int i = 0; i < 100; i++) {
                        sender.send(sender.name() + " " + i);
                    }
                }))
                .toList();
        threads.forEach(Running::result);
        dispatcher.close();

        Set<Long> all = new HashSet<>();
        int given = 0;
        for (Reading<String> reading : readings) {
            List<Delivery.Message<String>> messages = reading.all();
            String name = receivers.get(readings.indexOf(reading)).name();
            Numbers.assertRising(Reading.numbers(messages));
            assertEquals(
                    Set.of(),
                    new HashSet<>(Reading.payloads(messages.stream()
                            .filter(m -> !m.payload().split("1|2", 2)[0].contains(name))
                            .toList())));
            all.addAll(Reading.numbers(messages));
            given += messages.size();
        }
        Numbers.assertDense(1, 500, all);
        assertEquals(200 + 100 + 2 * 100 + 3 * 100, given);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G3 its number is the one that dispatch has told")
    void g03TheNumberIsTheOneToldToTheSender(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.startAfter(1000));
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);

        for (int i = 0; i < 10; i++) {
            long number = sender.dispatch("m" + i);
            assertEquals(new Delivery.Message<>(number, "m" + i), r.receive());
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G3 however it is read, nothing is lost or given twice")
    void g03WhateverFormOfReading(Setup setup) throws InterruptedException {
        AnyDispatcher<Integer> dispatcher = setup.openAny();
        Receiver<Integer> r = dispatcher.receiver("r");
        AnySender<Integer> sender = dispatcher.sender("s", r);
        Running<Void> sending = setup.run("sending", () -> {
            for (int i = 1; i <= 1000; i++) {
                sender.send(i);
            }
        });
        Random random = Numbers.random("g03WhateverFormOfReading");
        List<Long> given = new ArrayList<>();
        while (given.size() < 1000) {
            switch (random.nextInt(6)) {
                case 0 -> take(given, Optional.of(r.receive()));
                case 1 -> take(given, r.receive(Duration.ofNanos(random.nextInt(100_000))));
                case 2 -> take(given, r.tryReceive());
                case 3 -> take(given, Optional.of(r.receiveMessage()));
                case 4 -> take(given, r.receiveMessage(Duration.ofNanos(random.nextInt(100_000))));
                default -> r.drain((number, payload) -> given.add(number), 1 + random.nextInt(10));
            }
        }
        sending.result();

        assertEquals(Numbers.upTo(1000), given);
        assertEquals(Optional.empty(), r.tryReceive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G3 tryReceive gives what has been dispatched")
    void g03TryReceiveGivesWhatIsThere(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);

        for (int i = 1; i <= 50; i++) {
            sender.dispatch("m");
            assertEquals(Optional.of(new Delivery.Message<>(i, "m")), r.tryReceive());
            assertEquals(Optional.empty(), r.tryReceive());
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G3 a receive that is interrupted loses nothing")
    void g03AnInterruptedReceiveLosesNothing(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        Gate told = setup.gate();
        Running<Void> reader = setup.run("reader", () -> {
            assertThrows(InterruptedException.class, r::receive);
            told.open();
            assertEquals(new Delivery.Message<>(1, "first"), r.receive());
            Await.eventually("the second is there", () -> r.pending() == 1);
            Thread.currentThread().interrupt();
            assertThrows(InterruptedException.class, r::receive);
            assertEquals(new Delivery.Message<>(2, "second"), r.receive());
        });
        reader.awaitBlocked().interrupt();
        told.pass();
        sender.dispatch("first");
        sender.dispatch("second");
        reader.result();
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G3 nothing is lost when readers are interrupted at any moment")
    void g03InterruptsAtAnyMomentLoseNothing(Setup setup) throws InterruptedException {
        AnyDispatcher<Integer> dispatcher = setup.openAny();
        Receiver<Integer> r = dispatcher.receiver("r");
        AnySender<Integer> sender = dispatcher.sender("s", r);
        List<Long> given = new ArrayList<>();
        Running<Void> reader = setup.run("reader", () -> {
            while (given.size() < 500) {
                try {
                    given.add(r.receiveMessage().sequence());
                } catch (InterruptedException e) {
                    // again
                }
            }
        });
        for (int i = 0; i < 500; i++) {
            sender.send(i);
            reader.interrupt();
        }
        reader.result();

        assertEquals(Numbers.upTo(500), given);
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G3 a reader may hand its receiver to another thread")
    void g03AReaderMayHandItsReceiverOver(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        for (int i = 1; i <= 5; i++) {
            sender.send("m" + i);
            Delivery<String> given =
                    setup.call("reader " + i, r::receiveMessage).result();
            assertEquals(new Delivery.Message<>(i, "m" + i), given);
            assertEquals(i - 1, r.clock().time());
        }
    }

    private static void take(List<Long> given, Optional<Delivery<Integer>> delivery) {
        if (delivery.isPresent() && delivery.get() instanceof Delivery.Message<Integer> message) {
            given.add(message.sequence());
        }
    }
}
