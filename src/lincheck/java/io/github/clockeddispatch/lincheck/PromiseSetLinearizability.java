package io.github.clockeddispatch.lincheck;

import io.github.clockeddispatch.progress.NumberHeap;
import io.github.clockeddispatch.progress.PromiseSet;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** The set under its owner's lock; the promises rise without it, as clocks above a merge do. */
class PromiseSetLinearizability {

    private static final int PROMISES = 3;

    private static final class Promise extends PromiseSet.Promise {
        final AtomicLong value = new AtomicLong();

        @Override
        protected long current() {
            return value.get();
        }
    }

    /** The set. */
    @Param(name = "id", gen = IntGen.class, conf = "0:2")
    @Param(name = "number", gen = IntGen.class, conf = "1:4")
    public static class Promises extends Checks.Owner {
        private final PromiseSet<Promise> set = new PromiseSet<>();
        private final Promise[] promises = new Promise[PROMISES];
        private final boolean[] in = new boolean[PROMISES];

        public Promises() {
            Arrays.setAll(promises, id -> new Promise());
        }

        @Operation
        public long raise(@Param(name = "id") int id) {
            return promises[id].value.incrementAndGet();
        }

        @Operation
        public boolean add(@Param(name = "id") int id) {
            return locked(() -> {
                boolean isNew = !in[id];
                if (isNew) {
                    in[id] = true;
                    set.add(promises[id]);
                }
                return isNew;
            });
        }

        @Operation
        public boolean remove(@Param(name = "id") int id) {
            return locked(() -> {
                in[id] = false;
                return set.remove(promises[id]);
            });
        }

        /** All the way. */
        @Operation
        public long least() {
            return locked(() -> set.least(Long.MAX_VALUE));
        }

        /** As far as it matters: above the number it may say less than it is. */
        @Operation
        public long leastUpTo(@Param(name = "number") int number) {
            return locked(() -> Math.min(number, set.least(number)));
        }

        @Operation
        public boolean isEmpty() {
            return locked(set::isEmpty);
        }
    }

    /** What it should do: the promises, and which of them are in the set. */
    public static class Specification {
        private final long[] values = new long[PROMISES];
        private final boolean[] in = new boolean[PROMISES];

        public long raise(int id) {
            return ++values[id];
        }

        public boolean add(int id) {
            boolean isNew = !in[id];
            in[id] = true;
            return isNew;
        }

        public boolean remove(int id) {
            boolean was = in[id];
            in[id] = false;
            return was;
        }

        public long least() {
            long least = Long.MAX_VALUE;
            for (int id = 0; id < PROMISES; id++) {
                least = in[id] ? Math.min(least, values[id]) : least;
            }
            return least;
        }

        public long leastUpTo(int number) {
            return Math.min(number, least());
        }

        public boolean isEmpty() {
            return least() == Long.MAX_VALUE;
        }
    }

    /** A copy that takes the one that has risen for the least one. */
    @Param(name = "id", gen = IntGen.class, conf = "0:2")
    public static class OneReadOnly extends Checks.Owner {
        private final NumberHeap<Promise> heap = new NumberHeap<>();
        private final Promise[] promises = new Promise[PROMISES];

        public OneReadOnly() {
            Arrays.setAll(promises, id -> new Promise());
            for (Promise promise : promises) {
                heap.add(promise);
            }
        }

        @Operation
        public long raise(@Param(name = "id") int id) {
            return promises[id].value.incrementAndGet();
        }

        @Operation
        public long least() {
            return locked(() -> {
                Promise first = heap.first();
                long current = first.current();
                heap.reschedule(first, current);
                return current;
            });
        }
    }

    /** Of that copy, in which all are from the beginning. */
    public static class SpecificationOfOneReadOnly extends Specification {
        public SpecificationOfOneReadOnly() {
            for (int id = 0; id < PROMISES; id++) {
                add(id);
            }
        }
    }

    @Test
    void modelChecking() {
        Checks.modelCheck(Promises.class, Specification.class);
    }

    @Test
    void stress() {
        Checks.stress(Promises.class, Specification.class);
    }

    @Test
    void findsThatOnlyOneIsRead() {
        Checks.finds(OneReadOnly.class, SpecificationOfOneReadOnly.class);
    }
}
