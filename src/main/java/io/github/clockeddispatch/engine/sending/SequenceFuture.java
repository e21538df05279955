package io.github.clockeddispatch.engine.sending;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The number that a message of {@code dispatchAsync} will get. Completing it in any other way withdraws the message first, and does
 * nothing if that has its number already. So whoever is told of a failure has sent nothing.
 *
 * <p>It keeps its message only until it is decided whether that gets a number.
 *
 * @see "docs/design.md: Withdrawing"
 */
final class SequenceFuture extends CompletableFuture<Long> {

    /** The message, and how to withdraw it; null once it has a number, or will get none. Written by whoever completes this. */
    private volatile PendingDispatch.@Nullable OfFuture<?> pending;

    /** Whether the message has its number. Written by its pending dispatch, before {@link #pending}; read by anybody. */
    private volatile boolean numbered;

    SequenceFuture(PendingDispatch.OfFuture<?> pending) {
        this.pending = pending;
    }

    /** Makes one that is completed. */
    SequenceFuture(long sequence) {
        numbered(sequence);
    }

    // ---- for the pending dispatch

    void numbered(long sequence) {
        numbered = true;
        pending = null;
        super.complete(sequence);
    }

    void failed(Throwable cause) {
        pending = null;
        super.completeExceptionally(cause);
    }

    // ---- for everybody else

    /** Withdraws the message. Returns whether it has no number, and will get none. */
    private boolean withdraw() {
        PendingDispatch.OfFuture<?> message = pending;
        if (message == null) {
            return !numbered;
        }
        if (!message.withdraw()) {
            return false;
        }
        pending = null;
        return true;
    }

    @Override
    public boolean complete(Long value) {
        return !isDone() && withdraw() && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        return !isDone() && withdraw() && super.completeExceptionally(failure);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return (!isDone() && withdraw() && super.cancel(mayInterruptIfRunning)) || isCancelled();
    }

    @Override
    public CompletableFuture<Long> completeAsync(Supplier<? extends Long> supplier, Executor executor) {
        Objects.requireNonNull(supplier, "supplier");
        executor.execute(() -> completeBy(supplier)); // the inherited one completes without a call of complete
        return this;
    }

    @Override
    public CompletableFuture<Long> completeAsync(Supplier<? extends Long> supplier) {
        return completeAsync(supplier, defaultExecutor());
    }

    private void completeBy(Supplier<? extends Long> supplier) {
        if (isDone()) {
            return;
        }
        Long value;
        try {
            value = supplier.get();
        } catch (Throwable e) {
            completeExceptionally(e);
            return;
        }
        complete(value);
    }

    @Override
    public void obtrudeValue(Long value) {
        if (withdraw()) {
            super.obtrudeValue(value);
        }
    }

    @Override
    public void obtrudeException(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        if (withdraw()) {
            super.obtrudeException(failure);
        }
    }
}
