package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.FailedException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * G10, G13: a stop and the finishing of a message exclude each other; clock, reader and counts tell the same story. In a merge, the
 * reader may be told of the stop by the very call that has finished something just before it.
 */
public final class StopAndFinish {

    private StopAndFinish() {}

    /** The last message is acknowledged while the receiver fails. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "finished, then stopped: the clock has passed it")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "stopped first: the reader is told, the clock stands below it")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "finished, and the clock stands below it")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "stopped first, and the clock has passed it")
    @State
    public static class FailAndAcknowledge {
        private static final Exception CAUSE = new Exception();

        private final Rig rig = new Rig(1, 1).dispatched(1);
        private final long inHand = rig.now();

        @Actor
        public void reader(JJ_Result r) {
            try {
                rig.receiver.acknowledge();
                r.r1 = inHand;
            } catch (FailedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void stopper() {
            rig.receiver.fail(CAUSE);
        }

        @Arbiter
        public void look(JJ_Result r) {
            r.r2 = rig.receiver.clock().time();
        }
    }

    /** The next message is taken, without the lock, while the receiver is discarded. */
    @JCStressTest
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "given; the one before it is finished, nothing discarded")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused; the one before it is unfinished, this one discarded")
    @Outcome(expect = FORBIDDEN, desc = "reader, clock and count do not tell the same story")
    @State
    public static class DiscardAndTake {
        private final Rig rig = new Rig(2, 2).dispatched(2);

        public DiscardAndTake() {
            rig.now();
        }

        @Actor
        public void reader(JJJ_Result r) {
            try {
                r.r1 = rig.now();
            } catch (ClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void stopper() {
            rig.receiver.discard();
        }

        @Arbiter
        public void look(JJJ_Result r) {
            try {
                rig.receiver.acknowledge(); // must not finish what was in hand when it was stopped
            } catch (ClosedException e) {
                // as it should be
            }
            r.r2 = rig.receiver.clock().time();
            r.r3 = rig.receiver.discarded();
        }
    }

    /** Of a merge: the last message is acknowledged while the receiver fails. */
    @JCStressTest
    @Outcome(id = "1, 1, 0", expect = ACCEPTABLE, desc = "finished, then stopped: the clock has passed it")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "stopped first, at this message: the clock stands below it")
    @Outcome(expect = FORBIDDEN, desc = "reader, clock and failure do not tell the same story")
    @State
    public static class MergedFailAndAcknowledge {
        private static final Exception CAUSE = new Exception();

        private final MergeRig merge = new MergeRig(1);

        public MergedFailAndAcknowledge() {
            merge.second.advance(1);
            MergeRig.forward(merge.first, 1);
            merge.now();
        }

        @Actor
        public void reader(JJJ_Result r) {
            try {
                merge.receiver.acknowledge();
                r.r1 = 1;
            } catch (FailedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void stopper() {
            merge.receiver.fail(CAUSE);
        }

        @Arbiter
        public void look(JJJ_Result r) {
            r.r2 = merge.receiver.clock().time();
            try {
                merge.now();
            } catch (FailedException e) {
                // where nothing was unfinished, it has failed where the clock stands
                r.r3 = e.sequence() > r.r2 ? e.sequence() : 0;
            }
        }
    }

    /**
     * Of a merge, whose reader looks after it has taken a message whether it is to be stopped: what was in hand is finished then,
     * also where it is told of the stop.
     */
    @JCStressTest
    @Outcome(id = "2, 1, 0", expect = ACCEPTABLE, desc = "given; the one before it is finished, nothing discarded")
    @Outcome(id = "0, 0, 1", expect = ACCEPTABLE, desc = "refused; the one before it is unfinished, this one discarded")
    @Outcome(
            id = "0, 1, 1",
            expect = ACCEPTABLE,
            desc = "taken, which finishes the one before it, and stopped before it was given: discarded")
    @Outcome(expect = FORBIDDEN, desc = "reader, clock and count do not tell the same story")
    @State
    public static class MergedDiscardAndTake {
        private final MergeRig merge = new MergeRig(2);

        public MergedDiscardAndTake() {
            merge.second.advance(2);
            MergeRig.forward(merge.first, 1);
            MergeRig.forward(merge.first, 2);
            merge.now();
        }

        @Actor
        public void reader(JJJ_Result r) {
            try {
                r.r1 = merge.now();
            } catch (ClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void stopper() {
            merge.receiver.discard();
        }

        @Arbiter
        public void look(JJJ_Result r) {
            try {
                merge.receiver.acknowledge(); // must not finish what was in hand when it was stopped
            } catch (ClosedException e) {
                // as it should be
            }
            r.r2 = merge.receiver.clock().time();
            r.r3 = merge.receiver.discarded();
        }
    }

    /** Both look at the watermark and then write it, in place of a compare-and-set. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(
            id = {"1, 0", "0, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: finished, and the clock stands below it")
    @State
    public static class WatermarkSetNegativeControl {
        private volatile long unfinished = 1;

        @Actor
        public void reader(JJ_Result r) {
            if (unfinished >= 0) {
                unfinished = 2;
                r.r1 = 1;
            }
        }

        @Actor
        public void stopper() {
            long first = unfinished;
            unfinished = ~(first - 1);
        }

        @Arbiter
        public void look(JJ_Result r) {
            long first = unfinished;
            r.r2 = first < 0 ? ~first : first - 1;
        }
    }
}
