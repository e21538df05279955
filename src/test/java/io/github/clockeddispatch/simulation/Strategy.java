package io.github.clockeddispatch.simulation;

import io.github.clockeddispatch.simulation.Scheduler.Task;
import java.util.List;
import java.util.Random;

/** Who goes on next, and at which switch points the running thread lets others go on. The seed says which strategy it is. */
abstract class Strategy {
    final Scheduler scheduler;
    final Random random;

    Strategy(Scheduler scheduler) {
        this.scheduler = scheduler;
        this.random = scheduler.order;
    }

    static Strategy of(Scheduler scheduler) {
        Random random = scheduler.order;
        return switch (Math.floorMod(scheduler.seed, 8)) {
            case 0 -> new Uniform(scheduler, 1 + random.nextInt(3)); // switches at every 2nd to 8th point
            case 1 -> new Uniform(scheduler, 3 + random.nextInt(5)); // at every 8th to 128th
            case 2 -> new Weighted(scheduler, 1 + random.nextInt(5));
            case 3 -> new Stalling(scheduler, 1 + random.nextInt(5));
            case 4 -> new Priorities(scheduler, 1 + random.nextInt(2));
            case 5 -> new Priorities(scheduler, 2 + random.nextInt(3));
            case 6 -> new Priorities(scheduler, 4 + random.nextInt(8));
            default -> new Bursts(scheduler);
        };
    }

    /** A thread has been started. */
    void started(Task task) {}

    abstract Task next(List<Task> runnable);

    abstract boolean switchesAt(boolean synchronises);

    /** The running thread spins, so another one is to go on. */
    void spins() {}

    /** Whether the running thread, which says that others may go on, lets them. */
    boolean yields() {
        return random.nextBoolean();
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }

    /** Any thread, and a switch at every 2<sup>bits</sup>th point, at plain data at every 8th of these. */
    static class Uniform extends Strategy {
        private final int bits;

        Uniform(Scheduler scheduler, int bits) {
            super(scheduler);
            this.bits = bits;
        }

        @Override
        Task next(List<Task> runnable) {
            return runnable.get(random.nextInt(runnable.size()));
        }

        @Override
        boolean switchesAt(boolean synchronises) {
            return random.nextInt(1 << (synchronises ? bits : bits + 3)) == 0;
        }

        @Override
        public String toString() {
            return super.toString() + ", at every " + (1 << bits) + "th point";
        }
    }

    /** Threads of very different speeds. */
    static final class Weighted extends Uniform {
        Weighted(Scheduler scheduler, int bits) {
            super(scheduler, bits);
        }

        @Override
        void started(Task task) {
            task.priority = 1L << random.nextInt(9);
        }

        @Override
        Task next(List<Task> runnable) {
            long sum = 0;
            for (Task task : runnable) {
                sum += task.priority;
            }
            long at = random.nextLong(sum);
            for (Task task : runnable) {
                at -= task.priority;
                if (at < 0) {
                    return task;
                }
            }
            throw new AssertionError("no weight left");
        }
    }

    /** One thread stands still for long, from some point of it on; then another one. */
    static final class Stalling extends Uniform {
        private int stalled;
        private long pointsUntil;
        private long stepsLeft;

        Stalling(Scheduler scheduler, int bits) {
            super(scheduler, bits);
            choose();
        }

        private void choose() {
            stalled = random.nextInt(7);
            pointsUntil = 1 + random.nextInt(1 << (3 + random.nextInt(7)));
            stepsLeft = 0;
        }

        @Override
        boolean switchesAt(boolean synchronises) {
            if (stepsLeft == 0 && scheduler.running().id == stalled && --pointsUntil == 0) {
                stepsLeft = 1L << (4 + random.nextInt(8));
                return true;
            }
            return super.switchesAt(synchronises);
        }

        @Override
        Task next(List<Task> runnable) {
            if (stepsLeft > 0) {
                if (--stepsLeft == 0) {
                    choose();
                } else {
                    List<Task> others =
                            runnable.stream().filter(task -> task.id != stalled).toList();
                    return super.next(others.isEmpty() ? runnable : others);
                }
            }
            return super.next(runnable);
        }
    }

    /** Many switches for some points, then none for some. */
    static final class Bursts extends Uniform {
        private long from;
        private long to;

        Bursts(Scheduler scheduler) {
            super(scheduler, 1);
            choose();
        }

        private void choose() {
            from = scheduler.points() + random.nextInt(1 << (2 + random.nextInt(8)));
            to = from + 1 + random.nextInt(24);
        }

        @Override
        boolean switchesAt(boolean synchronises) {
            if (scheduler.points() < from) {
                return false;
            }
            if (scheduler.points() > to) {
                choose();
            }
            return random.nextBoolean();
        }
    }

    /**
     * Random priorities, and d random points at which the running thread gets the lowest: Burckhardt, Kothari, Musuvathi and Nagarakatte,
     * <i>A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs</i>, ASPLOS 2010. Other than there, the length of
     * a run is not known before: the points lie within a span that the seed chooses. A thread that spins gets the lowest, too,
     * or nobody would go on.
     */
    static final class Priorities extends Strategy {
        private final int changes;
        private final int span;
        private int changesLeft;
        private long change;
        private long lowest;

        Priorities(Scheduler scheduler, int changes) {
            super(scheduler);
            this.changes = changes;
            this.span = 1 << (5 + random.nextInt(7));
            this.changesLeft = changes;
            this.change = nextChange();
        }

        private long nextChange() {
            return scheduler.points() + 1 + random.nextInt(Math.max(1, 2 * span / changes));
        }

        @Override
        void started(Task task) {
            task.priority = 1 + random.nextInt(1 << 30);
        }

        @Override
        Task next(List<Task> runnable) {
            Task first = runnable.get(0);
            for (Task task : runnable) {
                if (task.priority > first.priority) {
                    first = task;
                }
            }
            return first;
        }

        @Override
        boolean switchesAt(boolean synchronises) {
            Task running = scheduler.running();
            if (changesLeft > 0 && scheduler.points() >= change) {
                changesLeft--;
                change = nextChange();
                running.priority = --lowest;
            }
            for (Task task : scheduler.runnable()) {
                if (task.priority > running.priority) {
                    return true;
                }
            }
            return false;
        }

        @Override
        void spins() {
            scheduler.running().priority = --lowest;
        }

        @Override
        boolean yields() {
            if (random.nextInt(4) == 0) {
                scheduler.running().priority = --lowest;
            }
            return true;
        }

        @Override
        public String toString() {
            return super.toString() + ", " + changes + " changes within " + span + " points";
        }
    }
}
