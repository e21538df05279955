package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.JointClock;
import io.github.clockeddispatch.engine.receiving.LeftOut.Gap;
import io.github.clockeddispatch.engine.receiving.Membership;
import io.github.clockeddispatch.engine.receiving.TargetGroup;
import io.github.clockeddispatch.engine.waiting.Causes;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The clock of those that a sender addresses, who are looked up at each call: the counter, where there are none.
 *
 * @see "docs/design.md: Several clocks"
 */
final class AddressedClock<T> extends JointClock {

    /**
     * Those that count at one moment.
     *
     * @param inboxes of fixed receivers, or of all
     * @param members of a group
     * @param gaps what those that have stopped will never finish
     */
    private record Standing<T>(List<Inbox<T>> inboxes, List<Membership<T>> members, List<Gap> gaps) {

        /** The greatest number up to a limit that all have reached. */
        long timeUpTo(long limit) {
            long time = limit;
            for (Inbox<T> inbox : inboxes) {
                time = Math.min(time, inbox.time());
            }
            for (Membership<T> member : members) {
                time = Math.min(time, member.time());
            }
            Gap gap = gapAt(time);
            while (gap != null) {
                time = gap.after();
                gap = gapAt(time);
            }
            return time;
        }

        boolean hasReached(long sequence) {
            for (Inbox<T> inbox : inboxes) {
                if (inbox.time() < sequence) {
                    return false;
                }
            }
            for (Membership<T> member : members) {
                if (member.inbox().time() < member.needed(sequence)) {
                    return false;
                }
            }
            return gapAt(sequence) == null;
        }

        @Nullable
        Gap gapAt(long sequence) {
            for (Gap gap : gaps) {
                if (gap.contains(sequence)) {
                    return gap;
                }
            }
            return null;
        }

        void visit(long sequence, Visitor visitor) {
            Gap gap = gapAt(sequence);
            if (gap != null) {
                visitor.stopped(gap.why());
                return;
            }
            for (Inbox<T> inbox : inboxes) {
                visitor.receiver(inbox, sequence);
            }
            for (Membership<T> member : members) {
                visitor.receiver(member.inbox(), member.needed(sequence));
            }
        }
    }

    private final Sequencer<T> sequencer;
    private final SenderLifecycle<T> sender;

    AddressedClock(SenderLifecycle<T> sender) {
        this.sequencer = sender.sequencer;
        this.sender = sender;
    }

    // ---- those who count

    private Standing<T> look() {
        TargetGroup<T, ?> group = sender.group();
        if (group == null && !sender.isBroadcast()) {
            return ofFixed(sender.targets());
        }
        core().lock.lock();
        try {
            return group == null
                    ? new Standing<>(included(), List.of(), sequencer.leftOut.since(sender.order()))
                    : new Standing<>(
                            List.of(), group.counting(), group.leftOut().since(sender.order()));
        } finally {
            core().lock.unlock();
        }
    }

    /** Of those that were fixed when the sender was opened. It takes no lock. */
    private static <T> Standing<T> ofFixed(List<Inbox<T>> targets) {
        if (targets.stream().allMatch(inbox -> inbox.stopped() == null)) {
            return new Standing<>(targets, List.of(), List.of());
        }
        List<Inbox<T>> left = new ArrayList<>();
        List<Gap> gaps = new ArrayList<>();
        for (Inbox<T> inbox : targets) {
            StopReason why = inbox.stopped();
            if (why == null) {
                left.add(inbox);
            } else {
                gaps.add(Gap.of(inbox, why));
            }
        }
        return new Standing<>(left, List.of(), gaps);
    }

    /** Those that a broadcast is for. Under the lock. */
    private List<Inbox<T>> included() {
        List<Inbox<T>> included = new ArrayList<>();
        for (Inbox<T> inbox : Inbox.all(core().endpoints())) {
            if (sequencer.reachability().includes(sender, inbox)) {
                included.add(inbox);
            }
        }
        return included;
    }

    // ---- the clock: the counter is read first, as in every look at a clock

    @Override
    public Core<T> core() {
        return sender.core;
    }

    @Override
    public String name() {
        return sender.name;
    }

    @Override
    public String label() {
        return sender.called();
    }

    @Override
    public long time() {
        return timeUpTo(Long.MAX_VALUE);
    }

    @Override
    public long timeUpTo(long limit) {
        long bound = Math.min(limit, sequencer.sequence());
        return look().timeUpTo(bound);
    }

    @Override
    public boolean hasReached(long sequence) {
        return sequence <= sequencer.sequence() && look().hasReached(sequence);
    }

    @Override
    public boolean isOutOfReach(long sequence) {
        return neverGets(sequence) || look().gapAt(sequence) != null;
    }

    /** Returns whether numbers have ended before this one. Without the lock: once it is so, it stays so. */
    private boolean neverGets(long sequence) {
        return core().isFinal() && sequence > sequencer.sequence();
    }

    @Override
    public long lag() {
        long bound = sequencer.sequence();
        return bound - timeUpTo(bound);
    }

    @Override
    public void visit(long sequence, Visitor visitor) {
        if (sequence <= sequencer.sequence() || visitor.notGiven(sequencer.counterClock.get())) {
            look().visit(sequence, visitor);
        }
    }

    /** Asks the one that is furthest behind; where none is, tells of the number, and of what is in this sender's channel. */
    @Override
    public void explain(long sequence, Causes causes) {
        long bound = Math.min(sequence, sequencer.sequence());
        Standing<T> now = look();
        Gap gap = now.gapAt(sequence);
        if (gap != null) {
            causes.thenStopped(core().exceptions, gap.receiver(), gap.why());
            return;
        }
        var furthest = new Furthest(bound);
        now.visit(sequence, furthest);
        Endpoint<?> receiver = furthest.receiver;
        if (receiver != null) {
            causes.then(receiver, furthest.needed);
        } else if (sequence > bound) {
            core().lock.lock();
            try {
                sequencer.explain(sequence, causes, sender);
            } finally {
                core().lock.unlock();
            }
        }
    }

    /** A search for the receiver that is furthest behind. */
    private static final class Furthest implements Visitor {
        private long least;
        private long needed;
        private @Nullable Endpoint<?> receiver;

        /** @param bound where those stand who are not behind */
        Furthest(long bound) {
            least = bound;
        }

        @Override
        public boolean notGiven(Endpoint<?> counter) {
            return true;
        }

        @Override
        public void receiver(Endpoint<?> one, long sequence) {
            long time = one.time();
            if (time < Math.min(least, sequence)) {
                least = time;
                needed = sequence;
                receiver = one;
            }
        }

        @Override
        public void stopped(StopReason why) {
            // was asked for before
        }
    }
}
