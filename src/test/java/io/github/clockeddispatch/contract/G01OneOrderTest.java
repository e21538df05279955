package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Numbers;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G1 one order")
class G01OneOrderTest {

    @ContractTest
    @DisplayName("G1 numbers are given densely, +1 each, from 1 on, whoever sends to whom")
    void g01NumbersAreDense(Setup setup) {
        Dispatcher<String> dispatcher = setup.open();
        assertEquals(0, dispatcher.sequence());
        Receiver<String> a = dispatcher.receiver("a");
        Receiver<String> b = dispatcher.receiver("b");
        setup.read(a);
        setup.read(b);
        List<Running<List<Long>>> senders = new ArrayList<>();
        senders.add(dispatches(setup, dispatcher.sender("to a", a), 100));
        senders.add(dispatches(setup, dispatcher.sender("to b", b), 100));
        senders.add(dispatches(setup, dispatcher.sender("to both", List.of(a, b)), 100));
        senders.add(dispatches(setup, dispatcher.broadcaster("to all"), 100));

        List<Long> numbers = new ArrayList<>();
        senders.forEach(sender -> numbers.addAll(sender.result()));

        Numbers.assertDense(1, 400, numbers);
        assertEquals(400, dispatcher.sequence());
    }

    @ContractTest
    @DisplayName("G1 the first number is the configured start + 1")
    void g01NumbersBeginAfterTheStart(Setup setup) throws InterruptedException {
        Dispatcher<String> dispatcher = setup.open(builder -> builder.startAfter(41));
        assertEquals(41, dispatcher.sequence());
        Receiver<String> r = dispatcher.receiver("r");
        setup.read(r);
        Sender<String> sender = dispatcher.sender("s", r);

        assertEquals(42, sender.dispatch("first"));
        assertEquals(43, sender.dispatch("second"));
        assertEquals(43, dispatcher.sequence());
    }

    @ContractTest
    @DisplayName("G1 a message that waits for room has no number: another path's next one is the next")
    void g01AWaitingMessageHoldsNoNumber(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Running<Long> waiting =
                setup.call("waiting", () -> scene.toFull.dispatch("waits")).staysBlocked();

        assertEquals(scene.numbered + 1, scene.toFree.dispatch("x"));
        assertEquals(scene.numbered + 2, scene.toFree.dispatch("y"));
        assertEquals(scene.numbered + 2, scene.dispatcher.sequence());
        scene.full.receiveMessage();

        assertEquals(scene.numbered + 3, waiting.result());
    }

    @ContractTest
    @DisplayName("G1 an interrupt burns no number")
    void g01AnInterruptBurnsNoNumber(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Running<Long> waiting =
                setup.call("waiting", () -> scene.toFull.dispatch("withdrawn")).awaitBlocked();
        waiting.interrupt();
        waiting.failure(InterruptedException.class);

        scene.theNextNumberIsTheNext();
    }

    @ContractTest
    @DisplayName("G1 a time-out burns no number")
    void g01ATimeOutBurnsNoNumber(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        setup.call("waiting", () -> scene.toFull.dispatch("withdrawn", Duration.ofMillis(5)))
                .failure(TimeoutException.class);
        setup.call("not waiting", () -> scene.toFull.dispatch("withdrawn", Duration.ZERO))
                .failure(TimeoutException.class);

        scene.theNextNumberIsTheNext();
    }

    @ContractTest
    @DisplayName("G1 a refused trySend burns no number")
    void g01ARefusedTrySendBurnsNoNumber(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Setup.send(scene.toFull, setup.capacity()); // the channel
        assertFalse(scene.toFull.trySend("refused"));

        assertEquals(scene.numbered + 1, scene.toFree.dispatch("next"));
        assertEquals(scene.numbered + 1, scene.dispatcher.sequence());
        setup.read(scene.full);
    }

    @ContractTest
    @DisplayName("G1 discard() burns no number of those who wait for the receiver")
    void g01DiscardingBurnsNoNumber(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Running<Long> waiting =
                setup.call("waiting", () -> scene.toFull.dispatch("withdrawn")).awaitBlocked();
        scene.full.discard();
        waiting.failure(ClosedException.class);

        scene.theNextNumberIsTheNext();
    }

    @ContractTest
    @DisplayName("G1 the failure of a receiver burns no number of those who wait for it")
    void g01TheFailureOfAReceiverBurnsNoNumber(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        Running<Long> waiting =
                setup.call("waiting", () -> scene.toFull.dispatch("withdrawn")).awaitBlocked();
        scene.full.fail(new IllegalStateException("broken"));
        waiting.failure(FailedException.class);

        scene.theNextNumberIsTheNext();
    }

    @ContractTest
    @DisplayName("G1 cancelling a dispatchAsync burns no number")
    void g01CancellingBurnsNoNumber(Setup setup) throws InterruptedException {
        Scene scene = new Scene(setup);
        scene.toFull.dispatchAsync("withdrawn").cancel(true);

        scene.theNextNumberIsTheNext();
    }

    private static Running<List<Long>> dispatches(Setup setup, Sender<String> sender, int count) {
        return setup.call(sender.name(), () -> {
            List<Long> numbers = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                numbers.add(sender.dispatch("m" + i));
            }
            return numbers;
        });
    }

    /** A receiver whose inbox is full, and one that is read. */
    private static final class Scene {
        final Dispatcher<String> dispatcher;
        final Receiver<String> full;
        final Sender<String> toFull;
        final Sender<String> toFree;

        /** How many numbers have been given. */
        final long numbered;

        Scene(Setup setup) throws InterruptedException {
            dispatcher = setup.open();
            full = dispatcher.receiver("full");
            Receiver<String> free = dispatcher.receiver("free");
            toFull = dispatcher.sender("to full", full);
            toFree = dispatcher.sender("to free", free);
            setup.read(free);
            Setup.send(toFull, setup.capacity());
            numbered = setup.capacity();
            Await.eventually("the inbox is full", () -> dispatcher.sequence() == numbered);
        }

        void theNextNumberIsTheNext() throws InterruptedException {
            assertEquals(numbered, dispatcher.sequence());
            assertEquals(numbered + 1, toFree.dispatch("next"));
            assertEquals(numbered + 1, dispatcher.sequence());
        }
    }
}
