package io.github.clockeddispatch.bench.peers;

import io.github.clockeddispatch.bench.Contestant;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The best that is usually written by hand: a queue for each receiver, and a lock that is held from the taking of a number
 * to the end of the (blocking) put, as otherwise a later number could come first. One lock for all, or one for each
 * receiver; a broadcast takes those of all, in their order, and looks once whether readers sleep. Readers take batches, and
 * publish each message; a waiter is woken by the message that it waits for, or, where it had only begun to wait, by the last
 * one of the batch.
 */
final class BoxMesh implements Contestant.Mesh {
    private static final int BATCH = 256;

    private record Numbered(long number, Object payload) {}

    private record Lane(Box<Numbered> box, ReentrantLock lock, Progress progress) {}

    private final AtomicLong counter = new AtomicLong();
    private final Lane[] lanes;

    BoxMesh(int receivers, boolean oneLock, IntFunction<Box<?>> boxes, Supplier<Waiters> waiters, int capacity) {
        ReentrantLock shared = new ReentrantLock();
        lanes = new Lane[receivers];
        for (int i = 0; i < receivers; i++) {
            @SuppressWarnings("unchecked") // it is empty
            Box<Numbered> box = (Box<Numbered>) boxes.apply(capacity);
            lanes[i] = new Lane(box, oneLock ? shared : new ReentrantLock(), new Progress(counter, waiters.get()));
        }
    }

    @Override
    public Contestant.Port port(int... to) {
        return to.length == 1 ? new One(lanes[to[0]]) : new Several(to.length == 0 ? lanes : pick(to));
    }

    private Lane[] pick(int... to) {
        return Arrays.stream(to).sorted().mapToObj(i -> lanes[i]).toArray(Lane[]::new);
    }

    private final class One implements Contestant.Port {
        private final Lane lane;

        One(Lane lane) {
            this.lane = lane;
        }

        @Override
        public void send(Object payload) throws InterruptedException {
            dispatch(payload);
        }

        @Override
        public long dispatch(Object payload) throws InterruptedException {
            lane.lock.lock();
            try {
                lane.progress.begin(1);
                long number = counter.incrementAndGet();
                lane.box.put(new Numbered(number, payload));
                return number;
            } finally {
                lane.lock.unlock();
            }
        }
    }

    private final class Several implements Contestant.Port {
        private final Lane[] to;
        private final ReentrantLock[] locks;

        Several(Lane[] to) {
            this.to = to;
            locks = Arrays.stream(to).map(Lane::lock).distinct().toArray(ReentrantLock[]::new);
        }

        @Override
        public void send(Object payload) throws InterruptedException {
            dispatch(payload);
        }

        @Override
        public long dispatch(Object payload) throws InterruptedException {
            for (ReentrantLock lock : locks) {
                lock.lock();
            }
            try {
                for (Lane lane : to) {
                    lane.progress.begin(1);
                }
                long number = counter.incrementAndGet();
                Numbered message = new Numbered(number, payload);
                for (Lane lane : to) {
                    lane.box.putQuietly(message);
                }
                VarHandle.fullFence();
                for (Lane lane : to) {
                    lane.box.wakeTaker();
                }
                return number;
            } finally {
                for (ReentrantLock lock : locks) {
                    lock.unlock();
                }
            }
        }
    }

    @Override
    public void read(int receiver, long count, Contestant.Handler handler) throws InterruptedException {
        Lane lane = lanes[receiver];
        @Nullable Object[] batch = new @Nullable Object[BATCH];
        for (long given = 0; given < count; ) {
            int taken = lane.box.take(batch);
            for (int i = 0; i < taken; i++) {
                Numbered message = (Numbered) Objects.requireNonNull(batch[i]);
                handler.handle(message.number, message.payload);
                lane.progress.finish(message.number, i == taken - 1);
            }
            given += taken;
        }
    }

    @Override
    public Contestant.Clock clock(int receiver) {
        return lanes[receiver].progress;
    }

    @Override
    public void close() {
        // it has no threads
    }
}
