package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.stream.Stream;

/**
 * What the demonstration has found. The desks' sends are compared over all runs but the first ones, in which the virtual
 * machine warms up; everything is checked in all of them. What else is shown is the last run with the slow view.
 *
 * @param file what the flights were read from
 * @param withSlowView the runs with the delay statistics, more than {@link #WARM_UPS}
 * @param withoutSlowView as many runs without them, done in turn with those
 * @param expected the delays, computed sequentially
 */
record Findings(String file, List<RunResult> withSlowView, List<RunResult> withoutSlowView, DelayTable expected) {
    static final int WARM_UPS = 2;
    private static final int AIRPORTS = 10;

    /** So many times longer may the sends take because there is a slow view beside them. */
    static final double P99_BOUND = 2;

    Findings {
        withSlowView = List.copyOf(withSlowView);
        withoutSlowView = List.copyOf(withoutSlowView);
    }

    /** The run that is shown. */
    RunResult run() {
        return withSlowView.getLast();
    }

    /** What the passengers were told in all runs. */
    List<Answer> answers() {
        return Stream.concat(withSlowView.stream(), withoutSlowView.stream())
                .flatMap(run -> run.answers().stream())
                .toList();
    }

    long staleAtOnce() {
        return Answer.countStaleAtOnce(answers());
    }

    long staleWithClock() {
        return Answer.countStaleWithClock(answers());
    }

    boolean tablesAgree() {
        return withSlowView.stream()
                .allMatch(run -> run.delays().filter(expected::equals).isPresent());
    }

    /** As the delay statistics have them. */
    List<AirportDelay> worstAirports() {
        return run().delays().orElseThrow().worst(AIRPORTS);
    }

    boolean areCorrect() {
        return staleWithClock() == 0 && tablesAgree();
    }

    int runsMeasured() {
        return withSlowView.size() - WARM_UPS;
    }

    Latencies sendsBeside() {
        return sends(withSlowView);
    }

    Latencies sendsAlone() {
        return sends(withoutSlowView);
    }

    private static Latencies sends(List<RunResult> runs) {
        return Latencies.together(
                runs.stream().skip(WARM_UPS).map(RunResult::sends).toList());
    }

    double p99Ratio() {
        return (double) sendsBeside().percentile(99) / sendsAlone().percentile(99);
    }

    boolean isSlowViewFelt() {
        return p99Ratio() > P99_BOUND;
    }
}
