package io.github.clockeddispatch.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is found where dispatchers above one another are closed at once, and is not mended yet. Each is told when it is found,
 * with its seed, and does not fail the run; any other finding of the same scenario does. Nothing else is left out.
 *
 * @param scenario a pattern of the scenario's name
 * @param finding a pattern of the first line of what is found
 * @param what what happens, for people
 */
record Known(String scenario, String finding, String what) {

    private static final List<Known> IN_MERGES = List.of();

    /** What is known of a finding, or null. */
    static @Nullable Known of(String scenario, Throwable finding) {
        String line = (finding instanceof Finding ? finding.getMessage() : finding.toString())
                .lines()
                .findFirst()
                .orElse("");
        return IN_MERGES.stream()
                .filter(known -> scenario.matches(known.scenario) && line.matches(known.finding))
                .findFirst()
                .orElse(null);
    }
}
