package io.github.clockeddispatch.engine.receiving;

import java.util.Arrays;

/**
 * When a receiver was in a {@link TargetGroup}, as far as it has not finished what it was given there: what was sent to the group is for
 * it if it is numbered within one of some ranges.
 *
 * @see "docs/design.md: Groups"
 */
public final class Membership<T> {

    /** The end of a range that is open. */
    static final long OPEN = Long.MAX_VALUE;

    private final Inbox<T> inbox;

    /** Pairs: it is given what is numbered after the first, up to the second; in rising order, the last may be open. */
    private final long[] ranges;

    Membership(Inbox<T> inbox, long[] ranges) {
        this.inbox = inbox;
        this.ranges = ranges;
    }

    public Inbox<T> inbox() {
        return inbox;
    }

    /** The ranges that were not finished at some moment. A copy. */
    long[] unfinished() {
        long time = inbox.time();
        int from = 0;
        while (from < ranges.length && ranges[from + 1] <= time) {
            from += 2;
        }
        return Arrays.copyOfRange(ranges, from, ranges.length);
    }

    /** Returns as how much its clock counts for what was sent to the group; {@code Long.MAX_VALUE} if it counts no more. */
    public long time() {
        long time = inbox.time();
        for (int i = 0; i < ranges.length; i += 2) {
            if (time < ranges[i + 1]) {
                return Math.max(time, ranges[i]);
            }
        }
        return Long.MAX_VALUE;
    }

    /** Returns the number that its clock must reach before that of the group reaches one; 0 for none. */
    public long needed(long sequence) {
        for (int i = ranges.length - 2; i >= 0; i -= 2) {
            if (ranges[i] < sequence) {
                return Math.min(sequence, ranges[i + 1]);
            }
        }
        return 0;
    }

    /** It has stopped: adds what it will never finish. */
    void addTo(LeftOut leftOut) {
        long time = inbox.time();
        for (int i = 0; i < ranges.length; i += 2) {
            leftOut.add(inbox, Math.max(time, ranges[i]), Math.min(ranges[i + 1], inbox.leftOutAt()));
        }
    }
}
