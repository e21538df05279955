package io.github.clockeddispatch;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when a dispatcher, or a part of it, could not do what it was asked. {@link Dispatcher#close()} throws it where something
 * that was accepted did not get into its inbox.
 */
public class DispatchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    DispatchException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
