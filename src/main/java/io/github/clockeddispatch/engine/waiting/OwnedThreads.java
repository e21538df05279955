package io.github.clockeddispatch.engine.waiting;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The virtual threads that a dispatcher has started, so that none outlives it.
 *
 * @see "docs/design.md: Locks"
 */
public final class OwnedThreads {

    /** The dispatcher's. */
    private final String owner;

    /** Makes adding a thread and starting it one step, as seen by {@link #all}. Nothing waits while it holds it. */
    private final ReentrantLock lock = new ReentrantLock();

    /** Those that have been started and are not about to end. Added to under the lock. */
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    /** Those that are about to end; weak, so that what a thread has inherited is not kept after its end. Added to by themselves. */
    private final Queue<WeakReference<Thread>> ending = new ConcurrentLinkedQueue<>();

    /**
     * Makes one that owns no thread.
     *
     * @param owner the dispatcher's name, which the name of each thread begins with
     */
    public OwnedThreads(String owner) {
        this.owner = owner;
    }

    /** Returns the whole name of a thread: {@code shop/reader-stock} for reader-stock. */
    public String nameOf(String thread) {
        return owner + "/" + thread;
    }

    /** Starts a thread that inherits nothing, and keeps it until it ends. */
    public Thread start(String name, Runnable task) {
        Thread thread = make(name, task);
        start(thread);
        return thread;
    }

    /** Makes a thread, which is to be {@linkplain #start(Thread) started}, and inherits nothing. */
    public Thread make(String name, Runnable task) {
        return make(Thread.ofVirtual().inheritInheritableThreadLocals(false), name, task);
    }

    /**
     * Makes a thread for code of the user's, which is to be {@linkplain #start(Thread) started}. It inherits from the calling thread
     * what any thread would that this one makes. To be called without a lock: inheriting runs foreign code.
     */
    public Thread makeInheriting(String name, Runnable task) {
        return make(Thread.ofVirtual(), name, task);
    }

    private Thread make(Thread.Builder builder, String name, Runnable task) {
        return builder.name(nameOf(name)).unstarted(() -> {
            try {
                task.run();
            } finally {
                end();
            }
        });
    }

    public void start(Thread thread) {
        lock.lock();
        try {
            running.add(thread);
            try {
                thread.start();
            } catch (RuntimeException | Error e) {
                running.remove(thread);
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    private void end() {
        try {
            ending.removeIf(OwnedThreads::hasEnded);
            ending.add(new WeakReference<>(Thread.currentThread()));
        } catch (OutOfMemoryError e) {
            // that it was about to end will not be known: it ends now
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    private static boolean hasEnded(WeakReference<Thread> reference) {
        Thread thread = reference.get();
        return thread == null || !thread.isAlive();
    }

    public boolean isOwn(Thread thread) {
        return thread.isVirtual()
                && running.contains(thread); // the class of a platform thread may override hashCode and equals
    }

    /** Interrupts all but the calling thread. */
    public void interrupt() {
        Thread self = Thread.currentThread();
        running.stream().filter(thread -> thread != self).forEach(Thread::interrupt);
    }

    /**
     * Waits for all but the calling thread.
     *
     * @return those that still run when the time is over
     */
    public List<Thread> join(Deadline deadline) throws InterruptedException {
        Thread self = Thread.currentThread();
        while (true) {
            List<Thread> left = new ArrayList<>();
            List<Thread> threads = all();
            threads.removeIf(thread -> thread == self || !thread.isAlive());
            if (threads.isEmpty()) {
                return left;
            }
            for (Thread thread : threads) {
                if (!thread.join(Duration.ofNanos(deadline.left()))) {
                    left.add(thread);
                }
            }
            if (!left.isEmpty()) {
                return left;
            }
        }
    }

    /** Returns those that run, or ran a moment ago. Each has been started. */
    public List<Thread> all() {
        List<Thread> threads;
        lock.lock();
        try {
            threads = new ArrayList<>(running);
        } finally {
            lock.unlock();
        }
        // after the others: a thread is added here before it is removed there
        for (WeakReference<Thread> reference : ending) {
            Thread thread = reference.get();
            if (thread != null) {
                threads.add(thread);
            }
        }
        return threads;
    }
}
