package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.engine.progress.Frontier;
import io.github.clockeddispatch.engine.receiving.Watermark;
import io.github.clockeddispatch.engine.storage.SequencedRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** G4: with nothing in hand the clock is derived from the ring, which changes meanwhile; it neither passes a message nor falls. */
public final class ClockOfAnIdleReader {

    private ClockOfAnIdleReader() {}

    /** The one message is taken, and stays in hand. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the message is in the ring, or in hand")
    @Outcome(expect = FORBIDDEN, desc = "the clock has passed it")
    @State
    public static class TakeAndClock {
        private final Rig rig = new Rig(1, 1).dispatched(1);

        @Actor
        public void reader() {
            rig.now();
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = rig.receiver.clock().time();
            r.r2 = rig.receiver.clock().time();
        }
    }

    /** What is in hand is finished, and the next one comes. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "it stands below the second message, and does not fall")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "it falls")
    @Outcome(expect = FORBIDDEN, desc = "the clock has passed the second message")
    @State
    public static class FinishAndAppend {
        private final Rig rig = new Rig(2, 2).dispatched(1);

        public FinishAndAppend() {
            rig.now();
        }

        @Actor
        public void reader() {
            rig.receiver.acknowledge();
        }

        @Actor
        public void sender() {
            rig.dispatch(2);
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = rig.receiver.clock().time();
            r.r2 = rig.receiver.clock().time();
        }
    }

    /** A message is taken and finished while the receiver is stopped with nothing in hand. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 1"},
            expect = ACCEPTABLE,
            desc = "stopped below the message, or when it was finished")
    @Outcome(expect = FORBIDDEN, desc = "the clock falls, or has passed what was not given")
    @State
    public static class StopAndTakeAndFinish {
        private final Rig rig = new Rig(1, 1).dispatched(1);

        @Actor
        public void reader(JJ_Result r) {
            try {
                long given = rig.now();
                rig.receiver.acknowledge();
                r.r1 = given;
            } catch (ClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void stopper() {
            rig.receiver.discard();
        }

        @Arbiter
        public void look(JJ_Result r) {
            r.r2 = rig.receiver.clock().time();
        }
    }

    /** The slot of the first message is taken while a pump waits for it: nothing but a fence follows the head. */
    @JCStressTest
    @Outcome(id = "2", expect = ACCEPTABLE, desc = "the pump has seen the slot")
    @Outcome(expect = FORBIDDEN, desc = "the pump sleeps though there is room")
    @State
    public static class FirstSlotAndPump {
        private final Rig rig = new Rig(1, 2).dispatched(1).sent(2);

        public FirstSlotAndPump() {
            rig.sender.close();
        }

        @Actor
        public void pump() {
            rig.pump();
        }

        @Actor
        public void reader(J_Result r) {
            r.r1 = rig.next() == 1 ? rig.next() : 0;
            rig.receiver.discard(); // so that the pump ends in any case
        }
    }

    /** The message leaves the ring before it is in hand. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "as it should be")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the clock has passed it")
    @State
    public static class LeavesTheRingFirstNegativeControl {
        private final SequencedRing<String> ring = new SequencedRing<>(1);
        private final Watermark watermark = new Watermark(new Frontier(1), ring);

        public LeavesTheRingFirstNegativeControl() {
            ring.append(1, 1, index -> "m");
            ring.publish();
            ring.hasNext();
        }

        @Actor
        public void reader() {
            ring.take();
            watermark.move(0, 1);
        }

        @Actor
        public void observer(J_Result r) {
            r.r1 = watermark.time();
        }
    }

    /** Who finds nothing in hand, and then nothing in the ring, does not look again. */
    @JCStressTest
    @Outcome(id = "0", expect = ACCEPTABLE, desc = "as it should be")
    @Outcome(id = "1", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the clock has passed it")
    @State
    public static class LooksOnceNegativeControl {
        private volatile long inHand;
        private volatile long head;

        @Actor
        public void reader() {
            inHand = 1;
            head = 1;
        }

        @Actor
        public void observer(J_Result r) {
            long word = inHand;
            r.r1 = word == 0 && head == 1 ? 1 : 0;
        }
    }
}
