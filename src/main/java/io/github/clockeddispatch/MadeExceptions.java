package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.waiting.Exceptions;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The factory of this package's exceptions, which the engine calls. */
final class MadeExceptions implements Exceptions {

    static final MadeExceptions INSTANCE = new MadeExceptions();

    private MadeExceptions() {}

    @Override
    public RuntimeException of(StopReason why, String more) {
        if (why.misuse()) {
            return new IllegalStateException(why.what());
        }
        Throwable cause = why.cause();
        return cause == null
                ? new ClosedException(why.what(), null)
                : new FailedException(why.what(), why.sequence(), cause, more);
    }

    @Override
    public @Nullable StopReason reasonOf(Throwable exception) {
        if (exception instanceof ClosedException) {
            return StopReason.closed(Objects.requireNonNullElse(exception.getMessage(), ""));
        }
        return exception instanceof FailedException failed && failed.getCause() != null
                ? StopReason.failed(failed.what(), failed.getCause(), failed.sequence())
                : null;
    }

    @Override
    public RuntimeException late(String source, long sequence, long promised) {
        return new LateMessageException(source, sequence, promised);
    }

    @Override
    public RuntimeException unclean(String what) {
        return new DispatchException(what, null);
    }
}
