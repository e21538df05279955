package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G9 joining")
class G09JoiningTest {

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G9 who joins when the counter stands at j has joinedAt() j and a clock of at least j")
    void g09AJoinerStandsAtTheCounter(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny(builder -> builder.startAfter(7));
        assertEquals(7, dispatcher.receiver("first").joinedAt());
        AnySender<String> toAll = dispatcher.broadcaster("to nobody yet");
        setup.read(dispatcher.receiver("read"));
        dispatcher.receiver("first of its kind").discard();
        Receiver<String> a = dispatcher.receiver("a");
        assertEquals(7, a.joinedAt());
        assertEquals(7, a.clock().time());
        a.clock().waitUntil(7);
        assertEquals(8, toAll.dispatch("x"));
        Receiver<String> b = dispatcher.receiver("b");

        assertEquals(8, b.joinedAt());
        assertEquals(8, b.clock().time());
        b.clock().waitUntil(8);
        assertEquals(7, a.joinedAt());
        assertEquals(7, a.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G9 it is given nothing from before")
    void g09AJoinerIsGivenNothingFromBefore(Setup setup) throws InterruptedException {
        AnyDispatcher<String> dispatcher = setup.openAny();
        AnySender<String> toAll = dispatcher.broadcaster("to all");
        toAll.dispatch("before");
        Receiver<String> r = dispatcher.receiver("r");
        assertEquals(Optional.empty(), r.tryReceive());
        toAll.dispatch("after");

        assertEquals(new Delivery.Message<>(2, "after"), r.receive());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G9 joining while broadcasts go on: all after joinedAt(), none before, none missing")
    void g09JoiningWhileBroadcastsGoOn(Setup setup) {
        AnyDispatcher<String> dispatcher = setup.openAny();
        AnySender<String> toAll = dispatcher.broadcaster("to all");
        Running<Void> broadcasts = setup.run("broadcasts", () -> Setup.send(toAll, 500));
        List<Receiver<String>> receivers = new ArrayList<>();
        List<Reading<String>> readings = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            Receiver<String> receiver = dispatcher.receiver("r" + i);
            assertTrue(receiver.clock().time() >= receiver.joinedAt());
            receivers.add(receiver);
            readings.add(setup.read(receiver));
        }
        broadcasts.result();
        dispatcher.close();

        for (int i = 0; i < receivers.size(); i++) {
            assertEquals(
                    Numbers.between(receivers.get(i).joinedAt() + 1, 500),
                    Reading.numbers(readings.get(i).all()));
        }
    }

    @ContractTest(over = MERGE)
    @DisplayName("G9 in a merge a receiver joins at its w, and is given all broadcasts after that and none before")
    void g09AReceiverJoinsAtItsW(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Forwarder<String> all = merge.broadcaster("all");
        Forwarder<String> slow = merge.broadcaster("slow");
        Receiver<String> early = merge.receiver("early");
        all.forward(5, "five");
        slow.advance(5);
        if (setup.capacity() > 1) {
            all.forward(8, "eight"); // held back, and so after whoever joins now
            slow.advance(6);
            all.advance(9);
        } else {
            assertEquals(new Delivery.Message<>(5, "five"), early.receive()); // makes room
            all.forward(8, "eight");
            slow.advance(6);
        }
        Receiver<String> late = merge.receiver("late");
        assertEquals(6, late.joinedAt());
        assertEquals(6, late.clock().time());
        assertEquals(Optional.empty(), late.tryReceive());
        slow.close();
        all.advance(10);
        assertEquals(new Delivery.Message<>(8, "eight"), late.receive());
        Reading<String> readsEarly = setup.read(early); // which makes room
        all.forward(11, "eleven");
        assertEquals(new Delivery.Message<>(11, "eleven"), late.receive());
        all.close();
        assertEquals(11L, readsEarly.all().getLast().sequence());
    }
}
