package io.github.clockeddispatch.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far ahead of the best peer we want to be, or how near to the floor, at capacity 1024.
 *
 * @param factor of a rate: how many times that of the other; of a latency: how much of the other's it may be
 * @param isToFloor whether the other is the floor, not the best peer
 */
record Target(String workload, double factor, boolean isToFloor) {
    static final int CAPACITY = 1024;

    /** {@code Bench quick} fails below this part of a target. */
    static final double LEAST = 0.7;

    static final List<Target> ALL = List.of(
            new Target("W1", 4),
            new Target("W2", 3),
            new Target("W3", 5),
            new Target("W3B", 1),
            new Target("W8", 3),
            new Target("W9_2", 1),
            new Target("W9_8", 1),
            new Target("W9_64", 1.5),
            new Target("W9D_2", 1),
            new Target("W9D_8", 1.5),
            new Target("W9D_64", 1.5),
            new Target("W6", 1),
            new Target("W6D", 1.2),
            new Target("WAITERS_10000", 1),
            new Target("WAITERS_100000", 1),
            new Target("W2", 0.65, true),
            new Target("W3", 0.65, true));

    Target(String workload, double factor) {
        this(workload, factor, false);
    }

    /** Who it is compared with. */
    Optional<Results.Key> other(Results results) {
        return isToFloor
                ? results.floor(Workload.of(workload), CAPACITY)
                : results.bestPeer(Workload.of(workload), CAPACITY);
    }

    /** Ours to the other's. */
    OptionalDouble ratio(Results results) {
        OptionalDouble ours = results.median(new Results.Key(workload, Trial.OURS, CAPACITY), 1);
        Optional<Results.Key> other = other(results);
        return ours.isEmpty() || other.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        ours.getAsDouble() / results.median(other.get(), 1).orElseThrow());
    }

    /** How much of it is reached: 1 where it is met. */
    double reached(double ratio) {
        return Workload.of(workload).unit == Workload.Unit.NANOSECONDS ? factor / ratio : ratio / factor;
    }
}
