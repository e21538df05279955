package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.Deadline;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The half of a dispatcher that takes messages in, as what both dispatchers have in common needs it.
 *
 * @param <T> the type of the messages
 * @see "docs/design.md: Rooms"
 */
public interface Ingress<T> {

    /** Adds a receiver. */
    Endpoint<T> join(String receiver);

    /** Waits until all that was accepted before the call is finished by all that it was addressed to. */
    boolean awaitFinished(Deadline deadline) throws InterruptedException;

    /** How far numbers have come; in a merge, the greatest w that there is, or was. */
    long sequence();

    /** Under the core's lock: how those stand that can still deliver something. */
    List<Producer.State> states();

    /** Those that can still deliver something; a copy. Takes the core's lock. */
    List<? extends Producer<T>> undrained();

    /**
     * Waits until all that was accepted before the call for one of these receivers has its number, or was given up, or the time
     * is over.
     *
     * @return what has got none in time, by whose it is
     */
    Map<String, String> awaitNumbered(Set<Endpoint<?>> receivers, Deadline deadline) throws InterruptedException;

    /** Under the core's lock: adds why a number has not been given. */
    default void explain(long sequence, Causes causes) {}

    /** Under the core's lock: a receiver has stopped. It may come twice. */
    default void leftOut(Endpoint<T> endpoint) {}

    // ---- ends

    /** G13: stops everything at once. Where it ended in an error, it can be called once more, and does the rest. */
    void tryFail(Throwable cause);

    /**
     * Waits until links have brought down what dispatchers above had accepted when this was called, or the time is over.
     *
     * @return whether all of it has come in time
     */
    boolean drainUpstream(Deadline deadline) throws InterruptedException;

    /** Accepts nothing from now on; what was accepted is still delivered. */
    void closeAll();

    /** Under the core's lock: whether nothing is left that can be delivered. */
    boolean isDrained();

    /** Gives up what has not been delivered. */
    void abandonAll();

    /**
     * Returns for each sender a text of how many of its messages were given up, and where they stood. To be called when all
     * threads have ended. Waits, until the deadline, for threads of other dispatchers that are about to give more up.
     */
    List<String> losses(Deadline deadline);

    /** Ends all waits for numbers that are not given yet, as none will be. */
    void end();

    /** Under the core's lock: whether nothing of it runs on a thread that is not the dispatcher's own. */
    boolean isIdle();

    /** Under the core's lock: whether it is the thread of a link, which {@code close} waits for. */
    default boolean isLink(Thread thread) {
        return false;
    }
}
