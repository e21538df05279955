package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Inbox;
import io.github.clockeddispatch.engine.receiving.Producer;
import io.github.clockeddispatch.engine.receiving.Reachability;
import io.github.clockeddispatch.engine.receiving.SlotWaiter;
import io.github.clockeddispatch.engine.receiving.TargetGroup;
import io.github.clockeddispatch.engine.recording.RecordedPumpWait;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The way from one pump to the inboxes that it addresses: how it waits for room there, and goes in. All under the core's
 * lock.
 *
 * @see "docs/design.md: Free slots"
 */
abstract class Route<T> implements SlotWaiter {

    /** Where the pump waits for a free slot. */
    final Condition slotFree;

    /** Since when the first message has waited, by {@code System.nanoTime()}; says nothing where it does not wait. */
    private long waitsSince;

    Route(Condition slotFree) {
        this.slotFree = slotFree;
    }

    /**
     * How many messages may go in now.
     *
     * @param wanted how many there are, at least 1
     * @param mayWait where none may, whether the first one begins to wait
     * @return from 0 to wanted; those are to be {@linkplain #append appended} under the same hold of the lock
     */
    abstract int admit(int wanted, boolean mayWait);

    /**
     * Returns whether a reader sleeps until something comes this way. A hint, read without the lock: then it is woken at once,
     * without the pump, which would have to be woken before.
     */
    abstract boolean readerSleeps();

    /** Makes room in memory for this many messages, so that appending them cannot fail. */
    abstract void reserve(int count);

    /**
     * Puts messages into each inbox that is addressed.
     *
     * @param first the number of the first
     * @param payloads each by its index
     */
    abstract void append(long first, int count, IntFunction<T> payloads);

    /** After the counter has reached what was appended: lets the readers see it. */
    abstract void publish();

    /**
     * The first message has stopped waiting, as it is gone. What it has waited for counts for no other; the pump, if it waits here
     * for that one, looks again.
     */
    abstract void forget();

    /** Why nobody is left to whom this way leads; null where somebody is. */
    final @Nullable StopReason dead() {
        Endpoint<T> last = lastToStop();
        return last == null ? null : last.stopped();
    }

    /** The last inbox to stop, where nobody is left; null where somebody is. */
    abstract @Nullable Endpoint<T> lastToStop();

    /** Those without room for the first message, while it waits. */
    abstract List<Inbox<T>> waitsFor();

    /** The first message begins to wait. */
    final void beginsToWait() {
        waitsSince = System.nanoTime();
    }

    /** For how long the first message has waited, in nanoseconds; says nothing where it does not wait. */
    final long waitingNanos() {
        return System.nanoTime() - waitsSince;
    }

    /** Where the first message stands, for exceptions; empty where nothing is in its way. */
    final String where() {
        return waitsFor().stream().map(Inbox::describeSlots).collect(Collectors.joining(", "));
    }

    /**
     * The pump begins to wait for room.
     *
     * @param recorded records that; null where it is not recorded
     */
    final void beginWait(@Nullable RecordedPumpWait recorded) {
        Inbox<T> full = recorded == null ? null : firstFull();
        if (recorded != null && full != null) {
            recorded.begin(full.name, fullCount());
        }
    }

    /** The first inbox without room for the first message; null for none. Takes no memory, as neither does the other. */
    abstract @Nullable Inbox<T> firstFull();

    /** How many have no room for it. */
    abstract int fullCount();

    /** Adds the readers that must go on before the first message can go in. */
    abstract void addBlockers(Collection<Thread> threads);

    /** A route to one receiver: in the order of the inbox's queue, which nobody overtakes. */
    static final class Unicast<T> extends Route<T> {
        private final Inbox<T> inbox;
        private boolean waits;

        Unicast(Inbox<T> inbox, Condition slotFree) {
            super(slotFree);
            this.inbox = inbox;
        }

        @Override
        public void slotSeen() {
            slotFree.signal();
        }

        @Override
        int admit(int wanted, boolean mayWait) {
            int slots = inbox.slots.freeFor(this);
            if (slots <= 0 && mayWait && !waits) {
                waits = true;
                beginsToWait();
                inbox.enqueue(this);
                slots = inbox.slots.freeFor(this);
            }
            return Math.clamp(slots, 0, wanted);
        }

        @Override
        boolean readerSleeps() {
            return inbox.readerWaits();
        }

        @Override
        void reserve(int count) {
            inbox.reserve(count);
        }

        @Override
        void append(long first, int count, IntFunction<T> payloads) {
            inbox.append(first, count, payloads);
        }

        @Override
        void publish() {
            inbox.publish();
            forget();
        }

        @Override
        void forget() {
            if (waits) {
                waits = false;
                slotFree.signal();
                inbox.dequeue(this);
            }
        }

        @Override
        @Nullable
        Endpoint<T> lastToStop() {
            return inbox.stopped() == null ? null : inbox;
        }

        @Override
        List<Inbox<T>> waitsFor() {
            return waits ? List.of(inbox) : List.of();
        }

        @Override
        @Nullable
        Inbox<T> firstFull() {
            return waits ? inbox : null;
        }

        @Override
        int fullCount() {
            return waits ? 1 : 0;
        }

        @Override
        void addBlockers(Collection<Thread> threads) {
            if (inbox.slots.freeFor(this) <= 0) {
                inbox.addReaderIfFull(threads);
            }
        }
    }

    /**
     * A route to several receivers: fixed ones, a group, or all. A message that does not find room everywhere waits until each inbox that had
     * none has had a free slot once, and then goes in even where that slot has been taken by another: so it holds
     * nobody's room while it waits, and cannot be starved. It is at most one message of this pump above the capacity.
     */
    static final class Multicast<T> extends Route<T> {
        private final Producer<T> producer;
        private final Core<T> core;
        private final Reachability<T> reachability;

        /** Those that had no room when the first message began to wait; empty while it does not wait. */
        private final List<Inbox<T>> blocking = new ArrayList<>(0);

        /** How many of them have had none since. */
        private int missing;

        /** The member of the group that was added last when it was looked who has none. */
        private long lastAdded;

        /** Whom the messages that are being appended are for. */
        private final List<Inbox<T>> addressed = new ArrayList<>();

        Multicast(Producer<T> producer, Core<T> core, Reachability<T> reachability, Condition slotFree) {
            super(slotFree);
            this.producer = producer;
            this.core = core;
            this.reachability = reachability;
        }

        @Override
        public void slotSeen() {
            if (--missing == 0) {
                slotFree.signal();
            }
        }

        @Override
        int admit(int wanted, boolean mayWait) {
            address();
            int slots = wanted;
            for (Inbox<T> inbox : addressed) {
                slots = Math.min(slots, inbox.slots.free());
            }
            if (!blocking.isEmpty()) {
                watchAdded();
                return missing == 0 ? Math.max(1, slots) : 0; // at most one above the capacity
            }
            if (slots <= 0 && mayWait) {
                for (Inbox<T> inbox : addressed) {
                    if (inbox.slots.free() <= 0) {
                        blocking.add(inbox);
                    }
                }
                beginsToWait();
                TargetGroup<T, ?> group = producer.group();
                lastAdded = group == null ? 0 : group.lastAdded();
                missing = blocking.size();
                for (Inbox<T> inbox : List.copyOf(blocking)) {
                    inbox.watchForSlot(this);
                }
                return missing == 0 ? 1 : 0;
            }
            return Math.max(0, slots);
        }

        /** Before the message that waits goes in: looks at those who were added to the group meanwhile, and are full. */
        private void watchAdded() {
            TargetGroup<T, ?> group = producer.group();
            if (group == null || missing > 0 || group.lastAdded() <= lastAdded) {
                return;
            }
            List<Inbox<T>> full = group.addedAfter(lastAdded).stream()
                    .filter(inbox -> inbox.slots.free() <= 0)
                    .toList();
            lastAdded = group.lastAdded();
            missing = full.size();
            if (missing > 0) {
                blocking.clear(); // those have had a free slot; one of them may have left and been added again
                blocking.addAll(full);
            }
            full.forEach(inbox -> inbox.watchForSlot(this));
        }

        @Override
        public @Nullable TargetGroup<T, ?> group() {
            return producer.group();
        }

        private void address() {
            addressed.clear();
            for (Inbox<T> inbox : Inbox.all(producer.isBroadcast() ? core.endpoints() : producer.targets())) {
                if (reachability.includes(producer, inbox)) {
                    addressed.add(inbox);
                }
            }
        }

        @Override
        boolean readerSleeps() {
            return false; // of many, some mostly sleep
        }

        @Override
        void reserve(int count) {
            for (Inbox<T> inbox : addressed) {
                inbox.reserve(count);
            }
        }

        @Override
        void append(long first, int count, IntFunction<T> payloads) {
            for (Inbox<T> inbox : addressed) {
                inbox.append(first, count, payloads);
            }
        }

        @Override
        void publish() {
            addressed.forEach(Inbox::publish);
            addressed.clear();
            blocking.clear();
        }

        @Override
        void forget() {
            for (Inbox<T> inbox : blocking) {
                inbox.slots.unwatch(this);
            }
            blocking.clear();
            missing = 0;
            slotFree.signal();
        }

        @Override
        @Nullable
        Endpoint<T> lastToStop() {
            return producer.group() == null ? Reachability.lastToStop(producer.targets()) : null;
        }

        @Override
        List<Inbox<T>> waitsFor() {
            return blocking.stream()
                    .filter(inbox -> inbox.slots.isWatchedBy(this))
                    .toList();
        }

        @Override
        @Nullable
        Inbox<T> firstFull() {
            for (int i = 0; i < blocking.size(); i++) {
                if (blocking.get(i).slots.isWatchedBy(this)) {
                    return blocking.get(i);
                }
            }
            return null;
        }

        @Override
        int fullCount() {
            return missing;
        }

        @Override
        void addBlockers(Collection<Thread> threads) {
            if (blocking.isEmpty()) {
                address();
                addressed.forEach(inbox -> inbox.addReaderIfFull(threads));
                addressed.clear();
            } else {
                blocking.stream()
                        .filter(inbox -> inbox.slots.isWatchedBy(this))
                        .forEach(inbox -> inbox.addReaderIfFull(threads));
            }
        }
    }
}
