package io.github.clockeddispatch.model;

import io.github.clockeddispatch.Delivery.Message;
import java.util.ArrayList;
import java.util.List;

/** A receiver of the {@link Model}. */
final class Sink {
    final int id;
    final int capacity;
    final long joinedAt;
    final List<Message<Integer>> inbox = new ArrayList<>();

    /** Senders to this receiver alone that wait for room, by their places, in the order in which they began to. */
    final List<Integer> queue = new ArrayList<>();

    /** Whether the first of them has been given a slot; it keeps that even if a group message then fills the inbox. */
    boolean granted;

    /** The number that its reader was last told. */
    long told;

    /** The number that was given and is not finished; 0 for none. */
    long inHand;

    /** The thread that was last given something; -1 for none. */
    int reader = -1;

    /** Whether it ever had a sender, and whether its last one has been closed. */
    boolean fed;

    boolean ended;

    /** Why it gives nothing more; {@code DONE} while it does. */
    CallOutcome stopped = CallOutcome.DONE;

    /** Where its clock stands for ever; -1 while it goes on. */
    long stoppedAt = -1;

    /** What it had not given when it stopped. */
    long discarded;

    Sink(int id, int capacity, long joinedAt) {
        this.id = id;
        this.capacity = capacity;
        this.joinedAt = joinedAt;
        this.told = joinedAt;
    }

    Sink copy() {
        Sink copy = new Sink(id, capacity, joinedAt);
        copy.inbox.addAll(inbox);
        copy.queue.addAll(queue);
        copy.granted = granted;
        copy.told = told;
        copy.inHand = inHand;
        copy.reader = reader;
        copy.fed = fed;
        copy.ended = ended;
        copy.stopped = stopped;
        copy.stoppedAt = stoppedAt;
        copy.discarded = discarded;
        return copy;
    }

    boolean hasFreeSlot() {
        return inbox.size() < capacity;
    }

    void grant() {
        granted = !queue.isEmpty() && (granted || hasFreeSlot());
    }

    /** The first message that was numbered and is not finished; 0 for none. */
    long firstUnfinished() {
        return inHand > 0 ? inHand : inbox.isEmpty() ? 0 : inbox.getFirst().sequence();
    }

    @Override
    public String toString() {
        return inbox.stream().map(m -> m.sequence() + "=" + m.payload()).toList() + " of " + capacity
                + (queue.isEmpty() ? "" : " wanted by " + queue) + (granted ? " granted" : "") + " told " + told
                + (inHand > 0 ? " in hand " + inHand : "") + (reader < 0 ? "" : " by " + reader)
                + (ended ? " ended" : fed ? "" : " unfed")
                + (stopped == CallOutcome.DONE ? "" : " " + stopped + " at " + stoppedAt)
                + (discarded > 0 ? " discarded " + discarded : "");
    }
}
