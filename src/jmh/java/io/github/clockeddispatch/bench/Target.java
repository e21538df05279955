package io.github.clockeddispatch.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How far ahead of the best peer we want to be, at capacity 1024.
 *
 * @param factor of a rate: how many times that of the best peer; of a latency: how much of the best peer's it may be
 */
record Target(String workload, double factor) {
    static final int CAPACITY = 1024;

    /** {@code Bench quick} fails below this part of a target. */
    static final double LEAST = 0.7;

    static final List<Target> ALL = List.of(
            new Target("W1", 4),
            new Target("W2", 3),
            new Target("W3", 5),
            new Target("W3B", 1),
            new Target("W8", 2.5),
            new Target("W9_2", 2.5),
            new Target("W9_8", 2.5),
            new Target("W9_64", 2.5),
            new Target("W6", 1),
            new Target("W6D", 1.2),
            new Target("WAITERS_10000", 1),
            new Target("WAITERS_100000", 1));

    /** Ours to the best peer's. */
    static OptionalDouble ratio(Results results, Workload workload, int capacity) {
        OptionalDouble ours = results.median(new Results.Key(workload.name, Trial.OURS, capacity), 1);
        Optional<Results.Key> best = results.bestPeer(workload, capacity);
        return ours.isEmpty() || best.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        ours.getAsDouble() / results.median(best.get(), 1).orElseThrow());
    }

    /** How much of it is reached: 1 where it is met. */
    double reached(double ratio) {
        return Workload.of(workload).unit == Workload.Unit.NANOSECONDS ? factor / ratio : ratio / factor;
    }
}
