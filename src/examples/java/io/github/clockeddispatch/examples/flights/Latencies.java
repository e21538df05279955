package io.github.clockeddispatch.examples.flights;

import java.util.Arrays;
import java.util.Collection;

/** How long something took, many times over. */
final class Latencies {
    private final long[] sortedNanos;

    private Latencies(long[] sortedNanos) {
        this.sortedNanos = sortedNanos;
    }

    /** From what several threads measured, in any order; at least one value in all. */
    static Latencies of(Collection<long[]> measuredNanos) {
        long[] all =
                measuredNanos.stream().flatMapToLong(Arrays::stream).sorted().toArray();
        if (all.length == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        return new Latencies(all);
    }

    static Latencies together(Collection<Latencies> parts) {
        return of(parts.stream().map(part -> part.sortedNanos).toList());
    }

    /** The least measured time that at least so many percent of all times do not exceed. */
    long percentile(int percent) {
        int rank = Math.ceilDiv(sortedNanos.length * percent, 100);
        return sortedNanos[Math.max(rank, 1) - 1];
    }

    long longest() {
        return sortedNanos[sortedNanos.length - 1];
    }
}
