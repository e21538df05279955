package io.github.clockeddispatch.composition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Stage;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** F5, F9: closing a merge raises no w, here or below, past what is lost with it. */
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
        ForwardingDispatcher<String> merge = ForwardingDispatcher.builder()
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
        Await.eventually("the close waits", () -> closing.getState() == Thread.State.TIMED_WAITING);
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

    @Test
    void aBranchThatIsClosedMissesWhatStandsAboveAFork() throws InterruptedException {
        Dispatcher<String> top = Dispatcher.open();
        ForwardingDispatcher<String> fork =
                ForwardingDispatcher.builder().channelCapacity(1).open();
        ForwardingDispatcher<String> branch = ForwardingDispatcher.builder()
                .name("branch")
                .drainTimeout(Duration.ZERO)
                .open();
        ForwardingDispatcher<String> bottom = ForwardingDispatcher.open();
        Receiver<String> from = top.receiver("from");
        Receiver<String> directly = top.receiver("directly");
        Receiver<String> to = fork.receiver("to");
        Receiver<String> unread = fork.receiver("unread");
        Receiver<String> below = branch.receiver("below");
        Receiver<String> end = bottom.receiver("end");
        fork.link(from, to, unread);
        branch.link(to, below);
        bottom.link(below, end);
        bottom.link(directly, end);
        bottom.read(end, (number, text) -> {});
        Sender<String> sender = top.sender("sender", from);
        sender.dispatch("one");
        sender.dispatch("two");
        sender.dispatch("three");
        top.sender("to directly", directly).dispatch("four");

        assertThatThrownBy(branch::close)
                .isInstanceOf(DispatchException.class)
                .hasMessageContaining("within its drainTimeout of")
                .hasMessageContaining("link \"" + top.name() + "/from\"");
        unread.discard();
        assertThatThrownBy(() -> end.clock().waitUntil(3)).isInstanceOf(FailedException.class);
        assertThat(end.clock().time()).isLessThan(3);
        fork.close();
        assertThatThrownBy(bottom::close).isInstanceOf(FailedException.class);
        top.close();
    }
}
