package io.github.clockeddispatch.bench.peers;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.WaitStrategy;
import io.github.clockeddispatch.bench.Contestant;
import io.github.clockeddispatch.bench.Merging;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.Supplier;

/** All that we are compared with, by their names in tables. */
public final class Peers {
    private Peers() {}

    /** The contestants, and the floors. */
    public static Map<String, Contestant> all() {
        Map<String, Contestant> all = new LinkedHashMap<>();
        all.put("ArrayBlockingQueue, one lock", boxes(true, Box::array));
        all.put("ArrayBlockingQueue", boxes(false, Box::array));
        all.put("ArrayBlockingQueue, skip list", boxes(false, Box::array, Waiters.InSkipList::new));
        all.put("LinkedBlockingQueue", boxes(false, Box::linked));
        all.put("jox", boxes(false, Box::jox));
        all.put("Kotlin", boxes(false, Box::kotlin));
        all.put("JCTools", boxes(false, Box::jctools));
        all.put("JCTools, one lock", boxes(true, Box::jctools));
        all.put("JCTools, skip list", boxes(false, Box::jctools, Waiters.InSkipList::new));
        all.put("Agrona", boxes(false, Box::agrona));
        all.put("Agrona, one lock", boxes(true, Box::agrona));
        all.put("Disruptor, yields", disruptor(DisruptorMesh.Yielding::new));
        all.put("Disruptor, blocks", disruptor(BlockingWaitStrategy::new));
        all.put("Floor, one producer", floor(Box::jctools));
        all.put("Floor, many producers", floor(Box::ofMany));
        return all;
    }

    /** Those that can merge. */
    public static Map<String, Merging> merging() {
        Map<String, Merging> all = new LinkedHashMap<>();
        all.put("ArrayBlockingQueue", funnel(Box::array));
        all.put("LinkedBlockingQueue", funnel(Box::linked));
        all.put("jox", funnel(Box::jox));
        all.put("Kotlin", funnel(Box::kotlin));
        all.put("JCTools", funnel(Box::jctools));
        all.put("Agrona", funnel(Box::agrona));
        return all;
    }

    private static Merging funnel(IntFunction<Box<?>> box) {
        return (sources, capacity) -> new BoxFunnel(sources, box, capacity);
    }

    private static Contestant disruptor(Supplier<WaitStrategy> strategy) {
        return new Contestant() {
            @Override
            public Mesh open(int receivers, int capacity) {
                return new DisruptorMesh(receivers, capacity, strategy.get());
            }

            /** Virtual threads that yield or wait a nanosecond, as its producers do, starve each other. */
            @Override
            public Thread.Builder threads() {
                return Thread.ofPlatform();
            }
        };
    }

    private static Contestant floor(IntFunction<Box<?>> box) {
        return (receivers, capacity) -> new Floor(receivers, box, capacity);
    }

    private static Contestant boxes(boolean oneLock, IntFunction<Box<?>> box) {
        return boxes(oneLock, box, Waiters.OnCondition::new);
    }

    private static Contestant boxes(boolean oneLock, IntFunction<Box<?>> box, Supplier<Waiters> waiters) {
        return (receivers, capacity) -> new BoxMesh(receivers, oneLock, box, waiters, capacity);
    }
}
