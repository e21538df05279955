package io.github.clockeddispatch.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** A time-out tells what was waited for, what is in the way, and for how long the reader has had its message. */
class TimeoutTextTest {

    /** How long something has lasted: that depends on how busy the machine is. */
    private static final String AGE = "at least \\d+(\\.\\d)? m?s";

    @Test
    void dispatch() throws InterruptedException {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> stock = dispatcher.receiver("stock", 1);
            Sender<String> till = dispatcher.sender("till", stock);
            till.dispatch("given");
            stock.receive();
            till.dispatch("in the inbox");
            assertThat(late(() -> till.dispatch("late", Duration.ofMillis(20))))
                    .isEqualTo("dispatch by sender \"till\" timed out after 20 ms and was withdrawn:"
                            + " the inbox of \"stock\" is full (1 of 1); its reader has had 1 in hand for at least …, at"
                            + " io.github.clockeddispatch.contract.TimeoutTextTest.dispatch(…)");
            stock.receive();
        }
    }

    @Test
    void dispatchIntoAFullChannel() throws InterruptedException {
        var end = new CountDownLatch(1);
        try (Dispatcher<String> dispatcher =
                Dispatcher.builder().channelCapacity(2).inboxCapacity(1).open()) {
            Receiver<String> slow = dispatcher.receiver("slow");
            dispatcher.read(slow, (number, item) -> end.await());
            Sender<String> both = dispatcher.sender("both", slow);
            both.dispatch("in the handler");
            Await.eventually("it is given", () -> slow.pending() == 0);
            both.dispatch("in the inbox");
            both.send("in the channel");
            both.send("in the channel");
            assertThat(late(() -> both.dispatch("nut", Duration.ofMillis(100))))
                    .isEqualTo("dispatch by sender \"both\" timed out after 100 ms and was withdrawn:"
                            + " its channel is full (2 of 2) because the inbox of \"slow\" is full (1 of 1);"
                            + " its reader has been in the handler of 1 for at least …, at"
                            + " io.github.clockeddispatch.contract.TimeoutTextTest.dispatchIntoAFullChannel(…)");
            end.countDown();
        }
    }

    @Test
    void dispatchWithoutAPump() throws InterruptedException {
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .pumpExecutor(pump -> {})
                .drainTimeout(Duration.ZERO)
                .open();
        Receiver<String> stock = dispatcher.receiver("stock");
        Sender<String> desk = dispatcher.sender("desk", stock);
        desk.send("bolt");
        assertThat(late(() -> desk.dispatch("nut", Duration.ZERO)))
                .isEqualTo("dispatch by sender \"desk\" timed out after 0 ms and was withdrawn:"
                        + " its pump has not come to it (channel 1 of 1024)");
        assertThrows(DispatchException.class, dispatcher::close);
    }

    private static String late(Executable dispatch) {
        return said(assertThrows(TimeoutException.class, dispatch));
    }

    private static String said(Exception e) {
        return Objects.requireNonNull(e.getMessage())
                .replaceAll(AGE, "at least …")
                .replaceAll("(lambda\\$)?(\\w+)(\\$\\d+)?\\(TimeoutTextTest.java:\\d+\\)", "$2(…)");
    }

    @Test
    void close() throws InterruptedException {
        var never = new CountDownLatch(1);
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .name("shop")
                .drainTimeout(Duration.ofMillis(100))
                .channelCapacity(64)
                .inboxCapacity(2)
                .open();
        Receiver<String> stock = dispatcher.receiver("stock");
        dispatcher.read(stock, (number, item) -> never.await());
        Sender<String> desk = dispatcher.sender("desk", stock);
        for (int i = 0; i < 11; i++) {
            desk.send("bolt");
        }
        Await.eventually(
                "one is in hand, two are in the inbox", () -> stock.pending() == 2 && dispatcher.sequence() == 3);
        Receiver<String> audit = dispatcher.receiver("audit");
        Sender<String> all = dispatcher.sender("both", List.of(stock, audit));
        all.send("nut");
        awaitThatAllSendersWait(dispatcher);

        var e = assertThrows(DispatchException.class, dispatcher::close);
        assertThat(said(e))
                .isEqualTo("dispatcher \"shop\" did not close cleanly within its drainTimeout of 100 ms:"
                        + " the reader of \"stock\" was interrupted in the handler of 1 for at least …,"
                        + " with 2 more pending,"
                        + " 8 messages of sender \"desk\" were not delivered (inbox of \"stock\" 2 of 2,"
                        + " its reader in the handler of 1 for at least …, channel 8 of 64),"
                        + " 1 message of sender \"both\" was not delivered (inbox of \"stock\" 2 of 2,"
                        + " its reader in the handler of 1 for at least …, channel 1 of 64)");
        assertEquals(0, stock.clock().time());
    }

    @Test
    void closeWithoutReaders() throws InterruptedException {
        Dispatcher<String> dispatcher = Dispatcher.builder()
                .name("shop")
                .drainTimeout(Duration.ofMillis(1))
                .inboxCapacity(2)
                .open();
        Receiver<String> stock = dispatcher.receiver("stock");
        Receiver<String> audit = dispatcher.receiver("audit");
        Sender<String> desk = dispatcher.sender("desk", stock);
        Sender<String> clerk = dispatcher.sender("clerk", audit);
        for (int i = 0; i < 2; i++) {
            desk.dispatch("bolt");
            clerk.dispatch("nut");
        }
        desk.send("bolt");
        clerk.send("nut");
        audit.receiveMessage();
        clerk.send("nut");
        clerk.send("nut");
        awaitThatAllSendersWait(dispatcher);
        Thread.currentThread().interrupt();

        var e = assertThrows(DispatchException.class, dispatcher::close);
        assertThat(Thread.interrupted()).isTrue();
        // an interrupt ends it at once: what was looked at then may be too young to be told
        assertThat(said(e).replace(" for at least …", ""))
                .isEqualTo("dispatcher \"shop\" did not close cleanly, as the thread that closed it was interrupted:"
                        + " 1 message of sender \"desk\" was not delivered (inbox of \"stock\" 2 of 2, no reader,"
                        + " channel 1 of 1024),"
                        + " 2 messages of sender \"clerk\" were not delivered (inbox of \"audit\" 2 of 2,"
                        + " its reader with 2 in hand, channel 2 of 1024)");
    }

    /** The text of a loss says where a pump waits, once it has run as far as that. */
    private static void awaitThatAllSendersWait(Dispatcher<String> dispatcher) {
        Await.eventually(
                "every pump waits for a slot",
                () -> dispatcher.snapshot().senders().stream()
                        .noneMatch(sender -> sender.waitsFor().isEmpty()));
    }
}
