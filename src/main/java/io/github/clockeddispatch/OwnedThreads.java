package io.github.clockeddispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The virtual threads that a dispatcher has started, so that none outlives it. */
final class OwnedThreads {

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Starts a thread and keeps it until it ends. */
    Thread start(String name, Runnable task) {
        Thread thread = Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                task.run();
            } finally {
                threads.remove(Thread.currentThread());
            }
        });
        threads.add(thread);
        thread.start();
        return thread;
    }

    boolean isOwn(Thread thread) {
        return threads.contains(thread);
    }

    /** Interrupts all but the calling thread. */
    void interrupt() {
        threads.stream().filter(thread -> thread != Thread.currentThread()).forEach(Thread::interrupt);
    }

    /**
     * Waits for all but the calling thread.
     *
     * @return those that still run when the time is over
     */
    List<Thread> join(Deadline deadline) throws InterruptedException {
        List<Thread> left = new ArrayList<>();
        Thread self = Thread.currentThread();
        while (left.isEmpty()) {
            List<Thread> running = threads.stream().filter(t -> t != self).toList();
            if (running.isEmpty()) {
                break;
            }
            for (Thread thread : running) {
                if (!thread.join(Duration.ofNanos(deadline.left()))) {
                    left.add(thread);
                }
            }
        }
        return left;
    }
}
