package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.engine.merging.Lane;
import io.github.clockeddispatch.jcstress.MergeRig.Reading;
import io.github.clockeddispatch.jcstress.MergeRig.Way;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLongArray;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * F1, F2, G4, G6: a promise covers what can be seen, and what has left a lane is in hand, or finished. So messages come in order,
 * and no clock passes one.
 */
public final class MergePromises {

    /** How often somebody looks who has no better idea of when. */
    private static final int LOOKS = 50;

    private MergePromises() {}

    /** Message 1 is accepted while the other forwarder promises as much, and looks at the clock. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the clock stands below the message, which is given")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "the clock has passed a message that nobody has read")
    @Outcome(expect = FORBIDDEN, desc = "the message is not given, though all have promised")
    @State
    public static class PromiseAndForward {
        private final MergeRig merge = new MergeRig(1);

        @Actor
        public void forwarder() {
            MergeRig.forward(merge.first, 1);
        }

        @Actor
        public void observer(JJ_Result r) {
            merge.second.advance(1);
            r.r1 = merge.receiver.clock().time();
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = merge.now();
        }
    }

    /** Message 1 is accepted, and due at once, while somebody looks whether the clock has got there. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the clock stands below the message, which is given")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "the clock has passed a message that nobody has read")
    @Outcome(expect = FORBIDDEN, desc = "the message is not given, though all have promised")
    @State
    public static class ForwardAndClock {
        private final MergeRig merge = new MergeRig(1);

        public ForwardAndClock() {
            merge.second.advance(1);
        }

        @Actor
        public void forwarder() {
            MergeRig.forward(merge.first, 1);
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = merge.receiver.clock().hasReached(1) ? 1 : 0;
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = merge.now();
        }
    }

    /** Two messages cross: whoever is accepted first, the lower number is given first. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "in order")
    @Outcome(expect = FORBIDDEN, desc = "out of order, or missing")
    @State
    public static class CrossingForwards {
        private final MergeRig merge = new MergeRig(2);

        @Actor
        public void low() {
            MergeRig.forward(merge.first, 1);
            merge.first.advance(2);
        }

        @Actor
        public void high() {
            MergeRig.forward(merge.second, 2);
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r1 = merge.now();
            r.r2 = merge.now();
        }
    }

    /** The reader looks at a lane, where 1 is accepted and then 2 is promised, as 2 stands on another one. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "nothing is due yet")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "in order")
    @Outcome(expect = FORBIDDEN, desc = "given before the lesser number, which was accepted before the promise")
    @State
    public static class LookAndForward {
        private final Reading reading = new Reading(0);

        public LookAndForward() {
            Way other = new Way();
            other.forward(2);
            reading.intake.add(other);
            reading.intake.adopt();
        }

        @Actor
        public void forwarder() {
            reading.lane.forward(1);
            reading.lane.book.promise(2);
        }

        @Actor
        public void reader(J_Result r) {
            for (int i = 0; i < LOOKS && r.r1 == 0; i++) {
                r.r1 = reading.take();
            }
        }
    }

    /** Anybody derives the clock, while 1 is accepted and then 2 is promised. Nobody reads. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "the clock stands below the message")
    @Outcome(expect = FORBIDDEN, desc = "the clock has passed a message that nobody has read")
    @State
    public static class ClockAndForward {
        private final Reading reading = new Reading(0);

        @Actor
        public void forwarder() {
            reading.lane.forward(1);
            reading.lane.book.promise(2);
        }

        @Actor
        public void observer(J_Result r) {
            for (int i = 0; i < LOOKS; i++) {
                r.r1 = Math.max(r.r1, reading.intake.time());
            }
        }
    }

    /** What the last message promises, and the clock, while the slots of a lane are used again and again. */
    @JCStressTest
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE,
            desc = "no more is promised than was accepted, and the clock is below what is in hand")
    @Outcome(
            expect = FORBIDDEN,
            desc = "more is promised than was accepted, or the clock has passed what is unfinished")
    @State
    public static class ReusedSlots {
        private static final int MESSAGES = 60;

        private final Reading reading = new Reading(0);

        /** The number that is taken next, or has been taken. */
        private volatile long taking;

        @Actor
        public void forwarderAndReader() {
            for (int number = 1; number <= MESSAGES; number++) {
                reading.lane.forward(number);
                taking = number;
                reading.take();
            }
        }

        @Actor
        public void observer(JJ_Result r) {
            while (taking < MESSAGES) {
                long promised = reading.lane.promised();
                r.r1 += promised > reading.lane.book.tail() ? 1 : 0; // each number is one above its position
                long time = reading.intake.time();
                r.r2 += time > taking - 1 && time > 0 ? 1 : 0;
            }
        }
    }

    /** The only message, which is due, is taken: it goes from the lane into the hand. */
    @JCStressTest
    @Outcome(id = "1, 0", expect = ACCEPTABLE, desc = "it is on the lane, or in hand")
    @Outcome(expect = FORBIDDEN, desc = "the clock has passed a message that was taken and is not finished")
    @State
    public static class TakeAndClock {
        private final Reading reading = new Reading(1);

        @Actor
        public void reader(JJ_Result r) {
            r.r1 = reading.take();
        }

        @Actor
        public void observer(JJ_Result r) {
            for (int i = 0; i < LOOKS; i++) {
                r.r2 = Math.max(r.r2, reading.intake.time());
            }
        }
    }

    /** Who sees the clock at a number sees what the handler of that number did, a plain write. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "neither clock nor effect is there")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the effect is seen, and not promised yet")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the clock has passed the message, and its effect is seen")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "the clock is ahead of the effect")
    @State
    public static class EffectAndClock {
        private final MergeRig merge = new MergeRig(1);
        private long effect;

        public EffectAndClock() {
            MergeRig.forward(merge.first, 1);
            merge.second.advance(1);
        }

        @Actor
        public void reader() {
            merge.receiver.drain((number, payload) -> effect = 1, 1);
        }

        @Actor
        public void observer(JJ_Result r) {
            for (int i = 0; i < LOOKS && r.r1 == 0; i++) {
                r.r1 = merge.receiver.clock().time();
            }
            r.r2 = effect;
        }
    }

    /** Of promises: who looks reads the messages first, and then what is promised. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "2, 1"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(
            id = "2, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the promise does not cover what was seen")
    @State
    public static class TailReadFirstNegativeControl {
        private volatile long tail;
        private volatile long promise;

        @Actor
        public void forwarder() {
            tail = 1;
            promise = 2;
        }

        @Actor
        public void reader(JJ_Result r) {
            r.r2 = tail;
            for (int i = 0; i < 20; i++) {
                Thread.onSpinWait(); // gives it time to happen
            }
            r.r1 = promise;
        }
    }

    /** Of promises: each gives what it brings as soon as the other has promised, before it has accepted that itself. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "as it should be")
    @Outcome(id = "2, 1", expect = ACCEPTABLE_INTERESTING, desc = "expected here: out of order")
    @State
    public static class PromisedBeforeAcceptedNegativeControl {
        private final ConcurrentLinkedQueue<Long> given = new ConcurrentLinkedQueue<>();
        private volatile long promise;

        @Actor
        public void low() {
            promise = 1;
            given.add(1L);
        }

        @Actor
        public void high() {
            while (promise < 1) {
                Thread.onSpinWait();
            }
            given.add(2L);
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r1 = given.remove();
            r.r2 = given.remove();
        }
    }

    /** Of slots that are used again: who has read the last number does not look whether it still is. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "as it should be")
    @Outcome(expect = ACCEPTABLE_INTERESTING, desc = "expected here: more is promised than it has seen there")
    @State
    public static class SlotReadOnceNegativeControl {
        private static final int PLACES = 8;
        private static final int MESSAGES = 60;

        private final AtomicLongArray slots = new AtomicLongArray(PLACES);
        private volatile int tail;

        @Actor
        public void forwarder() {
            for (int position = 0; position < MESSAGES; position++) {
                slots.set(position % PLACES, position + 1);
                tail = position + 1;
            }
        }

        @Actor
        public void observer(J_Result r) {
            int end = tail;
            while (end < MESSAGES) {
                r.r1 += end > 0 && slots.get((end - 1) % PLACES) > end ? 1 : 0;
                end = tail;
            }
        }
    }

    /** Of taking: the message leaves the lane before it is in hand. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "as it should be")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the clock has passed it")
    @State
    public static class HeadFirstNegativeControl {
        private volatile long head;
        private volatile long inHand;

        @Actor
        public void reader() {
            head = 1;
            inHand = 1;
        }

        @Actor
        public void observer(J_Result r) {
            for (int i = 0; i < LOOKS && r.r1 == 0; i++) {
                r.r1 = head == 1 && inHand == 0 ? 1 : 0;
            }
        }
    }

    /** Of the clock: who derives it looks what is in hand, and then what is on the lane. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "as it should be")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the clock has passed it")
    @State
    public static class HandReadFirstNegativeControl {
        private volatile long head;
        private volatile long inHand;

        @Actor
        public void reader() {
            inHand = 1;
            head = 1;
        }

        @Actor
        public void observer(J_Result r) {
            long hand = inHand;
            for (int i = 0; i < 20; i++) {
                Thread.onSpinWait(); // gives it time to happen
            }
            long first = head == 1 ? Lane.NONE : 1;
            r.r1 = first == Lane.NONE && hand == 0 ? 1 : 0;
        }
    }
}
