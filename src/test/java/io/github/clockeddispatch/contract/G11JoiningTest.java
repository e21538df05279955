package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Pumps;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.DisplayName;

/** A receiver ends while a sender is being opened: the executor, which is asked in the midst of that, has it end. */
@DisplayName("G11 joining and ending at once")
class G11JoiningTest {

    /** What happens while the next senders are being opened, one for each. */
    private final Queue<Setup.Body> meanwhile = new ConcurrentLinkedQueue<>();

    private Dispatcher<String> dispatcher;

    private void open(Setup setup) {
        Executor executor = setup.givenExecutor();
        dispatcher = setup.open(builder -> builder.pumpExecutor(task -> {
            executor.execute(task);
            Setup.Body body = meanwhile.poll();
            if (body != null) {
                try {
                    body.run();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }));
    }

    private static void assertEnded(Receiver<String> receiver, long number) throws InterruptedException {
        assertEquals(new Delivery.End<>(number), receiver.receiveMessage());
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G11 a broadcaster that is opened while a receiver's last sender is being closed does not reach it")
    void g11ABroadcasterIsOpened(Setup setup) throws Exception {
        open(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> last = dispatcher.sender("last", r);
        assertEquals(1, last.dispatch("accepted"));
        meanwhile.add(last::close);
        Sender<String> all = dispatcher.broadcaster("all");
        Receiver<String> later = dispatcher.receiver("later");
        for (int i = 0; i < 3 * setup.pathCapacity(); i++) { // nobody is in its way
            assertEquals(2 + i, all.dispatch("to later alone", Await.BOUND));
            assertEquals(2 + i, later.receiveMessage().sequence());
        }
        later.acknowledge();

        assertEquals(new Delivery.Message<>(1, "accepted"), r.receiveMessage());
        assertEnded(r, dispatcher.sequence());
        assertEnded(r, dispatcher.sequence());
        assertEquals(dispatcher.sequence(), r.clock().time());
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G11 a sender to one or to a group is refused where a receiver ends while it is being opened")
    void g11ASenderIsOpened(Setup setup) throws Exception {
        open(setup);
        Receiver<String> other = dispatcher.receiver("other");
        Sender<String> toOther = dispatcher.sender("toOther", other);
        for (boolean group : List.of(false, true)) {
            Receiver<String> r = dispatcher.receiver("r" + group);
            meanwhile.clear();
            Sender<String> last = dispatcher.sender("last" + group, r);
            meanwhile.add(last::close);
            assertThrows(
                    ClosedException.class, () -> dispatcher.sender("late", group ? List.of(other, r) : List.of(r)));
            long number = toOther.dispatch("goes on");
            assertEquals(number, other.receiveMessage().sequence());
            other.acknowledge();
            assertEnded(r, number);
        }
        assertTrue(other.tryReceive().isEmpty());
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G11 broadcasters that are opened in crossing order: each reaches those that end after it has joined")
    void g11BroadcastersCross(Setup setup) throws Exception {
        open(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Sender<String> last = dispatcher.sender("last", r);
        Gate first = setup.gate();
        meanwhile.add(first::pass);
        Running<Sender<String>> early = setup.call("early", () -> dispatcher.broadcaster("early"));
        first.awaitArrival();
        Sender<String> late = dispatcher.broadcaster("late"); // asked for later, joins earlier
        assertEquals(1, late.dispatch("for r"));
        late.close();
        last.close(); // now it ends: all that reached it have been closed
        assertEquals(new Delivery.Message<>(1, "for r"), r.receiveMessage());
        assertEnded(r, 1);
        first.open();
        Sender<String> all = early.result();
        for (int i = 2; i < 2 + 3 * setup.pathCapacity(); i++) {
            assertEquals(i, all.dispatch("for nobody", Await.BOUND));
            assertEquals(i, r.clock().time());
        }
        assertEnded(r, dispatcher.sequence());
    }

    @ContractTest(pumps = Pumps.GIVEN)
    @DisplayName("G11 the End waits for a broadcaster that joined in time, and for none that joined later")
    void g11TheEndWaitsForThoseThatJoinedInTime(Setup setup) throws Exception {
        open(setup);
        Receiver<String> r = dispatcher.receiver("r");
        Receiver<String> slow = dispatcher.receiver("slow");
        Sender<String> toSlow = dispatcher.sender("toSlow", slow);
        Gate first = setup.gate();
        meanwhile.add(first::pass);
        Running<Sender<String>> opening = setup.call("early", () -> dispatcher.broadcaster("early"));
        first.awaitArrival();
        Sender<String> late = dispatcher.broadcaster("late"); // joins first
        setup.fill(toSlow, slow);
        late.send("stays in the channel"); // as slow has no room
        late.close(); // r ends after it
        first.open();
        Sender<String> early = opening.result(); // joins last
        early.send("stays in the channel, too");
        Await.never(
                "the End comes before what was accepted",
                () -> r.tryReceive().filter(Delivery.End.class::isInstance).isPresent());
        setup.run("slow", () -> slow.forEachMessage((number, message) -> {}));
        Delivery<String> delivery = r.receiveMessage();
        assertEquals("stays in the channel", ((Delivery.Message<String>) delivery).payload());
        assertTrue(r.receiveMessage() instanceof Delivery.End);
        assertTrue(r.receiveMessage() instanceof Delivery.End);
    }
}
