package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.time.Duration;
import java.util.List;

/**
 * The state of a dispatcher at one moment, for monitoring. All of it was true at the same time, but for what
 * readers did meanwhile.
 *
 * @param name the dispatcher's name
 * @param sequence the greatest number given
 * @param receivers the receivers that have not been discarded, in no order
 * @param senders the senders that have not delivered all that they accepted, or can accept more, in the order in which
 *     they joined
 * @param waits who waits for whom, in no order; each was true a little after the rest
 */
public record Snapshot(
        String name, long sequence, List<ReceiverState> receivers, List<SenderState> senders, List<Wait> waits) {

    /**
     * The state of a receiver.
     *
     * @param name its name
     * @param state open; ending, when its last sender has been closed; ended, when nothing more will come for it;
     *     failed; or closed, when its reader was cut off by the dispatcher's {@code close()}
     * @param joinedAt the number at which it joined
     * @param time where its clock stands
     * @param firstUnfinished the number of its first unfinished message, in hand or not given yet; 0 for none
     * @param capacity the capacity of its inbox; in a merge, which has none, of the buffer of each forwarder
     * @param pending how many messages are in its inbox; in a merge, how many are due and were not given
     * @param discarded how many messages were discarded
     * @param waits how many threads and futures wait for its clock
     * @param reader the thread that was last given something; empty where there is none, or nothing refers to it any more
     * @param heldBack in a merge, what has been accepted for it and cannot be given yet, and which source is in the way
     * @param attempt how many times the handler has failed for the message in hand, and a {@link FailurePolicy} did not stop the
     *     receiver; 0 where it has not failed
     * @param retryingSince for how long it has been so; zero where it has not failed
     */
    public record ReceiverState(
            String name,
            String state,
            long joinedAt,
            long time,
            long firstUnfinished,
            int capacity,
            int pending,
            long discarded,
            int waits,
            String reader,
            HeldBack heldBack,
            int attempt,
            Duration retryingSince) {}

    /**
     * The messages of a receiver of a merge that are not due yet, and the source that holds them back.
     *
     * @param messages how many messages have been accepted for it that are not due yet
     * @param source the source with the least promise, if something waits for that to rise; else empty, also where
     *     the merge is held and was not started
     * @param promise the number up to which that source has promised
     * @param since for how long something has waited for that promise to rise
     */
    public record HeldBack(int messages, String source, long promise, Duration since) {
        /** Nothing is held back, as ever in a serialising dispatcher. */
        public static final HeldBack NOTHING = new HeldBack(0, "", 0, Duration.ZERO);
    }

    /**
     * The state of a sender, or a forwarder.
     *
     * @param name its name
     * @param state {@code open}, {@code closed} (and its channel not empty) or {@code stopped} (nobody is left to send to,
     *     or its pump was interrupted)
     * @param capacity the capacity of its channel, or buffer
     * @param queued how many messages are in there
     * @param waitsFor the receivers without room for the first of them; empty while it does not wait
     * @param promise for a forwarder, the number up to which it has promised; 0 for a sender
     */
    public record SenderState(
            String name, String state, int capacity, int queued, List<String> waitsFor, long promise) {}

    /**
     * A thread that waits in one of this dispatcher's calls; but not a reader that waits for messages.
     *
     * @param thread the thread that waits
     * @param waitsFor what it waits for
     * @param sequence the number that it waits for; 0 where it does not wait for a number
     * @param on the threads that must go on before, as far as that can be told
     * @param since for how long it has waited
     * @param timed whether it has a time-out. An untimed one that is part of a deadlock may be ended with an
     *     {@code IllegalStateException}
     */
    public record Wait(String thread, String waitsFor, long sequence, List<String> on, Duration since, boolean timed) {}

    static Snapshot of(
            String name,
            long sequence,
            List<Endpoint.State> receivers,
            List<Producer.State> senders,
            List<io.github.clockeddispatch.engine.waiting.Wait.State> waits) {
        return new Snapshot(
                name,
                sequence,
                receivers.stream().map(Snapshot::receiver).toList(),
                senders.stream()
                        .map(one -> new SenderState(
                                one.name(), one.state(), one.capacity(), one.queued(), one.waitsFor(), one.promise()))
                        .toList(),
                waits.stream()
                        .map(one -> new Wait(
                                one.thread(), one.waitsFor(), one.sequence(), one.on(), one.since(), one.timed()))
                        .toList());
    }

    private static ReceiverState receiver(Endpoint.State one) {
        Endpoint.HeldBack held = one.heldBack();
        return new ReceiverState(
                one.name(),
                one.state(),
                one.joinedAt(),
                one.time(),
                one.firstUnfinished(),
                one.capacity(),
                one.pending(),
                one.discarded(),
                one.waits(),
                one.reader(),
                new HeldBack(held.messages(), held.source(), held.promise(), held.since()),
                one.attempt(),
                one.retryingSince());
    }
}
