package io.github.clockeddispatch.bench.peers;

import io.github.clockeddispatch.bench.Contestant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * No peer, but a part of what is to be done, to see what it costs at least: one hand-off to each receiver, whose reader takes
 * batches, gives each batch its numbers by one step on the shared counter, and publishes each message. Whatever has one counter, a
 * channel for each sender and an inbox for each receiver does this and more. The number is not known to the sender.
 */
final class Floor implements Contestant.Mesh {
    private static final int BATCH = 256;

    private record Lane(Box<Object> box, Progress progress) {}

    private final AtomicLong counter = new AtomicLong();
    private final Lane[] lanes;

    Floor(int receivers, IntFunction<Box<?>> boxes, int capacity) {
        lanes = new Lane[receivers];
        for (int i = 0; i < receivers; i++) {
            @SuppressWarnings("unchecked") // it is empty
            Box<Object> box = (Box<Object>) boxes.apply(capacity);
            lanes[i] = new Lane(box, new Progress(counter, new Waiters.OnCondition()));
        }
    }

    @Override
    public Contestant.Port port(int... to) {
        Box<Object> box = lanes[to[0]].box;
        return new Contestant.Port() {
            @Override
            public void send(Object payload) throws InterruptedException {
                box.put(payload);
            }

            @Override
            public long dispatch(Object payload) {
                throw new UnsupportedOperationException("the number is given by the reader");
            }
        };
    }

    @Override
    public void read(int receiver, long count, Contestant.Handler handler) throws InterruptedException {
        Lane lane = lanes[receiver];
        @Nullable Object[] batch = new @Nullable Object[BATCH];
        for (long given = 0; given < count; ) {
            int taken = lane.box.take(batch);
            lane.progress.begin(taken);
            long number = counter.getAndAdd(taken);
            for (int i = 0; i < taken; i++) {
                number++;
                handler.handle(number, Objects.requireNonNull(batch[i]));
                lane.progress.finish(number, i == taken - 1);
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
