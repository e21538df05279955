package io.github.clockeddispatch.lincheck;

import io.github.clockeddispatch.engine.storage.SequencedRing;
import java.util.ArrayDeque;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Test;

/**
 * One producer with its lock, one consumer without, except to make it small again. The ring starts with one slot, so that it
 * grows.
 */
class SequencedRingLinearizability {

    /** The ring. */
    public static class Ring extends Checks.Owner {
        private final SequencedRing<String> ring = new SequencedRing<>(1);
        private long last;

        @Operation(nonParallelGroup = "producer")
        public long append() {
            return locked(() -> {
                ring.reserve(1);
                ring.append(++last, "m" + last);
                return last;
            });
        }

        @Operation(nonParallelGroup = "producer")
        public long appendThree() {
            return locked(() -> {
                ring.reserve(3);
                long first = last + 1;
                ring.append(first, 3, i -> "m" + (first + i));
                last += 3;
                return last;
            });
        }

        @Operation(nonParallelGroup = "producer")
        public void publish() {
            locked(() -> {
                ring.publish();
                return true;
            });
        }

        @Operation(nonParallelGroup = "producer")
        public int size() {
            return ring.size();
        }

        @Operation(nonParallelGroup = "consumer")
        public boolean hasNext() {
            return ring.hasNext();
        }

        @Operation(nonParallelGroup = "consumer")
        public int published() {
            return ring.published();
        }

        @Operation(nonParallelGroup = "consumer")
        public String take() {
            if (!ring.hasNext()) {
                return "nothing";
            }
            long number = ring.nextSequence();
            return number + " " + ring.take();
        }

        @Operation(nonParallelGroup = "consumer")
        public void shrink() {
            locked(() -> {
                ring.shrink(1);
                return true;
            });
        }
    }

    /** What it should do. */
    public static class Specification {
        private final ArrayDeque<Long> appended = new ArrayDeque<>();
        private int published;
        private long last;

        public long append() {
            appended.add(++last);
            return last;
        }

        public long appendThree() {
            append();
            append();
            return append();
        }

        public void publish() {
            published = appended.size();
        }

        public int size() {
            return appended.size();
        }

        public boolean hasNext() {
            return published > 0;
        }

        public int published() {
            return published;
        }

        public String take() {
            if (published == 0) {
                return "nothing";
            }
            published--;
            long number = appended.remove();
            return number + " m" + number;
        }

        public void shrink() {
            // nobody sees it
        }
    }

    /** A copy without growth, whose append writes the tail before the slot. */
    public static class TailFirst {
        private final String[] slots = new String[64];
        private volatile int tail;
        private int head;

        @Operation(nonParallelGroup = "producer")
        public long append() {
            int position = tail;
            tail = position + 1;
            slots[position] = "m" + (position + 1);
            return position + 1;
        }

        @Operation(nonParallelGroup = "producer")
        public void publish() {
            // append has done it
        }

        @Operation(nonParallelGroup = "consumer")
        public String take() {
            if (head == tail) {
                return "nothing";
            }
            String element = slots[head++];
            return head + " " + element;
        }
    }

    /** Of that copy, in which nothing is appended that is not published. */
    public static class SpecificationOfTailFirst extends Specification {
        @Override
        public long append() {
            long number = super.append();
            publish();
            return number;
        }
    }

    @Test
    void modelChecking() {
        Checks.modelCheck(Ring.class, Specification.class);
    }

    @Test
    void stress() {
        Checks.stress(Ring.class, Specification.class);
    }

    @Test
    void findsTheTailWrittenFirst() {
        Checks.finds(TailFirst.class, SpecificationOfTailFirst.class);
    }
}
