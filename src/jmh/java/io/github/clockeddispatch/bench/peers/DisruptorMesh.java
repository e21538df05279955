package io.github.clockeddispatch.bench.peers;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.dsl.ProducerType;
import io.github.clockeddispatch.bench.Contestant;
import org.jspecify.annotations.Nullable;

/** One ring for all: each receiver sees each message, and passes over what is not for it. Its sequence is its clock. */
final class DisruptorMesh implements Contestant.Mesh {

    private static final class Slot {
        @Nullable
        Object payload;

        /** Null for all. */
        boolean @Nullable [] to;
    }

    /** As Disruptor's own, but it can be interrupted. */
    static final class Yielding implements WaitStrategy {
        @Override
        public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
                throws AlertException, InterruptedException {
            long available;
            for (int spins = 0; (available = dependent.get()) < sequence; spins++) {
                barrier.checkAlert();
                if (spins >= 100) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    Thread.yield();
                }
            }
            return available;
        }

        @Override
        public void signalAllWhenBlocking() {
            // nobody blocks
        }
    }

    private final RingBuffer<Slot> ring;
    private final SequenceBarrier barrier;
    private final Sequence[] passed;

    DisruptorMesh(int receivers, int capacity, WaitStrategy strategy) {
        ring = RingBuffer.create(ProducerType.MULTI, Slot::new, capacity, strategy);
        barrier = ring.newBarrier();
        passed = new Sequence[receivers];
        for (int i = 0; i < receivers; i++) {
            passed[i] = new Sequence(ring.getCursor());
        }
        ring.addGatingSequences(passed);
    }

    @Override
    public Contestant.Port port(int... to) {
        boolean[] mask = new boolean[passed.length];
        for (int receiver : to) {
            mask[receiver] = true;
        }
        return new Contestant.Port() {
            @Override
            public void send(Object payload) {
                dispatch(payload);
            }

            @Override
            public long dispatch(Object payload) {
                long sequence = ring.next();
                try {
                    Slot slot = ring.get(sequence);
                    slot.payload = payload;
                    slot.to = to.length == 0 ? null : mask;
                } finally {
                    ring.publish(sequence);
                }
                return sequence + 1;
            }
        };
    }

    @Override
    public void read(int receiver, long count, Contestant.Handler handler) throws InterruptedException {
        Sequence own = passed[receiver];
        long next = own.get() + 1;
        try {
            for (long given = 0; given < count; ) {
                long available = barrier.waitFor(next);
                for (; next <= available; next++) {
                    Slot slot = ring.get(next);
                    boolean[] to = slot.to;
                    if (to == null || to[receiver]) {
                        handler.handle(next + 1, slot.payload);
                        given++;
                    }
                    own.set(next);
                }
            }
            ring.removeGatingSequence(own); // others go on: what is not for this one must not stop them
            own.set(Long.MAX_VALUE);
        } catch (AlertException e) {
            // closed
        } catch (TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public Contestant.Clock clock(int receiver) {
        Sequence own = passed[receiver];
        return new Contestant.Clock() {
            @Override
            public long time() {
                return Math.min(own.get(), ring.getCursor()) + 1;
            }

            @Override
            public void waitUntil(long number) {
                while (time() < number) {
                    Thread.yield();
                }
            }
        };
    }

    @Override
    public void close() {
        barrier.alert();
    }
}
