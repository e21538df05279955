package io.github.clockeddispatch.micrometer;

import static java.util.stream.Collectors.toCollection;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.SortedSet;
import java.util.TreeSet;

/** A registry with a clock that goes when it is told to. */
final class Registry {
    final MockClock clock = new MockClock();
    final MeterRegistry meters = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);

    /** Lets a second go by, so that whoever polls next has the dispatcher looked at. */
    void nextSecond() {
        clock.add(Duration.ofSeconds(1));
    }

    /** What meters there are, once all have been polled in the next second. */
    SortedSet<String> afterASecond() {
        nextSecond();
        meters.getMeters().forEach(Registry::value);
        return names();
    }

    /** The names and tags of the meters, as in {@code receiver.lag shop stock}. */
    SortedSet<String> names() {
        return meters.getMeters().stream().map(Registry::name).collect(toCollection(TreeSet::new));
    }

    /** The value of the meter that {@link #names} calls so, in the next second. */
    double valueOf(String name) {
        nextSecond();
        return meters.getMeters().stream()
                .filter(meter -> name(meter).equals(name))
                .mapToDouble(Registry::value)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in " + names()));
    }

    static double value(Meter meter) {
        return meter.measure().iterator().next().getValue();
    }

    private static String name(Meter meter) {
        StringBuilder name = new StringBuilder(meter.getId().getName().substring(Figure.PREFIX.length()));
        meter.getId().getTags().forEach(tag -> name.append(' ').append(tag.getValue()));
        return name.toString();
    }
}
