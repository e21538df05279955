package io.github.clockeddispatch.contract;

import static io.github.clockeddispatch.testkit.Over.DISPATCHER;
import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.AnySender;
import io.github.clockeddispatch.BatchHandler;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Gate;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;

@DisplayName("G12 own readers of batches")
class G12BatchReaderTest {
    private AnyDispatcher<String> dispatcher;
    private Receiver<String> r;
    private AnySender<String> sender;

    /** The numbers of each batch. */
    private final Queue<List<Long>> batches = new ConcurrentLinkedQueue<>();

    private void open(Setup setup, Duration drainTimeout) {
        dispatcher = setup.openAny(
                settings -> settings.drainTimeout(drainTimeout).inboxCapacity(Math.max(8, setup.capacity())));
        r = dispatcher.receiver("r");
        sender = dispatcher.sender("s", r);
    }

    private void note(List<Delivery.Message<String>> batch) {
        batches.add(batch.stream().map(Delivery.Message::sequence).toList());
    }

    /** Starts to read, and returns when the first message is being handled, and so the next ones are there at once. */
    private Thread read(Gate gate, int max, BatchHandler<String> handler) throws InterruptedException {
        Thread reader = dispatcher.read(r, max, batch -> {
            gate.pass();
            handler.handle(batch);
        });
        sender.dispatch("1");
        gate.awaitArrival();
        return reader;
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName(
            "G12 it is given what is there, at most max at once, on a thread of the dispatcher's; close waits for it")
    void g12ReadsBatches(Setup setup) throws InterruptedException {
        open(setup, Duration.ofHours(1));
        Gate gate = setup.gate();
        Queue<Thread> threads = new ConcurrentLinkedQueue<>();
        Thread reader = read(gate, 3, batch -> {
            threads.add(Thread.currentThread());
            note(batch);
        });
        for (int i = 2; i <= 6; i++) {
            sender.dispatch("" + i);
        }
        Running<Void> closing = setup.run("closing", dispatcher::close).staysBlocked();
        gate.open();
        closing.result();
        assertEquals(List.of(List.of(1L), List.of(2L, 3L, 4L), List.of(5L, 6L)), List.copyOf(batches));
        assertTrue(threads.stream().allMatch(thread -> thread == reader));
        assertNotSame(Thread.currentThread(), reader);
        assertTrue(reader.isVirtual());
        assertFalse(reader.isAlive());
        assertEquals(6, r.clock().time());
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G12 the messages of a batch are finished together, when the handler has returned")
    void g12FinishesTogether(Setup setup) throws InterruptedException {
        open(setup, Duration.ofHours(1));
        Gate gate = setup.gate();
        Gate second = setup.gate();
        read(gate, 10, batch -> {
            note(batch);
            if (batch.size() > 1) {
                second.pass();
            }
        });
        for (int i = 2; i <= 4; i++) {
            sender.dispatch("" + i);
        }
        gate.open();
        second.awaitArrival();
        assertEquals(1, r.clock().time());
        second.open();
        r.clock().waitUntil(4);
        assertEquals(List.of(List.of(1L), List.of(2L, 3L, 4L)), List.copyOf(batches));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G13 one that throws fails its receiver at the first message of the batch, and close tells it")
    void g13ABatchThatFails(Setup setup) throws InterruptedException {
        open(setup, Duration.ofHours(1));
        Gate gate = setup.gate();
        IOException cause = new IOException("broken");
        Thread reader = read(gate, 10, batch -> {
            if (batch.size() > 1) {
                throw cause;
            }
        });
        sender.dispatch("2");
        sender.dispatch("3");
        gate.open();
        assertTrue(reader.join(Await.BOUND));
        FailedException failed = assertThrows(FailedException.class, dispatcher::close);
        assertSame(cause, failed.getCause());
        assertEquals(2, failed.sequence());
        assertEquals(1, r.clock().time());
    }

    @ContractTest(
            over = {DISPATCHER, MERGE},
            capacities = 2)
    @DisplayName("G12 one that does not return in time is interrupted, and told")
    void g12IsInterrupted(Setup setup) throws InterruptedException {
        open(setup, Duration.ofMillis(10));
        Gate gate = setup.gate();
        Thread reader = read(gate, 10, this::note);
        String text = assertThrows(DispatchException.class, dispatcher::close).getMessage();
        assertTrue(text.contains("the reader of \"r\" was interrupted in the handler of 1"), text);
        assertFalse(reader.isAlive());
        assertEquals(List.of(), List.copyOf(batches));
    }

    @ContractTest(over = {DISPATCHER, MERGE})
    @DisplayName("G15 from the call on it is the only reader, and neither reads nor closes in its handler")
    void g15IsTheOnlyReader(Setup setup) throws InterruptedException {
        open(setup, Duration.ofHours(1));
        Queue<Throwable> refused = new ConcurrentLinkedQueue<>();
        dispatcher.read(r, 5, batch -> {
            refused.add(assertThrows(IllegalStateException.class, r::tryReceive));
            refused.add(assertThrows(IllegalStateException.class, r::acknowledge));
            refused.add(assertThrows(IllegalStateException.class, dispatcher::close));
        });
        assertThrows(IllegalStateException.class, r::tryReceive);
        assertThrows(IllegalStateException.class, () -> dispatcher.read(r, 5, batch -> {}));
        r.clock().waitUntil(sender.dispatch("1"));
        assertEquals(3, refused.size());
    }
}
