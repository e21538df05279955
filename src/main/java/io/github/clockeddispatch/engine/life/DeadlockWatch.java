package io.github.clockeddispatch.engine.life;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.engine.waiting.Wait;
import io.github.clockeddispatch.engine.waiting.Watch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The watch for deadlocks of untimed waits, through clocks, full inboxes and channels, pumps, links and promises: it ends one wait of
 * each (G15). Like a database with a deadlock time-out, it looks at most once a second, and only while the thread of a
 * handler, a stage or a link has been in such a wait for about a second. Every cycle has such a thread in it, since what can be
 * waited for is done by them, or by pumps that wait until they make room. The thread that looks is one of its dispatcher's; it
 * ends when nobody is in such a wait.
 *
 * <p>No lock is held from one edge of the graph to the next. A cycle is looked at twice: if each of its threads has stood in
 * the same wait from the first look to the second, they all stood there at one time, and none of them can go on before the next
 * one does (a stable property, as in Chandy and Lamport, <i>Distributed Snapshots</i>, ACM TOCS 1985, section 4).
 *
 * @see "docs/design.md: Deadlocks"
 */
public final class DeadlockWatch implements Watch {

    /** How old a wait is when deadlocks are looked for. */
    public static final Duration AGE = Duration.ofSeconds(1);

    /** The least time between the two looks at a cycle, in nanoseconds, so that an interrupt or a signal under way arrives. */
    private static final long MOMENT = 1_000_000;

    /** Held while a wait is refused: of two watches that find the same cycle only one does so. Nothing waits while it holds it. */
    private static final ReentrantLock REFUSING = new ReentrantLock();

    /** The state of a watch: {@code IDLE <-> LOOKING}, and from either to {@code ENDED}, for ever. */
    private enum State {
        IDLE,
        LOOKING,
        ENDED
    }

    private final Core<?> core;
    private final long age;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

    /** The thread that looks, or did. Written by it, read by {@link #end}. */
    private volatile @Nullable Thread thread;

    /** @param age how long, about, a wait has stood when it is looked at */
    public DeadlockWatch(Core<?> core, Duration age) {
        this.core = core;
        this.age = age.toNanos();
    }

    /**
     * Starts to look, unless it does already. Called with or without a core's or a channel's lock, after a wait that is to be watched
     * has been registered.
     */
    @Override
    public void arm() {
        if (state.get() == State.IDLE && state.compareAndSet(State.IDLE, State.LOOKING)) {
            boolean started = false;
            try {
                core.threads.start("deadlock-watch", this::run);
                started = true;
            } finally {
                if (!started) {
                    state.compareAndSet(State.LOOKING, State.IDLE);
                }
            }
        }
    }

    /** Stops looking, for ever: the dispatcher is closed, and all of its waits end. */
    void end() {
        state.set(State.ENDED);
        Thread looking = thread;
        if (looking != null) {
            LockSupport.unpark(looking);
        }
    }

    private void run() {
        thread = Thread.currentThread();
        do {
            while (state.get() == State.LOOKING && watched().findAny().isPresent()) {
                pause(age);
                try {
                    look();
                } catch (OutOfMemoryError e) {
                    // next time
                }
            }
            // who begins to wait registers first, then looks whether this is idle: one of the two sees the other
        } while (state.compareAndSet(State.LOOKING, State.IDLE)
                && watched().findAny().isPresent()
                && state.compareAndSet(State.IDLE, State.LOOKING));
    }

    @SuppressWarnings("ThreadPriorityCheck") // where it does not pause, as in tests, others may go on
    private void pause(long nanos) {
        if (nanos > 0) {
            LockSupport.parkNanos(this, nanos);
        } else {
            Thread.yield();
        }
    }

    private Stream<Wait> watched() {
        return Wait.all().filter(wait -> wait.isWatched() && wait.watch() == this);
    }

    private void look() {
        List<Wait> old = watched().filter(wait -> wait.age() >= age / 2).toList();
        List<Wait> cycle = findCycle(old);
        while (!cycle.isEmpty() && breakUp(cycle)) {
            cycle = findCycle(old);
        }
    }

    /** Returns a cycle that can be reached from these waits, each followed by one that it waits for; empty where there is none. */
    private static List<Wait> findCycle(List<Wait> starts) {
        Set<Wait> acyclic = new HashSet<>(); // those from which no cycle can be reached
        LinkedHashMap<Wait, Iterator<Wait>> path = new LinkedHashMap<>();
        for (Wait start : starts) {
            if (start.stands() && !acyclic.contains(start)) {
                path.put(start, start.blockedBy().iterator());
            }
            while (!path.isEmpty()) {
                var last = path.lastEntry();
                if (!last.getValue().hasNext()) {
                    acyclic.add(last.getKey());
                    path.pollLastEntry();
                    continue;
                }
                Wait next = last.getValue().next();
                if (path.containsKey(next)) {
                    List<Wait> waits = new ArrayList<>(path.keySet());
                    return waits.subList(waits.indexOf(next), waits.size());
                }
                if (!acyclic.contains(next)) {
                    path.put(next, next.blockedBy().iterator());
                }
            }
        }
        return List.of();
    }

    /**
     * Looks at the cycle once more, and ends one wait of it: that of a handler where there is one.
     *
     * @return false if it is no longer a cycle
     */
    private boolean breakUp(List<Wait> cycle) {
        pause(Math.max(MOMENT, age / 10));
        for (int i = 0; i < cycle.size(); i++) {
            if (!cycle.get(i).stands() || !cycle.get(i).isBlockedBy(cycle.get((i + 1) % cycle.size()).thread)) {
                return false;
            }
        }
        Wait one = cycle.stream().filter(Wait::isOfHandler).findFirst().orElse(cycle.get(0));
        String text = describe(cycle);
        REFUSING.lock();
        try {
            if (!cycle.stream().allMatch(Wait::isRegistered)) {
                return false;
            }
            one.refuse(text);
        } finally {
            REFUSING.unlock();
        }
        one.signal();
        Recorder.active().deadlock(core.name(), text);
        return true;
    }

    private static String describe(List<Wait> cycle) {
        String first = Texts.name(cycle.get(0).thread);
        StringBuilder text = new StringBuilder("deadlock: " + first);
        for (int i = 0; i < cycle.size(); i++) {
            text.append(i == 0 ? "" : ", held by " + Texts.name(cycle.get(i).thread) + ", which");
            text.append(" waits for ").append(cycle.get(i).describe());
        }
        return text.append(", held by ").append(first).append('.') + Wait.advice(cycle);
    }
}
