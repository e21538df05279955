package io.github.clockeddispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/** A time-out tells what was waited for, where the clock stands, and for how long the first unfinished message has stood. */
class TimeoutTextTest {

    @Test
    void dispatch() throws InterruptedException {
        try (Dispatcher<String> dispatcher =
                Dispatcher.<String>builder().name("shop").open()) {
            Receiver<String> stock = dispatcher.receiver("stock", 1);
            Sender<String> till = dispatcher.sender("till", stock);
            till.dispatch("given");
            stock.receive();
            till.dispatch("in the inbox");
            var e = assertThrows(TimeoutException.class, () -> till.dispatch("late", Duration.ofMillis(20)));
            assertThat(e.getMessage())
                    .contains("sender \"till\"", "dispatcher \"shop\"", "receiver \"stock\"")
                    .contains("stands at 0 of 2", "first unfinished 1", "1 of 1 places taken")
                    .containsPattern("1 for at least (2\\d|[3-9]\\d|\\d{3,}) ms");
        }
    }

    @Test
    void close() throws InterruptedException {
        var never = new CountDownLatch(1);
        Dispatcher<String> dispatcher = Dispatcher.<String>builder()
                .drainTimeout(Duration.ofMillis(100))
                .open();
        Receiver<String> stock = dispatcher.receiver("stock");
        dispatcher.read(stock, (number, item) -> never.await());
        dispatcher.sender("till", stock).dispatch("bolt");
        var e = assertThrows(DispatchException.class, dispatcher::close);
        assertThat(e.getMessage())
                .contains("the reader of receiver \"stock\"", "stands at 0 of 1", "first unfinished 1", "was cut off")
                .containsPattern("1 for at least \\d{2,} ms");
        assertEquals(0, stock.clock().time());
    }
}
