package io.github.clockeddispatch;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when what was asked for can no longer come, because a sender or the dispatcher has been closed, or a
 * receiver has been discarded or has ended.
 */
public class ClosedException extends DispatchException {
    private static final long serialVersionUID = 1;

    ClosedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
