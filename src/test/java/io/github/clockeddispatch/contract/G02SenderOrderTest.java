package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G2 sender order")
class G02SenderOrderTest {

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G2 the messages of one sender get rising numbers in the order of its sends, whatever form they have")
    void g02AllFormsKeepTheOrder(Setup setup) throws Exception {
        AnyDispatcher<Integer> dispatcher = setup.openAny();
        Receiver<Integer> r = dispatcher.receiver("r");
        AnySender<Integer> sender = dispatcher.sender("s", r);
        Reading<Integer> reading = setup.read(r);
        Random random = Numbers.random("g02AllFormsKeepTheOrder");
        Map<Integer, Long> told = new HashMap<>();
        Map<Integer, CompletableFuture<Long>> promised = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            switch (random.nextInt(6)) {
                case 0 -> sender.send(i);
                case 1 -> assertTrue(sender.send(i, Await.BOUND));
                case 2 -> told.put(i, sender.dispatch(i));
                case 3 -> told.put(i, sender.dispatch(i, Await.BOUND));
                case 4 -> promised.put(i, sender.dispatchAsync(i));
                default -> {
                    int payload = i;
                    Await.eventually("there is room", () -> sender.trySend(payload));
                }
            }
        }

        List<Delivery.Message<Integer>> given = reading.await(500);

        assertEquals(IntStream.range(0, 500).boxed().toList(), Reading.payloads(given));
        assertEquals(Numbers.upTo(500), Reading.numbers(given));
        told.forEach((payload, number) -> assertEquals(payload + 1, number));
        for (Map.Entry<Integer, CompletableFuture<Long>> promise : promised.entrySet()) {
            assertEquals(promise.getKey() + 1, promise.getValue().join());
        }
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G2 so do those of many threads that use one sender one after the other")
    void g02ThreadsThatTakeTurnsKeepTheOrder(Setup setup) {
        AnyDispatcher<Integer> dispatcher = setup.openAny();
        Receiver<Integer> r = dispatcher.receiver("r");
        AnySender<Integer> sender = dispatcher.sender("s", r);
        Reading<Integer> reading = setup.read(r);
        List<Semaphore> turns =
                IntStream.range(0, 4).mapToObj(i -> new Semaphore(0)).toList();
        List<Running<Void>> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int thread = t;
            threads.add(setup.run("thread " + t, () -> {
                for (int i = thread; i < 200; i += 4) {
                    turns.get(thread).acquire();
                    if (i % 3 == 0) {
                        sender.dispatch(i);
                    } else {
                        sender.send(i);
                    }
                    turns.get((thread + 1) % 4).release();
                }
            }));
        }
        turns.getFirst().release();
        threads.forEach(Running::result);

        assertEquals(IntStream.range(0, 200).boxed().toList(), Reading.payloads(reading.await(200)));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G2 a dispatch does not overtake what waits in the channel")
    void g02ADispatchDoesNotOvertake(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        Receiver<String> r = dispatcher.receiver("r");
        AnySender<String> sender = dispatcher.sender("s", r);
        setup.fill(sender, r);
        Running<Long> dispatch =
                setup.call("dispatch", () -> sender.dispatch("last")).staysBlocked();
        setup.read(r);

        assertEquals(setup.pathCapacity() + 1, dispatch.result());
    }

    @ContractTest
    @DisplayName("G2 a message that was withdrawn leaves the order of the others")
    void g02AWithdrawnMessageLeavesTheOrder(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.channelCapacity(3));
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> sender = dispatcher.sender("s", r);
        Setup.send(sender, setup.capacity());
        Await.eventually("the inbox is full", () -> r.pending() == setup.capacity());
        sender.send("x");
        CompletableFuture<Long> y = sender.dispatchAsync("y");
        sender.send("z");
        assertTrue(y.cancel(false));
        sender.send("last");

        List<Delivery.Message<String>> given = setup.read(r).await(setup.capacity() + 3);

        assertEquals(List.of("x", "z", "last"), Reading.payloads(given).subList(setup.capacity(), given.size()));
        assertEquals(Numbers.upTo(setup.capacity() + 3), Reading.numbers(given));
    }

    @ContractTest(over = MERGE)
    @DisplayName("G2, G3 two levels below each message arrives once, with its number, each sender's in order")
    void g02TwoLevelsBelow(Setup setup) throws InterruptedException {
        Dispatcher<String> top = setup.open();
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Reading<String> reading = setup.read(r);
        List<Running<List<Delivery.Message<String>>>> sending = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            Receiver<String> upper = top.receiver(name);
            merge.link(upper, r);
            Sender<String> sender = top.sender(name, upper);
            sending.add(setup.call(name, () -> {
                List<Delivery.Message<String>> sent = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    sent.add(new Delivery.Message<>(sender.dispatch(name + i), name + i));
                }
                return sent;
            }));
        }
        List<List<Delivery.Message<String>>> sent =
                sending.stream().map(Running::result).toList();
        r.clock().waitUntil(300);
        List<Delivery.Message<String>> given = reading.messages();
        assertEquals(Numbers.upTo(300), Reading.numbers(given));
        for (List<Delivery.Message<String>> ofOne : sent) {
            Numbers.assertRising(Reading.numbers(ofOne));
            assertTrue(given.containsAll(ofOne));
        }
    }
}
