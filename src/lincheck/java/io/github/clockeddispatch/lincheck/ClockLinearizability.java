package io.github.clockeddispatch.lincheck;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.receiving.Watermark;
import io.github.clockeddispatch.engine.storage.SequencedRing;
import java.util.TreeSet;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/**
 * Counter and clock: numbers are given under the lock, one reader takes and finishes as its own thread does, and anybody
 * looks without a lock.
 *
 * <p>What is compared is {@code hasReached}. The value of {@code time()} lies between where the clock stood at the call and
 * where it stands at the return, but the clock may have jumped over it: with message 1 unfinished and 2 for another it goes
 * from 0 to 2, and who had read the counter at 1 before says 1. So it may be too low for an instant, is never too high, and
 * does not fall.
 */
class ClockLinearizability {

    /** Counter, ring and clock, put together as the dispatcher does. */
    @Param(name = "number", gen = IntGen.class, conf = "1:3")
    public static class Clock extends Checks.Owner {
        final Frontier frontier = new Frontier(0);
        final SequencedRing<String> ring = new SequencedRing<>(8);
        private final Watermark watermark = new Watermark(frontier, ring);
        private long inHand;
        private boolean stopped;

        @Operation
        public long number() {
            return locked(() -> {
                long number = frontier.value() + 1;
                ring.reserve(1);
                append(number);
                ring.publish();
                return number;
            });
        }

        void append(long number) {
            ring.append(number, 1, index -> "");
            frontier.publish(number);
        }

        @Operation
        public long numberForOthers() {
            return locked(() -> {
                long number = frontier.value() + 1;
                frontier.publish(number);
                return number;
            });
        }

        /** Returns what was taken, 0 for nothing, -1 where it was stopped. */
        @Operation(nonParallelGroup = "reader")
        public long take() {
            if (stopped || (!ring.hasNext() && !locked(this::finishAndLookAgain))) {
                return stopped ? -1 : 0;
            }
            long number = ring.nextSequence();
            stopped = !take(number);
            inHand = stopped ? 0 : number;
            return stopped ? -1 : number;
        }

        private boolean take(long number) {
            if (inHand == 0) {
                if (!watermark.move(0, number)) {
                    return false;
                }
                ring.take();
                return true;
            }
            ring.take();
            return watermark.move(inHand, number);
        }

        /** Under the lock, where no number is between the counter and the ring; without, nothing may be seen for an instant. */
        private boolean finishAndLookAgain() {
            boolean hasNext = ring.hasNext();
            if (!hasNext && inHand != 0) {
                stopped = !watermark.move(inHand, 0);
                inHand = 0;
            }
            return hasNext;
        }

        @Operation(runOnce = true)
        public long stop() {
            return locked(watermark::stop);
        }

        @Operation
        public boolean hasReached(@Param(name = "number") int number) {
            return watermark.time() >= number;
        }

        @Operation
        public long sequence() {
            return frontier.value();
        }
    }

    /** What it should do. */
    public static class Specification {
        private final TreeSet<Long> unfinished = new TreeSet<>();
        private long sequence;
        private long inHand;
        private long stoppedAt = -1;
        private boolean told;

        private long time() {
            if (stoppedAt >= 0) {
                return stoppedAt;
            }
            return unfinished.isEmpty() ? sequence : Math.min(sequence, unfinished.first() - 1);
        }

        public long number() {
            unfinished.add(++sequence);
            return sequence;
        }

        public long numberForOthers() {
            return ++sequence;
        }

        public long take() {
            boolean hasNext = unfinished.stream().anyMatch(number -> number > inHand);
            if (told || (stoppedAt >= 0 && (inHand != 0 || hasNext))) {
                told = true;
                return -1;
            }
            unfinished.remove(inHand);
            inHand = unfinished.isEmpty() ? 0 : unfinished.first();
            return inHand;
        }

        public long stop() {
            long time = time();
            stoppedAt = time;
            return unfinished.isEmpty() ? time : unfinished.first();
        }

        public boolean hasReached(int number) {
            return time() >= number;
        }

        public long sequence() {
            return sequence;
        }
    }

    /** The counter is raised before the message is appended. */
    public static class CounterFirst extends Clock {
        @Override
        void append(long number) {
            frontier.publish(number);
            ring.append(number, 1, index -> "");
        }
    }

    @Test
    void modelChecking() {
        Checks.modelCheck(Clock.class, Specification.class);
    }

    @Test
    void stress() {
        Checks.stress(Clock.class, Specification.class);
    }

    @Test
    void findsTheCounterRaisedFirst() {
        Checks.finds(CounterFirst.class, Specification.class);
    }
}
