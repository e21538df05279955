package io.github.clockeddispatch.bench.peers;

import io.github.clockeddispatch.bench.Contestant;
import io.github.clockeddispatch.bench.Merging;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is usually written by hand: a queue for each source, promises among the messages, and a reader that always goes on with
 * the source whose next number is the least: with as many of its messages as come before the next source's, and it empties its
 * queue in batches.
 */
final class BoxFunnel implements Merging.Funnel {

    /** A message, or without a payload a promise. */
    private record Entry(long number, @Nullable Object payload) {}

    private static final long END = Long.MAX_VALUE;
    private static final int BATCH = 64;
    private static final VarHandle FINISHED;

    static {
        try {
            FINISHED = MethodHandles.lookup().findVarHandle(BoxFunnel.class, "finished", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final class Head {
        private final Box<Entry> box;
        private final @Nullable Object[] taken = new @Nullable Object[BATCH];
        private int count;
        private int at;
        Entry next = new Entry(0, null);

        Head(Box<Entry> box) {
            this.box = box;
        }

        void goOn() throws InterruptedException {
            if (at == count) {
                count = box.take(taken);
                at = 0;
            }
            next = (Entry) Objects.requireNonNull(taken[at++]);
        }

        long number() {
            return next.number;
        }
    }

    private final List<Box<Entry>> boxes = new ArrayList<>();
    private long finished;

    BoxFunnel(int sources, IntFunction<Box<?>> maker, int capacity) {
        for (int i = 0; i < sources; i++) {
            @SuppressWarnings("unchecked") // it is empty
            Box<Entry> box = (Box<Entry>) maker.apply(capacity);
            boxes.add(box);
        }
    }

    @Override
    public void forward(int source, long number, Object payload) throws InterruptedException {
        boxes.get(source).put(new Entry(number, payload));
    }

    @Override
    public void advance(int source, long number) throws InterruptedException {
        boxes.get(source).put(new Entry(number, null));
    }

    @Override
    public void end(int source) throws InterruptedException {
        advance(source, END);
    }

    @Override
    public void read(Contestant.Handler handler) throws InterruptedException {
        PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparingLong(Head::number));
        boxes.forEach(box -> heads.add(new Head(box)));
        while (true) {
            Head head = heads.poll();
            if (head == null || head.next.number == END) {
                return;
            }
            Head second = heads.peek();
            long others = second == null ? END : second.number();
            do {
                Entry entry = head.next;
                if (entry.payload != null) {
                    handler.handle(entry.number, entry.payload);
                }
                FINISHED.setRelease(this, entry.number);
                head.goOn();
            } while (head.number() < others);
            heads.add(head);
        }
    }

    @Override
    public long time() {
        return (long) FINISHED.getAcquire(this);
    }

    @Override
    public void close() {
        // it has no threads
    }
}
