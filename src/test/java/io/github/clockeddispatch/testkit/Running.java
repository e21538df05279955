package io.github.clockeddispatch.testkit;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * A thread of a test. What it throws is thrown again when it is joined, at the latest by {@link Setup} at the end of the
 * test, unless the test has asked for the failure.
 *
 * @param <R> what it returns
 */
public final class Running<R> {
    private final Thread thread;
    private final CompletableFuture<R> outcome = new CompletableFuture<>();

    /** Read and written by the test's main thread only. */
    private boolean failureExpected;

    Running(Thread.Builder builder, Callable<R> body) {
        thread = builder.unstarted(() -> {
            try {
                outcome.complete(body.call());
            } catch (Throwable e) {
                outcome.completeExceptionally(e);
            }
        });
    }

    Running<R> start() {
        thread.start();
        return this;
    }

    public Thread thread() {
        return thread;
    }

    public void interrupt() {
        thread.interrupt();
    }

    /** Says whether it has returned or thrown. */
    public boolean isDone() {
        return outcome.isDone();
    }

    /** Waits until it is parked in the library. */
    public Running<R> awaitBlocked() {
        Await.blocked(thread);
        return this;
    }

    /** Fails if it returns within a short while. */
    public Running<R> staysBlocked() {
        awaitBlocked();
        Await.never(thread.getName() + " returns", this::isDone);
        return this;
    }

    /** Joins it and returns what it has returned. */
    public R result() {
        join();
        if (outcome.isCompletedExceptionally()) {
            throw new AssertionError(thread.getName() + " threw " + outcome.exceptionNow(), outcome.exceptionNow());
        }
        return outcome.resultNow();
    }

    /** Joins it and returns what it has thrown, which must be of this type. */
    public <X extends Throwable> X failure(Class<X> type) {
        failureExpected = true;
        join();
        if (!outcome.isCompletedExceptionally()) {
            throw new AssertionError(
                    thread.getName() + " returned " + outcome.resultNow() + " and threw no " + type.getSimpleName());
        }
        Throwable thrown = outcome.exceptionNow();
        if (!type.isInstance(thrown)) {
            throw new AssertionError(thread.getName() + " threw " + thrown + " and no " + type.getSimpleName(), thrown);
        }
        return type.cast(thrown);
    }

    /** Joins it; it must have returned, or thrown this. Says whether it has returned. */
    public boolean returnedOrThrew(Class<? extends Throwable> type) {
        failureExpected = true;
        join();
        if (outcome.isCompletedExceptionally()) {
            failure(type);
            return false;
        }
        return true;
    }

    /** Throws what it has thrown, where the test has not asked for that; it must have been joined. */
    void check() {
        if (!isDone()) {
            throw new AssertionError(thread.getName() + " did not end");
        }
        if (!failureExpected) {
            result();
        }
    }

    private void join() {
        if (!Await.holdsWithin(Await.BOUND, this::isDone)) {
            throw new AssertionError(
                    thread.getName() + " did not end within " + Await.BOUND + "; all threads:\n" + LiveThreads.dump());
        }
    }
}
