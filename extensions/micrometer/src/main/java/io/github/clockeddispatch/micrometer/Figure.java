package io.github.clockeddispatch.micrometer;

import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.SenderState;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a dispatcher, or of each receiver or sender: a meter of each.
 *
 * @param name the name of the meter
 * @param kind its type
 * @param unit what it counts; null where its name says that, and for seconds
 * @param description what it tells
 * @param value takes it from the state
 * @param <S> the state of a dispatcher, receiver or sender
 */
record Figure<S>(String name, Kind kind, @Nullable String unit, String description, ToDoubleFunction<S> value) {

    static final String PREFIX = "clocked.dispatch.";

    private static final String RECEIVER = PREFIX + "receiver.";
    private static final String SENDER = PREFIX + "sender.";
    private static final String MESSAGES = "messages";
    private static final double NANOS = 1e9; // of a second

    enum Kind {
        /** It only rises. */
        COUNTER,

        /** It rises and falls. */
        GAUGE,

        /** A gauge of time. */
        SECONDS
    }

    static final List<Figure<Snapshot>> OF_DISPATCHER = List.of(
            new Figure<>(PREFIX + "sequence", Kind.COUNTER, null, "The greatest number given", Snapshot::sequence));

    static final List<Figure<ReceiverState>> OF_RECEIVER = List.of(
            new Figure<>(
                    RECEIVER + "lag",
                    Kind.GAUGE,
                    "numbers",
                    "How far the receiver's clock is behind",
                    ReceiverState::lag),
            new Figure<>(
                    RECEIVER + "pending",
                    Kind.GAUGE,
                    MESSAGES,
                    "How many messages the receiver can be given, and has not been",
                    ReceiverState::pending),
            new Figure<>(
                    RECEIVER + "unfinished.age",
                    Kind.SECONDS,
                    null,
                    "For how long, at least, the receiver's first unfinished message has been that",
                    state -> state.unfinishedFor().toNanos() / NANOS),
            new Figure<>(
                    RECEIVER + "waiters",
                    Kind.GAUGE,
                    null,
                    "How many threads and futures wait for the receiver's clock",
                    ReceiverState::waits),
            new Figure<>(
                    RECEIVER + "skipped",
                    Kind.COUNTER,
                    MESSAGES,
                    "How many messages a failure policy has skipped",
                    ReceiverState::skipped),
            new Figure<>(
                    RECEIVER + "discarded",
                    Kind.COUNTER,
                    MESSAGES,
                    "How many messages for the receiver were discarded",
                    ReceiverState::discarded),
            new Figure<>(
                    RECEIVER + "failed",
                    Kind.GAUGE,
                    null,
                    "Whether the receiver has failed: 1, else 0",
                    state -> state.state() == ReceiverState.State.FAILED ? 1 : 0));

    static final List<Figure<SenderState>> OF_SENDER = List.of(
            new Figure<>(
                    SENDER + "queued",
                    Kind.GAUGE,
                    MESSAGES,
                    "How many messages are in the sender's channel, or the forwarder's buffer",
                    SenderState::queued),
            new Figure<>(
                    SENDER + "blocked",
                    Kind.GAUGE,
                    "threads",
                    "How many threads wait for room in the sender's channel, or the forwarder's buffer",
                    SenderState::blocked),
            new Figure<>(
                    SENDER + "waiting",
                    Kind.SECONDS,
                    null,
                    "For how long the sender's first message has waited for room at a receiver",
                    state -> state.waitingFor().toNanos() / NANOS));
}
