package io.github.clockeddispatch.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is found in merges as they are, and is mended with the merge, in an issue of its own. Each is told when it is found, and does not
 * fail the run; any other finding of the same scenario does.
 */
record Known(String scenario, String finding, String what) {

    private static final List<Known> IN_MERGES = List.of();

    /** What is known of a finding, or null. */
    static @Nullable Known of(String scenario, Throwable finding) {
        String text = String.valueOf(finding);
        return IN_MERGES.stream()
                .filter(known -> scenario.matches(known.scenario) && text.lines().findFirst().orElse("").matches(known.finding))
                .findFirst()
                .orElse(null);
    }
}
