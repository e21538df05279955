package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What came out of one run with stages.
 *
 * @param run what desks, passengers and clocks did; the delays are those of all stages
 * @param log the log that the stages' lines were merged into
 * @param expected the log as computed sequentially from what the desks dispatched
 * @param heldBack how the log waited for its stages, the one that it waited for most often first
 */
record MergedRun(RunResult run, List<LogLine> log, List<LogLine> expected, List<HeldBack> heldBack) {
    MergedRun {
        log = List.copyOf(log);
        expected = List.copyOf(expected);
        heldBack = List.copyOf(heldBack);
    }

    /** Where the log differs from the expected one first, in words; empty if it does not. */
    Optional<String> difference() {
        return IntStream.range(0, Math.max(log.size(), expected.size()))
                .filter(i -> !line(log, i).equals(line(expected, i)))
                .mapToObj(i -> String.format(
                        "line %d of the log is \"%s\", computed sequentially it is \"%s\"",
                        i + 1, line(log, i), line(expected, i)))
                .findFirst();
    }

    /** How the log waited for a stage, if it did. */
    Optional<HeldBack> heldBackBy(String stage) {
        return heldBack.stream()
                .filter(waits -> waits.source().endsWith("/" + stage))
                .findFirst();
    }

    private static String line(List<LogLine> lines, int index) {
        return index < lines.size() ? lines.get(index).describe() : "";
    }
}
