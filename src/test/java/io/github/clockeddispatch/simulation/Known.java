package io.github.clockeddispatch.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is found where dispatchers above one another are closed at once, and is not mended yet. Each is told when it is found, with its seed, and
 * does not fail the run; any other finding of the same scenario does. Nothing else is left out.
 *
 * @param scenario a pattern of the scenario's name
 * @param finding a pattern of the first line of what is found
 * @param what what happens, for people
 */
record Known(String scenario, String finding, String what) {

    private static final List<Known> IN_MERGES = List.of(
            new Known(
                    "Stacks\\.(aChain|aDiamondIsClosed)",
                    "told of a loss, .*",
                    "F9: dispatchers above one another are closed, and messages that were accepted at the top, and had no number or no"
                            + " place in the merge yet, are lost without a word"),
            new Known(
                    "Stacks\\.(aChainClosedByTryBlocks|aMergeClosedTwice)",
                    "(handled: expected|.*(DispatchException: merge .* is closed|did not close cleanly)).*",
                    "F9: a merge that is closed first does not bring what is still in a channel above, or gives up what it holds"
                            + " back, although there is time"),
            new Known(
                    "Stacks\\.aMergeClosedByItsOwnReader",
                    ".*(DispatchException: merge .* is closed|did not close cleanly|refused: expected).*",
                    "F9, the same"));

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
