package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/**
 * F1, F8, G4, G9: no wake-up is lost between those who wait for a merge and what they wait for. The controls of the handshakes
 * alone are in {@link MergeHandshakes}.
 */
public final class MergeWakeUps {

    private MergeWakeUps() {}

    /** A receiver that nothing reaches, and a forwarder to another one. */
    private static final class Lonely {
        final Receiver<Integer> receiver;
        final Forwarder<Integer> forwarder;

        Lonely() {
            ForwardingDispatcher<Integer> dispatcher = ForwardingDispatcher.open();
            receiver = dispatcher.receiver("lonely");
            forwarder = dispatcher.forwarder("forwarder", dispatcher.receiver("other"));
        }
    }

    /** A merge with a link to another one, which has no more than that and a second forwarder. The link has a thread. */
    private static final class Linked {
        final MergeRig above = new MergeRig(1);
        final MergeRig below = new MergeRig(1);

        Linked() {
            above.second.close();
            below.first.close();
            below.dispatcher.link(above.receiver, below.receiver);
        }

        void close() {
            above.dispatcher.close();
            below.dispatcher.close();
        }
    }

    /** A reader waits for a message that is held back until the last forwarder promises: {@code Lane.notifyAt}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "given")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class AdvanceAndReader {
        private final MergeRig merge = new MergeRig(1);

        public AdvanceAndReader() {
            MergeRig.forward(merge.first, 1);
        }

        @Actor
        public void forwarder() {
            merge.second.advance(1);
        }

        @Actor
        public void reader(J_Result r) {
            r.r1 = Rig.next(merge.receiver);
        }
    }

    /** What the last forwarder promises is a message of its own. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "given")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class PromisingMessageAndReader {
        private final MergeRig merge = new MergeRig(1);

        public PromisingMessageAndReader() {
            MergeRig.forward(merge.first, 1);
        }

        @Actor
        public void forwarder() {
            MergeRig.forward(merge.second, 2);
        }

        @Actor
        public void reader(J_Result r) {
            r.r1 = Rig.next(merge.receiver);
        }
    }

    /** A reader waits for a message that is due as soon as it is accepted: {@code Lane.demandBelow}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "given")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class ForwardAndReader {
        private final MergeRig merge = new MergeRig(1);

        public ForwardAndReader() {
            merge.second.advance(1);
        }

        @Actor
        public void forwarder() {
            MergeRig.forward(merge.first, 1);
        }

        @Actor
        public void reader(J_Result r) {
            r.r1 = Rig.next(merge.receiver);
        }
    }

    /** A thread waits for a number that the last forwarder promises just now; nobody reads: {@code Lane.notifyAt}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "woken, or not asleep yet")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class AdvanceAndClockWait {
        private final MergeRig merge = new MergeRig(1);

        public AdvanceAndClockWait() {
            merge.first.advance(1);
        }

        @Actor
        public void forwarder() {
            merge.second.advance(1);
        }

        @Actor
        public void waiter(J_Result r) {
            r.r1 = Rig.await(merge.receiver.clock(), 1) ? 1 : 0;
        }
    }

    /** A thread waits for the clock of a receiver that nothing reaches: {@code LaneWriter.notifyKnownAt}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "woken, or not asleep yet")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class KnownAndClockWait {
        private final Lonely lonely = new Lonely();

        @Actor
        public void forwarder() {
            lonely.forwarder.advance(1);
        }

        @Actor
        public void waiter(J_Result r) {
            r.r1 = Rig.await(lonely.receiver.clock(), 1) ? 1 : 0;
        }
    }

    /** It goes by messages for others, too. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "woken, or not asleep yet")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class KnownMessageAndClockWait {
        private final Lonely lonely = new Lonely();

        @Actor
        public void forwarder() {
            MergeRig.forward(lonely.forwarder, 1);
        }

        @Actor
        public void waiter(J_Result r) {
            r.r1 = Rig.await(lonely.receiver.clock(), 1) ? 1 : 0;
        }
    }

    /** A thread waits for a number that the reader finishes by taking the next one: {@code MergeClock.notifyAt}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "woken, or not asleep yet")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class TakeAndClockWait {
        private final MergeRig merge = new MergeRig(2);

        public TakeAndClockWait() {
            merge.second.advance(2);
            MergeRig.forward(merge.first, 1);
            MergeRig.forward(merge.first, 2);
            merge.now();
        }

        @Actor
        public void reader() {
            merge.now();
        }

        @Actor
        public void waiter(J_Result r) {
            r.r1 = Rig.await(merge.receiver.clock(), 1) ? 1 : 0;
        }
    }

    /** A thread waits for the last number, which the reader acknowledges: {@code MergeClock.notifyAt}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "woken, or not asleep yet")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class FinishAndClockWait {
        private final MergeRig merge = new MergeRig(1);

        public FinishAndClockWait() {
            merge.second.advance(1);
            MergeRig.forward(merge.first, 1);
            merge.now();
        }

        @Actor
        public void reader() {
            merge.receiver.acknowledge();
        }

        @Actor
        public void waiter(J_Result r) {
            r.r1 = Rig.await(merge.receiver.clock(), 1) ? 1 : 0;
        }
    }

    /** A forward waits for the only slot of its lane, which the reader makes by taking: {@code Lane.notifyHeadAt}. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "accepted, and all given in order")
    @Outcome(id = "0, 1", expect = FORBIDDEN, desc = "the forward sleeps though there is room")
    @Outcome(expect = FORBIDDEN, desc = "a message is missing, or out of order")
    @State
    public static class TakeAndForward {
        private final MergeRig merge = new MergeRig(1);

        public TakeAndForward() {
            merge.second.close();
            MergeRig.forward(merge.first, 1);
        }

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = MergeRig.forward(merge.first, 2) ? 1 : 0;
            merge.first.close();
        }

        @Actor
        public void reader(JJ_Result r) {
            long next = Rig.next(merge.receiver);
            while (next == r.r2 + 1) {
                r.r2 = next;
                next = Rig.next(merge.receiver);
            }
        }
    }

    /** A reader waits for a message that is held back until a link promises, whose clock moves: {@code Lane.notifyAt}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "given")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class LinkAndReader {
        private final Linked linked = new Linked();

        public LinkAndReader() {
            MergeRig.forward(linked.below.second, 1);
        }

        @Actor
        public void forwarder() {
            linked.above.first.advance(1);
        }

        @Actor
        public void reader(J_Result r) {
            r.r1 = Rig.next(linked.below.receiver);
        }

        @Arbiter
        public void close(J_Result r) {
            linked.close();
        }
    }

    /** A thread waits for a number that a link promises: {@code Lane.notifyAt}. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "woken, or not asleep yet")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class LinkAndClockWait {
        private final Linked linked = new Linked();

        public LinkAndClockWait() {
            linked.below.second.advance(1);
        }

        @Actor
        public void forwarder() {
            linked.above.first.advance(1);
        }

        @Actor
        public void waiter(J_Result r) {
            r.r1 = Rig.await(linked.below.receiver.clock(), 1) ? 1 : 0;
        }

        @Arbiter
        public void close(J_Result r) {
            linked.close();
        }
    }

    /** Of the greatest promise: the forwarder looks at {@code notifyAt}, and then promises. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class KnownNotifyAtReadFirstNegativeControl {
        private volatile long promise;
        private volatile long notifyKnownAt;

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = notifyKnownAt;
            promise = 1;
        }

        @Actor
        public void waiter(JJ_Result r) {
            notifyKnownAt = 1;
            r.r2 = promise;
        }
    }

    /** Of the greatest promise: who waits has no fence between {@code notifyAt} and its look. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class KnownNotifyAtWithoutFenceNegativeControl {
        private volatile long promise;
        private final AtomicLong notifyKnownAt = new AtomicLong();

        @Actor
        public void forwarder(JJ_Result r) {
            promise = 1;
            r.r1 = notifyKnownAt.get();
        }

        @Actor
        public void waiter(JJ_Result r) {
            notifyKnownAt.setRelease(1);
            r.r2 = promise;
        }
    }

    /** Of links: the thread looks what is awaited, and then puts itself among the waits of the upper clock. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class LinkLooksFirstNegativeControl {
        private volatile long awaited;
        private volatile long sleeps;

        @Actor
        public void link(JJ_Result r) {
            r.r1 = awaited;
            sleeps = 1;
        }

        @Actor
        public void waiter(JJ_Result r) {
            awaited = 1;
            r.r2 = sleeps;
        }
    }
}
