package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** No wake-up is lost between a thread that waits for a number and the reader that finishes it; G6 holds for who has waited. */
public final class WaitUntilAndFinish {

    private WaitUntilAndFinish() {}

    /** The only message is finished: the reader takes the lock. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "woken, or not asleep yet; the effect is seen")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the wait returned before the effect could be seen")
    @Outcome(
            id = {"0, 0", "0, 1"},
            expect = FORBIDDEN,
            desc = "the wake-up was lost")
    @State
    public static class TheLastOne {
        private final Rig rig = new Rig(2, 2).dispatched(1);
        private int effect;

        @Actor
        public void reader() {
            rig.receiver.drain((number, payload) -> effect = 1, 1);
        }

        @Actor
        public void waiter(JJ_Result r) {
            r.r1 = Rig.await(rig.receiver.clock(), 1) ? 1 : 0;
            r.r2 = effect;
        }
    }

    /** Another message is behind it: the reader takes that, and takes the lock only if {@code notifyAt} is set. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "woken, or not asleep yet; the effect is seen")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the wait returned before the effect could be seen")
    @Outcome(
            id = {"0, 0", "0, 1"},
            expect = FORBIDDEN,
            desc = "the wake-up was lost")
    @State
    public static class OneOfTwo {
        private final Rig rig = new Rig(2, 2).dispatched(2);
        private final long inHand = rig.now();
        private int effect;

        @Actor
        public void reader() {
            effect = 1;
            rig.now();
        }

        @Actor
        public void waiter(JJ_Result r) {
            r.r1 = Rig.await(rig.receiver.clock(), inHand) ? 1 : 0;
            r.r2 = effect;
        }
    }

    /** The handshake without its fences: neither of the two need see what the other has written before. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class NotifyAtWithoutFenceNegativeControl {
        private int finished;
        private int notifyAt;

        @Actor
        public void reader(JJ_Result r) {
            finished = 1;
            r.r1 = notifyAt;
        }

        @Actor
        public void waiter(JJ_Result r) {
            notifyAt = 1;
            r.r2 = finished;
        }
    }

    /** The handshake without the recheck: the waiter looks at the clock, and then sets {@code notifyAt}. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class NoSecondLookNegativeControl {
        private volatile int finished;
        private volatile int notifyAt;

        @Actor
        public void reader(JJ_Result r) {
            finished = 1;
            r.r1 = notifyAt;
        }

        @Actor
        public void waiter(JJ_Result r) {
            r.r2 = finished;
            notifyAt = 1;
        }
    }
}
