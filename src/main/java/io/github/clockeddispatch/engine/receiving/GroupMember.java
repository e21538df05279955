package io.github.clockeddispatch.engine.receiving;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A receiver in a {@link TargetGroup}; also one that has left it and not finished what it was given there. Guarded by the core's lock.
 *
 * @see "docs/design.md: Groups"
 */
final class GroupMember<T, R> {

    final Inbox<T> inbox;

    /** What its owner knows it by; null while it is not in the group. */
    private @Nullable R receiver;

    /** When it was added, among all that joins the dispatcher. */
    private long order;

    /** When it was in the group before, and had not finished what it was given when it was added again: as in a {@link Membership}. */
    private long[] earlier = new long[0];

    private long addedAt;

    /** {@link Membership#OPEN} while it is in the group. */
    private long leftAt;

    GroupMember(Inbox<T> inbox) {
        this.inbox = inbox;
    }

    /** It is about to be added again: keeps what it has not finished. Where this throws, nothing has changed. */
    void keepEarlier() {
        earlier = membership().unfinished();
    }

    /** It is in the group: it is given what is sent to that after a number. */
    void added(R as, long sequence, long now) {
        receiver = as;
        addedAt = sequence;
        leftAt = Membership.OPEN;
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

    Inbox<T> inbox() {
        return inbox;
    }

    /** Returns whether it is in the group now. */
    boolean isIn() {
        return receiver != null;
    }

    /** The counter when it was added last. */
    long addedAt() {
        return addedAt;
    }

    /** When it was in the group, but for times in which no number was given. */
    Membership<T> membership() {
        if (addedAt == leftAt) {
            return new Membership<>(inbox, earlier);
        }
        int before = earlier.length;
        boolean goesOn = before > 0 && earlier[before - 1] == addedAt; // no number was given while it was out
        long[] ranges = Arrays.copyOf(earlier, goesOn ? before : before + 2);
        if (!goesOn) {
            ranges[before] = addedAt;
        }
        ranges[ranges.length - 1] = leftAt;
        return new Membership<>(inbox, ranges);
    }
}
