package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJJ_Result;
import org.openjdk.jcstress.infra.results.JJ_Result;

/** G14: numbering a message and withdrawing it exclude each other. */
public final class WithdrawalAndPump {

    private WithdrawalAndPump() {}

    /** The future of {@code dispatchAsync} is cancelled while the pump goes on, as there is room now. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "withdrawn, and never delivered")
    @Outcome(id = "0, 2", expect = ACCEPTABLE, desc = "numbered first, and delivered")
    @Outcome(id = "1, 2", expect = FORBIDDEN, desc = "withdrawn, and delivered all the same")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "neither withdrawn nor delivered")
    @State
    public static class Cancel {
        private final Rig rig = new Rig(1, 2).dispatched(1);
        private final CompletableFuture<Long> future;

        public Cancel() {
            try {
                future = rig.sender.dispatchAsync(2);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            rig.sender.close(); // what it has accepted is still delivered
        }

        @Actor
        public void caller(JJ_Result r) {
            r.r1 = future.cancel(true) ? 1 : 0;
        }

        @Actor
        public void pump() {
            rig.now();
            rig.pump();
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = rig.now();
        }
    }

    /** The caller of {@code dispatch} is interrupted. */
    @JCStressTest
    @Outcome(id = "0, 0, 0", expect = ACCEPTABLE, desc = "withdrawn, and never delivered; InterruptedException")
    @Outcome(id = "2, 2, 1", expect = ACCEPTABLE, desc = "numbered first, and delivered; the flag is set")
    @Outcome(
            id = {"0, 2, 0", "0, 2, 1"},
            expect = FORBIDDEN,
            desc = "withdrawn, and delivered all the same")
    @Outcome(
            id = {"2, 0, 0", "2, 0, 1"},
            expect = FORBIDDEN,
            desc = "numbered, and not delivered")
    @Outcome(
            id = {"0, 0, 1", "2, 2, 0"},
            expect = FORBIDDEN,
            desc = "the interrupt was lost, or told twice")
    @State
    public static class Interrupt {
        private final Rig rig = new Rig(1, 2).dispatched(1);
        private volatile Thread caller;
        private volatile boolean interrupted;

        @Actor
        public void caller(JJJ_Result r) {
            caller = Thread.currentThread();
            try {
                r.r1 = rig.sender.dispatch(2);
            } catch (InterruptedException e) {
                r.r1 = 0;
            }
            while (!interrupted) {
                Thread.yield();
            }
            r.r3 = Thread.interrupted() ? 1 : 0;
            rig.sender.close();
        }

        @Actor
        public void pump() {
            while (caller == null) {
                Thread.yield();
            }
            caller.interrupt();
            interrupted = true;
            rig.now();
            rig.pump();
        }

        @Arbiter
        public void read(JJJ_Result r) {
            r.r2 = rig.now();
        }
    }

    /** The time of a {@code dispatch} is over. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "withdrawn, and never delivered")
    @Outcome(id = "2, 2", expect = ACCEPTABLE, desc = "numbered first, and delivered")
    @Outcome(id = "0, 2", expect = FORBIDDEN, desc = "withdrawn, and delivered all the same")
    @Outcome(id = "2, 0", expect = FORBIDDEN, desc = "numbered, and not delivered")
    @State
    public static class TimeOut {
        private static final Duration SHORT = Duration.ofNanos(1_000);

        private final Rig rig = new Rig(1, 2).dispatched(1);

        @Actor
        public void caller(JJ_Result r) {
            try {
                r.r1 = rig.sender.dispatch(2, SHORT);
            } catch (TimeoutException e) {
                r.r1 = 0;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            rig.sender.close();
        }

        @Actor
        public void pump() {
            rig.now();
            rig.pump();
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = rig.now();
        }
    }

    /** Each of the two looks whether the other was first, and then goes on, not under one lock. */
    @JCStressTest
    @Outcome(
            id = {"0, 2", "1, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(
            id = "1, 2",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: withdrawn, and delivered all the same")
    @State
    public static class PendingUnlockedNegativeControl {
        private static final int NUMBERED = 1;
        private static final int WITHDRAWN = 2;

        private volatile int state;

        @Actor
        public void caller(JJ_Result r) {
            if (state != NUMBERED) {
                state = WITHDRAWN;
                r.r1 = 1;
            }
        }

        @Actor
        public void pump(JJ_Result r) {
            if (state != WITHDRAWN) {
                state = NUMBERED;
                r.r2 = 2;
            }
        }
    }
}
