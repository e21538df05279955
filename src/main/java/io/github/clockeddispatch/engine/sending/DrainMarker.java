package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were in a channel at one moment, until they have left it: {@code awaitFinished} waits for that. Under
 * the core's lock.
 *
 * @see "docs/design.md: Waits"
 */
final class DrainMarker<T> {

    /** Those to whom some of the messages went, and the greatest of their numbers. */
    record Reached<T>(List<? extends Endpoint<T>> receivers, long sequence) {}

    /** The position behind the last of them. */
    private long end;

    private boolean passed;
    private long sequence;
    private @Nullable StopReason stop;

    /** One entry for each membership of a group. */
    private final List<Reached<T>> reached = new ArrayList<>(1);

    DrainMarker(long head, long end) {
        this.end = end;
        this.passed = end <= head;
    }

    /** Returns whether all of them have left the channel. */
    boolean isPassed() {
        return passed;
    }

    /** The position behind the last of them. */
    long end() {
        return end;
    }

    /** The greatest number that one of them got; 0 for none. */
    long sequence() {
        return sequence;
    }

    /** Why some were given up; null where none was. */
    @Nullable
    StopReason stop() {
        return stop;
    }

    /** Returns to whom they went, but for those of a broadcaster. */
    List<Reached<T>> reached() {
        return reached;
    }

    /** Some messages have got numbers and left the channel, for these receivers. */
    void numbered(long first, int count, long head, List<? extends Endpoint<T>> receivers) {
        passed = end <= head;
        sequence = passed ? first + count - 1 - (head - end) : first + count - 1;
        if (!reached.isEmpty() && reached.getLast().receivers() == receivers) {
            reached.removeLast();
        }
        reached.add(new Reached<>(receivers, sequence));
    }

    /** One was taken out; those behind it have moved up. */
    void withdrawn(long position, long head) {
        if (position < end) {
            end--;
            passed = end <= head;
        }
    }

    void abandoned(StopReason why) {
        stop = why;
        passed = true;
    }
}
