package io.github.clockeddispatch.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A given executor that ends a pump while its sender is being opened, as a scope does that is cancelled just then. */
class InterruptedPumpTest {

    /** What runs the next pump. */
    private final AtomicReference<Executor> executor = new AtomicReference<>(Thread::startVirtualThread);

    private final Dispatcher<String> dispatcher = Dispatcher.builder()
            .pumpExecutor(task -> executor.get().execute(task))
            .open();

    @Test
    void isRefusedAndNothingIsChanged() throws InterruptedException {
        try (dispatcher) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Sender<String> desk = dispatcher.sender("desk", orders);
            var before = dispatcher.snapshot();

            executor.set(InterruptedPumpTest::runInterrupted);
            assertThatThrownBy(() -> dispatcher.sender("late", orders))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("\"late\"");
            assertThat(dispatcher.snapshot()).isEqualTo(before);

            desk.dispatch("goes on");
            assertThat(orders.receive()).isEqualTo(new Delivery.Message<>(1, "goes on"));
            assertThat(orders.tryReceive()).isEmpty();
            desk.close();
            assertThat(orders.tryReceive()).isEqualTo(Optional.of(new Delivery.End<>(1)));
        }
    }

    @Test
    void ofTheFirstSenderLeavesItsReceiverOpenAndItsNameFree() throws InterruptedException {
        try (dispatcher) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Executor good = executor.getAndSet(InterruptedPumpTest::runInterrupted);
            assertThatThrownBy(() -> dispatcher.sender("desk", orders)).isInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(() -> dispatcher.broadcaster("desk")).isInstanceOf(RejectedExecutionException.class);

            executor.set(good);
            try (Sender<String> desk = dispatcher.sender("desk", orders)) {
                desk.send("order 4711");
            }
            assertThat(orders.receive()).isEqualTo(new Delivery.Message<>(1, "order 4711"));
            assertThat(orders.receive()).isEqualTo(new Delivery.End<>(1));
        }
    }

    @Test
    void andAnExecutorThatThrowsAfterwardsChangesNothingEither() throws InterruptedException {
        try (dispatcher) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Sender<String> desk = dispatcher.sender("desk", orders);
            executor.set(task -> {
                runInterrupted(task);
                throw new RejectedExecutionException("the scope is cancelled");
            });
            assertThatThrownBy(() -> dispatcher.sender("late", orders))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("the scope is cancelled");

            desk.dispatch("goes on");
            assertThat(orders.receive()).isEqualTo(new Delivery.Message<>(1, "goes on"));
            assertThat(orders.tryReceive()).isEmpty();
            executor.set(Thread::startVirtualThread);
            dispatcher.sender("another", orders).dispatch("too");
            assertThat(orders.receive()).isEqualTo(new Delivery.Message<>(2, "too"));
        }
    }

    @Test
    void aPumpThatIsRefusedAfterItWasStartedEnds() throws InterruptedException {
        try (dispatcher) {
            AtomicReference<Thread> pump = new AtomicReference<>();
            executor.set(task -> {
                pump.set(Thread.startVirtualThread(task));
                throw new RejectedExecutionException("the scope is cancelled");
            });
            Receiver<String> orders = dispatcher.receiver("orders");
            assertThatThrownBy(() -> dispatcher.sender("late", orders)).isInstanceOf(RejectedExecutionException.class);
            pump.get().join();
        }
    }

    /** Runs it in a thread that is interrupted from the start, to its end. */
    private static void runInterrupted(Runnable task) {
        Thread thread = Thread.ofVirtual().unstarted(() -> {
            Thread.currentThread().interrupt();
            task.run();
        });
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
