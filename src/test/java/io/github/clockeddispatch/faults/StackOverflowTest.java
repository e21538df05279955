package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Calls at the end of a stack, with some bytes more or less left each time. */
@DisplayName("Fault: a stack that ends")
class StackOverflowTest {

    private static final int ROUNDS = 100;

    /** Makes the call where the stack ends, after having used some of it. */
    private static int atTheEnd(int bytes, Sender<String> sender) {
        int sent = bytes > 0 ? atTheEnd(bytes - 1, sender) : 0;
        if (bytes <= 0) {
            try {
                sent = atTheEnd(0, sender);
            } catch (StackOverflowError e) {
                return sender.trySend("m") ? 1 : 0; // may overflow once more, and is tried again a frame above
            }
        }
        return sent;
    }

    @Test
    @DisplayName("trySend leaves no lock locked: others send and read on")
    void inAMachineOfItsOwn() throws Exception { // an initialiser that overflows is lost to all of it
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StackOverflowTest.class.getName())
                .inheritIO()
                .start();
        try {
            assertTrue(process.waitFor(50, TimeUnit.SECONDS), "it has ended");
            assertEquals(0, process.exitValue());
        } finally {
            process.destroyForcibly();
        }
    }

    /** Exits with 1 where a thread beside the one that overflows cannot go on. */
    public static void main(String[] args) throws Exception {
        othersGoOn();
    }

    private static void othersGoOn() throws Exception {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            Sender<String> sender = dispatcher.sender("sender", receiver);
            sender.dispatch("first"); // so that what is loaded once is there
            sender.trySend("second");
            for (int round = 0; round < ROUNDS; round++) {
                int bytes = round;
                AtomicInteger told = new AtomicInteger();
                var overflowing = new FutureTask<>(() -> told.addAndGet(atTheEnd(bytes, sender)));
                Thread thread = new Thread(null, overflowing, "overflows", 256 << 10);
                thread.start();
                overflowing.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                thread.join();

                var other = new FutureTask<>(() -> {
                    long number = sender.dispatch("after it");
                    int count = 0;
                    while (receiver.clock().time() < number) {
                        count += receiver.drain((n, m) -> {}, Integer.MAX_VALUE);
                    }
                    return count;
                });
                Thread beside = Thread.ofPlatform().start(other);
                int given = other.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
                beside.join();
                assertTrue(given >= 1, "round " + round);
            }
            assertEquals(0, receiver.pending());
        }
    }
}
