package io.github.clockeddispatch.engine.receiving;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A group of receivers that can change, and the senders to it. Guarded by the core's lock.
 *
 * @param <T> the type of the messages
 * @param <R> what the owner of a receiver knows it by
 * @see "docs/design.md: Groups"
 */
public final class TargetGroup<T, R> {

    public final Core<T> core;
    public final String name;
    private final Reachability<T> reachability;

    /** Those who are in it, in the order in which they were added, and those who have left and not finished what they were given. */
    private final SequencedMap<Endpoint<T>, GroupMember<T, R>> members = new LinkedHashMap<>();

    /** Those who are in it; null if that has changed. */
    private @Nullable List<Inbox<T>> targets;

    /** When the last one was added, among all that joins the dispatcher. */
    private long lastAdded;

    /** When so many of {@link #members} have left, those that have finished are forgotten. */
    private int mostLeft = 16;

    private int left;

    /** How many senders to it are open. */
    private int open;

    /** In the order in which they joined. */
    private final Set<Producer<T>> undrained = new LinkedHashSet<>(2);

    /** Members of which it is decided that they end, and to which some of the senders still lead, in the order of that decision. */
    private final Set<Endpoint<T>> ending = new LinkedHashSet<>(2);

    /** Members that have stopped. */
    private final LeftOut leftOut = new LeftOut();

    public TargetGroup(Core<T> core, Reachability<T> reachability, String name) {
        this.core = core;
        this.reachability = reachability;
        this.name = name;
    }

    // ---- members

    /**
     * Adds a receiver, unless it is in here.
     *
     * @param receiver what its owner knows it by
     * @return the number after which it is given what is sent to the group
     */
    public long add(Inbox<T> inbox, R receiver) {
        core.lock.lock();
        try {
            core.checkOpen("join");
            GroupMember<T, R> member = members.get(inbox);
            if (member == null || !member.isIn()) {
                reachability.checkOpen(List.of(inbox));
                member = put(inbox);
                lastAdded = core.nextOrder();
                member.added(receiver, inbox.bound(), lastAdded);
                targets = null;
                inbox.reachability.open += reaches();
            }
            return member.addedAt();
        } finally {
            core.lock.unlock();
        }
    }

    /** Returns what is kept for it, or throws an error and keeps nothing that was not kept before. */
    private GroupMember<T, R> put(Inbox<T> inbox) {
        GroupMember<T, R> before = members.get(inbox);
        if (before != null) {
            before.keepEarlier();
            members.putLast(inbox, before); // which takes no memory
            left--;
            return before;
        }
        try {
            var member = new GroupMember<T, R>(inbox);
            inbox.reachability.groups().add(this);
            members.put(inbox, member);
            return member;
        } catch (Error e) {
            forget(inbox);
            throw e;
        }
    }

    private void forget(Endpoint<T> endpoint) {
        members.remove(endpoint);
        endpoint.reachability.groups().remove(this);
    }

    /**
     * Takes a receiver out.
     *
     * @return the number up to which it is given what is sent to the group; the counter if it is not in here
     */
    public long remove(Inbox<T> inbox) {
        return core.whole(() -> tryRemove(inbox));
    }

    private long tryRemove(Inbox<T> inbox) {
        core.lock.lock();
        try {
            GroupMember<T, R> member = members.get(inbox);
            if (member != null && member.isIn()) {
                leave(member);
                reachability.left(inbox, this);
            }
            return inbox.bound();
        } finally {
            core.lock.unlock();
        }
    }

    private void leave(GroupMember<T, R> member) {
        Inbox<T> inbox = member.inbox;
        inbox.reachability.open -= reaches();
        endsNoMore(inbox);
        member.left(inbox.bound());
        targets = null;
        left++;
        if (left > mostLeft) {
            forgetFinished();
            mostLeft = Math.max(16, 2 * left);
        }
        inbox.slots.leave(this);
    }

    private void forgetFinished() {
        for (GroupMember<T, R> member : new ArrayList<>(members.values())) {
            if (member.membership().time() == Long.MAX_VALUE) {
                forget(member.inbox);
                left--;
            }
        }
    }

    /** It gets to its end without waiting for the senders to this. */
    private void endsNoMore(Endpoint<T> endpoint) {
        if (ending.remove(endpoint)) {
            endpoint.reachability.awaited--;
        }
    }

    /** A receiver has stopped: notes what it will never finish. Who stops it may come twice. */
    void noteLeftOut(Endpoint<T> endpoint) {
        GroupMember<T, R> member = members.get(endpoint);
        if (member != null) {
            member.membership().addTo(leftOut);
        }
    }

    /** A receiver has stopped. Who stops it forgets that it was in here. */
    void stopped(Endpoint<T> endpoint) {
        GroupMember<T, R> member = members.remove(endpoint);
        if (member != null && member.isIn()) {
            endpoint.reachability.open -= reaches();
            targets = null;
        } else if (member != null) {
            left--;
        }
        endsNoMore(endpoint);
        reachability.checkEnd(endpoint);
    }

    /** Returns what the owners of those know them by who are in here: a copy. Takes the lock. */
    public List<R> members() {
        core.lock.lock();
        try {
            List<R> receivers = new ArrayList<>(members.size());
            for (GroupMember<T, R> member : members.values()) {
                R receiver = member.receiver();
                if (receiver != null) {
                    receivers.add(receiver);
                }
            }
            return receivers;
        } finally {
            core.lock.unlock();
        }
    }

    /** Those that a message numbered now would reach, each once. The list does not change: where the group does, there is another. */
    public List<Inbox<T>> targets() {
        List<Inbox<T>> now = targets;
        if (now == null) {
            now = members.values().stream()
                    .filter(GroupMember::isIn)
                    .map(GroupMember::inbox)
                    .toList();
            targets = now;
        }
        return now;
    }

    /** When the last one was added, in the order of {@link Core#nextOrder}. */
    public long lastAdded() {
        return lastAdded;
    }

    /** Those in here that were added later than that, in the order of {@link Core#nextOrder}. */
    public List<Inbox<T>> addedAfter(long order) {
        return members.values().stream()
                .filter(member -> member.isIn() && member.order() > order)
                .map(GroupMember::inbox)
                .toList();
    }

    /** Those whose clocks count for what was sent to the group: who are in it, or have left it and not finished what they were given. */
    public List<Membership<T>> counting() {
        return members.values().stream()
                .map(GroupMember::membership)
                .filter(member -> member.time() != Long.MAX_VALUE)
                .toList();
    }

    /** Those that have stopped as members, or before they had finished what they were given as such. */
    public LeftOut leftOut() {
        return leftOut;
    }

    // ---- senders: called by Reachability

    /** For how much it counts with each member: 1 while a sender to it is open. */
    private int reaches() {
        return hasOpen() ? 1 : 0;
    }

    boolean hasOpen() {
        return open > 0;
    }

    /** A sender to it joins; where this throws, it has not. */
    void opened(Producer<T> producer) {
        List<Inbox<T>> reached = targets();
        try {
            undrained.add(producer);
        } catch (Error e) {
            undrained.remove(producer);
            throw e;
        }
        open++;
        if (open == 1) {
            addToOpen(reached, 1);
        }
    }

    /** Returns whether it was the last. */
    boolean closed() {
        List<Inbox<T>> reached = targets();
        open--;
        if (open == 0) {
            addToOpen(reached, -1);
        }
        return open == 0;
    }

    private static <T> void addToOpen(List<Inbox<T>> reached, int change) {
        for (int i = 0; i < reached.size(); i++) {
            reached.get(i).reachability.open += change;
        }
    }

    /** It was decided that a member ends: later senders do not reach it. */
    void ends(Endpoint<T> endpoint) {
        GroupMember<T, R> member = members.get(endpoint);
        if (member == null || !member.isIn()) {
            return;
        }
        if (undrained.isEmpty()) {
            leave(member);
        } else if (ending.add(endpoint)) {
            endpoint.reachability.awaited++;
        }
    }

    /** Returns the members that nothing more will come to from here. */
    List<Endpoint<T>> drained(Producer<T> producer) {
        undrained.remove(producer);
        if (ending.isEmpty()) {
            return List.of();
        }
        long first = undrained.isEmpty()
                ? Long.MAX_VALUE
                : undrained.iterator().next().order();
        List<Endpoint<T>> done = ending.stream()
                .takeWhile(endpoint -> endpoint.reachability.endOrder() < first)
                .toList();
        for (Endpoint<T> endpoint : done) {
            GroupMember<T, R> member = members.get(endpoint);
            if (member != null) {
                leave(member);
            }
        }
        return done;
    }

    @Override
    public String toString() {
        return "group \"" + name + "\"";
    }
}
