package io.github.clockeddispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The clock that a link's promise comes from may rise whenever it is read, as it does so without the merge's lock. A reader
 * that wants ticks too slept beside a message that became due just when it began to wait.
 */
class ReaderWakesTest {

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void whenAMessageBecomesDueJustThen(int reads) throws Exception {
        Hub<String> hub = new Hub<>("merge", "merge", DeadlockWatch.AGE);
        Merger<String> merger = new Merger<>(hub, 0, 2, true, false);
        Inbox<String> inbox = merger.join("receiver", 2);
        Source<String> source = merger.open("source", List.of(inbox));
        Source<String> link = merger.open("link", List.of(inbox));
        AtomicInteger left = new AtomicInteger(reads);
        assertThat(source.forward(5, "five", false, Deadline.NOW)).isTrue();
        link.follow(new Upstream() {
            @Override
            public long time() {
                return left.getAndDecrement() > 0 ? 0 : 5;
            }

            @Override
            public long top() {
                return 5;
            }

            @Override
            public void watch(long number) {}

            @Override
            public void addBlockers(long number, Collection<Thread> threads) {}

            @Override
            public void targetStopped() {}
        });
        Receiver<String> receiver = new Receiver<>(inbox);
        var reading = new FutureTask<>(() -> receiver.receive(Duration.ofSeconds(10)));
        Thread reader = Thread.ofPlatform().start(reading);
        Await.eventually(
                "it has read, or waits", () -> reading.isDone() || reader.getState() == Thread.State.TIMED_WAITING);
        left.set(0);
        hub.lock.lock();
        try {
            link.raise(5); // as the link's thread does, when the clock gets to where it is needed
        } finally {
            hub.lock.unlock();
        }
        assertThat(reading.get(5, TimeUnit.SECONDS)).isEqualTo(Optional.of(new Delivery.Message<>(5, "five")));
        reader.join();
    }
}
