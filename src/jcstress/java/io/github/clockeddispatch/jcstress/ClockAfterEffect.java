package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.Receiver;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** G6: who sees the clock at a number sees what the handler of that number did, a plain write. */
public final class ClockAfterEffect {

    private ClockAfterEffect() {}

    /** The receiver's own clock. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither clock nor effect is there")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the effect is seen, and not promised yet")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the clock has passed the message, and its effect is seen")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the clock is ahead of the effect")
    @State
    public static class Shipped {
        private final Rig rig = new Rig(1, 1).dispatched(1);
        private final Receiver<Integer> receiver = rig.receiver;
        private int effect;

        @Actor
        public void reader() {
            receiver.drain((number, payload) -> effect = payload, 1);
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = receiver.clock().time();
            r.r2 = effect;
        }
    }

    /** The number is finished when the message is handed over. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the clock is ahead of the effect")
    @State
    public static class FinishedAtHandOverNegativeControl {
        private volatile long clock;
        private int effect;

        @Actor
        public void reader() {
            clock = 1;
            effect = 1;
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = clock;
            r.r2 = effect;
        }
    }
}
