package io.github.clockeddispatch;

/**
 * A function that is told when a receiver, or a whole dispatcher, has failed, so that it is noticed even where nobody waits.
 *
 * @see Dispatcher.Builder#onFailure
 */
@FunctionalInterface
public interface FailureListener {

    /**
     * Tells of a failure: once for each receiver that fails, and once if the dispatcher fails as a whole. It is called on a thread that
     * does nothing else, one for each failure, so calls may overlap. It may close the dispatcher. What it throws is logged.
     *
     * @param receiver the name of the receiver; empty if the whole dispatcher has failed
     * @param sequence where it stopped, as in {@link FailedException#sequence()}
     * @param cause why, as in {@link FailedException#getCause()}
     */
    void failed(String receiver, long sequence, Throwable cause);
}
