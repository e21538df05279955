package io.github.clockeddispatch.testkit;

import io.github.clockeddispatch.AnyDispatcher;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.ReceiverState.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Looks at the inner state of a dispatcher and says what cannot be. */
final class Oracle {
    private Oracle() {}

    /** What must hold at any moment. */
    static void check(AnyDispatcher<?> dispatcher) {
        raise(wrong(dispatcher.snapshot()));
    }

    /** What must hold when nobody sends or reads any more, and the dispatcher has been closed. */
    static void checkAtRest(AnyDispatcher<?> dispatcher) {
        Snapshot snapshot = dispatcher.snapshot();
        List<String> wrong = wrong(snapshot);
        for (Snapshot.ReceiverState receiver : snapshot.receivers()) {
            if (!dispatcher.isMerge() // in a merge each receiver has a bound of its own
                    && !Set.of(State.FAILED, State.CLOSED).contains(receiver.state())
                    && receiver.firstUnfinished() == 0
                    && receiver.time() != snapshot.sequence()) {
                wrong.add(receiver + " has nothing unfinished and is not at the counter");
            }
            if (receiver.waits() != 0) {
                wrong.add(receiver + " has waiters after the close");
            }
            if (receiver.heldBack().messages() != 0) {
                wrong.add(receiver + " has something held back after the close");
            }
        }
        snapshot.senders().forEach(sender -> wrong.add(sender + " is left after the close"));
        if (snapshot.sequence() != dispatcher.sequence()) {
            wrong.add("the counter moves after the close");
        }
        raise(wrong);
    }

    /** What cannot be in this snapshot. */
    static List<String> wrong(Snapshot snapshot) {
        List<String> wrong = new ArrayList<>();
        for (Snapshot.ReceiverState receiver : snapshot.receivers()) {
            if (receiver.time() > snapshot.sequence()) {
                wrong.add(receiver + ": clock above the counter " + snapshot.sequence());
            }
            if (receiver.firstUnfinished() != 0 && receiver.time() >= receiver.firstUnfinished()) {
                wrong.add(receiver + ": clock not below its first unfinished message");
            }
            if (receiver.pending() < 0 || receiver.discarded() < 0 || receiver.waits() < 0) {
                wrong.add(receiver + ": less than nothing");
            }
            if ((receiver.attempt() == 0) != receiver.retryingSince().isZero() || receiver.attempt() < 0) {
                wrong.add(receiver + ": its attempt and its time do not go together");
            }
            if (receiver.heldBack().messages() < 0) {
                wrong.add(receiver + ": less than nothing held back");
            }
        }
        for (Snapshot.SenderState sender : snapshot.senders()) {
            if (sender.queued() < 0 || sender.queued() > sender.capacity()) {
                wrong.add(sender + ": more in its channel or buffer than there is room for");
            }
        }
        return wrong;
    }

    private static void raise(List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw new AssertionError("the dispatcher's state cannot be:\n" + String.join("\n", wrong));
        }
    }
}
