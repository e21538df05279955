package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.StopReason;

/**
 * The receiver of failures: whom a dispatcher tells that something of it has failed (G13).
 *
 * @see "docs/design.md: Failures"
 */
@FunctionalInterface
public interface FailureSink {

    /**
     * Tells of a failure. Called without a lock, in a thread that does nothing else: it may run foreign code.
     *
     * @param core the dispatcher
     * @param receiver the name of the receiver; empty if all of the dispatcher has failed
     */
    void failed(Core<?> core, String receiver, StopReason why);
}
