package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Reading;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;

@DisplayName("F6 joining")
class F06JoiningTest {

    private static void joinedAt(long number, Forwarder<String> forwarder) {
        LateMessageException late =
                assertThrows(LateMessageException.class, () -> forwarder.tryForward(number == 0 ? 1 : number, "late"));
        assertEquals(number, late.promised());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F6 a forwarder joins at the greatest w of those that it addresses")
    void f6AForwarderJoinsAtTheGreatestW(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Receiver<String> s = merge.receiver("s");
        Receiver<String> far = merge.receiver("far");
        Forwarder<String> toR = merge.forwarder("to r", r);
        Forwarder<String> toS = merge.forwarder("to s", s);
        merge.forwarder("to far", far).advance(50);
        toR.advance(10);
        toS.advance(3);
        Forwarder<String> both = merge.forwarder("both", r, s);
        joinedAt(10, both);
        assertEquals(10, r.clock().time());
        assertEquals(3, s.clock().time());
        toR.advance(20);
        toS.advance(20);
        assertEquals(10, r.clock().time()); // it stands in the way from now on
        assertEquals(10, s.clock().time());
        both.forward(11, "x");
        assertEquals(new Delivery.Message<>(11, "x"), r.receiveMessage());
        assertEquals(new Delivery.Message<>(11, "x"), s.receiveMessage());
        joinedAt(50, merge.broadcaster("all"));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F6 where nothing has moved, it can forward from the first number on")
    void f6AtTheStart(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.startAfter(100));
        Receiver<String> r = merge.receiver("r");
        assertEquals(100, merge.sequence());
        assertEquals(100, r.joinedAt());
        assertEquals(100, r.clock().time());
        Forwarder<String> forwarder = merge.forwarder("f", r);
        joinedAt(100, forwarder);
        forwarder.forward(101, "x");
        assertEquals(new Delivery.Message<>(101, "x"), r.receive());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F6 a merge that is held moves no w until it is started, so that all can join at the same point")
    void f6HeldUntilStarted(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.held());
        Receiver<String> r = merge.receiver("r");
        Receiver<String> none = merge.receiver("none");
        Forwarder<String> first = merge.forwarder("first", r);
        first.forward(1, "one");
        first.advance(50);
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(9)).awaitBlocked();
        Running<Void> noneWaiting =
                setup.run("none", () -> none.clock().waitUntil(50)).awaitBlocked();
        assertEquals(0, r.clock().time());
        assertEquals(0, none.clock().time());
        assertEquals(0, merge.sequence());
        assertEquals(Optional.empty(), r.tryReceive());

        Forwarder<String> second = merge.forwarder("second", r);
        second.forward(1, "one too");
        assertEquals(Optional.empty(), r.tryReceive());
        merge.start();
        noneWaiting.result();
        assertEquals(50, none.clock().time());
        assertEquals(new Delivery.Message<>(1, "one"), r.receive());
        assertEquals(new Delivery.Message<>(1, "one too"), r.receive());
        r.acknowledge();
        assertEquals(1, r.clock().time());
        waiting.staysBlocked();
        second.advance(9);
        waiting.result();
        merge.start(); // does nothing
        joinedAt(9, merge.forwarder("third", r));
    }

    @ContractTest(over = MERGE)
    @DisplayName("F6 start lets go on what was already complete, and frees a forward that waited for room")
    void f6StartLetsGoOn(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge(builder -> builder.held());
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> forwarder = merge.forwarder("f", r);
        Setup.forward(forwarder, 1, setup.capacity());
        Running<Void> waiting =
                setup.run("waiting", () -> forwarder.forward(9_999, "x")).awaitBlocked();
        Reading<String> reading = setup.read(r);
        waiting.staysBlocked();
        assertEquals(List.of(), reading.messages());
        merge.start();
        waiting.result();
        assertEquals(setup.capacity() + 1, reading.await(setup.capacity() + 1).size());
    }

    @ContractTest(over = MERGE)
    @DisplayName("F6 start does nothing where nothing is held, and is refused once the merge is closed")
    void f6StartWithoutNeed(Setup setup) {
        ForwardingDispatcher<String> merge = setup.openMerge();
        merge.receiver("r");
        merge.start();
        assertEquals(0, merge.sequence());
        merge.close();
        assertThrows(ClosedException.class, merge::start);
    }
}
