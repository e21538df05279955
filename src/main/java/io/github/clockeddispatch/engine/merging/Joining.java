package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.merging.MergePoint.Way;
import io.github.clockeddispatch.engine.receiving.Hub;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The joining of receivers and sources to a merge (F6, G9): at which number each of them joins, and what a receiver gets of the
 * messages that are on the lanes by then. Guarded by the hub's lock: {@link #start}, {@link #join} and {@link #open(String, List)}
 * take it, and are called without any lock; the rest is called under it.
 */
public final class Joining<T> {

    private final Merger<T> merger;
    private final Hub<T> hub;
    private final long startAfter;

    /** Until it is started, no w moves. */
    private boolean started;

    Joining(Merger<T> merger, long startAfter, boolean held) {
        this.merger = merger;
        this.hub = merger.hub();
        this.startAfter = startAfter;
        this.started = !held;
    }

    public void start() {
        try {
            hub.lock.lock();
            try {
                hub.checkOpen("be started");
                started = true;
                merger.points().forEach(MergePoint::start);
            } finally {
                hub.lock.unlock();
            }
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    boolean isStarted() {
        return started;
    }

    // ---- receivers

    MergePoint<T> join(String name) {
        MergePoint<T> point;
        Error broken = null;
        hub.lock.lock();
        try {
            List<Way<T>> ways = new ArrayList<>();
            do {
                hub.checkCanJoin(name);
                point = newPoint(name);
            } while (!tryMakeLanes(ways, point));
            hub.join(point);
            merger.reached(point.joinedAt);
            try {
                ways.forEach(way -> way.source.reach(way));
            } catch (Error e) {
                broken = e;
            }
        } finally {
            hub.lock.unlock();
        }
        if (broken != null) {
            hub.broken(broken);
            throw broken;
        }
        return point;
    }

    private MergePoint<T> newPoint(String name) {
        long joinedAt = joiningPoint();
        return new MergePoint<>(merger, name, hub.nextOrder(), joinedAt, started ? Lane.NONE : joinedAt);
    }

    /**
     * Makes the lanes to a receiver that is about to join. Returns false where they lack something and are to be made anew: a reader has taken
     * some of it meanwhile, or was about to put it back, for which this has waited. That is bounded, as all sources are sealed.
     */
    private boolean tryMakeLanes(List<Way<T>> ways, MergePoint<T> joining) {
        ways.clear();
        boolean areWhole = true;
        for (Source<T> source : merger.broadcasters()) {
            Way<T> way = source.wayTo(joining);
            areWhole &= way != null && ways.add(way);
        }
        for (MergePoint<T> point : merger.points()) { // after the lanes were copied
            if (point.isPuttingBack(joining.joinedAt)) {
                hub.changed.awaitUninterruptibly();
                return false;
            }
        }
        return areWhole;
    }

    /** Where a receiver joins: at the least promise of those that can reach it at once. Seals them. */
    private long joiningPoint() {
        long least = Lane.NONE;
        for (Source<T> source : merger.broadcasters()) {
            long number = source.sealForJoin();
            if (source.isOpen()) {
                least = Math.min(least, number);
            }
        }
        long w = !started ? startAfter : least == Lane.NONE ? merger.known() : least;
        return Math.max(merger.toNobody(), w);
    }

    // ---- sources

    /**
     * Opens a source.
     *
     * @param targets the receivers, each once; empty for all
     */
    public Source<T> open(String name, List<MergePoint<T>> targets) {
        try {
            hub.lock.lock();
            try {
                merger.checkOpen(name, targets);
                return open(name, targets, null);
            } finally {
                hub.lock.unlock();
            }
        } catch (Error e) {
            hub.broken(e);
            throw e;
        }
    }

    /** Opens a source at the greatest w of those that it reaches; with a check of that number, which may throw. */
    public Source<T> open(String name, List<MergePoint<T>> targets, @Nullable LongConsumer check) {
        List<MergePoint<T>> reached = addressed(targets);
        reached.forEach(MergePoint::opening);
        Source<T> source;
        try {
            long number = joiningPoint(reached);
            if (check != null) {
                check.accept(number);
            }
            source = new Source<>(merger, name, hub.nextOrder(), targets, merger.capacity(), number);
            merger.opened(source);
        } catch (RuntimeException e) {
            reached.forEach(MergePoint::changed);
            throw e;
        }
        source.opened(reached);
        merger.knownRose(); // who awaits that goes by it, too
        return source;
    }

    /** Of those that a new source can reach. */
    private List<MergePoint<T>> addressed(List<MergePoint<T>> targets) {
        return (targets.isEmpty() ? merger.points() : targets)
                .stream().filter(point -> !point.reach.isEnding()).toList();
    }

    /** F6: the greatest w of those that are addressed, or what is in hand there. */
    private long joiningPoint(List<MergePoint<T>> reached) {
        return reached.stream()
                .mapToLong(point -> Math.max(point.bound(), point.intake.inHand()))
                .max()
                .orElseGet(() -> started ? merger.known() : startAfter);
    }
}
