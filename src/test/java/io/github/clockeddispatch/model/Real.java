package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.CLOSED;
import static io.github.clockeddispatch.model.CallOutcome.DONE;
import static io.github.clockeddispatch.model.CallOutcome.FAILED;
import static io.github.clockeddispatch.model.CallOutcome.ILLEGAL_STATE;
import static io.github.clockeddispatch.model.CallOutcome.INTERRUPTED;
import static io.github.clockeddispatch.model.CallOutcome.NOTHING;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A real dispatcher, its senders and receivers at the same places as in the {@link Model}. */
final class Real {
    final Dispatcher<Integer> dispatcher;
    final List<Sender<Integer>> senders = new CopyOnWriteArrayList<>();
    final List<Receiver<Integer>> receivers = new CopyOnWriteArrayList<>();

    /** What {@code dispatchAsync} returned, by payload. */
    final Map<Integer, CompletableFuture<Long>> futures = new ConcurrentHashMap<>();

    /** What every failure here is caused by. */
    static final Exception CAUSE = new Exception("planned");

    Real(Dispatcher<Integer> dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Makes the call. What it returned or threw comes back in the model's words, or as it is where that has none. */
    Object make(Call call) {
        try {
            Object result = call.make(this);
            return switch (result) {
                case Boolean done -> done ? DONE : NOTHING;
                case Optional<?> given -> given.isPresent() ? given.get() : NOTHING;
                default -> result;
            };
        } catch (Throwable e) {
            return outcome(e);
        }
    }

    static Object outcome(Throwable e) {
        return switch (e) {
            case ClosedException closed -> CLOSED;
            case FailedException failed when failed.getCause() == CAUSE -> FAILED;
            case IllegalStateException own -> ILLEGAL_STATE;
            case TimeoutException late -> NOTHING;
            case InterruptedException interrupted -> INTERRUPTED;
            case ExecutionException wrapped when wrapped.getCause() != null -> outcome(wrapped.getCause());
            default -> e;
        };
    }
}
