package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** G10, G12, G14: what races with {@code close} is done whole, or refused whole; and nobody sleeps on. */
public final class CloseAndCalls {

    private CloseAndCalls() {}

    /** A send, with a pump on a thread of the dispatcher's own. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "accepted, and delivered before the end")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "refused, and not delivered")
    @Outcome(id = "1, 0", expect = FORBIDDEN, desc = "accepted and lost, and close has said nothing")
    @Outcome(expect = FORBIDDEN, desc = "refused, and delivered all the same")
    @State
    public static class Send {
        private final Dispatcher<Integer> dispatcher = Dispatcher.open();
        private final Receiver<Integer> receiver = dispatcher.receiver("receiver");
        private final Sender<Integer> sender = dispatcher.sender("sender", receiver);

        @Actor
        public void sender(JJ_Result r) {
            try {
                r.r1 = sender.trySend(1) ? 1 : -1;
            } catch (ClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void closer() {
            dispatcher.close();
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = Math.max(Rig.next(receiver), 0);
        }
    }

    /** A send to a dispatcher whose pump has not been started, and that waits for nothing: what was accepted is counted. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "accepted, and counted as not delivered")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "refused, and not counted")
    @Outcome(expect = FORBIDDEN, desc = "the count is wrong")
    @State
    public static class SendWithoutPump {
        private final Rig rig = new Rig(1, 1, Duration.ZERO);

        @Actor
        public void sender(JJ_Result r) {
            try {
                r.r1 = rig.sender.trySend(1) ? 1 : -1;
            } catch (ClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void closer(JJ_Result r) {
            try {
                rig.dispatcher.close();
            } catch (DispatchException e) {
                r.r2 = Objects.requireNonNull(e.getMessage()).contains("1 message of sender") ? 1 : -1;
            }
        }
    }

    /** A dispatch. */
    @JCStressTest
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "numbered, and delivered before the end")
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "refused, and not delivered")
    @Outcome(expect = FORBIDDEN, desc = "its caller was told otherwise than its receiver")
    @State
    public static class Dispatch {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void sender(JJ_Result r) {
            try {
                r.r1 = rig.dispatch(1);
            } catch (ClosedException e) {
                r.r1 = 0;
            }
        }

        @Actor
        public void closer() {
            rig.dispatcher.close();
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = Math.max(rig.next(), 0);
        }
    }

    /** A reader that waits. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "told of the end")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @State
    public static class Receive {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void reader(J_Result r) {
            r.r1 = rig.next();
        }

        @Actor
        public void closer() {
            rig.dispatcher.close();
        }
    }

    /** A thread that waits for a number that will not be given. */
    @JCStressTest
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "told that the number will not come")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "the wake-up was lost")
    @Outcome(id = "1", expect = FORBIDDEN, desc = "told that the number has come")
    @State
    public static class WaitUntil {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void waiter(J_Result r) {
            try {
                r.r1 = Rig.await(rig.receiver.clock(), 1) ? 1 : 0;
            } catch (ClosedException e) {
                r.r1 = -1;
            }
        }

        @Actor
        public void closer() {
            rig.dispatcher.close();
        }
    }

    /** A receiver that joins. */
    @JCStressTest
    @Outcome(id = "-2", expect = ACCEPTABLE, desc = "refused")
    @Outcome(id = "-1", expect = ACCEPTABLE, desc = "has joined, and ends")
    @Outcome(id = "0", expect = FORBIDDEN, desc = "has joined, and never ends")
    @State
    public static class JoinReceiver {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void joiner(J_Result r) {
            try {
                r.r1 = Rig.next(rig.dispatcher.receiver("late"));
            } catch (ClosedException e) {
                r.r1 = -2;
            }
        }

        @Actor
        public void closer() {
            rig.dispatcher.close();
        }
    }

    /** A sender that joins. */
    @JCStressTest
    @Outcome(id = "-2, 0", expect = ACCEPTABLE, desc = "refused")
    @Outcome(id = "-1, 0", expect = ACCEPTABLE, desc = "has joined, and its message is refused")
    @Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "has joined, and its message is delivered before the end")
    @Outcome(expect = FORBIDDEN, desc = "its caller was told otherwise than the receiver")
    @State
    public static class JoinSender {
        private final Rig rig = new Rig(1, 1);

        @Actor
        public void joiner(JJ_Result r) {
            r.r1 = -2;
            try {
                Sender<Integer> late = rig.dispatcher.sender("late", rig.receiver);
                r.r1 = -1;
                r.r1 = late.dispatch(1);
            } catch (ClosedException e) {
                // as r1 says
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Actor
        public void closer() {
            rig.dispatcher.close();
        }

        @Arbiter
        public void read(JJ_Result r) {
            r.r2 = Math.max(rig.next(), 0);
        }
    }

    /** Of send and dispatch: the sender looks whether it is open, and puts its message there, not under one lock. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: accepted and lost")
    @State
    public static class SendUnlockedNegativeControl {
        private final AtomicLong channel = new AtomicLong();
        private volatile boolean closed;

        @Actor
        public void sender(JJ_Result r) {
            if (!closed) {
                channel.set(1);
                r.r1 = 1;
            }
        }

        @Actor
        public void closer(JJ_Result r) {
            closed = true;
            r.r2 = channel.get(); // drains, for the last time
        }
    }

    /** Of reader and waiter: it looks whether it is closed, and then says that it waits. */
    @JCStressTest
    @Outcome(
            id = {"1, 0", "0, 1", "1, 1"},
            expect = ACCEPTABLE,
            desc = "one of the two has seen the other")
    @Outcome(id = "0, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: the wake-up is lost")
    @State
    public static class WaitUnlockedNegativeControl {
        private volatile int closed;
        private volatile int waits;

        @Actor
        public void closer(JJ_Result r) {
            closed = 1;
            r.r1 = waits;
        }

        @Actor
        public void waiter(JJ_Result r) {
            r.r2 = closed;
            waits = 1;
        }
    }

    /** Of those who join: it looks whether the dispatcher is open, and is added, not under one lock. */
    @JCStressTest
    @Outcome(
            id = {"1, 1", "0, 0"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(id = "1, 0", expect = ACCEPTABLE_INTERESTING, desc = "expected here: has joined, and never ends")
    @State
    public static class JoinUnlockedNegativeControl {
        private final ConcurrentLinkedQueue<String> receivers = new ConcurrentLinkedQueue<>();
        private volatile boolean closed;

        @Actor
        public void joiner(JJ_Result r) {
            if (!closed) {
                receivers.add("late");
                r.r1 = 1;
            }
        }

        @Actor
        public void closer(JJ_Result r) {
            closed = true;
            r.r2 = receivers.size(); // ends them all
        }
    }
}
