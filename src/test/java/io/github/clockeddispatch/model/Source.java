package io.github.clockeddispatch.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A sender of the {@link Model}. */
final class Source {
    record Queued(int payload, boolean dispatched) {}

    final int id;

    /** Whether it has a slot of its own above each inbox's capacity. */
    final boolean group;

    /** Whom it addresses or, where {@code all}, whom it does not. */
    final Set<Integer> to;

    final boolean all;
    final List<Queued> channel = new ArrayList<>();

    /** Whether the head of the channel waits for room, and which inboxes have had some since it began to. */
    boolean waiting;

    final Set<Integer> hadRoom = new TreeSet<>();
    boolean closed;

    /** How many sent messages will not get into any inbox, what was discarded apart. */
    int lost;

    Source(int id, boolean group, boolean all, Set<Integer> to) {
        this.id = id;
        this.group = group;
        this.all = all;
        this.to = to;
    }

    Source copy() {
        Source copy = new Source(id, group, all, to);
        copy.channel.addAll(channel);
        copy.waiting = waiting;
        copy.hadRoom.addAll(hadRoom);
        copy.closed = closed;
        copy.lost = lost;
        return copy;
    }

    boolean addresses(Sink r) {
        return all != to.contains(r.id);
    }

    /** Whether the head of the channel may go in there: nobody goes before those who wait, but for groups. */
    boolean hasRoomIn(Sink r) {
        if (group) {
            return r.hasFreeSlot() || hadRoom.contains(r.id);
        }
        return r.queue.isEmpty() ? r.hasFreeSlot() : r.granted && r.queue.getFirst() == id;
    }

    void roomSeen(Sink r) {
        if (waiting && group && addresses(r)) {
            hadRoom.add(r.id);
        }
    }

    @Override
    public String toString() {
        return (all ? "all but " : group ? "group " : "")
                + to
                + channel
                + (waiting ? " waits, had " + hadRoom : "")
                + (closed ? " closed" : "")
                + (lost > 0 ? " lost " + lost : "");
    }
}
