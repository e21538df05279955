package io.github.clockeddispatch.lincheck;

import io.github.clockeddispatch.progress.Backlog;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Test;

/** The backlog: one producer without a lock; two consumers under theirs, each at its own pace, and a third may come to share it. */
class BacklogLinearizability {

    private static final int LANES = 3;

    /** The backlog. */
    @Param(name = "lane", gen = IntGen.class, conf = "0:2")
    public static class Elements extends Checks.Owner {
        private final Backlog<String> backlog = new Backlog<>();
        private final long[] positions = new long[LANES];
        private boolean shared;

        @Operation(nonParallelGroup = "producer")
        public long append() {
            long number = backlog.tail() + 1;
            if (!backlog.hasPlace(Integer.MAX_VALUE)) {
                locked(() -> {
                    backlog.reserve();
                    return null;
                });
            }
            backlog.append(number, "m" + number, shared ? LANES : LANES - 1);
            return number;
        }

        /** The last consumer comes, and gets all that has not left. */
        @Operation(nonParallelGroup = "producer")
        public int share() {
            return locked(() -> {
                if (!shared) {
                    shared = true;
                    positions[LANES - 1] = backlog.head();
                    for (long position = backlog.head(); position < backlog.tail(); position++) {
                        backlog.share(position);
                    }
                }
                return backlog.size();
            });
        }

        @Operation
        public String pass(@Param(name = "lane") int lane) {
            return locked(() -> passUnlocked(lane));
        }

        final String passUnlocked(int lane) {
            long position = positions[lane];
            if ((lane == LANES - 1 && !shared) || position == backlog.tail()) {
                return "nothing";
            }
            String element = backlog.number(position) + " " + backlog.element(position);
            positions[lane] = position + 1;
            return element + (backlog.pass(position, position + 1) > 0 ? ", the last" : "");
        }

        @Operation
        public int size() {
            return locked(backlog::size);
        }

        @Operation
        public long head() {
            return locked(backlog::head);
        }
    }

    /** What it should do: who is still to pass each element. */
    public static class Specification {
        private final List<List<Integer>> remaining = new ArrayList<>();
        private boolean shared;

        public long append() {
            remaining.add(new ArrayList<>(shared ? List.of(0, 1, 2) : List.of(0, 1)));
            return remaining.size();
        }

        public int share() {
            if (!shared) {
                shared = true;
                for (int i = (int) head(); i < remaining.size(); i++) {
                    remaining.get(i).add(2);
                }
            }
            return size();
        }

        public String pass(int lane) {
            for (int i = 0; i < remaining.size(); i++) {
                List<Integer> lanes = remaining.get(i);
                if (lanes.remove((Integer) lane)) {
                    return (i + 1) + " m" + (i + 1) + (lanes.isEmpty() ? ", the last" : "");
                }
            }
            return "nothing";
        }

        public int size() {
            return remaining.size() - (int) head();
        }

        public long head() {
            int head = 0;
            while (head < remaining.size() && remaining.get(head).isEmpty()) {
                head++;
            }
            return head;
        }
    }

    /** A consumer passes without the lock. */
    @Param(name = "lane", gen = IntGen.class, conf = "0:2")
    public static class PassUnlocked extends Elements {
        @Override
        @Operation
        public String pass(@Param(name = "lane") int lane) {
            return passUnlocked(lane);
        }
    }

    @Test
    void modelChecking() {
        Checks.modelCheck(Elements.class, Specification.class);
    }

    @Test
    void stress() {
        Checks.stress(Elements.class, Specification.class);
    }

    @Test
    void findsThePassWithoutTheLock() {
        Checks.finds(PassUnlocked.class, Specification.class);
    }
}
