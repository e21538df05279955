package io.github.clockeddispatch;

import java.time.Duration;

/**
 * A function that decides what becomes of a message whose handler has thrown an exception: the receiver stops, or the message is handled
 * again, or skipped.
 *
 * {@snippet class="io.github.clockeddispatch.SnippetsTest" region="dead-letter"}
 *
 * <p>It is called by the thread that reads, as part of the handler: the message is in hand, the clock stands, the receiver cannot be read,
 * and it may wait, or send elsewhere. It is not asked where the handler was interrupted, or has thrown an {@code Error}, nor where the
 * receiver has stopped meanwhile.
 *
 * @param <T> the type of the messages
 * @see Dispatcher#read(Receiver, MessageHandler, FailurePolicy)
 * @see Receiver#forEachMessage(MessageHandler, FailurePolicy)
 */
@FunctionalInterface
public interface FailurePolicy<T> {

    /**
     * Decides what becomes of a message whose handler has thrown an exception.
     *
     * @param sequence the number of the message, at least 1
     * @param payload what was sent
     * @param failure what the handler has thrown
     * @param attempt how many times the handler has been called for this message, at least 1
     * @return the decision; not null
     * @throws Exception to stop the receiver, as {@link Recovery#stop()} does; it is suppressed in the handler's exception
     */
    Recovery decide(long sequence, T payload, Exception failure, int attempt) throws Exception;

    /**
     * Returns a policy that has each message handled again until that succeeds, and stops the receiver if it does not.
     *
     * @param <T> the type of the messages
     * @param attempts how many times at most the handler is called for a message, at least 1
     * @param delay how long to wait before each further call; at zero or less it does not wait
     * @return the policy
     * @throws IllegalArgumentException if attempts is less than 1
     */
    static <T> FailurePolicy<T> retry(int attempts, Duration delay) {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts must be at least 1, but was " + attempts);
        }
        Recovery again = Recovery.retryAfter(delay);
        return (sequence, payload, failure, attempt) -> attempt < attempts ? again : Recovery.stop();
    }
}
