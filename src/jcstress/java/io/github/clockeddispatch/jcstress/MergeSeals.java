package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.jcstress.MergeRig.Reading;
import io.github.clockeddispatch.jcstress.MergeRig.Way;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;

/**
 * F5, F6: who has the lock keeps the forwarder and the reader out, who take none: what they do happens before, and is seen, or
 * it meets the lock.
 */
public final class MergeSeals {

    private MergeSeals() {}

    /** A message is accepted while the ledger is sealed. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "accepted, and seen by who has sealed it")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not accepted: the forward meets the lock")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "accepted behind the back of who has sealed it")
    @Outcome(expect = FORBIDDEN, desc = "not accepted, and seen all the same")
    @State
    public static class SealAndAccept {
        private final Way lane = new Way();

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = lane.forward(1) ? 1 : 0;
        }

        @Actor
        public void sealer(JJ_Result r) {
            lane.book.sealNow();
            r.r2 = lane.promised();
        }
    }

    /** Something is promised while the ledger is sealed. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "promised, and seen by who has sealed it")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "not promised: who advances meets the lock")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "promised behind the back of who has sealed it")
    @Outcome(expect = FORBIDDEN, desc = "not promised, and seen all the same")
    @State
    public static class SealAndPromise {
        private final Way lane = new Way();

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = lane.book.promise(1) ? 1 : 0;
        }

        @Actor
        public void sealer(JJ_Result r) {
            lane.book.sealNow();
            r.r2 = lane.promised();
        }
    }

    /** The only message is taken while the reader is to be stopped. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "the reader meets the lock, or who stops it has seen that it has taken the message")
    @Outcome(id = "0, 0", expect = FORBIDDEN, desc = "given without the lock, though it was seen on its lane")
    @State
    public static class StopAndTake {
        private final Reading reading = new Reading(1);

        @Actor
        public void reader(JJ_Result r) {
            reading.take();
            r.r1 = reading.hasMet ? 1 : 0;
        }

        @Actor
        public void stopper(JJ_Result r) {
            reading.intake.unsettle();
            r.r2 = reading.lane.head();
        }
    }

    /** A forwarder joins, with message 1 if it may, while message 2 is accepted and taken. */
    @JCStressTest
    @Outcome(id = "2, 0", expect = ACCEPTABLE, desc = "given, and the new one has joined at it")
    @Outcome(
            id = "1, 1",
            expect = ACCEPTABLE,
            desc = "the new one has joined before it, and its message is given first")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the new one has joined before it, and holds it back")
    @Outcome(id = "2, 1", expect = FORBIDDEN, desc = "given before what the new one may still forward")
    @Outcome(expect = FORBIDDEN, desc = "not given, though nobody holds it back")
    @State
    public static class JoinAndTake {
        private final MergeRig merge = new MergeRig(1);

        public JoinAndTake() {
            merge.second.close();
        }

        @Actor
        public void forwarderAndReader(JJ_Result r) {
            MergeRig.forward(merge.first, 2);
            r.r1 = merge.now();
        }

        @Actor
        public void joiner(JJ_Result r) {
            Forwarder<Integer> late = merge.dispatcher.broadcaster("late");
            try {
                r.r2 = MergeRig.forward(late, 1) ? 1 : 0;
            } catch (LateMessageException e) {
                r.r2 = 0;
            }
        }
    }

    /** A forwarder is closed while its thread forwards: what was accepted is given. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "accepted and given, or refused")
    @Outcome(expect = FORBIDDEN, desc = "accepted and not given, or refused and given")
    @State
    public static class ForwardAndLeave {
        private final MergeRig merge = new MergeRig(1);

        public ForwardAndLeave() {
            merge.second.advance(1);
        }

        @Actor
        public void forwarder(JJ_Result r) {
            try {
                r.r1 = MergeRig.forward(merge.first, 1) ? 1 : -1;
            } catch (ClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void closer() {
            merge.first.close();
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = merge.now();
        }
    }

    /** A receiver joins while something is forwarded to all, which is held back: it is for that receiver, too. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both are given it")
    @Outcome(expect = FORBIDDEN, desc = "one is not given it")
    @State
    public static class ForwardAndJoin {
        private final MergeRig merge = new MergeRig(1);
        private Receiver<Integer> joined;

        @Actor
        public void forwarder() {
            MergeRig.forward(merge.first, 1);
        }

        @Actor
        public void joiner() {
            joined = merge.dispatcher.receiver("joined");
        }

        @Arbiter
        public void read(JJ_Result r) {
            merge.second.advance(1);
            r.r1 = merge.now();
            r.r2 = MergeRig.now(joined);
        }
    }

    /** Of accepting: it looks whether it is sealed, and then writes, in place of a compare-and-set. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: accepted, and not seen")
    @State
    public static class AcceptedBySetNegativeControl {
        private final AtomicLong accepted = new AtomicLong();

        @Actor
        public void forwarder(JJ_Result r) {
            long word = accepted.get();
            if ((word & 1) == 0) {
                accepted.set(word + 2);
                r.r1 = 1;
            }
        }

        @Actor
        public void sealer(JJ_Result r) {
            r.r2 = accepted.getAndUpdate(word -> word | 1) >>> 1;
        }
    }

    /** Of sealing: the present word is read, and written with the bit, in place of a compare-and-set. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: accepted, and not seen")
    @State
    public static class SealedBySetNegativeControl {
        private final AtomicLong accepted = new AtomicLong();

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = accepted.compareAndSet(0, 2) ? 1 : 0;
        }

        @Actor
        public void sealer(JJ_Result r) {
            long word = accepted.get();
            accepted.set(word | 1);
            r.r2 = accepted.get() >>> 1;
        }
    }

    /** Of stopping and joining: there is no fence between {@code notifyAt} and the look at the lane. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: given without the lock, though it was seen")
    @State
    public static class UnsettledWithoutFenceNegativeControl {
        private volatile long head;
        private final AtomicLong notifyAt = new AtomicLong();

        @Actor
        public void reader(JJ_Result r) {
            head = 1;
            r.r1 = notifyAt.get();
        }

        @Actor
        public void stopper(JJ_Result r) {
            notifyAt.setRelease(1);
            r.r2 = head;
        }
    }

    /** Of taking: the reader looks at {@code notifyAt}, and then takes. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(
            id = "0, 0",
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: given without the lock, though it was seen")
    @State
    public static class NotifyAtBeforeTakeNegativeControl {
        private volatile long head;
        private volatile long notifyAt;

        @Actor
        public void reader(JJ_Result r) {
            r.r1 = notifyAt;
            head = 1;
        }

        @Actor
        public void stopper(JJ_Result r) {
            notifyAt = 1;
            r.r2 = head;
        }
    }

    /** Of joining: a message is put for those that were there, while another one takes its place behind it, without the seal. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "it is for the new one, too")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "it is for the new one, which finds it there")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: it is not")
    @State
    public static class JoinUnsealedNegativeControl {
        private volatile int lanes = 1;
        private volatile int tail;

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = lanes == 2 ? 1 : 0;
            tail = 1;
        }

        @Actor
        public void joiner(JJ_Result r) {
            r.r2 = tail;
            lanes = 2;
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = Math.max(r.r1, r.r2); // behind it, it would share what it has found there
        }
    }
}
