package io.github.clockeddispatch.examples.flights;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * The four regions of the US Census Bureau, each with a desk. The bureau leaves the territories out: those of the
 * Caribbean are given to the South here, those of the Pacific to the West. {@code NA}, for which the table of airports
 * knows no state, is Marquette, Michigan.
 */
enum Region {
    WEST("West", "AK", "AZ", "CA", "CO", "HI", "ID", "MT", "NM", "NV", "OR", "UT", "WA", "WY", "AS", "GU", "MP"),
    SOUTH(
            "South", "AL", "AR", "DC", "DE", "FL", "GA", "KY", "LA", "MD", "MS", "NC", "OK", "SC", "TN", "TX", "VA",
            "WV", "PR", "VI"),
    MIDWEST("Midwest", "IA", "IL", "IN", "KS", "MI", "MN", "MO", "ND", "NE", "OH", "SD", "WI", "NA"),
    NORTHEAST("Northeast", "CT", "MA", "ME", "NH", "NJ", "NY", "PA", "RI", "VT");

    private final String title;
    private final Set<String> states;

    Region(String title, String... states) {
        this.title = title;
        this.states = Set.of(states);
    }

    String title() {
        return title;
    }

    static Optional<Region> ofState(String state) {
        return Arrays.stream(values())
                .filter(region -> region.states.contains(state))
                .findFirst();
    }
}
