package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.waiting.Causes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The clock of several, of any dispatchers.
 *
 * @see "docs/design.md: Several clocks"
 */
public final class LeastClock extends JointClock {

    /** How many are named at most, for people. */
    private static final int NAMED = 8;

    /** Each once, and none made of others. */
    private final List<Clock> clocks;

    private LeastClock(List<Clock> clocks) {
        this.clocks = clocks;
    }

    /** Returns the clock of all these, at least one; where they are one and the same, that. */
    public static Clock of(List<? extends Clock> clocks) {
        Set<Clock> parts = new LinkedHashSet<>();
        clocks.forEach(clock -> parts.addAll(clock.parts()));
        List<Clock> each = List.copyOf(parts);
        return each.size() == 1 ? each.get(0) : new LeastClock(each);
    }

    @Override
    public Core<?> core() {
        return clocks.get(0).core();
    }

    @Override
    public String name() {
        return clocks.stream().limit(NAMED).map(Clock::name).collect(Collectors.joining("+")) + (isLong() ? "+…" : "");
    }

    @Override
    public String label() {
        List<String> labels =
                new ArrayList<>(clocks.stream().limit(NAMED).map(Clock::label).toList());
        String last = isLong() ? clocks.size() - NAMED + " more" : labels.remove(labels.size() - 1);
        return String.join(", ", labels) + " and " + last;
    }

    private boolean isLong() {
        return clocks.size() > NAMED;
    }

    @Override
    public long time() {
        return timeUpTo(Long.MAX_VALUE);
    }

    @Override
    public long timeUpTo(long limit) {
        long time = limit;
        long before;
        do { // what one has not reached, others may have passed without a stop there
            before = time;
            for (Clock clock : clocks) {
                time = clock.timeUpTo(time);
            }
        } while (time < before);
        return time;
    }

    @Override
    public boolean hasReached(long sequence) {
        for (Clock clock : clocks) {
            if (!clock.hasReached(sequence)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isOutOfReach(long sequence) {
        return clocks.stream().anyMatch(clock -> clock.isOutOfReach(sequence));
    }

    @Override
    public long lag() {
        long most = 0;
        for (Clock clock : clocks) {
            most = Math.max(most, clock.lag());
        }
        return most;
    }

    @Override
    public void visit(long sequence, Visitor visitor) {
        clocks.forEach(clock -> clock.visit(sequence, visitor));
    }

    /** Asks the one that is furthest behind; before that, one that will never get there. */
    @Override
    public void explain(long sequence, Causes causes) {
        Clock furthest = null;
        long least = Long.MAX_VALUE;
        for (Clock clock : clocks) {
            long time = clock.isOutOfReach(sequence) ? -1 : clock.timeUpTo(sequence);
            if (time < least && !clock.hasReached(sequence)) {
                least = time;
                furthest = clock;
            }
        }
        if (furthest != null) {
            causes.then(furthest, sequence);
        }
    }

    @Override
    public List<Clock> parts() {
        return clocks;
    }

    @Override
    public String describeHeld() {
        return clocks.stream()
                .map(Clock::describeHeld)
                .filter(held -> !held.isEmpty())
                .findFirst()
                .orElse("");
    }

    @Override
    public String describe(long sequence) {
        return "the clocks of " + label() + " to reach " + sequence + describeHeld();
    }
}
