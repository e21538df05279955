package io.github.clockeddispatch.examples.flights;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Threads that belong together: all are waited for, and the first failure ends all. */
final class Crew implements AutoCloseable {
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofPlatform().name("crew-", 1).factory());
    private final CompletionService<Object> ended = new ExecutorCompletionService<>(threads);
    private final Consumer<Throwable> atFailure;

    /** Those not joined yet. Used by the owner alone. */
    private int running;

    /** Makes an empty crew. What is told of the first failure should end the waiting of the others. */
    Crew(Consumer<Throwable> atFailure) {
        this.atFailure = atFailure;
    }

    @SuppressWarnings("unchecked") // the future gives what the task returns
    <V> Future<V> start(Callable<V> task) {
        running++;
        return (Future<V>) ended.submit(task::call);
    }

    /** Waits until all have ended, or throws what the first that failed has thrown. */
    void join() throws InterruptedException, ExecutionException {
        for (; running > 0; running--) {
            try {
                ended.take().get();
            } catch (ExecutionException e) {
                atFailure.accept(e.getCause());
                throw e;
            }
        }
    }

    /** Interrupts those that still run, and waits for them. */
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
