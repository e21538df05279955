package io.github.clockeddispatch.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that begin together; the first failure of any is told. */
final class BenchThreads {
    interface Body {
        void run() throws Exception;
    }

    private final Thread.Builder builder;
    private final CountDownLatch start = new CountDownLatch(1);
    private final List<Thread> threads = new ArrayList<>();
    private final List<Thread> idlers = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    BenchThreads(Thread.Builder builder) {
        this.builder = builder;
    }

    void add(String name, Body body) {
        threads.add(thread(name, body, false));
    }

    /** One that is interrupted when all others have ended. */
    void addIdler(String name, Body body) {
        idlers.add(thread(name, body, true));
    }

    private Thread thread(String name, Body body, boolean idler) {
        return builder.name(name).start(() -> {
            try {
                start.await();
                body.run();
            } catch (InterruptedException e) {
                if (!idler) {
                    failure.compareAndSet(null, e);
                }
            } catch (Throwable e) {
                if (failure.compareAndSet(null, e)) {
                    threads.forEach(Thread::interrupt);
                }
            }
        });
    }

    /** Whether all idlers wait for something; to be asked by one of the others. */
    boolean isIdle() {
        return idlers.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING);
    }

    /** Lets them run, and waits for them. */
    void run() throws InterruptedException {
        start.countDown();
        join(threads);
        idlers.forEach(Thread::interrupt);
        join(idlers);
        Throwable first = failure.get();
        if (first != null) {
            throw new IllegalStateException("a thread has failed: " + first, first);
        }
    }

    private static void join(List<Thread> some) throws InterruptedException {
        for (Thread thread : some) {
            thread.join();
        }
    }
}
