package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.engine.merging.Lane;
import io.github.clockeddispatch.jcstress.MergeRig.Reading;
import io.github.clockeddispatch.jcstress.MergeRig.Way;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * The handshakes of a merge, see docs/design.md: who wants to be told says so and then looks; who does something does it and then
 * looks whether anybody has said so. They are tried on the shipped parts, without the lock, so that they race tightly;
 * {@link MergeWakeUps} has the whole.
 */
public final class MergeHandshakes {

    private MergeHandshakes() {}

    /** {@code Lane.notifyAt}: a message is accepted, whose number somebody needs to be promised. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the wake-up is lost")
    @State
    public static class NotifyAtAndForward {
        private final Way lane = new Way();

        @Actor
        public void forwarder(JJ_Result r) {
            lane.forward(1);
            r.r1 = lane.isAwaited(1, 1) ? 1 : 0;
        }

        @Actor
        public void waiter(JJ_Result r) {
            lane.awaitPromise(1, Long.MIN_VALUE);
            r.r2 = lane.promised();
        }
    }

    /** {@code Lane.notifyAt}: what somebody needs is promised without a message. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the wake-up is lost")
    @State
    public static class NotifyAtAndAdvance {
        private final Way lane = new Way();

        @Actor
        public void forwarder(JJ_Result r) {
            lane.book.promise(1);
            r.r1 = lane.isAwaited(Lane.NONE, 1) ? 1 : 0;
        }

        @Actor
        public void waiter(JJ_Result r) {
            lane.awaitPromise(1, Long.MIN_VALUE);
            r.r2 = lane.promised();
        }
    }

    /** {@code Lane.demandBelow}: a message is accepted that is due at once, as what it needs is promised by others. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the wake-up is lost")
    @State
    public static class DemandAndForward {
        private final Way lane = new Way();

        @Actor
        public void forwarder(JJ_Result r) {
            lane.forward(1, true);
            r.r1 = lane.isAwaited(1, 0) ? 1 : 0;
        }

        @Actor
        public void waiter(JJ_Result r) {
            lane.awaitPromise(Lane.NONE, 2);
            r.r2 = lane.size();
        }
    }

    /** {@code Lane.notifyHeadAt}: the only slot of a full lane becomes free. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the forward sleeps though there is room")
    @State
    public static class HeadAtAndTake {
        private final Reading reading = new Reading(1);

        @Actor
        public void reader(JJ_Result r) {
            reading.take();
            r.r1 = reading.hasTold ? 1 : 0;
        }

        @Actor
        public void forwarder(JJ_Result r) {
            reading.lane.awaitHead(1);
            r.r2 = reading.lane.hasFreeSlot(1) ? 1 : 0;
        }
    }

    /** {@code MergeClock.notifyAt}: what is in hand is finished by taking the next one. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the wake-up is lost")
    @State
    public static class ClockNotifyAtAndTake {
        private final Reading reading = new Reading(2);
        private final long inHand = reading.take();

        @Actor
        public void reader(JJ_Result r) {
            reading.take();
            r.r1 = reading.hasMet ? 1 : 0;
        }

        @Actor
        public void waiter(JJ_Result r) {
            reading.intake.setNotifyAt(inHand);
            r.r2 = reading.intake.time();
        }
    }

    /** {@code MergeClock.notifyAt}: what is in hand is finished, there being nothing more. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "the wake-up is lost")
    @State
    public static class ClockNotifyAtAndFinish {
        private final Reading reading = new Reading(1);
        private final long inHand = reading.take();

        @Actor
        public void reader(JJ_Result r) {
            reading.intake.finish();
            r.r1 = reading.hasMet ? 1 : 0;
        }

        @Actor
        public void waiter(JJ_Result r) {
            reading.intake.setNotifyAt(inHand);
            r.r2 = reading.intake.time();
        }
    }

    /** Of forward and advance: they look at {@code notifyAt} after a write that is no full fence. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class AcceptedWithoutFenceNegativeControl {
        private final AtomicLong accepted = new AtomicLong();
        private volatile long notifyAt;

        @Actor
        public void forwarder(JJ_Result r) {
            accepted.setRelease(1);
            r.r1 = notifyAt;
        }

        @Actor
        public void waiter(JJ_Result r) {
            notifyAt = 1;
            r.r2 = accepted.get();
        }
    }

    /** Of forward and advance: they look at {@code notifyAt} first. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class NotifyAtReadFirstNegativeControl {
        private volatile long accepted;
        private volatile long notifyAt;

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = notifyAt;
            accepted = 1;
        }

        @Actor
        public void waiter(JJ_Result r) {
            notifyAt = 1;
            r.r2 = accepted;
        }
    }

    /** Of both words of a lane: they are written without a full fence, before it is looked once more. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class WordWithoutFenceNegativeControl {
        private volatile long accepted;
        private final AtomicLong word = new AtomicLong();

        @Actor
        public void forwarder(JJ_Result r) {
            accepted = 1;
            r.r1 = word.get();
        }

        @Actor
        public void waiter(JJ_Result r) {
            word.setRelease(1);
            r.r2 = accepted;
        }
    }

    /** Of both words of a lane: who writes them has looked before, and does not do so once more. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class NoSecondLookNegativeControl {
        private volatile long accepted;
        private volatile long word;

        @Actor
        public void forwarder(JJ_Result r) {
            accepted = 1;
            r.r1 = word;
        }

        @Actor
        public void waiter(JJ_Result r) {
            r.r2 = accepted;
            word = 1;
        }
    }

    /** Of room: the reader has no fence between the head and its look whether somebody waits. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the forward sleeps though there is room")
    @State
    public static class HeadWithoutFenceNegativeControl {
        private final AtomicLong head = new AtomicLong();
        private volatile long notifyHeadAt;

        @Actor
        public void reader(JJ_Result r) {
            head.setRelease(1);
            r.r1 = notifyHeadAt;
        }

        @Actor
        public void forwarder(JJ_Result r) {
            notifyHeadAt = 1;
            r.r2 = head.get();
        }
    }

    /** Of room: the forward has no fence between its word and its look at the head. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the forward sleeps though there is room")
    @State
    public static class HeadAtWithoutFenceNegativeControl {
        private volatile long head;
        private final AtomicLong notifyHeadAt = new AtomicLong();

        @Actor
        public void reader(JJ_Result r) {
            head = 1;
            r.r1 = notifyHeadAt.get();
        }

        @Actor
        public void forwarder(JJ_Result r) {
            notifyHeadAt.setRelease(1);
            r.r2 = head;
        }
    }

    /** Of the clock: the reader has no fence between what is in hand and its look at {@code notifyAt}. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class HandWithoutFenceNegativeControl {
        private final AtomicLong inHand = new AtomicLong();
        private volatile long notifyAt;

        @Actor
        public void reader(JJ_Result r) {
            inHand.setRelease(1);
            r.r1 = notifyAt;
        }

        @Actor
        public void waiter(JJ_Result r) {
            notifyAt = 1;
            r.r2 = inHand.get();
        }
    }

    /** Of the clock: who waits has no fence between {@code notifyAt} and its look at the clock. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class ClockNotifyAtWithoutFenceNegativeControl {
        private volatile long inHand;
        private final AtomicLong notifyAt = new AtomicLong();

        @Actor
        public void reader(JJ_Result r) {
            inHand = 1;
            r.r1 = notifyAt.get();
        }

        @Actor
        public void waiter(JJ_Result r) {
            notifyAt.setRelease(1);
            r.r2 = inHand;
        }
    }
}
