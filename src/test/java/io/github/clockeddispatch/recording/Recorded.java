package io.github.clockeddispatch.recording;

import io.github.clockeddispatch.testkit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import jdk.jfr.EventSettings;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;

/** A recording of some of the library's events, however short they are, while a test runs. */
final class Recorded implements AutoCloseable {
    static final String LIBRARY = "io.github.clockeddispatch.";

    /** The names of all events that there are. */
    static final List<String> ALL = List.of(
            "ClockWait",
            "ClosedWithLosses",
            "Deadlock",
            "DispatcherState",
            "Failed",
            "Handling",
            "HeldBack",
            "Joined",
            "Left",
            "PumpWait",
            "ReceiverState",
            "SendWait",
            "SenderState",
            "Skipped",
            "WaitState");

    /** How often it is looked how things stand. */
    static final Duration PERIOD = Duration.ofMillis(20);

    /** Those of them that have a duration. */
    private static final Set<String> LASTING = Set.of("ClockWait", "Handling", "HeldBack", "PumpWait", "SendWait");

    private final Recording recording = new Recording();

    private Recorded(Duration threshold, String... names) {
        ALL.forEach(name -> recording.disable(LIBRARY + name)); // a recording has all events that are not disabled
        for (String name : names) {
            EventSettings settings = recording.enable(LIBRARY + name);
            if (LASTING.contains(name)) { // what happens at an instant is shorter than any threshold
                settings.withThreshold(threshold);
            } else if (name.endsWith("State")) {
                settings.withPeriod(PERIOD);
            }
        }
        recording.start();
    }

    /** Records what takes a millisecond or more. */
    static Recorded of(String... names) {
        return new Recorded(Duration.ofMillis(1), names);
    }

    /** Records what takes this long or longer. */
    static Recorded of(Duration threshold, String... names) {
        return new Recorded(threshold, names);
    }

    /** All of the library's events until now, the first one first. */
    List<RecordedEvent> events() {
        try {
            Path file = Files.createTempFile("recorded", ".jfr");
            try {
                recording.dump(file);
                return RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().startsWith(LIBRARY))
                        .sorted((a, b) -> a.getEndTime().compareTo(b.getEndTime()))
                        .toList();
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The events of that name until now. */
    List<RecordedEvent> events(String name) {
        return events().stream().filter(named(name)).toList();
    }

    /** The first event of that name for which this holds; waits until there is one. */
    RecordedEvent await(String name, Predicate<RecordedEvent> condition) {
        RecordedEvent[] found = new RecordedEvent[1];
        Await.eventually("an event " + name, () -> {
            found[0] = events(name).stream().filter(condition).findFirst().orElse(null);
            return found[0] != null;
        });
        return found[0];
    }

    RecordedEvent await(String name) {
        return await(name, event -> true);
    }

    private static Predicate<RecordedEvent> named(String name) {
        return event -> event.getEventType().getName().equals(LIBRARY + name);
    }

    @Override
    public void close() {
        recording.close();
    }
}
