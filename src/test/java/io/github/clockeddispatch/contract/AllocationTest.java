package io.github.clockeddispatch.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Where there is room, to send or forward a message allocates nothing for it in the calling thread. */
class AllocationTest {

    private static final int BATCH = 256;
    private static final int ROUNDS = 2_000;

    /** The smallest object has 16; a lock that is not free, or a reader to be woken, costs some now and then. */
    private static final double BYTES = 4;

    @FunctionalInterface
    private interface Batch {
        /** Sends the messages up to this number, of which there is none before. */
        void send(long first, long last) throws InterruptedException;
    }

    @Test
    void sendAllocatesNothing() throws Exception {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            Sender<String> sender = dispatcher.sender("sender", receiver);
            dispatcher.read(receiver, (number, message) -> {});
            check(receiver.clock(), (first, last) -> {
                for (long i = first; i <= last; i++) {
                    sender.send("message");
                }
            });
        }
    }

    @Test
    void forwardAllocatesNothing() throws Exception {
        try (ForwardingDispatcher<String> merge = ForwardingDispatcher.open()) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("forwarder", receiver);
            merge.read(receiver, (number, message) -> {});
            check(receiver.clock(), (first, last) -> {
                for (long i = first; i <= last; i++) {
                    forwarder.forward(i, "message");
                }
            });
        }
    }

    private static void check(LogicalClock clock, Batch batch) throws InterruptedException {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (long round = 0; round < 2 * ROUNDS; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            batch.send(round * BATCH + 1, (round + 1) * BATCH);
            if (round >= ROUNDS) {
                allocated += threads.getCurrentThreadAllocatedBytes() - before;
            }
            clock.waitUntil((round + 1) * BATCH);
        }
        assertThat(allocated / (double) (ROUNDS * BATCH)).as("bytes a message").isLessThan(BYTES);
    }
}
