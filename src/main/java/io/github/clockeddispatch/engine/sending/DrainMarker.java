package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.waiting.StopReason;
import org.jspecify.annotations.Nullable;

/**
 * The messages that were in a channel at one moment, until they have left it: {@code awaitFinished} waits for that. Under
 * the core's lock.
 *
 * @see "docs/design.md: Waits"
 */
final class DrainMarker {

    /** The position behind the last of them. */
    private long end;

    private boolean passed;
    private long sequence;
    private @Nullable StopReason stop;

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

    /** Some messages have got numbers and left the channel. */
    void numbered(long first, int count, long head) {
        passed = end <= head;
        sequence = passed ? first + count - 1 - (head - end) : first + count - 1;
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
