package io.github.clockeddispatch.engine.receiving;

import org.jspecify.annotations.Nullable;

/**
 * A receiver in a {@link TargetGroup}; also one that has left it and not finished what it was given there. Guarded by the core's lock.
 *
 * @see "docs/design.md: Groups"
 */
public final class GroupMember<T, R> {

    final Inbox<T> inbox;

    /** What its owner knows it by; null while it is not in the group. */
    private @Nullable R receiver;

    /** When it was added, among all that joins the dispatcher. */
    private long order;

    private long addedAt;
    private long leftAt;

    GroupMember(Inbox<T> inbox) {
        this.inbox = inbox;
    }

    /** It is in the group: it is given what is sent to that after a number. */
    void added(R as, long sequence, long now) {
        receiver = as;
        addedAt = sequence;
        order = now;
    }

    /** It is not in the group any more: it is given nothing of what is sent to that after a number. */
    void left(long sequence) {
        receiver = null;
        leftAt = sequence;
    }

    @Nullable
    R receiver() {
        return receiver;
    }

    long order() {
        return order;
    }

    public Inbox<T> inbox() {
        return inbox;
    }

    /** Returns whether it is in the group now. */
    public boolean isIn() {
        return receiver != null;
    }

    /** The counter when it was added last. */
    public long addedAt() {
        return addedAt;
    }

    /** The counter when it left last; 0 if it never has. It may have been added again since. */
    public long leftAt() {
        return leftAt;
    }

    /** Returns as how much its clock counts for what was sent to the group; {@code Long.MAX_VALUE} if it counts no more. */
    public long time() {
        long time = inbox.time();
        return time < leftAt ? time : isIn() ? Math.max(time, addedAt) : Long.MAX_VALUE;
    }
}
