package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.List;
import org.junit.jupiter.api.DisplayName;

@DisplayName("F3 the same number")
class F03SameNumberTest {

    /** Reads two messages with the number 5, and checks when the clock gets there. */
    private static void bothAreFinished(Setup setup, Receiver<String> r, String first, String second)
            throws InterruptedException {
        Running<Void> waiting =
                setup.run("waiting", () -> r.clock().waitUntil(5)).awaitBlocked();
        assertEquals(4, r.clock().time());
        assertEquals(new Delivery.Message<>(5, first), r.receiveMessage());
        r.acknowledge();
        assertEquals(4, r.clock().time());
        assertFalse(r.clock().hasReached(5));
        assertEquals(new Delivery.Message<>(5, second), r.receiveMessage());
        assertEquals(4, r.clock().time());
        waiting.staysBlocked();
        r.acknowledge();
        assertEquals(5, r.clock().time());
        waiting.result();
    }

    @ContractTest(over = MERGE)
    @DisplayName("F3 from two forwarders is two messages, and the clock reaches it after both are finished")
    void f3FromTwoForwarders(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", r);
        Forwarder<String> b = merge.forwarder("b", r);
        b.forward(5, "from b");
        a.forward(5, "from a");

        bothAreFinished(setup, r, "from a", "from b");
    }

    @ContractTest(over = MERGE)
    @DisplayName("F3 as two parts of one forwarder too")
    void f3AsTwoParts(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        Forwarder<String> a = merge.forwarder("a", r);
        a.forwardPart(5, "one");
        a.forwardPart(5, "two");
        a.advance(5);

        bothAreFinished(setup, r, "one", "two");
    }

    @ContractTest(over = MERGE)
    @DisplayName("F3 also where they reach the inbox at different times")
    void f3OneAfterTheOther(Setup setup) throws InterruptedException {
        ForwardingDispatcher<String> merge = setup.openMerge();
        Receiver<String> r = merge.receiver("r");
        List<Forwarder<String>> forwarders =
                List.of(merge.forwarder("a", r), merge.forwarder("b", r), merge.forwarder("c", r));
        for (Forwarder<String> forwarder : forwarders) {
            forwarder.forward(5, forwarder.name());
        }
        for (Forwarder<String> forwarder : forwarders) {
            assertEquals(4, r.clock().time());
            assertEquals(new Delivery.Message<>(5, forwarder.name()), r.receive());
        }
        assertEquals(4, r.clock().time());
        r.acknowledge();
        assertEquals(5, r.clock().time());
    }
}
