package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.engine.waiting.Handshake;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Of one who arms and one who makes progress, at least one sees the other. */
public final class Handshakes {

    private Handshakes() {}

    /** With the handshake on both sides. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the wake-up is lost")
    @State
    public static class ArmAndRecheck {
        private int progress;
        private int armed;

        @Actor
        public void progresses(II_Result r) {
            progress = 1;
            Handshake.progressed();
            r.r1 = armed;
        }

        @Actor
        public void arms(II_Result r) {
            armed = 1;
            Handshake.armed();
            r.r2 = progress;
        }
    }

    /** Who makes progress does not take part. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class ProgressAloneNegativeControl {
        private int progress;
        private int armed;

        @Actor
        public void progresses(II_Result r) {
            progress = 1;
            r.r1 = armed;
        }

        @Actor
        public void arms(II_Result r) {
            armed = 1;
            Handshake.armed();
            r.r2 = progress;
        }
    }

    /** Who waits does not take part. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class ArmedAloneNegativeControl {
        private int progress;
        private int armed;

        @Actor
        public void progresses(II_Result r) {
            progress = 1;
            Handshake.progressed();
            r.r1 = armed;
        }

        @Actor
        public void arms(II_Result r) {
            armed = 1;
            r.r2 = progress;
        }
    }
}
