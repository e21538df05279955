package io.github.clockeddispatch;

import java.util.List;

/** What closing needs of the half of a dispatcher that takes messages in. */
interface SendSide {

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
}
