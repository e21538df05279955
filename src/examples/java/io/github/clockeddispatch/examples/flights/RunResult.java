package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.Optional;

/**
 * What came out of one run.
 *
 * @param departures how many flights the desks dispatched
 * @param notices how many notices went to all
 * @param numbers how many numbers were given
 * @param desksNanos how long the desks took
 * @param totalNanos how long all took, until every view had finished
 * @param sends how long a desk's sends to board and log took
 * @param answers what the passengers were told
 * @param views the names of the views whose clocks were sampled
 * @param samples where the clocks stood, in the order of time
 * @param delays what the delay statistics came to, where they took part
 */
record RunResult(
        int departures,
        int notices,
        long numbers,
        long desksNanos,
        long totalNanos,
        Latencies sends,
        List<Answer> answers,
        List<String> views,
        List<Sample> samples,
        Optional<DelayTable> delays) {
    RunResult {
        answers = List.copyOf(answers);
        views = List.copyOf(views);
        samples = List.copyOf(samples);
    }

    /** Puts together what the desks have done, and what else was seen. */
    static RunResult of(
            List<Desk.Shift> shifts,
            long numbers,
            long startNanos,
            long endNanos,
            List<String> views,
            List<Sample> samples,
            Optional<DelayTable> delays) {
        return new RunResult(
                shifts.stream().mapToInt(shift -> shift.departures().size()).sum(),
                shifts.stream().mapToInt(shift -> shift.notices().size()).sum(),
                numbers,
                shifts.stream().mapToLong(Desk.Shift::endNanos).max().orElse(startNanos) - startNanos,
                endNanos - startNanos,
                Latencies.of(shifts.stream().map(Desk.Shift::sendNanos).toList()),
                shifts.stream().flatMap(shift -> shift.answers().stream()).toList(),
                views,
                samples,
                delays);
    }

    Lag lag(int view) {
        return Lag.of(samples, view);
    }

    double departuresPerSecond() {
        return departures * 1e9 / desksNanos;
    }
}
