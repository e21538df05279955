package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.storage.SequencedRing;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The slots of an inbox, and those who wait for one. Under the core's lock.
 *
 * <p>Pumps that address this inbox alone stand in a queue. Its head is granted a free slot, which nobody else can take
 * then, and stays there until it has appended. Messages to several look on until they have seen a free slot here; they
 * take none while they wait, and may go in above the capacity (G8).
 *
 * @see "docs/design.md: Free slots"
 */
public final class Slots {

    private final int capacity;
    private final SequencedRing<?> ring;

    /** Made when first needed, as are the watchers. */
    private @Nullable ArrayDeque<SlotWaiter> queue;

    /** Whether the head of the queue has been granted a slot. */
    private boolean granted;

    private @Nullable Set<SlotWaiter> watchers;

    /** How many have been in one of the two at once, since it was last shrunk. */
    private int most;

    Slots(int capacity, SequencedRing<?> ring) {
        this.capacity = capacity;
        this.ring = ring;
    }

    /** Slots that are free and not granted to anybody; negative where group messages went in above the capacity. */
    public int free() {
        return capacity - ring.size() - (granted ? 1 : 0);
    }

    /**
     * How many messages this one may append now: nothing unless nobody stands before it. What was granted stays so where a
     * group message, which takes nobody's room, has filled the inbox since.
     */
    public int freeFor(SlotWaiter wait) {
        if (queue == null || queue.isEmpty()) {
            return free();
        }
        if (queue.peekFirst() != wait) {
            return 0;
        }
        return granted ? Math.max(1, free() + 1) : free();
    }

    void enqueue(SlotWaiter wait) {
        if (queue == null) {
            queue = new ArrayDeque<>();
        }
        queue.addLast(wait);
        most = Math.max(most, queue.size());
    }

    /** Returns whether somebody else may be next now. */
    boolean dequeue(SlotWaiter wait) {
        if (queue == null || queue.isEmpty()) {
            return false;
        }
        if (queue.peekFirst() == wait) {
            queue.removeFirst();
            granted = false;
            return true;
        }
        return queue.remove(wait);
    }

    void watch(SlotWaiter wait) {
        if (watchers == null) {
            watchers = new LinkedHashSet<>();
        }
        watchers.add(wait);
        most = Math.max(most, watchers.size());
    }

    /** Returns whether the reader must take something before anything more can come in, whoever has been granted a slot. */
    boolean isFull() {
        return ring.size() >= capacity;
    }

    public boolean isWatchedBy(SlotWaiter wait) {
        return watchers != null && watchers.contains(wait);
    }

    public void unwatch(SlotWaiter wait) {
        if (watchers != null) {
            watchers.remove(wait);
        }
    }

    /** This inbox has left a group: what the senders to that have waiting waits here no more. */
    void leave(TargetGroup<?, ?> group) {
        if (watchers != null) {
            for (var i = watchers.iterator(); i.hasNext(); ) {
                SlotWaiter wait = i.next();
                if (wait.group() == group) {
                    i.remove();
                    wait.slotSeen();
                }
            }
        }
    }

    /** Returns whether somebody is to be told of the next free slot. */
    boolean isWanted() {
        return (watchers != null && !watchers.isEmpty()) || (queue != null && !queue.isEmpty() && !granted);
    }

    boolean canGrant() {
        return isWanted() && free() > 0;
    }

    /** Where a slot is free, tells all that look on, and grants it to the head of the queue. */
    void grant() {
        if (!canGrant()) {
            return;
        }
        tellWatchers();
        if (queue != null && !queue.isEmpty() && !granted) {
            granted = true;
            queue.getFirst().slotSeen();
        }
    }

    /** Gives back memory if more than so many have waited at once, and nobody waits now. Under the lock. */
    void shrink(int slots) {
        if (most > slots && (queue == null || queue.isEmpty()) && (watchers == null || watchers.isEmpty())) {
            queue = null;
            watchers = null;
            most = 0;
        }
    }

    /** Nobody needs a slot here any more. */
    void stop() {
        tellWatchers();
        if (queue != null) {
            queue.forEach(SlotWaiter::slotSeen);
            queue.clear();
        }
        granted = false;
    }

    private void tellWatchers() {
        if (watchers != null) {
            watchers.forEach(SlotWaiter::slotSeen);
            watchers.clear();
        }
    }
}
