package io.github.clockeddispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The virtual threads that a dispatcher has started, so that none outlives it. */
final class OwnedThreads {

    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    /** Those that are about to end. */
    private final Queue<Thread> ending = new ConcurrentLinkedQueue<>();

    /** Starts a thread and keeps it until it ends. */
    Thread start(String name, Runnable task) {
        Thread thread = make(name, task);
        start(thread);
        return thread;
    }

    /** Makes a thread, which is to be {@linkplain #start(Thread) started}. */
    Thread make(String name, Runnable task) {
        return Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                task.run();
            } finally {
                end();
            }
        });
    }

    void start(Thread thread) {
        running.add(thread);
        try {
            thread.start();
        } catch (RuntimeException | Error e) {
            running.remove(thread);
            throw e;
        }
    }

    private void end() {
        try {
            ending.removeIf(ended -> !ended.isAlive());
            ending.add(Thread.currentThread());
        } catch (OutOfMemoryError e) {
            // that it was about to end will not be known: it ends now
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    boolean isOwn(Thread thread) {
        return thread.isVirtual() && running.contains(thread); // another's class may override hashCode and equals
    }

    /** Interrupts all but the calling thread. */
    void interrupt() {
        Thread self = Thread.currentThread();
        running.stream().filter(thread -> thread != self).forEach(Thread::interrupt);
    }

    /**
     * Waits for all but the calling thread.
     *
     * @return those that still run when the time is over
     */
    List<Thread> join(Deadline deadline) throws InterruptedException {
        Thread self = Thread.currentThread();
        while (true) {
            List<Thread> left = new ArrayList<>();
            List<Thread> threads = new ArrayList<>(running);
            threads.addAll(ending);
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
}
