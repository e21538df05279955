package io.github.clockeddispatch.engine.waiting;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A thread that waits in a blocking call: a node of the wait-for graph, which spans all dispatchers. Its edges are looked up
 * when somebody asks for them (a {@link Watch}, a snapshot); a wait that nobody asks about costs an entry in a map.
 *
 * @see "docs/design.md: Deadlocks"
 */
public final class Wait {

    /** What threads wait for. */
    public enum Kind {
        CLOCK,
        ROOM,
        NUMBER
    }

    /** The target of a wait: what its thread waits for. */
    public interface Target {

        Kind kind();

        /** The name of the sender, the source or the clock. */
        String name();

        /** What looks for deadlocks that this is part of. */
        public Watch watch();

        /** Names it, as what comes after "waits for". */
        public String describe();

        /** The number that a clock is to reach; 0 where it is no clock. */
        default long sequence() {
            return 0;
        }

        /**
         * Adds the threads each of which must go on before the wait can end, and whose part nobody else can take. Holds no lock
         * when it is called or returns.
         */
        void addBlockers(Collection<Thread> threads);

        /** Adds why the wait has not ended. Holds no lock when it is called or returns. */
        void explain(Causes causes);
    }

    /** The state of a wait. */
    public record State(
            String thread,
            Kind kind,
            String name,
            String waitsFor,
            long sequence,
            List<String> on,
            Duration since,
            boolean timed) {}

    /**
     * All waits, by the identifier of their thread, as the hash code of a thread may be foreign code. Written by the threads that
     * wait, read by watches and snapshots.
     */
    private static final ConcurrentHashMap<Long, Wait> ALL = new ConcurrentHashMap<>();

    /** What all are compared with: of {@code System.nanoTime()}, differences alone can be. */
    private static final long FIRST = System.nanoTime();

    /** In a thread that reads until the end: true where it runs handlers, false where it is a link's; null in all others. */
    private static final ThreadLocal<@Nullable Boolean> READS_ON = new ThreadLocal<>();

    public final Thread thread = Thread.currentThread();

    /** Its identifier, made here, as to remove this may not need memory. */
    private final Long id = thread.threadId();

    private final Target target;
    private final @Nullable ReentrantLock lock;
    private final @Nullable Condition condition;
    private final Deadline deadline;
    private final @Nullable Boolean readsOn = READS_ON.get();
    private final long since = System.nanoTime();

    /** The text of the exception that ends it; null while it may go on. Written by a watch, read by the thread that waits. */
    private volatile @Nullable String deadlock;

    /**
     * Makes a wait of the calling thread.
     *
     * @param lock what the thread holds when it begins to wait
     * @param condition where it waits
     */
    public Wait(Target target, ReentrantLock lock, Condition condition, Deadline deadline) {
        this.target = target;
        this.lock = lock;
        this.condition = condition;
        this.deadline = deadline;
    }

    /** Makes a wait of the calling thread without a lock: who wants it to look again unparks it. */
    public Wait(Target target, Deadline deadline) {
        this.target = target;
        this.lock = null;
        this.condition = null;
        this.deadline = deadline;
    }

    /**
     * Says that the calling thread reads until the end from now on, so that others may come to wait for it.
     *
     * @param runsHandlers false where it is a link's
     * @return what to {@linkplain #readsAsBefore restore} when it ends
     */
    public static @Nullable Boolean readsOn(boolean runsHandlers) {
        Boolean before = READS_ON.get();
        READS_ON.set(runsHandlers);
        return before;
    }

    public static void readsAsBefore(@Nullable Boolean before) {
        if (before == null) {
            READS_ON.remove();
        } else {
            READS_ON.set(before);
        }
    }

    // ---- the thread that waits: under the lock, if there is one

    /** Registers it, and has the watch look if it is to be watched. */
    public void begin() {
        if (!deadline.isNow()) {
            ALL.put(id, this);
            if (isWatched()) {
                target.watch().arm();
            }
        }
    }

    /**
     * Waits for a signal.
     *
     * @return false if the time is over
     * @throws IllegalStateException if the wait was chosen to break a deadlock
     */
    public boolean await() throws InterruptedException {
        String text = deadlock;
        if (text == null && condition != null) {
            return deadline.await(condition);
        }
        if (text == null) {
            deadline.park(target);
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (text == null) {
            return deadline.left() > 0;
        }
        throw new IllegalStateException(text);
    }

    /** It is over: removes it. */
    public void end() {
        ALL.remove(id, this);
    }

    // ---- others

    /** Says what is to be done where a wait of the calling thread for a clock can never end, for exceptions. */
    public static String advice() {
        return advice(READS_ON.get());
    }

    private static String advice(@Nullable Boolean readsOn) {
        return readsOn == null
                ? "With n in hand, wait for n - 1."
                : readsOn ? "In the handler of n, wait for n - 1." : "In the stage of n, wait for n - 1.";
    }

    /** Says what is to be done about a deadlock, for exceptions: once for each kind of thread that waits for a clock there. */
    public static String advice(Collection<Wait> deadlock) {
        return deadlock.stream()
                .filter(Wait::isForClock)
                .map(wait -> " " + advice(wait.readsOn))
                .distinct()
                .collect(Collectors.joining());
    }

    /** All that there are, in all dispatchers. */
    public static Stream<Wait> all() {
        return ALL.values().stream();
    }

    /** The wait that a thread is in; null for none. */
    public static @Nullable Wait of(Thread thread) {
        return ALL.get(thread.threadId());
    }

    public Watch watch() {
        return target.watch();
    }

    public void explain(Causes causes) {
        target.explain(causes);
    }

    /** Returns whether its {@link Watch} is to look while it lasts. Every deadlock has such a wait in it. */
    public boolean isWatched() {
        return readsOn != null && deadline.isNever();
    }

    /** Returns whether it is a handler's: of the waits of a deadlock such a one is refused. */
    public boolean isOfHandler() {
        return Boolean.TRUE.equals(readsOn);
    }

    private boolean isForClock() {
        return target.sequence() > 0;
    }

    /** Since when it has waited, by {@code System.nanoTime()} and from then on: what is less is longer ago. */
    public long since() {
        return since - FIRST;
    }

    /** How long it has waited, in nanoseconds. */
    public long age() {
        return System.nanoTime() - since;
    }

    /** Returns whether its thread still waits in it, and can only be freed by those that it waits for. */
    public boolean stands() {
        return isRegistered() && deadline.isNever() && !isInterrupted(thread);
    }

    /** Returns the untimed waits of the threads that it waits for. To be called without a lock. */
    public List<Wait> blockedBy() {
        return blockers().stream()
                .map(blocker -> ALL.get(blocker.threadId()))
                .filter(Objects::nonNull)
                .filter(Wait::stands)
                .toList();
    }

    /** Returns whether it waits for what that thread must do. */
    public boolean isBlockedBy(Thread other) {
        return blockers().stream().anyMatch(blocker -> blocker == other);
    }

    private Set<Thread> blockers() {
        Set<Thread> threads = Collections.newSetFromMap(new IdentityHashMap<>());
        target.addBlockers(threads);
        return threads;
    }

    /** Returns whether its thread waits in it, and it has not been refused. */
    public boolean isRegistered() {
        return ALL.get(id) == this && deadlock == null;
    }

    /** Has it end with an exception with this text, once it is {@linkplain #signal signalled}. */
    public void refuse(String text) {
        deadlock = text;
    }

    /** Has its thread look again. Called without any lock. */
    public void signal() {
        if (lock == null || condition == null) {
            LockSupport.unpark(thread);
            return;
        }
        lock.lock();
        try {
            condition.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public String describe() {
        return target.describe();
    }

    public State state() {
        return new State(
                Texts.name(thread),
                target.kind(),
                target.name(),
                describe(),
                target.sequence(),
                blockers().stream().map(Texts::name).toList(),
                Duration.ofNanos(age()),
                !deadline.isNever());
    }

    /** Returns whether a thread is interrupted. Its class may override that; an exception counts as yes. */
    public static boolean isInterrupted(Thread thread) {
        try {
            return thread.isInterrupted();
        } catch (Throwable e) { // also a checked one
            return true;
        }
    }
}
