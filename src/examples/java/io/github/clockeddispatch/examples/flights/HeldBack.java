package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.Snapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How a receiver of a merge waited for one source, as snapshots have shown it.
 *
 * @param source the source
 * @param share in which part of the snapshots it was this one, from 0 to 1
 * @param messages how many messages of others were there meanwhile, at most
 * @param longest for how long at a time, at most
 */
record HeldBack(String source, double share, int messages, Duration longest) {

    /** The source that was waited for most often comes first. */
    static List<HeldBack> bySource(List<Snapshot.HeldBack> snapshots) {
        Map<String, List<Snapshot.HeldBack>> bySource = snapshots.stream()
                .filter(snapshot -> !snapshot.source().isEmpty())
                .collect(Collectors.groupingBy(Snapshot.HeldBack::source));
        return bySource.entrySet().stream()
                .map(entry -> of(entry.getKey(), entry.getValue(), snapshots.size()))
                .sorted(Comparator.comparingDouble(HeldBack::share).reversed().thenComparing(HeldBack::source))
                .toList();
    }

    private static HeldBack of(String source, List<Snapshot.HeldBack> waits, int snapshots) {
        return new HeldBack(
                source,
                (double) waits.size() / snapshots,
                waits.stream().mapToInt(Snapshot.HeldBack::messages).max().orElse(0),
                waits.stream()
                        .map(Snapshot.HeldBack::since)
                        .max(Comparator.naturalOrder())
                        .orElse(Duration.ZERO));
    }
}
