package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.progress.Frontier;
import io.github.clockeddispatch.progress.NumberedRing;
import io.github.clockeddispatch.progress.Watermark;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** F1, F2, G4, G5: promises that rise while messages are accepted, waited for and read. */
public final class MergePromises {

    private MergePromises() {}

    /** A merge of two forwarders, which stand at 0. */
    private static final class Merge {
        final ForwardingDispatcher<Integer> dispatcher;
        final Receiver<Integer> receiver;
        final Forwarder<Integer> first;
        final Forwarder<Integer> second;

        Merge(int capacity) {
            dispatcher = ForwardingDispatcher.<Integer>builder()
                    .inboxCapacity(capacity)
                    .channelCapacity(capacity)
                    .open();
            receiver = dispatcher.receiver("receiver");
            first = dispatcher.broadcaster("first");
            second = dispatcher.broadcaster("second");
        }

        long now() {
            return Math.max(Rig.number(receiver.tryReceive()), 0);
        }

        static boolean forward(Forwarder<Integer> forwarder, long number) {
            try {
                return forwarder.forward(number, 0, Rig.PATIENCE);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Message 1 is accepted while the other forwarder promises as much, and looks at the clock. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the clock stands below the message, which is given")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "the clock has passed a message that nobody has read")
    @Outcome(expect = FORBIDDEN, desc = "the message is not given, though all have promised")
    @State
    public static class PromiseAndForward {
        private final Merge merge = new Merge(1);

        @Actor
        public void forwarder() {
            Merge.forward(merge.first, 1);
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

    /** Message 1 is accepted, and due at once, while somebody looks whether the clock has got there, first without the lock. */
    @JCStressTest
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "the clock stands below the message, which is given")
    @Outcome(id = "1, 1", expect = FORBIDDEN, desc = "the clock has passed a message that nobody has read")
    @Outcome(expect = FORBIDDEN, desc = "the message is not given, though all have promised")
    @State
    public static class ForwardAndClock {
        private final Merge merge = new Merge(1);

        public ForwardAndClock() {
            merge.second.advance(1);
        }

        @Actor
        public void forwarder() {
            Merge.forward(merge.first, 1);
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
        private final Merge merge = new Merge(2);

        @Actor
        public void low() {
            Merge.forward(merge.first, 1);
            merge.first.advance(2);
        }

        @Actor
        public void high() {
            Merge.forward(merge.second, 2);
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r1 = merge.now();
            r.r2 = merge.now();
        }
    }

    /** A thread waits for a number that the last forwarder promises just now. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "woken, or not asleep yet")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class PromiseAndClockWait {
        private final Merge merge = new Merge(1);

        public PromiseAndClockWait() {
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

    /** A reader waits for a message that is held back until the last forwarder promises. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "given")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class PromiseAndReader {
        private final Merge merge = new Merge(1);

        public PromiseAndReader() {
            Merge.forward(merge.first, 1);
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

    /** A reader waits for a message that is due as soon as it is accepted. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "given")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class ForwardAndReader {
        private final Merge merge = new Merge(1);

        public ForwardAndReader() {
            merge.second.advance(1);
        }

        @Actor
        public void forwarder() {
            Merge.forward(merge.first, 1);
        }

        @Actor
        public void reader(J_Result r) {
            r.r1 = Rig.next(merge.receiver);
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
        private final Merge merge = new Merge(1);

        public ForwardAndLeave() {
            merge.second.advance(1);
        }

        @Actor
        public void forwarder(JJ_Result r) {
            try {
                r.r1 = Merge.forward(merge.first, 1) ? 1 : -1;
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
        private final Merge merge = new Merge(1);
        private Receiver<Integer> joined;

        @Actor
        public void forwarder() {
            Merge.forward(merge.first, 1);
        }

        @Actor
        public void joiner() {
            joined = merge.dispatcher.receiver("joined");
        }

        @Arbiter
        public void read(JJ_Result r) {
            merge.second.advance(1);
            r.r1 = merge.now();
            r.r2 = Math.max(Rig.number(joined.tryReceive()), 0);
        }
    }

    /** A forward waits for room in its buffer, which the reader makes by reading. */
    @JCStressTest
    @Outcome(id = "1, 3", expect = ACCEPTABLE, desc = "accepted, and all given in order")
    @Outcome(id = "0, 2", expect = FORBIDDEN, desc = "the forward sleeps though there is room")
    @Outcome(expect = FORBIDDEN, desc = "a message is missing, or out of order")
    @State
    public static class RoomAndForward {
        private final Merge merge = new Merge(1);

        public RoomAndForward() {
            merge.second.close();
            Merge.forward(merge.first, 1); // in the inbox
            Merge.forward(merge.first, 2); // in the buffer
        }

        @Actor
        public void forwarder(JJ_Result r) {
            r.r1 = Merge.forward(merge.first, 3) ? 1 : 0;
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

    /** Of messages that are due: w is raised before they are marked as unfinished, not in one step. */
    @JCStressTest
    @Outcome(
            id = {"0, 0", "1, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(
            id = {"0, 1", "1, 1"},
            expect = ACCEPTABLE_INTERESTING,
            desc = "expected here: the clock has passed it")
    @State
    public static class RaisedBeforePouredWeakened {
        private final Frontier w = new Frontier(0);
        private final Watermark watermark = new Watermark(w);
        private final NumberedRing<String> ring = new NumberedRing<>(1);

        @Actor
        public void gate() {
            w.publish(1);
            ring.reserve(1);
            ring.append(1, "held back");
            watermark.begin(1);
            ring.publish();
        }

        @Actor
        public void observer(JJ_Result r) {
            r.r1 = w.value();
            r.r2 = watermark.time();
        }
    }

    /** Of the order: each gives what it brings as soon as it sees what the other has promised, without the lock. */
    @JCStressTest
    @Outcome(id = "1, 2", expect = ACCEPTABLE, desc = "as it should be")
    @Outcome(id = "2, 1", expect = ACCEPTABLE_INTERESTING, desc = "expected here: out of order")
    @State
    public static class PromisedBeforeAcceptedWeakened {
        private final ConcurrentLinkedQueue<Long> inbox = new ConcurrentLinkedQueue<>();
        private volatile long promise;

        @Actor
        public void low() {
            promise = 1;
            inbox.add(1L);
        }

        @Actor
        public void high() {
            while (promise < 1) {
                Thread.onSpinWait();
            }
            inbox.add(2L);
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r1 = inbox.remove();
            r.r2 = inbox.remove();
        }
    }

    /** Of clock waits and readers: who needs a promise reads it, and then watches for it, without the lock. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class WatchesTooLateWeakened {
        private volatile int promised;
        private volatile int watched;

        @Actor
        public void forwarder(JJ_Result r) {
            promised = 1;
            r.r1 = watched;
        }

        @Actor
        public void waiter(JJ_Result r) {
            r.r2 = promised;
            watched = 1;
        }
    }

    /** Of joining: a message is put for those that were there, while another one takes its place behind it, without the word. */
    @JCStressTest
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "it is for the new one, too")
    @Outcome(id = "0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: it is not")
    @State
    public static class JoinWithoutWordWeakened {
        private volatile int lanes = 1;
        private volatile int tail;
        private int remaining;
        private int joinedAt;

        @Actor
        public void forwarder() {
            remaining = lanes;
            tail = 1;
        }

        @Actor
        public void joiner() {
            joinedAt = tail;
            lanes = 2;
        }

        @Arbiter
        public void read(J_Result r) {
            r.r1 = joinedAt == 1 || remaining == 2 ? 1 : 0; // behind it, it would share what it has found there
        }
    }

    /** Of room: the forward looks for room, and then tells the gate that it is blocked, without the lock. */
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
    public static class BlockedTooLateWeakened {
        private volatile int room;
        private volatile int blocked;

        @Actor
        public void reader(JJ_Result r) {
            room = 1;
            r.r1 = blocked;
        }

        @Actor
        public void forwarder(JJ_Result r) {
            r.r2 = room;
            blocked = 1;
        }
    }
}
