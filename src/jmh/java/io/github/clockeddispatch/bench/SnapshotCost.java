package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * How much processor time a snapshot takes of the thread that asks, its table included, under full load: every receiver's reader is in a
 * handler, and every sender's channel is full.
 */
final class SnapshotCost {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM = 200;
    private static final int CAPACITY = 64;

    private SnapshotCost() {}

    static void run() throws InterruptedException {
        System.out.println("receivers  frames   first, ms: taken  written    warm, ms: taken  written  most of both");
        for (int frames : new int[] {5, 50}) {
            for (int receivers : new int[] {100, 1_000}) {
                measure(receivers, frames);
            }
        }
    }

    private static void measure(int receivers, int frames) throws InterruptedException {
        Dispatcher<Object> dispatcher = Dispatcher.builder()
                .channelCapacity(CAPACITY)
                .inboxCapacity(CAPACITY)
                .drainTimeout(Duration.ZERO)
                .open();
        List<Receiver<Object>> all = new ArrayList<>();
        List<Thread> loading = new ArrayList<>();
        for (int i = 0; i < receivers; i++) {
            Receiver<Object> receiver = dispatcher.receiver("receiver-" + i);
            all.add(receiver);
            dispatcher.read(receiver, (sequence, message) -> handle(frames));
            Sender<Object> sender = dispatcher.sender("sender-" + i, receiver);
            loading.add(Thread.ofVirtual().start(() -> send(sender)));
        }
        while (all.stream().anyMatch(receiver -> receiver.pending() < CAPACITY / 2)) {
            Thread.sleep(100);
        }
        long[] taken = new long[WARM];
        long[] written = new long[WARM];
        long[] both = new long[WARM];
        for (int i = 0; i < WARM; i++) {
            long begin = THREADS.getCurrentThreadCpuTime();
            Snapshot snapshot = dispatcher.snapshot();
            long middle = THREADS.getCurrentThreadCpuTime();
            String text = snapshot.toString();
            long end = THREADS.getCurrentThreadCpuTime();
            taken[i] = middle - begin;
            written[i] = end - middle;
            both[i] = end - begin;
            if (i == 0) {
                System.out.printf("%9d  %6d  %17.2f  %7.2f", receivers, frames, taken[0] / 1e6, written[0] / 1e6);
            }
            if (!text.contains(" in ")) {
                throw new AssertionError(text);
            }
            Thread.sleep(2);
        }
        System.out.printf("  %15.2f  %7.2f  %12.2f%n", median(taken), median(written), most(both));
        try {
            dispatcher.close();
        } catch (RuntimeException e) {
            // it loses what is in the channels
        }
        for (Thread thread : loading) {
            thread.join();
        }
    }

    private static double median(long[] nanos) {
        long[] warm = Arrays.copyOfRange(nanos, WARM / 2, WARM);
        Arrays.sort(warm);
        return warm[warm.length / 2] / 1e6;
    }

    private static double most(long[] nanos) {
        return Arrays.stream(nanos).skip(WARM / 2).max().orElse(0) / 1e6;
    }

    /** Handles a message, some frames down. */
    private static void handle(int frames) {
        if (frames > 0) {
            handle(frames - 1);
        } else {
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void send(Sender<Object> sender) {
        try {
            while (true) {
                sender.send("message");
            }
        } catch (ClosedException | InterruptedException e) {
            // that was all
        }
    }
}
