package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Receiver;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** No wake-up is lost between a reader that waits and what it waits for. */
public final class ReceiveAndAppend {

    private ReceiveAndAppend() {}

    /** A message. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "given")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @Outcome(expect = FORBIDDEN, desc = "given what is not there")
    @State
    public static class AMessage {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void sender() {
            rig.dispatch(1);
        }

        @Actor
        public void reader(J_Result r) {
            r.r1 = rig.next();
        }
    }

    /** A tick: the message is for another receiver. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "told that the counter has reached 1")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @Outcome(expect = FORBIDDEN, desc = "told what is not so")
    @State
    public static class ATick {
        private final Rig rig = new Rig(1, 1);
        private final Receiver<Integer> idle = rig.dispatcher.receiver("idle");

        @Actor
        public void sender() {
            rig.dispatch(1);
        }

        @Actor
        public void reader(J_Result r) {
            try {
                r.r1 = idle.receive(Rig.PATIENCE).map(Delivery::sequence).orElse(0L);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** The reader looks for a message, and only then says that it waits. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class LooksBeforeItWaitsNegativeControl {
        private volatile int appended;
        private volatile int readerWaits;

        @Actor
        public void sender(JJ_Result r) {
            appended = 1;
            r.r1 = readerWaits;
        }

        @Actor
        public void reader(JJ_Result r) {
            r.r2 = appended;
            readerWaits = 1;
        }
    }

    /** The counter has been raised by who looked for watchers before. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the tick is lost")
    @State
    public static class WatchersFirstNegativeControl {
        private volatile int counter;
        private volatile int watched;

        @Actor
        public void sender(JJ_Result r) {
            r.r1 = watched;
            counter = 1;
        }

        @Actor
        public void reader(JJ_Result r) {
            watched = 1;
            r.r2 = counter;
        }
    }
}
