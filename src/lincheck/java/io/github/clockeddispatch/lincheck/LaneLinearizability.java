package io.github.clockeddispatch.lincheck;

import io.github.clockeddispatch.engine.merging.Intake;
import io.github.clockeddispatch.engine.merging.Lane;
import io.github.clockeddispatch.engine.merging.Ledger;
import java.util.ArrayDeque;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * One source of a merge with its lane: a producer that forwards and promises without a lock, a consumer that takes as a merge's
 * reader does, and anybody who looks, or seals the ledger under the lock. There has been something on the lane before, so that its
 * slots are used again, and it grows.
 *
 * <p>As for the clock of a dispatcher, what is compared is {@code hasReached}, not the value of {@code time()}.
 */
class LaneLinearizability {

    private static final int BEFORE = 5;

    /** The ledger. */
    static final class Book extends Ledger {
        Book() {
            super(0);
        }

        boolean acceptAt(long position) {
            return accept(position);
        }

        long nextPosition() {
            return position();
        }

        boolean raise(long number) {
            return tryPromise(number);
        }

        void close() {
            seal();
        }

        void open() {
            unseal();
        }
    }

    /** The lane. */
    static final class Way extends Lane<String> {
        Way(Book book) {
            super(book, 0);
        }
    }

    /** Nobody has anything to do under the lock. */
    static final class NoControl implements Intake.Control<String> {
        @Override
        public boolean met(Lane<String> lane, long number, @Nullable String message) {
            return true;
        }

        @Override
        public void finished(long first) {
            // nobody waits for it
        }

        @Override
        public void slotFreed(Lane<String> lane) {
            // nobody waits for it
        }
    }

    /** Ledger, lane and intake, put together as the merge does. */
    @Param(name = "number", gen = IntGen.class, conf = "5:8")
    public static class Source extends Checks.Owner {
        private final Book book = new Book();
        private final Way lane = new Way(book);
        private final Intake<String> intake = new Intake<>(new NoControl(), 0, () -> 0, Lane.NONE);
        private long last;

        public Source() {
            intake.add(lane);
            intake.adopt();
            for (int i = 0; i < BEFORE; i++) {
                forward();
                take();
            }
            finish();
            for (int i = 0; i < BEFORE; i++) {
                forward();
            }
        }

        /** Returns the number, or 0 where it is sealed. */
        @Operation(nonParallelGroup = "producer")
        public long forward() {
            return accept(last + 1, false);
        }

        @Operation(nonParallelGroup = "producer")
        public long forwardPart() {
            return accept(last + 1, true);
        }

        private long accept(long number, boolean part) {
            long position = book.nextPosition();
            if (position < 0) {
                return 0;
            }
            lane.write(number, part, "m" + number);
            if (!book.acceptAt(position)) {
                lane.withdraw();
                return 0;
            }
            last = number;
            return number;
        }

        /** Promises what was forwarded last, and one more. */
        @Operation(nonParallelGroup = "producer")
        public boolean advance() {
            if (!book.raise(last + 1)) {
                return false;
            }
            last++;
            return true;
        }

        /** The thread that forwards meets the lock. */
        @Operation(nonParallelGroup = "producer")
        public long unseal() {
            return locked(() -> {
                book.open();
                return book.tail();
            });
        }

        @Operation
        public long seal() {
            return locked(() -> {
                book.close();
                return book.tail();
            });
        }

        @Operation(nonParallelGroup = "consumer")
        public String take() {
            if (!intake.hasNext()) {
                return "nothing";
            }
            long number = intake.nextSequence();
            return number + " " + intake.take();
        }

        @Operation(nonParallelGroup = "consumer")
        public void finish() {
            intake.finish();
        }

        @Operation
        public long promised() {
            return lane.promised();
        }

        @Operation
        public long first() {
            return lane.first();
        }

        @Operation
        public boolean hasReached(@Param(name = "number") int number) {
            return intake.time() >= number;
        }
    }

    /** What it should do. */
    public static class Specification {
        private final ArrayDeque<Long> lane = new ArrayDeque<>();
        private long promised;
        private long last;
        private long accepted;
        private long inHand;
        private boolean sealed;

        public Specification() {
            for (int i = 0; i < BEFORE; i++) {
                forward();
                take();
            }
            finish();
            for (int i = 0; i < BEFORE; i++) {
                forward();
            }
        }

        public long forward() {
            long number = forwardPart();
            promised = Math.max(promised, number);
            return number;
        }

        public long forwardPart() {
            if (sealed) {
                return 0;
            }
            lane.add(++last);
            accepted++;
            promised = Math.max(promised, last - 1);
            return last;
        }

        public boolean advance() {
            if (!sealed) {
                promised = ++last;
            }
            return !sealed;
        }

        public long unseal() {
            sealed = false;
            return accepted;
        }

        public long seal() {
            sealed = true;
            return accepted;
        }

        public String take() {
            if (lane.isEmpty() || first() > promised) {
                return "nothing";
            }
            inHand = lane.remove();
            return inHand + " m" + inHand;
        }

        public void finish() {
            inHand = 0;
        }

        public long promised() {
            return promised;
        }

        public long first() {
            return lane.isEmpty() ? Lane.NONE : lane.element();
        }

        public boolean hasReached(int number) {
            long unfinished = inHand == 0 ? first() : inHand;
            return Math.min(promised, unfinished - 1) >= number;
        }
    }

    /** A copy of the clock for one message, which leaves the lane before it is in hand. */
    public static class HeadFirst {
        private volatile long tail;
        private volatile long head;
        private volatile long inHand;

        @Operation(nonParallelGroup = "producer", runOnce = true)
        public void forward() {
            tail = 1;
        }

        @Operation(nonParallelGroup = "consumer")
        public boolean take() {
            if (head == tail) {
                return false;
            }
            head = 1;
            inHand = 1;
            return true;
        }

        @Operation
        public boolean hasReached() {
            long promised = tail;
            boolean isOnLane = head < tail;
            return promised == 1 && !isOnLane && inHand == 0;
        }
    }

    /** Of that copy, in which nothing is finished. */
    public static class SpecificationOfHeadFirst {
        private boolean isOnLane;

        public void forward() {
            isOnLane = true;
        }

        public boolean take() {
            boolean was = isOnLane;
            isOnLane = false;
            return was;
        }

        public boolean hasReached() {
            return false;
        }
    }

    /** A copy of a ledger that is sealed, or accepts, by a look and a write. */
    public static class SealedBySet {
        private volatile long accepted;

        @Operation(nonParallelGroup = "producer")
        public boolean forward() {
            long word = accepted;
            if ((word & 1) != 0) {
                return false;
            }
            accepted = word + 2;
            return true;
        }

        @Operation
        public long seal() {
            long word = accepted;
            accepted = word | 1;
            return word >>> 1;
        }
    }

    /** Of that copy. */
    public static class SpecificationOfSealedBySet {
        private long accepted;
        private boolean sealed;

        public boolean forward() {
            accepted += sealed ? 0 : 1;
            return !sealed;
        }

        public long seal() {
            sealed = true;
            return accepted;
        }
    }

    @Test
    void modelChecking() {
        Checks.modelCheck(Source.class, Specification.class);
    }

    @Test
    void stress() {
        Checks.stress(Source.class, Specification.class);
    }

    @Test
    void findsTheHeadWrittenFirst() {
        Checks.finds(HeadFirst.class, SpecificationOfHeadFirst.class);
    }

    @Test
    void findsTheSealWithoutCompareAndSet() {
        Checks.finds(SealedBySet.class, SpecificationOfSealedBySet.class);
    }
}
