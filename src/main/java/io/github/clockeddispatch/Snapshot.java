package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.receiving.ReaderReport;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state of a dispatcher at one moment, for monitoring. All of it was true at the same time, but for what readers did meanwhile; and
 * for {@link ReceiverState#at} and the waits, which were true a little later.
 *
 * <p>Its {@linkplain #toString() text} is a table, with a row for each receiver, each sender that is not idle, and each thread that waits:
 *
 * <pre>
 * shop at 3119
 *  fast   up to date           inbox 0/64   reader-fast idle
 *  slow   at 2455, 664 behind  inbox 64/64  reader-slow in 2456 for 8 ms at com.acme.Slow.write(Slow.java:31)
 *  both   channel 64/64, waits for room at slow
 *  web-3  waits 31 ms for room in both -&gt; slow -&gt; reader-slow
 * </pre>
 *
 * @param name the dispatcher's name
 * @param merge whether it is a {@link ForwardingDispatcher}
 * @param sequence the greatest number given
 * @param receivers the receivers that have not been discarded, in the order in which they joined
 * @param senders the senders that have not delivered all that they accepted, or can accept more, in the order in which
 *     they joined
 * @param waits the threads that wait, and for what, the longest wait first
 */
public record Snapshot(
        String name,
        boolean merge,
        long sequence,
        List<ReceiverState> receivers,
        List<SenderState> senders,
        List<Wait> waits) {

    /** How many threads are asked where they are: that takes far longer than all the rest. */
    private static final int ASKED = 16;

    private static final Comparator<Endpoint.State> LONGEST_FIRST = Comparator.<Endpoint.State>comparingLong(
                    one -> one.reader().nanos())
            .thenComparingLong(Endpoint.State::lag)
            .reversed();

    /**
     * The state of a receiver.
     *
     * @param name its name, which one that has ended or failed may share with a later one
     * @param state where it is in its life
     * @param joinedAt the number at which it joined
     * @param time where its clock stands
     * @param lag how far its clock is behind, as {@link LogicalClock#lag} tells
     * @param firstUnfinished the number of its first unfinished message, in hand or not given yet; 0 for none
     * @param inHand whether its reader has that in hand
     * @param unfinishedFor for how long that has been so, at least. Nobody measures it for each message: it is known from the second look
     *     on, and a snapshot is a look. Zero before, and where nothing is unfinished
     * @param activity what its reader does
     * @param reader the thread that reads it, or was last given something; empty where there is none, or nothing refers to it any more
     * @param at where that thread is while it has something in hand: its innermost frame outside of this library and the JDK; empty where
     *     nobody knows. Where more than 16 threads have something in hand, that is asked of those that have had it longest, as far as is
     *     known, and of those whose receivers are furthest behind
     * @param capacity the capacity of its inbox; in a merge, which has none, of the buffer of each forwarder
     * @param pending how many messages are in its inbox; in a merge, how many are due and were not given
     * @param discarded how many messages were discarded
     * @param skipped how many messages were finished without having been handled, as a {@link FailurePolicy} said
     * @param waits how many threads and futures wait for its clock
     * @param heldBack in a merge, what has been accepted for it and cannot be given yet, and which source is in the way
     * @param attempt how many times the handler has failed for the message in hand, and a {@link FailurePolicy} did not stop the
     *     receiver; 0 where it has not failed
     * @param retryingSince for how long it has been so; zero where it has not failed
     * @param failure why it has failed, and at which number; empty where it has not
     */
    public record ReceiverState(
            String name,
            ReceiverState.State state,
            long joinedAt,
            long time,
            long lag,
            long firstUnfinished,
            boolean inHand,
            Duration unfinishedFor,
            Activity activity,
            String reader,
            String at,
            int capacity,
            int pending,
            long discarded,
            long skipped,
            int waits,
            HeldBack heldBack,
            int attempt,
            Duration retryingSince,
            Optional<FailedException> failure) {

        /** Where a receiver is in its life. */
        public enum State {
            /** More can come. */
            OPEN,

            /** Its last sender has been closed, and some of what that had accepted is still to come. */
            ENDING,

            /** Nothing more will come for it. */
            ENDED,

            /** It has failed, or its dispatcher has. */
            FAILED,

            /** Its reader was cut off by its dispatcher's {@code close()}. */
            CLOSED
        }

        /** What the reader of a receiver does. */
        public enum Activity {
            /** It has the message in hand: it is in a handler or a stage, or was given it and has not come back. */
            HANDLING,

            /** It has the message in hand, and waits in a call of this library: for a clock, or for room. */
            WAITING,

            /** A handler has failed, and is called with the message again after a while. */
            RETRYING,

            /** The thread that was given the message has ended, and has not finished it. */
            GONE,

            /** It has nothing in hand: it waits for a message, or is about to take one. */
            IDLE,

            /** A subscriber has claimed the receiver, and demands nothing. */
            NO_DEMAND,

            /** No thread reads the receiver. */
            NOT_READ
        }

        private static ReceiverState of(Core<?> core, Endpoint.State one, boolean asksWhere) {
            ReaderReport.State reader = one.reader();
            Endpoint.HeldBack held = one.heldBack();
            return new ReceiverState(
                    one.name(),
                    ReceiverState.State.valueOf(one.life().name()),
                    one.joinedAt(),
                    one.time(),
                    one.lag(),
                    reader.firstUnfinished(),
                    reader.isInHand(),
                    Duration.ofNanos(reader.nanos()),
                    Activity.valueOf(reader.activity().name()),
                    reader.reader(),
                    asksWhere ? reader.at() : "",
                    one.capacity(),
                    one.pending(),
                    one.discarded(),
                    one.skipped(),
                    one.waits(),
                    new HeldBack(held.messages(), held.source(), held.promise(), held.since()),
                    reader.attempt(),
                    reader.retryingSince(),
                    failure(core, one.failure()));
        }

        private static Optional<FailedException> failure(Core<?> core, @Nullable StopReason why) {
            return why != null && core.exception(why) instanceof FailedException failed
                    ? Optional.of(failed)
                    : Optional.empty();
        }
    }

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
     * The state of a sender, of a forwarder, or of a link.
     *
     * @param name its name
     * @param kind which of these it is
     * @param state where it is in its life
     * @param capacity the capacity of its channel, or buffer
     * @param queued how many messages are in there
     * @param blocked how many threads wait for room there
     * @param waitsFor the receivers without room for the first of them; empty while it does not wait
     * @param waitingFor for how long the first of them has waited for room at a receiver; in a merge, for how long the thread that forwards
     *     has waited for room in the buffer; zero while nothing waits
     * @param promise for a forwarder or a link, the number up to which it has promised; 0 for a sender
     */
    public record SenderState(
            String name,
            SenderState.Kind kind,
            SenderState.State state,
            int capacity,
            int queued,
            int blocked,
            List<String> waitsFor,
            Duration waitingFor,
            long promise) {

        /** The kinds of what messages come through. */
        public enum Kind {
            /** A {@link Sender}. */
            SENDER,

            /** A {@link Forwarder}. */
            FORWARDER,

            /** A {@link Link}. */
            LINK
        }

        /** Where a sender is in its life. */
        public enum State {
            /** It accepts messages. */
            OPEN,

            /** It has been closed, and what it had accepted has not been delivered. */
            CLOSED,

            /** Nobody is left to send to, or its pump was interrupted. */
            STOPPED
        }

        private static SenderState of(Producer.State one) {
            return new SenderState(
                    one.name(),
                    SenderState.Kind.valueOf(one.role().name()),
                    SenderState.State.valueOf(one.life().name()),
                    one.capacity(),
                    one.queued(),
                    one.blocked(),
                    one.waitsFor(),
                    Duration.ofNanos(one.waitingNanos()),
                    one.promise());
        }
    }

    /**
     * A thread that waits in one of this dispatcher's calls; but not a reader that waits for messages.
     *
     * @param thread the thread that waits
     * @param kind what it waits for
     * @param name whose that is: the name of a receiver, or of a sender or source; of several receivers, all of their names
     * @param waitsFor what it waits for, in words
     * @param sequence the number that it waits for; 0 where it does not wait for a number
     * @param on the threads that must go on before, as far as that can be told
     * @param since for how long it has waited
     * @param timed whether it has a time-out. An untimed one that is part of a deadlock may be ended with an
     *     {@code IllegalStateException}
     */
    public record Wait(
            String thread,
            Wait.Kind kind,
            String name,
            String waitsFor,
            long sequence,
            List<String> on,
            Duration since,
            boolean timed) {

        /** What threads wait for. */
        public enum Kind {
            /** For one clock, or several, to reach a number. */
            CLOCK,

            /** For room in the channel of a sender, or in the buffer of a forwarder. */
            ROOM,

            /** For what is in the channel of a sender to get its number. */
            NUMBER
        }

        private static Wait of(io.github.clockeddispatch.engine.waiting.Wait.State one) {
            return new Wait(
                    one.thread(),
                    Wait.Kind.valueOf(one.kind().name()),
                    one.name(),
                    one.waitsFor(),
                    one.sequence(),
                    one.on(),
                    one.since(),
                    one.timed());
        }
    }

    /**
     * Returns it as a table for people: what stands still, and why, in the order of the lists. The text of a failure's cause is asked for
     * by this call, in the calling thread.
     *
     * @return several lines, the last without a line break
     */
    @Override
    public String toString() {
        return SnapshotTable.of(this);
    }

    /** Makes one of what the engine tells. To be called without a lock. */
    static Snapshot of(
            Core<?> core,
            boolean merge,
            long sequence,
            List<Endpoint.State> receivers,
            List<Producer.State> senders,
            List<io.github.clockeddispatch.engine.waiting.Wait.State> waits) {
        // by identity: the hash code of a thread may be foreign code
        Set<ReaderReport.State> asked = Collections.newSetFromMap(new IdentityHashMap<>());
        receivers.stream()
                .filter(one -> one.reader().isInHand())
                .sorted(LONGEST_FIRST)
                .limit(ASKED)
                .forEach(one -> asked.add(one.reader()));
        return new Snapshot(
                core.name(),
                merge,
                sequence,
                receivers.stream()
                        .map(one -> ReceiverState.of(core, one, asked.contains(one.reader())))
                        .toList(),
                senders.stream().map(SenderState::of).toList(),
                waits.stream().map(Wait::of).toList());
    }
}
