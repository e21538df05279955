package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.Optional;

/**
 * What the demonstration of stages has found. Everything is checked in all runs; what else is shown is the last one, when the
 * virtual machine has warmed up.
 *
 * @param file what the flights were read from
 * @param runs at least one
 * @param expected the delays, computed sequentially
 */
record MergedFindings(String file, List<MergedRun> runs, DelayTable expected) {
    MergedFindings {
        runs = List.copyOf(runs);
    }

    /** The run that is shown. */
    MergedRun shown() {
        return runs.getLast();
    }

    /** What the passengers were told in all runs. */
    List<Answer> answers() {
        return runs.stream().flatMap(run -> run.run().answers().stream()).toList();
    }

    /** What is wrong with the log of a run, in words; empty if all are right. */
    Optional<String> difference() {
        return runs.stream().flatMap(run -> run.difference().stream()).findFirst();
    }

    boolean tablesAgree() {
        return runs.stream()
                .allMatch(run -> run.run().delays().filter(expected::equals).isPresent());
    }

    boolean areCorrect() {
        return Answer.countStaleWithClock(answers()) == 0 && difference().isEmpty() && tablesAgree();
    }
}
