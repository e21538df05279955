package io.github.clockeddispatch;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits, and whom for: an edge of the graph of waits, across all dispatchers. A wait without a limit of time
 * that closes a circle of such waits ends with an exception that names the circle.
 *
 * <p>It is looked for when a thread begins to wait, and when something begins to wait for the reader of a receiver while
 * that reader waits. No lock is held while one edge after the other is followed. What was found is looked at once more, a
 * moment later: as each thread of it has stood in one and the same wait all the time, all of them stood there at once,
 * between the first look and the second; and none of them can go on before the next one does (a stable property, as in
 * Chandy and Lamport, <i>Distributed Snapshots</i>, ACM TOCS 1985, section 4).
 */
abstract class Waiting {

    private static final ConcurrentHashMap<Thread, Waiting> ALL = new ConcurrentHashMap<>();

    /** So that of the threads of one circle one finds it. Nothing waits while it holds it, and it is taken before all others. */
    private static final ReentrantLock FINDING = new ReentrantLock();

    /** How long a circle must have stood, in nanoseconds: so that an interrupt or a signal that is under way gets there. */
    private static final long MOMENT = 1_000_000;

    final Thread thread = Thread.currentThread();

    private final ReentrantLock lock;
    private final Condition condition;
    private final Deadline deadline;
    private final long since = System.nanoTime();

    /** Why the thread is to wait no more; null while it may. */
    private volatile @Nullable String circle;

    /** Whether a thread has been started that looks, and has not begun. */
    private volatile boolean toBeLookedAt;

    /**
     * Makes a wait of the calling thread.
     *
     * @param lock what the thread holds, once, when it begins to wait, and nothing else
     * @param condition where it waits
     */
    Waiting(ReentrantLock lock, Condition condition, Deadline deadline) {
        this.lock = lock;
        this.condition = condition;
        this.deadline = deadline;
    }

    abstract Hub<?> hub();

    /** What the thread waits for, after "waits for". */
    abstract String describe();

    /** The number that it waits for; 0 for none. */
    long number() {
        return 0;
    }

    /** Adds the threads each of which must go on before this wait can end. Holds no lock when it is called or returns. */
    abstract void addBlockers(Set<Thread> threads);

    /** A hint, for which no lock is taken: false where the threads that must go on do not wait themselves. */
    abstract boolean mayBeInCircle();

    /** Whether the thread is a link's, which is to be spared if there is another. */
    boolean isLink() {
        return false;
    }

    // ---- the thread: under the lock

    /** Begins to wait. Where a circle may be closed, it lets go of the lock to look. */
    void begin() {
        if (!deadline.isNow()) {
            ALL.put(thread, this);
            if (deadline.isNever() && mayBeInCircle()) {
                lock.unlock();
                try {
                    look();
                } finally {
                    lock.lock();
                }
            }
        }
    }

    /**
     * Waits for a signal.
     *
     * @return false where the time is over
     * @throws IllegalStateException if the wait is in a circle
     */
    boolean await() throws InterruptedException {
        String why = circle;
        if (why != null) {
            throw new IllegalStateException(why);
        }
        return deadline.await(condition);
    }

    void end() {
        ALL.remove(thread, this);
    }

    // ---- circles

    /** Looks for circles that this wait closes, and ends one wait of each: mostly this one. Holds no lock when called. */
    private void look() {
        List<Waiting> found = find();
        while (circle == null && !found.isEmpty()) {
            LockSupport.parkNanos(MOMENT);
            refuseOne(found);
            found = find();
        }
    }

    private void refuseOne(List<Waiting> found) {
        Waiting one;
        FINDING.lock();
        try {
            if (!isStill(found)) {
                return;
            }
            one = found.stream()
                    .filter(waiting -> !waiting.isLink())
                    .findFirst()
                    .orElse(this);
            one.circle = describe(found);
            one.end();
        } finally {
            FINDING.unlock();
        }
        one.lock.lock();
        try {
            one.condition.signalAll();
        } finally {
            one.lock.unlock();
        }
    }

    /** The waits of a shortest circle, from this one on; empty where there is none. */
    private List<Waiting> find() {
        Map<Waiting, Waiting> reachedFrom = new HashMap<>();
        Queue<Waiting> reached = new ArrayDeque<>(List.of(this));
        for (Waiting from = reached.poll(); from != null; from = reached.poll()) {
            for (Thread next : from.blockers()) {
                Waiting waiting = endless(next);
                if (waiting != null && reachedFrom.putIfAbsent(waiting, from) == null) {
                    reached.add(waiting);
                }
            }
            if (reachedFrom.containsKey(this)) {
                return path(reachedFrom);
            }
        }
        return List.of();
    }

    private List<Waiting> path(Map<Waiting, Waiting> reachedFrom) {
        List<Waiting> path = new ArrayList<>();
        for (Waiting waiting = reachedFrom.get(this); waiting != this && waiting != null; ) {
            path.add(waiting);
            waiting = reachedFrom.get(waiting);
        }
        path.add(this);
        Collections.reverse(path);
        return path;
    }

    /** The wait in which a thread stands; null where it stands in none, or in one that ends by itself. */
    private static @Nullable Waiting endless(@Nullable Thread thread) {
        Waiting waiting = thread == null ? null : ALL.get(thread);
        return waiting != null && waiting.deadline.isNever() && !waiting.thread.isInterrupted() ? waiting : null;
    }

    private static boolean isStill(List<Waiting> path) {
        for (int i = 0; i < path.size(); i++) {
            Waiting waiting = path.get(i);
            Waiting next = path.get((i + 1) % path.size());
            if (endless(waiting.thread) != waiting || !waiting.blockers().contains(next.thread)) {
                return false;
            }
        }
        return true;
    }

    private Set<Thread> blockers() {
        Set<Thread> threads = new LinkedHashSet<>();
        addBlockers(threads);
        return threads;
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
        Waiting waiting = endless(thread);
        if (waiting != null && !waiting.toBeLookedAt) { // that two look does no harm
            waiting.toBeLookedAt = true;
            threads.start("looks-for-circle", () -> {
                waiting.toBeLookedAt = false;
                waiting.look();
            });
        }
    }

    /** Those that wait in a dispatcher. Holds no lock when it is called or returns. */
    static List<Snapshot.Wait> in(Hub<?> hub) {
        return ALL.values().stream()
                .filter(waiting -> waiting.hub() == hub)
                .map(Waiting::state)
                .toList();
    }

    private Snapshot.Wait state() {
        return new Snapshot.Wait(
                name(thread),
                describe(),
                number(),
                blockers().stream().map(Waiting::name).toList(),
                Duration.ofNanos(System.nanoTime() - since),
                !deadline.isNever());
    }

    // ---- what can be waited for

    /** For a number on a receiver's clock. */
    static final class ForClock extends Waiting {
        private final Inbox<?> inbox;
        private final ClockWait.OfThread wait;

        ForClock(Inbox<?> inbox, ClockWait.OfThread wait, Deadline deadline) {
            super(inbox.hub.lock, wait.condition, deadline);
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
            return inbox.isDerived() || endless(inbox.reader()) != null;
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
    }

    /** For a sender's pump to go on: for a number, or for a place in its channel. */
    static final class ForPump extends Waiting {
        private final Pump<?> pump;
        private final String what;
        private final BooleanSupplier needsPump;

        /** @param needsPump under the hub's lock: whether the wait can end by nothing but that the pump goes on */
        ForPump(
                Pump<?> pump,
                String what,
                BooleanSupplier needsPump,
                ReentrantLock lock,
                Condition condition,
                Deadline deadline) {
            super(lock, condition, deadline);
            this.pump = pump;
            this.what = what;
            this.needsPump = needsPump;
        }

        @Override
        Hub<?> hub() {
            return pump.hub();
        }

        @Override
        String describe() {
            return what + " sender \"" + pump.name() + "\"";
        }

        @Override
        boolean mayBeInCircle() {
            for (Inbox<?> inbox : pump.targets()) {
                if (endless(inbox.reader()) != null) {
                    return true;
                }
            }
            return pump.isBroadcast();
        }

        @Override
        void addBlockers(Set<Thread> threads) {
            pump.addBlockers(needsPump, threads);
        }
    }

    /** For room in a forwarder's buffer. */
    static final class ForBuffer extends Waiting {
        private final Source<?> source;

        ForBuffer(Source<?> source, Condition room, Deadline deadline) {
            super(source.hub().lock, room, deadline);
            this.source = source;
        }

        @Override
        Hub<?> hub() {
            return source.hub();
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
    }
}
