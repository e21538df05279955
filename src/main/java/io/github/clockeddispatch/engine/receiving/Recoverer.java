package io.github.clockeddispatch.engine.receiving;

import java.time.Duration;

/**
 * A function that decides what becomes of a message whose handler has failed (G18).
 *
 * @param <T> the type of the messages
 * @see "docs/design.md: Failures"
 */
@FunctionalInterface
public interface Recoverer<T> {

    /**
     * A decision.
     *
     * @param kind what is to be done
     * @param delay how long to wait before the message is handled again; zero if it is not
     */
    record Verdict(Kind kind, Duration delay) {

        public enum Kind {
            STOP,
            SKIP,
            RETRY
        }
    }

    /**
     * Decides.
     *
     * @param attempt how many times the handler has failed for this message
     */
    Verdict decide(long sequence, T payload, Exception failure, int attempt) throws Exception;
}
