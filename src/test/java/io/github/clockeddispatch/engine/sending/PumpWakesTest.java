package io.github.clockeddispatch.engine.sending;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Inside;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A caller of {@code dispatch} that finds the channel empty takes the pump's step. When its message was in the channel before
 * it had both locks, the pump could begin to wait for room for it, and slept on in front of all that came after.
 */
class PumpWakesTest {

    private final Core<String> core = Inside.core();
    private final Sequencer<String> sequencer = new Sequencer<>(core, 0, false, 1024, null);
    private final Inbox<String> inbox = sequencer.join("receiver", 1);
    private final SendPort<String> port = sequencer.open("sender", List.of(inbox), 1);
    private final Receiver<String> receiver = Inside.receiver(inbox);

    @BeforeEach
    void serve() {
        core.serve(sequencer, () -> {});
    }

    @Test
    void whenACallerTakesItsStep() throws Exception {
        port.dispatch("first", Deadline.NEVER);
        var withdrawn = port.dispatchAsync("withdrawn");
        Await.eventually("the pump waits for room", this::pumpWaits);

        var reading = new FutureTask<>(receiver::tryReceive);
        Thread reader = Thread.ofPlatform().unstarted(reading);
        var dispatching = new FutureTask<>(() -> port.dispatch("second", Deadline.NEVER));
        Thread caller = Thread.ofPlatform().unstarted(dispatching);
        Thread between = Thread.ofPlatform().unstarted(() -> {
            core.lock.lock();
            try {
                reader.start();
                Await.eventually(
                        "it has made room, and has not told so", () -> inbox.pending() == 0 || !reader.isAlive());
            } finally {
                core.lock.unlock();
            }
        });
        core.lock.lock();
        try { // who queues for the lock gets it in this order: the pump, between, the caller, the reader
            assertThat(withdrawn.cancel(false)).isTrue(); // wakes the pump
            between.start();
            awaitQueued(between);
            caller.start();
            awaitQueued(caller);
        } finally {
            core.lock.unlock();
        }

        assertThat(dispatching.get(5, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(reading.get(5, TimeUnit.SECONDS)).isEqualTo(Optional.of(new Delivery.Message<>(1, "first")));
        port.send("third", Deadline.NEVER);
        for (var expected : List.of(new Delivery.Message<>(2, "second"), new Delivery.Message<>(3, "third"))) {
            assertThat(receiver.receive(Duration.ofSeconds(5))).isEqualTo(Optional.of(expected));
        }
        between.join();
        port.close(StopReason.closed("the test is over"));
        assertThat(core.threads.join(Deadline.in(Duration.ofSeconds(5)))).isEmpty();
    }

    private boolean pumpWaits() {
        core.lock.lock();
        try {
            return !sequencer.states().get(0).waitsFor().isEmpty();
        } finally {
            core.lock.unlock();
        }
    }

    private void awaitQueued(Thread thread) {
        Await.eventually(thread + " queues for the lock", () -> core.lock.hasQueuedThread(thread));
    }
}
