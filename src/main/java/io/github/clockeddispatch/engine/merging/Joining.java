package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.receiving.Announcement;
import io.github.clockeddispatch.engine.receiving.Core;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The joining of receivers and sources to a merge (F6, G9): at which number each of them joins, and what a receiver gets of the
 * messages that are on the lanes by then. Guarded by the core's lock: {@link #start}, {@link #join} and {@link #open(String, List)}
 * take it, and are called without any lock; the rest is called under it.
 *
 * @see "docs/design.md: The merge, Who joins"
 */
public final class Joining<T> {

    private final Merger<T> merger;
    private final Core<T> core;
    private final long startAfter;

    /** Until it is started, no w moves. Read without the lock for texts alone. */
    private boolean started;

    Joining(Merger<T> merger, long startAfter, boolean held) {
        this.merger = merger;
        this.core = merger.core();
        this.startAfter = startAfter;
        this.started = !held;
    }

    public void start() {
        core.wholly(() -> {
            core.checkOpen("be started");
            started = true;
            merger.gates().forEach(MergeGate::start);
        });
    }

    boolean isStarted() {
        return started;
    }

    /** Says that it is held, after what somebody waits for; empty where it was started. Without a lock. */
    String describeHeld() {
        return started ? "" : " (" + core + " is held, and start() was not called)";
    }

    // ---- receivers

    MergeGate<T> join(String name) {
        MergeGate<T> gate;
        Error broken = null;
        core.lock.lock();
        try {
            List<Way<T>> ways = new ArrayList<>();
            do {
                core.checkCanJoin(name);
                gate = newPoint(name);
            } while (!tryMakeLanes(ways, gate));
            core.join(gate);
            merger.reached(gate.joinedAt);
            try {
                ways.forEach(way -> way.source.receiverJoined(way));
            } catch (Error e) {
                broken = e;
            }
        } finally {
            core.lock.unlock();
        }
        if (broken != null) {
            core.broken(broken);
            throw broken;
        }
        return gate;
    }

    private MergeGate<T> newPoint(String name) {
        long joinedAt = joiningPoint();
        return new MergeGate<>(merger, name, core.nextOrder(), joinedAt, started ? Lane.NONE : joinedAt);
    }

    /**
     * Makes the lanes to a receiver that is about to join. Returns false where they lack something and are to be made anew: a reader has
     * taken some of it meanwhile, or was about to put it back, for which this has waited. That is bounded, as all sources are sealed.
     */
    private boolean tryMakeLanes(List<Way<T>> ways, MergeGate<T> joining) {
        ways.clear();
        boolean areWhole = true;
        for (MergeInput<T> source : merger.broadcasters()) {
            Way<T> way = source.wayTo(joining);
            areWhole &= way != null && ways.add(way);
        }
        for (MergeGate<T> gate : merger.gates()) { // after the lanes were copied
            if (gate.isPuttingBack(joining.joinedAt)) {
                core.changed.awaitUninterruptibly();
                return false;
            }
        }
        return areWhole;
    }

    /** Where a receiver joins: at the least promise of those that can reach it at once. Seals them. */
    private long joiningPoint() {
        long least = Lane.NONE;
        for (MergeInput<T> source : merger.broadcasters()) {
            long sequence = source.sealForJoin();
            if (source.isOpen()) {
                least = Math.min(least, sequence);
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
    public MergeInput<T> open(String name, List<MergeGate<T>> targets) {
        return core.whole(() -> {
            core.lock.lock();
            try {
                merger.producers.checkOpen(name, targets);
                return open(name, targets, null);
            } finally {
                core.lock.unlock();
            }
        });
    }

    /** Opens a source at the greatest w of those that it reaches; with a check of that number, which may throw. */
    public MergeInput<T> open(String name, List<MergeGate<T>> targets, @Nullable LongConsumer check) {
        List<MergeGate<T>> reached = addressed(targets);
        reached.forEach(MergeGate::opening);
        MergeInput<T> source;
        try {
            long sequence = joiningPoint(reached);
            if (check != null) {
                check.accept(sequence);
            }
            source = new MergeInput<>(merger, name, core.nextOrder(), targets, merger.capacity(), sequence);
            merger.opened(source);
        } catch (RuntimeException e) {
            reached.forEach(MergeGate::changed);
            throw e;
        }
        source.opened(reached);
        Announcement.joined(core, check == null ? "forwarder" : "link", name, source.promised());
        merger.knownRose(); // who awaits that goes by it, too
        return source;
    }

    /** Of those that a new source can reach. */
    private List<MergeGate<T>> addressed(List<MergeGate<T>> targets) {
        return (targets.isEmpty() ? merger.gates() : targets)
                .stream().filter(gate -> !gate.reachability.isEnding()).toList();
    }

    /** F6: the greatest w of those that are addressed, or what is in hand there. */
    private long joiningPoint(List<MergeGate<T>> reached) {
        return reached.stream()
                .mapToLong(gate -> Math.max(gate.bound(), gate.intake.inHand()))
                .max()
                .orElseGet(() -> started ? merger.known() : startAfter);
    }
}
