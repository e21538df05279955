package io.github.clockeddispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits, and whom for: an edge of the graph of waits, across all dispatchers. A wait without a limit of time
 * that closes a circle of such waits ends with an exception that names the circle.
 *
 * <p>It is looked for when a thread begins to wait, and when something begins to wait for the reader of a receiver while
 * that reader waits. No lock is held while one edge after the other is followed. What was found is then looked at once more:
 * as each thread of it has stood in one and the same wait all the time, all of them stood there at once, between the first
 * look and the second; and none of them can go on before the next one does (a stable property, as in Chandy and Lamport,
 * <i>Distributed Snapshots</i>, ACM TOCS 1985, section 4).
 */
abstract class Waiting {

    private static final ConcurrentHashMap<Thread, Waiting> ALL = new ConcurrentHashMap<>();

    /** So that of the threads of one circle one finds it. Nothing waits while it holds it, and it is taken before all others. */
    private static final ReentrantLock FINDING = new ReentrantLock();

    final Thread thread = Thread.currentThread();

    /** Whether it has no limit of time. Others end by themselves. */
    private final boolean forEver;

    private final long since = System.nanoTime();
    private volatile @Nullable String circle;

    /** Whether a thread has been started that looks, and has not begun. */
    private final AtomicBoolean toBeLookedAt = new AtomicBoolean();

    Waiting(Deadline deadline) {
        this.forEver = deadline.isNever();
    }

    /** What the thread waits for, after "waits for". */
    abstract String describe();

    /** The number that it waits for; 0 for none. */
    abstract long number();

    /** Adds the threads each of which must go on before this wait can end. Holds no lock when it is called or returns. */
    abstract void addBlockers(Set<Thread> threads);

    /** A hint, for which no lock is taken: false where the threads that must go on do not wait themselves. */
    abstract boolean mayBeInCircle();

    /** Has the thread look at {@link #circle}. Holds no lock when it is called or returns. */
    abstract void wake();

    /** Whether the thread is a link's, which is to be spared if there is another. */
    boolean isLink() {
        return false;
    }

    // ---- the thread

    void begin() {
        ALL.put(thread, this);
    }

    void end() {
        ALL.remove(thread, this);
    }

    /**
     * Looks for a circle that this wait closes, after {@link #begin}. Where there is one, one of its threads is to go: mostly
     * this one, which finds {@link #circle}. Holds no lock when it is called or returns.
     */
    void look() {
        if (!forEver || !mayBeInCircle()) {
            return;
        }
        List<Waiting> found = find();
        if (found.isEmpty()) {
            return;
        }
        Waiting one = null;
        FINDING.lock();
        try {
            if (isStill(found)) {
                one = found.stream()
                        .filter(waiting -> !waiting.isLink())
                        .findFirst()
                        .orElse(this);
                one.circle = describe(found);
                one.end();
            }
        } finally {
            FINDING.unlock();
        }
        if (one != null && one.thread != Thread.currentThread()) {
            one.wake();
        }
    }

    /** Why the thread is to wait no more; null while it may. */
    @Nullable
    IllegalStateException refusal() {
        String why = circle;
        return why == null ? null : new IllegalStateException(why);
    }

    static boolean isWaiting(@Nullable Thread thread) {
        Waiting waiting = thread == null ? null : ALL.get(thread);
        return waiting != null && waiting.forEver;
    }

    // ---- circles

    /** The waits of a circle, from this one on; empty where there is none. */
    private List<Waiting> find() {
        List<Waiting> path = new ArrayList<>();
        return find(this, path, new HashSet<>()) ? path : List.of();
    }

    private boolean find(Waiting from, List<Waiting> path, Set<Thread> seen) {
        path.add(from);
        for (Thread next : from.blockers()) {
            Waiting waiting = ALL.get(next);
            if (waiting == this
                    || (waiting != null && waiting.forEver && seen.add(next) && find(waiting, path, seen))) {
                return true;
            }
        }
        path.remove(path.size() - 1);
        return false;
    }

    private Set<Thread> blockers() {
        Set<Thread> threads = new LinkedHashSet<>();
        addBlockers(threads);
        return threads;
    }

    private static boolean isStill(List<Waiting> path) {
        for (int i = 0; i < path.size(); i++) {
            Waiting waiting = path.get(i);
            Waiting next = path.get((i + 1) % path.size());
            if (ALL.get(waiting.thread) != waiting || !waiting.blockers().contains(next.thread)) {
                return false;
            }
        }
        return true;
    }

    private static String describe(List<Waiting> path) {
        return path.stream()
                .map(waiting -> name(waiting.thread) + " waits for " + waiting.describe())
                .collect(Collectors.joining(
                        ", which needs ",
                        "a circle of waits, none of which can end: ",
                        ", which needs " + name(path.get(0).thread)));
    }

    private static String name(Thread thread) {
        return "thread " + (thread.getName().isEmpty() ? "#" + thread.threadId() : "\"" + thread.getName() + "\"");
    }

    // ---- for those who watch

    /** Something begins to wait for a thread: if that waits itself, a circle may be closed. Under any lock. */
    static void needed(@Nullable Thread thread, OwnedThreads threads) {
        Waiting waiting = thread == null ? null : ALL.get(thread);
        if (waiting != null && waiting.forEver) {
            if (waiting.toBeLookedAt.compareAndSet(false, true)) {
                threads.start("looks-for-circle", () -> {
                    waiting.toBeLookedAt.set(false);
                    waiting.look();
                });
            }
        }
    }

    /** Those that wait in a dispatcher. Holds no lock when it is called or returns. */
    static List<Snapshot.Wait> in(Hub<?> hub) {
        return ALL.values().stream()
                .filter(waiting -> waiting.hub() == hub)
                .map(Waiting::state)
                .toList();
    }

    abstract Hub<?> hub();

    private Snapshot.Wait state() {
        return new Snapshot.Wait(
                name(thread),
                describe(),
                number(),
                blockers().stream().map(Waiting::name).toList(),
                Duration.ofNanos(System.nanoTime() - since),
                !forEver);
    }

    // ---- what can be waited for

    /** For a number on a receiver's clock. */
    static final class ForClock extends Waiting {
        private final Inbox<?> inbox;
        private final ClockWait.OfThread wait;

        ForClock(Inbox<?> inbox, ClockWait.OfThread wait, Deadline deadline) {
            super(deadline);
            this.inbox = inbox;
            this.wait = wait;
        }

        @Override
        Hub<?> hub() {
            return inbox.hub;
        }

        @Override
        long number() {
            return wait.number();
        }

        @Override
        String describe() {
            return "number " + wait.number() + " of the clock of " + inbox;
        }

        @Override
        boolean mayBeInCircle() {
            return inbox.isDerived() || isWaiting(inbox.reader());
        }

        @Override
        void addBlockers(Set<Thread> threads) {
            inbox.hub.lock.lock();
            try {
                if (!wait.isSettled()) {
                    inbox.addBlockers(wait.number(), thread, threads);
                }
            } finally {
                inbox.hub.lock.unlock();
            }
        }

        @Override
        void wake() {
            inbox.hub.lock.lock();
            try {
                wait.wake();
            } finally {
                inbox.hub.lock.unlock();
            }
        }
    }

    /** For a sender's pump to go on: for a number, or for a place in its channel. */
    static final class ForPump extends Waiting {
        private final Pump<?> pump;
        private final String what;
        private final Runnable wake;

        ForPump(Pump<?> pump, String what, Runnable wake, Deadline deadline) {
            super(deadline);
            this.pump = pump;
            this.what = what;
            this.wake = wake;
        }

        @Override
        Hub<?> hub() {
            return pump.hub();
        }

        @Override
        long number() {
            return 0;
        }

        @Override
        String describe() {
            return what + " sender \"" + pump.name() + "\"";
        }

        @Override
        boolean mayBeInCircle() {
            return pump.isBroadcast() || pump.targets().stream().anyMatch(inbox -> isWaiting(inbox.reader()));
        }

        @Override
        void addBlockers(Set<Thread> threads) {
            pump.addBlockers(threads);
        }

        @Override
        void wake() {
            wake.run();
        }
    }

    /** For room in a forwarder's buffer. */
    static final class ForBuffer extends Waiting {
        private final Source<?> source;

        ForBuffer(Source<?> source, Deadline deadline) {
            super(deadline);
            this.source = source;
        }

        @Override
        Hub<?> hub() {
            return source.hub();
        }

        @Override
        long number() {
            return 0;
        }

        @Override
        boolean isLink() {
            return source.upstream() != null;
        }

        @Override
        String describe() {
            return "room in the buffer of " + source;
        }

        @Override
        boolean mayBeInCircle() {
            return true;
        }

        @Override
        void addBlockers(Set<Thread> threads) {
            source.addBlockersOfRoom(thread, threads);
        }

        @Override
        void wake() {
            source.wakeUser();
        }
    }
}
