package io.github.clockeddispatch.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** What a scenario has in hand: threads, chance and time of one simulation. */
public final class Life {
    private final Scheduler scheduler;
    private final List<Thread> own = new ArrayList<>();
    private boolean mayWaitLong;
    private boolean anyTimeout;
    private Supplier<String> onStuck = () -> "";

    Life(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    /** What a thread of a scenario does. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    Thread newThread(String name, Body body) {
        Thread thread = Scheduler.VirtualThreads.make(scheduler, name, () -> {
            try {
                body.run();
            } catch (Throwable e) {
                scheduler.found(e);
            }
        });
        own.add(thread);
        return thread;
    }

    /** Starts a thread. What it throws is a finding. */
    public Thread go(String name, Body body) {
        Thread thread = newThread(name, body);
        thread.start();
        return thread;
    }

    /** Starts them, in any order, and waits for all. */
    public void together(Body... bodies) throws InterruptedException {
        Thread[] threads = new Thread[bodies.length];
        for (int i = 0; i < bodies.length; i++) {
            threads[i] = go("together-" + i, bodies[i]);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Returns a random number from 0 to {@code bound - 1}. */
    public int upTo(int bound) {
        return scheduler.data.nextInt(bound);
    }

    public boolean chance(int oneIn) {
        return upTo(oneIn) == 0;
    }

    /** A time-out that may end at any step. */
    public Duration briefly() {
        return Duration.ofNanos(1 + upTo(10_000));
    }

    /** Sleeps for a time that may end at any step. */
    public void pause() {
        scheduler.time.park(this, 1 + upTo(10_000));
    }

    /** Sleeps until nobody else can go on. */
    public void untilAllWait() {
        scheduler.time.park(this, VirtualTime.REST);
    }

    /** As {@code CompletableFuture.orTimeout}, whose thread is none of the simulation's. */
    public <T> CompletableFuture<T> orTimeout(CompletableFuture<T> future) {
        go("delayer", () -> {
            pause();
            future.completeExceptionally(new TimeoutException());
        });
        return future;
    }

    /** In this scenario a time-out of seconds may be what somebody waits for. Elsewhere that is a finding. */
    public void longWaitsAreRight() {
        mayWaitLong = true;
    }

    /** In this scenario long time-outs may end at any step, too: so the watch for deadlocks looks while others run. */
    public void anyTimeoutMayEnd() {
        anyTimeout = true;
        mayWaitLong = true;
    }

    boolean anyTimeout() {
        return anyTimeout;
    }

    boolean mayWaitLong() {
        return mayWaitLong;
    }

    /** Adds this text to a finding where nothing can go on. */
    public void onStuck(Supplier<String> text) {
        onStuck = text;
    }

    String onStuck() {
        String text = onStuck.get();
        return text.isEmpty() ? "" : "; " + text;
    }

    boolean isOwn(Thread thread) {
        return own.contains(thread);
    }

    /**
     * The names of threads that are alive, but for those that a scenario has started, and those that tell of a failure: what fails when
     * its dispatcher has just been closed is told after that.
     */
    public List<String> threadsOfOthers() {
        return scheduler.alive().stream()
                .filter(thread -> !own.contains(thread))
                .map(Thread::getName)
                .filter(name -> !name.contains("/failure"))
                .toList();
    }

    /** What must be so. */
    public static void check(boolean holds, String what) {
        if (!holds) {
            throw new Finding(what);
        }
    }

    public static void checkEquals(Object expected, Object actual, String what) {
        if (!expected.equals(actual)) {
            throw new Finding(what + ": expected " + expected + ", but was " + actual);
        }
    }

    /** What is wrong in any case. */
    public static Finding finding(String what) {
        return new Finding(what);
    }
}
