package io.github.clockeddispatch.bench.peers;

import io.github.clockeddispatch.bench.Contestant;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The best that is usually written by hand: a queue for each receiver, and a lock that is held from the taking of a number
 * to the end of the (blocking) put, as otherwise a later number could come first. One lock for all, or one for each
 * receiver; a broadcast takes those of all, in their order. Clocks are computed when asked for.
 */
final class BoxMesh implements Contestant.Mesh {

    private record Numbered(long number, Object payload) {}

    private static final class Lane implements Contestant.Clock {
        private static final VarHandle BEGUN;

        static {
            try {
                BEGUN = MethodHandles.lookup().findVarHandle(Lane.class, "begun", long.class);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        final AtomicLong counter;
        final Box<Numbered> box;
        final ReentrantLock lock;
        private final Waiters waiters;
        private final LongSupplier clock = this::time;

        /** How many were begun. Written under the lock, before the number is taken by an atomic step, which publishes it. */
        @SuppressWarnings("UnusedVariable") // by BEGUN
        private long begun;

        /** How many, and up to which number, the reader has finished. */
        private volatile long done;

        private long finished;

        Lane(AtomicLong counter, Box<Numbered> box, ReentrantLock lock, Waiters waiters) {
            this.counter = counter;
            this.box = box;
            this.lock = lock;
            this.waiters = waiters;
        }

        void begin() {
            BEGUN.setRelease(this, begun + 1);
        }

        @SuppressWarnings("NonAtomicOperationOnVolatileField") // by the reader
        void finish(long number) {
            finished = number;
            done++;
            waiters.wake(clock);
        }

        @Override
        public long time() {
            long bound = counter.get();
            long finishedCount = done;
            return finishedCount == (long) BEGUN.getAcquire(this) ? bound : finished;
        }

        @Override
        public void waitUntil(long number) throws InterruptedException {
            if (time() < number) {
                waiters.await(number, clock);
            }
        }
    }

    private final AtomicLong counter = new AtomicLong();
    private final Lane[] lanes;

    BoxMesh(int receivers, boolean oneLock, IntFunction<Box<?>> boxes, Supplier<Waiters> waiters, int capacity) {
        ReentrantLock shared = new ReentrantLock();
        lanes = new Lane[receivers];
        for (int i = 0; i < receivers; i++) {
            @SuppressWarnings("unchecked") // it is empty
            Box<Numbered> box = (Box<Numbered>) boxes.apply(capacity);
            lanes[i] = new Lane(counter, box, oneLock ? shared : new ReentrantLock(), waiters.get());
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
                lane.begin();
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

        Several(Lane[] to) {
            this.to = to;
        }

        @Override
        public void send(Object payload) throws InterruptedException {
            dispatch(payload);
        }

        @Override
        public long dispatch(Object payload) throws InterruptedException {
            for (Lane lane : to) {
                lane.lock.lock();
            }
            try {
                for (Lane lane : to) {
                    lane.begin();
                }
                long number = counter.incrementAndGet();
                Numbered message = new Numbered(number, payload);
                for (Lane lane : to) {
                    lane.box.put(message);
                }
                return number;
            } finally {
                for (Lane lane : to) {
                    lane.lock.unlock();
                }
            }
        }
    }

    @Override
    public void read(int receiver, long count, Contestant.Handler handler) throws InterruptedException {
        Lane lane = lanes[receiver];
        for (long i = 0; i < count; i++) {
            Numbered message = lane.box.take();
            handler.handle(message.number, message.payload);
            lane.finish(message.number);
        }
    }

    @Override
    public Contestant.Clock clock(int receiver) {
        return lanes[receiver];
    }

    @Override
    public void close() {
        // it has no threads
    }
}
