package io.github.clockeddispatch.engine.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** The ring against a plain queue, alone and with one thread at each end. */
class SequencedRingProperties {

    @Property
    void isAQueue(
            @ForAll @IntRange(min = 1, max = 20) int expected,
            @ForAll @IntRange(min = 1, max = 40) int kept,
            @ForAll @Size(max = 100) List<@IntRange(min = -20, max = 20) Integer> steps) {
        SequencedRing<String> ring = new SequencedRing<>(expected);
        int initial = ring.slots();
        ArrayDeque<Long> model = new ArrayDeque<>();
        long number = 0;
        for (int step : steps) {
            if (step > 0) {
                ring.reserve(step);
                long first = number + 1;
                ring.append(first, step, i -> "m" + (first + i));
                for (; number < first + step - 1; number++) {
                    model.add(number + 1);
                }
                assertEquals(model.size(), ring.size());
                assertEquals(model.size() - step, ring.published());
                ring.publish();
            }
            for (int i = step; i < 0 && !model.isEmpty(); i++) {
                assertTrue(ring.hasNext());
                assertEquals(model.getFirst(), ring.nextSequence());
                assertEquals("m" + model.removeFirst(), ring.take());
            }
            int slots = ring.slots();
            ring.shrink(kept);
            assertEquals(slots > kept && model.isEmpty() ? initial : slots, ring.slots());
            assertEquals(model.size(), ring.published());
            assertEquals(!model.isEmpty(), ring.hasNext());
            assertEquals(model.isEmpty() ? 0 : model.getFirst(), ring.firstSequence());
        }
    }

    /** A reader that was stopped in the midst of a batch has passed the end of what the ring began in, and does not come back there. */
    @Example
    void whatIsFirstIsNotKnownWhereItWasUntaken() {
        SequencedRing<String> ring = new SequencedRing<>(1024);
        for (int number = 1; number <= 12; number++) {
            ring.reserve(1);
            ring.append(number, 1, index -> "m");
        }
        ring.publish();
        assertTrue(ring.hasNext());
        for (int number = 1; number <= 10; number++) {
            assertEquals(number, ring.firstSequence());
            ring.take();
        }
        ring.untake(10);
        assertEquals(-1, ring.firstSequence());
    }

    @Example
    void staysAsItIsWhereSomethingIsNotPublished() {
        SequencedRing<String> ring = new SequencedRing<>(1);
        ring.reserve(9);
        ring.append(1, 9, i -> "m");
        int slots = ring.slots();
        ring.shrink(1);
        assertEquals(slots, ring.slots());
        ring.publish();
        for (int i = 0; i < 9; i++) {
            assertTrue(ring.hasNext());
            assertEquals("m", ring.take());
        }
        ring.shrink(1);
        assertEquals(1, ring.slots());
    }

    @Example
    void showsNothingBeforeItIsPublished() {
        SequencedRing<String> ring = new SequencedRing<>(4);
        ring.reserve(1);
        ring.append(7, 1, i -> "seven");
        assertFalse(ring.hasNext());
        ring.publish();
        assertTrue(ring.hasNext());
        assertEquals(7, ring.nextSequence());
        assertEquals("seven", ring.take());
        ring.untake(1);
        assertEquals(1, ring.published());
    }

    @Property(tries = 20)
    void handsOverFromThreadToThread(@ForAll @IntRange(min = 1, max = 40) int capacity)
            throws InterruptedException, ExecutionException {
        int messages = 20_000;
        SequencedRing<Long> ring = new SequencedRing<>(capacity);
        ReentrantLock lock = new ReentrantLock();
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            Future<?> producer = threads.submit(() -> {
                long number = 0;
                while (number < messages) {
                    int count = (int) Math.min(1 + number % 3, messages - number);
                    while (ring.size() > 2 * capacity) { // so that it has to grow, and has a bound
                        Thread.yield();
                    }
                    lock.lock();
                    try {
                        ring.reserve(count);
                        long first = number + 1;
                        ring.append(first, count, i -> first + i);
                        number += count;
                        ring.publish();
                    } finally {
                        lock.unlock();
                    }
                }
            });
            Future<?> consumer = threads.submit(() -> {
                for (long number = 1; number <= messages; number++) {
                    while (!ring.hasNext()) {
                        lock.lock();
                        try {
                            ring.shrink(1);
                        } finally {
                            lock.unlock();
                        }
                        Thread.yield();
                    }
                    assertEquals(number, ring.nextSequence());
                    assertEquals(number, ring.take());
                }
                assertFalse(ring.hasNext());
            });
            Future<?> looks = threads.submit(() -> {
                while (!done.get()) {
                    assertTrue(ring.firstSequence() <= messages);
                    assertTrue(ring.published() <= messages);
                }
            });
            try {
                producer.get();
                consumer.get();
            } finally {
                done.set(true);
            }
            looks.get();
        }
    }
}
