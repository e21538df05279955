package io.github.clockeddispatch.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Structured concurrency with what Java 21 has: what docs/structured-concurrency.md shows, and what it says of it. */
class PlainJava21Test {

    private final long mark = VirtualThreads.mark();

    /** Counted down by clients that make the others wait for ever. */
    private final CountDownLatch waiting = new CountDownLatch(1);

    private volatile boolean waiterWasInterrupted;

    /** Lets each client write, and enters what they order into the books; the first failure ends all, and is thrown. */
    static void open(Map<Long, String> books, List<Callable<String>> clients) {
        try (Dispatcher<String> dispatcher = Dispatcher.open();
                ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            dispatcher.read(orders, (number, order) -> endingAll(dispatcher, () -> books.put(number, order)));
            Sender<String> desk = dispatcher.sender("desk", orders);
            for (Callable<String> client : clients) {
                writers.submit(() -> endingAll(dispatcher, () -> desk.dispatch(client.call())));
            }
            orders.clock().whenReached(Long.MAX_VALUE - 1).exceptionally(end -> {
                writers.shutdownNow(); // interrupts those that wait for something else
                return 0L;
            });
        } // waits for the writers; delivers what they sent, ends and joins the reader; throws the first failure
    }

    /** Runs a task whose failure ends all. */
    static <V> V endingAll(Dispatcher<?> dispatcher, Callable<V> task) throws Exception {
        try {
            return task.call();
        } catch (Throwable e) {
            dispatcher.fail(e); // the first one counts
            throw e;
        }
    }

    @AfterEach
    void nothingIsLeftRunning() {
        VirtualThreads.awaitNoneSince(mark);
    }

    @Test
    void endsWhenAllHaveWrittenAndAllIsRead() {
        Map<Long, String> books = new TreeMap<>();
        open(books, List.of(() -> "a bolt", () -> "a nut", () -> "a washer"));
        assertThat(books.keySet()).containsExactly(1L, 2L, 3L);
        assertThat(books.values()).containsExactlyInAnyOrder("a bolt", "a nut", "a washer");
    }

    @Test
    void theFailureOfAWriterEndsAllAndIsRethrown() {
        IOException failure = new IOException("client has gone");
        Callable<String> goes = () -> {
            waiting.await();
            throw failure;
        };
        assertThatThrownBy(() -> open(new HashMap<>(), List.of(this::waitsForEver, goes, () -> "a nut")))
                .isInstanceOf(FailedException.class)
                .hasCause(failure);
        assertThat(waiterWasInterrupted).isTrue();
    }

    @Test
    void theFailureOfAHandlerEndsAllAndIsRethrown() {
        RuntimeException failure = new IllegalStateException("books are full");
        Map<Long, String> books = new HashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            public String put(Long number, String order) {
                throw failure;
            }
        };
        Callable<String> orders = () -> {
            waiting.await();
            return "a nut";
        };
        assertThatThrownBy(() -> open(books, List.of(this::waitsForEver, orders)))
                .isInstanceOf(FailedException.class)
                .hasCause(failure);
        assertThat(waiterWasInterrupted).isTrue();
    }

    @Test
    void anInterruptOfTheBlockEndsAll() throws InterruptedException {
        Thread block = Thread.currentThread();
        Thread interrupter = Thread.startVirtualThread(() -> {
            try {
                waiting.await();
                block.interrupt();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        assertThatThrownBy(() -> open(new HashMap<>(), List.of(this::waitsForEver)))
                .isInstanceOf(FailedException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isTrue();
        interrupter.join();
        assertThat(waiterWasInterrupted).isTrue();
    }

    private String waitsForEver() throws InterruptedException {
        waiting.countDown();
        try {
            new CountDownLatch(1).await();
            throw new AssertionError("came back from for ever");
        } catch (InterruptedException e) {
            waiterWasInterrupted = true;
            throw e;
        }
    }
}
