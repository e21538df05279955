package io.github.clockeddispatch.merge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A forward and a promise tell nobody unless somebody needs them, and look for that without the lock. Here, many thousand
 * times, nothing goes on before who needs them is told: one that is not told leaves all waiting. Number n comes from source
 * n modulo their number.
 */
class MergeWakesTest {

    private static final int SOURCES = 3;
    /** On a machine with two shared processors a hand-over takes up to a quarter of a millisecond: so many end in time. */
    private static final int MESSAGES = 20_000;

    private static final long STEP = 3;

    /** The reader has nothing to read, and some moment after it has read the last message the next one is forwarded, and then due. */
    @Test
    void theReader() throws Exception {
        try (ForwardingDispatcher<String> merge = open(1024, 1024)) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("source", receiver);
            Forwarder<String> other = merge.forwarder("other", receiver);
            var read = new AtomicLong();
            run(List.of(
                    () -> {
                        for (long number = STEP; number <= MESSAGES * STEP; number += STEP) {
                            awaitAndDally(read, number - STEP);
                            forwarder.forward(number, "message");
                            dally(50); // so that it finds the reader asleep
                            other.advance(number);
                            forwarder.advance(number + 1); // so that the other one's is the promise that is waited for
                        }
                        forwarder.close();
                        other.close();
                        return null;
                    },
                    () -> {
                        receiver.forEachMessage((number, message) -> read.set(number));
                        return null;
                    }));
            assertThat(read.get()).isEqualTo(MESSAGES * STEP);
        }
    }

    /** A thread waits for a number, which is promised some moment after it has got the last one. Nothing is forwarded. */
    @Test
    void whoWaitsForAPromise() throws Exception {
        try (ForwardingDispatcher<String> merge = open(1024, 1024)) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("source", receiver);
            var reached = new AtomicLong();
            run(List.of(
                    () -> {
                        for (long number = 1; number <= MESSAGES; number++) {
                            awaitAndDally(reached, number - 1);
                            forwarder.advance(number);
                        }
                        return null;
                    },
                    () -> {
                        for (long number = 1; number <= MESSAGES; number++) {
                            receiver.clock().waitUntil(number);
                            reached.set(number);
                        }
                        return null;
                    }));
        }
    }

    /** Each thread waits until the receiver has finished what it has forwarded before; then it has been read. */
    @Test
    void whoWaitsForAMessageToBeFinished() throws Exception {
        try (ForwardingDispatcher<String> merge = open(1024, 1024)) {
            Receiver<String> receiver = merge.receiver("receiver");
            var read = new AtomicLong();
            List<Callable<Void>> threads = new ArrayList<>();
            for (Forwarder<String> forwarder : forwarders(merge, receiver)) {
                int source = threads.size();
                threads.add(() -> {
                    for (long number = first(source); number <= MESSAGES; number += SOURCES) {
                        forwarder.forward(number, "message");
                        long before = Math.max(0, number - SOURCES);
                        receiver.clock().waitUntil(before);
                        assertThat(read.get()).isGreaterThanOrEqualTo(before);
                    }
                    forwarder.close();
                    return null;
                });
            }
            threads.add(() -> {
                receiver.forEachMessage((number, message) -> read.set(number));
                return null;
            });
            run(threads);
        }
    }

    /** A message is forwarded just as somebody looks at the clock: who waits for that number is not woken before it is read. */
    @Test
    void nobodyBeforeAMessageIsRead() throws Exception {
        int messages = MESSAGES / 4;
        try (ForwardingDispatcher<String> merge = open(1024, 1024)) {
            Receiver<String> receiver = merge.receiver("receiver");
            Forwarder<String> forwarder = merge.forwarder("source", receiver);
            var read = new AtomicLong();
            var reached = new AtomicLong();
            run(List.of(
                    () -> {
                        for (long number = 1; number <= messages; number++) {
                            awaitAndDally(reached, number - 1);
                            forwarder.forward(number, "message");
                        }
                        return null;
                    },
                    () -> {
                        for (long number = 1; number <= messages; number++) {
                            receiver.clock().waitUntil(number);
                            assertThat(read.get()).isGreaterThanOrEqualTo(number);
                            reached.set(number);
                        }
                        return null;
                    },
                    () -> {
                        while (read.get() < messages && !Thread.interrupted()) {
                            for (int i = 0; i < 100; i++) {
                                assertThat(receiver.clock().time()).isLessThanOrEqualTo(read.get());
                            }
                            receiver.drain((number, message) -> read.set(number), 1);
                        }
                        return null;
                    }));
        }
    }

    /** All run ahead until their buffers are full; one slot in the inbox. */
    @ParameterizedTest(name = "of {0} slots")
    @ValueSource(ints = {1, 8, 64})
    void whoWaitsForRoomInABuffer(int slots) throws Exception {
        try (ForwardingDispatcher<String> merge = open(1, slots)) {
            Receiver<String> receiver = merge.receiver("receiver");
            List<Callable<Void>> threads = new ArrayList<>();
            for (Forwarder<String> forwarder : forwarders(merge, receiver)) {
                int source = threads.size();
                threads.add(() -> {
                    for (long number = first(source); number <= MESSAGES; number += SOURCES) {
                        forwarder.forward(number, "message");
                    }
                    forwarder.close();
                    return null;
                });
            }
            long[] read = new long[1];
            threads.add(() -> {
                receiver.forEachMessage((number, message) -> assertThat(number).isEqualTo(++read[0]));
                return null;
            });
            run(threads);
            assertThat(read[0]).isEqualTo(MESSAGES);
        }
    }

    private static ForwardingDispatcher<String> open(int inbox, int buffer) {
        return ForwardingDispatcher.builder().channelCapacity(buffer).open();
    }

    private static List<Forwarder<String>> forwarders(ForwardingDispatcher<String> merge, Receiver<String> receiver) {
        return IntStream.range(0, SOURCES)
                .mapToObj(i -> merge.forwarder("source " + i, receiver))
                .toList();
    }

    /**
     * Without parking, so that it is done within some hundred nanoseconds; and a little later each time. Where that takes long, the
     * other one has no processor: gives it this one.
     */
    private static void awaitAndDally(AtomicLong value, long least) throws InterruptedException {
        for (int spins = 1; value.get() < least; spins++) {
            if (spins % 10_000 == 0) {
                Thread.yield();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Thread.onSpinWait();
        }
        dally(least % 397);
    }

    private static void dally(long spins) {
        for (long i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
    }

    private static long first(int source) {
        return source == 0 ? SOURCES : source;
    }

    private static void run(List<Callable<Void>> bodies) throws Exception {
        List<FutureTask<Void>> tasks = bodies.stream().map(FutureTask::new).toList();
        List<Thread> threads =
                tasks.stream().map(Thread.ofPlatform()::start).toList(); // one that spins holds up no other
        try {
            for (FutureTask<Void> task : tasks) {
                task.get(Await.BOUND.toSeconds(), TimeUnit.SECONDS);
            }
        } finally {
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
