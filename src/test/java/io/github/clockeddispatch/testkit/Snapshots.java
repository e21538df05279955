package io.github.clockeddispatch.testkit;

import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.HeldBack;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.SenderState;
import java.time.Duration;
import java.util.Optional;

/** Snapshots that can be compared, and made. */
public final class Snapshots {
    private Snapshots() {}

    /** The same as a snapshot that was taken at another time: without ages, stack frames and exceptions. */
    public static Snapshot withoutAges(Snapshot snapshot) {
        return new Snapshot(
                snapshot.name(),
                snapshot.merge(),
                snapshot.sequence(),
                snapshot.receivers().stream().map(Snapshots::withoutAges).toList(),
                snapshot.senders().stream().map(Snapshots::withoutAges).toList(),
                snapshot.waits());
    }

    private static ReceiverState withoutAges(ReceiverState one) {
        return new ReceiverState(
                one.name(),
                one.state(),
                one.joinedAt(),
                one.time(),
                one.lag(),
                one.firstUnfinished(),
                one.inHand(),
                Duration.ZERO,
                one.activity(),
                one.reader(),
                "",
                one.capacity(),
                one.pending(),
                one.discarded(),
                one.skipped(),
                one.waits(),
                new HeldBack(
                        one.heldBack().messages(),
                        one.heldBack().source(),
                        one.heldBack().promise(),
                        Duration.ZERO),
                one.attempt(),
                Duration.ZERO,
                Optional.empty());
    }

    private static SenderState withoutAges(SenderState one) {
        return new SenderState(
                one.name(),
                one.kind(),
                one.state(),
                one.capacity(),
                one.queued(),
                one.blocked(),
                one.waitsFor(),
                Duration.ZERO,
                one.promise());
    }

    /** A receiver that nobody reads, with an inbox of one. */
    static ReceiverState receiver(String name, long time, long firstUnfinished) {
        return new ReceiverState(
                name,
                ReceiverState.State.OPEN,
                0,
                time,
                0,
                firstUnfinished,
                false,
                Duration.ZERO,
                ReceiverState.Activity.NOT_READ,
                "",
                "",
                1,
                0,
                0,
                0,
                0,
                HeldBack.NOTHING,
                0,
                Duration.ZERO,
                Optional.empty());
    }
}
