package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.receiving.Watermark;
import io.github.clockeddispatch.engine.storage.SequencedRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** G4: who sees the counter at a number sees the message with that number unfinished, or finished. */
public final class NumberBeforeAppend {

    private NumberBeforeAppend() {}

    /** A message comes to an idle receiver, whose clock stood at the counter. Nobody reads. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the message has no number yet")
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "it has its number, and is unfinished")
    @Outcome(
            id = {"0, 1", "1, 1"},
            expect = FORBIDDEN,
            desc = "the clock has passed a message that nobody has read")
    @State
    public static class Shipped {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void sender() {
            rig.dispatch(1);
        }

        @Actor
        public void observer(JJ_Result r) {
            for (int i = 0; i < 200 && r.r1 == 0 && r.r2 == 0; i++) { // until the sender gets there, as a rule
                r.r1 = rig.dispatcher.sequence();
                r.r2 = rig.receiver.clock().time();
            }
        }
    }

    /** The counter is raised before the message is appended. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(
            id = {"0, 1", "1, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the clock has passed it")
    @State
    public static class CounterFirstNegativeControl {
        private final Frontier frontier = new Frontier(0);
        private final SequencedRing<String> ring = new SequencedRing<>(1);
        private final Watermark watermark = new Watermark(frontier, ring);

        @Actor
        public void sender() {
            frontier.publish(1);
            ring.append(1, 1, index -> "m");
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = frontier.value();
            r.r2 = watermark.time();
        }
    }

    /** The clock reads what is unfinished first, and then its bound. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(
            id = {"0, 1", "1, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the clock has passed it")
    @State
    public static class BoundReadLastNegativeControl {
        private volatile long frontier;
        private volatile long unfinished;

        @Actor
        public void sender() {
            unfinished = 1;
            frontier = 1;
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = frontier;
            long first = unfinished;
            for (int i = 0; i < 20; i++) {
                Thread.onSpinWait(); // gives it time to happen
            }
            long bound = frontier;
            r.r2 = first == 0 ? bound : Math.min(bound, first - 1);
        }
    }
}
