package io.github.clockeddispatch;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The half of a dispatcher that takes messages in, as what both dispatchers have in common needs it.
 *
 * @param <T> the type of the messages
 */
interface SendSide<T> {

    /** Adds a receiver. */
    Inbox<T> join(String receiver, int inboxCapacity);

    /** Waits until all that was accepted before the call is finished by all that it was addressed to. */
    boolean awaitFinished(Deadline deadline) throws InterruptedException;

    /** Under the hub's lock: how those stand that can still deliver something. */
    List<Snapshot.SenderState> states();

    // ---- ends

    /** G13: stops everything at once. */
    void fail(Throwable cause);

    /**
     * Lets what comes from other dispatchers come in, as far as it had come there when this was called.
     *
     * @return what has not come in time, for the exception
     */
    List<String> drainUpstream(Deadline deadline) throws InterruptedException;

    /** Accepts nothing from now on; what was accepted is still delivered. */
    void closeAll();

    /** Under the hub's lock: whether nothing is left that can be delivered. */
    boolean isDrained();

    /** Gives up what has not been delivered. Returns for each sender how many messages that is, of all its life. */
    List<String> abandonAll();

    /** No number will be given any more: nobody shall wait for one. */
    void end();

    /** Under the hub's lock: whether nothing of it runs on a thread that is not the dispatcher's own. */
    boolean isIdle();

    /** What {@link #abandonAll} says of these: how many messages of each sender. */
    static Stream<String> describe(Map<String, Long> losses) {
        return losses.entrySet().stream()
                .map(loss ->
                        loss.getValue() + (loss.getValue() == 1 ? " message" : " messages") + " of " + loss.getKey());
    }
}
