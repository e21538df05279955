package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** No wake-up is lost between a pump and the reader that makes room for it, nor between a sender and its pump. */
public final class RoomAndPump {

    private RoomAndPump() {}

    /** The inbox has one slot, three messages wait for it in the channel. */
    @JCStressTest
    @Outcome(id = "1, 4", expect = ACCEPTABLE, desc = "all have come, in order")
    @Outcome(expect = FORBIDDEN, desc = "the pump sleeps though there is room, or the reader though there is a message")
    @State
    public static class PumpAndReader {
        private final Rig rig = new Rig(1, 3).dispatched(1).sent(2, 3, 4);

        public PumpAndReader() {
            rig.sender.close(); // so that the pump ends when it has delivered
        }

        @Actor
        public void pump() {
            rig.pump();
        }

        @Actor
        public void reader(JJ_Result r) {
            r.r1 = rig.next();
            long last = r.r1;
            while (last > 0 && last < 4) {
                long next = rig.next();
                last = next == last + 1 ? next : -1;
            }
            r.r2 = last;
            rig.receiver.discard(); // so that the pump ends in any case
        }
    }

    /** A send waits for the one slot in the channel. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "sent, and delivered")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "the send sleeps though there is a slot")
    @Outcome(expect = FORBIDDEN, desc = "a message is lost")
    @State
    public static class SendAndPump {
        private final Rig rig = new Rig(4, 1).sent(1);

        @Actor
        public void pump() {
            rig.pump();
        }

        @Actor
        public void sender(JJ_Result r) {
            try {
                r.r1 = rig.sender.send(2, Rig.PATIENCE) ? 1 : 0;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            rig.sender.close();
        }

        @Arbiter
        public void count(JJ_Result r) {
            while (rig.next() > 0) {
                r.r2++;
            }
        }
    }

    /** The pump waits for a message. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "delivered")
    @Outcome(expect = FORBIDDEN, desc = "the pump sleeps though there is a message")
    @State
    public static class PumpAndSend {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void pump() {
            rig.pump();
        }

        @Actor
        public void sender(J_Result r) {
            rig.sent(1);
            r.r1 = rig.next();
            rig.sender.close();
        }
    }

    /** The pump looks for room, and then sets {@code notifyAt}. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the pump sleeps though there is room")
    @State
    public static class NoSecondLookForRoomNegativeControl {
        private volatile int taken;
        private volatile int notifyAt;

        @Actor
        public void reader(JJ_Result r) {
            taken = 1;
            r.r1 = notifyAt;
        }

        @Actor
        public void pump(JJ_Result r) {
            r.r2 = taken;
            notifyAt = 1;
        }
    }

    /** The number of senders that wait, and the head of the channel, without a fence. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the send sleeps though there is a slot")
    @State
    public static class WaitingWithoutFenceNegativeControl {
        private int head;
        private int waiting;

        @Actor
        public void pump(JJ_Result r) {
            head = 1;
            r.r1 = waiting;
        }

        @Actor
        public void sender(JJ_Result r) {
            waiting = 1;
            r.r2 = head;
        }
    }

    /** The sender looks whether the pump is idle before it has put its message there. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the pump sleeps though there is a message")
    @State
    public static class LooksBeforeItPutsNegativeControl {
        private volatile int put;
        private volatile int pumpIsIdle;

        @Actor
        public void sender(JJ_Result r) {
            r.r1 = pumpIsIdle;
            put = 1;
        }

        @Actor
        public void pump(JJ_Result r) {
            pumpIsIdle = 1;
            r.r2 = put;
        }
    }
}
