package io.github.clockeddispatch.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** F5: closing a merge raises no w, not even where its links end before it does. */
class LinkClosingTest {

    private static final int MORE_LINKS = 500;

    private static Stage<String, String> waitingFor(CountDownLatch latch) {
        return (number, text) -> {
            latch.await();
            return List.of(text);
        };
    }

    @Test
    void noClockPassesWhatALinkHasDiscarded() throws InterruptedException {
        CountDownLatch closeMayGoOn = new CountDownLatch(1);
        CountDownLatch slowMayGoOn = new CountDownLatch(1);
        Dispatcher<String> top = Dispatcher.open();
        ForwardingDispatcher<String> merge = ForwardingDispatcher.<String>builder()
                .drainTimeout(Duration.ofMinutes(1))
                .open();
        Receiver<String> slow = top.receiver("slow");
        Receiver<String> fast = top.receiver("fast");
        Receiver<String> waited = top.receiver("waited for");
        Receiver<String> log = merge.receiver("log");
        Receiver<String> others = merge.receiver("others");
        merge.stage(slow, waitingFor(slowMayGoOn), log);
        merge.link(fast, log);
        for (int i = 0; i < MORE_LINKS; i++) { // all are ended, one after the other; then the merge
            merge.link(top.receiver("other " + i), others);
        }
        merge.stage(waited, waitingFor(closeMayGoOn), others);
        List<String> given = new ArrayList<>();
        merge.read(log, (number, text) -> given.add(number + " " + text));
        merge.read(others, (number, text) -> {});
        Sender<String> toSlow = top.sender("to slow", slow);
        Sender<String> toFast = top.sender("to fast", fast);
        top.sender("to waited", waited).dispatch("one");

        Thread closing = Thread.ofVirtual().start(() -> {
            try {
                merge.close(); // waits until number 1 has come through
            } catch (DispatchException e) {
                given.add("not delivered"); // 4, and 2 where w was read before it came
            }
        });
        while (closing.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        toSlow.dispatch("two");
        toSlow.dispatch("three"); // is discarded
        fast.clock().waitUntil(toFast.dispatch("four"));
        slow.clock().whenReached(4).exceptionally(closed -> {
            slowMayGoOn.countDown();
            return 0L;
        });
        closeMayGoOn.countDown();
        closing.join();
        top.close();

        assertThat(given).doesNotContain("4 four");
        assertThat(log.clock().time()).isLessThan(3);
        assertThatThrownBy(() -> log.clock().waitUntil(3)).isInstanceOf(ClosedException.class);
    }
}
