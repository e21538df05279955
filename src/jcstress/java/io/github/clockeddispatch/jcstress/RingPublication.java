package io.github.clockeddispatch.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.github.clockeddispatch.engine.storage.SequencedRing;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.JJ_Result;
import org.openjdk.jcstress.infra.results.J_Result;

/** A ring's consumer sees a whole element with its number, or none, also where the ring grows meanwhile. */
public final class RingPublication {

    private RingPublication() {}

    private static final class Element {
        int value; // neither final nor volatile

        Element(int value) {
            this.value = value;
        }
    }

    /** Two elements are published at once in a ring that has room for one: the second begins another segment. */
    @JCStressTest
    @Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "nothing is published yet")
    @Outcome(id = "5, 6", expect = ACCEPTABLE, desc = "both, whole")
    @Outcome(id = "5, 0", expect = FORBIDDEN, desc = "a part of what was published at once")
    @Outcome(expect = FORBIDDEN, desc = "half an element")
    @State
    public static class Shipped {
        private final SequencedRing<Element> ring = new SequencedRing<>(1);

        @Actor
        public void producer() {
            for (int number = 5; number <= 6; number++) {
                ring.reserve(1);
                ring.append(number, new Element(number));
            }
            ring.publish();
        }

        @Actor
        public void consumer(JJ_Result r) {
            r.r1 = take();
            r.r2 = r.r1 == 0 ? 0 : take();
        }

        private long take() {
            if (!ring.hasNext()) {
                return 0;
            }
            long number = ring.nextSequence();
            return ring.take().value == number ? number : -1;
        }
    }

    /** The tail is written before the slot. */
    @JCStressTest
    @Outcome(
            id = {"0", "5"},
            expect = ACCEPTABLE,
            desc = "as it should be")
    @Outcome(id = "-1", expect = ACCEPTABLE_INTERESTING, desc = "expected here: half an element")
    @State
    public static class TailFirstNegativeControl {
        private final long[] numbers = new long[1];
        private final Element[] elements = new Element[1];
        private volatile long tail;

        @Actor
        public void producer() {
            tail = 1;
            numbers[0] = 5;
            elements[0] = new Element(5);
        }

        @Actor
        public void consumer(J_Result r) {
            if (tail != 0) {
                Element element = elements[0];
                r.r1 = element != null && numbers[0] == element.value ? element.value : -1;
            }
        }
    }
}
