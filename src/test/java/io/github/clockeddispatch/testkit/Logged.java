package io.github.clockeddispatch.testkit;

import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.LongStream;

/**
 * The log of all tests. It is found through {@code META-INF/services}. What the library logs is kept and not printed, as most failures
 * of tests are on purpose; what others log is printed where it is a warning or worse.
 */
public final class Logged extends System.LoggerFinder {
    /** The last lines, by number. */
    private static final AtomicReferenceArray<Line> LINES = new AtomicReferenceArray<>(4096);

    private static final AtomicLong COUNT = new AtomicLong();

    /** What was logged. */
    public record Line(String logger, System.Logger.Level level, String text, Optional<Throwable> thrown) {}

    /** What the library has logged lately that names this dispatcher, as "shop". */
    public static List<Line> of(String dispatcher) {
        long count = COUNT.get();
        return LongStream.range(Math.max(0, count - LINES.length()), count)
                .mapToObj(number -> LINES.get((int) (number % LINES.length())))
                .filter(line -> line != null && line.text.contains("\"" + dispatcher + "\""))
                .toList();
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Log(name, name.startsWith("io.github.clockeddispatch"));
    }

    private record Log(String name, boolean ofLibrary) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return ofLibrary || level.getSeverity() >= Level.WARNING.getSeverity();
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String text, Throwable thrown) {
            if (ofLibrary) {
                int next = (int) (COUNT.getAndIncrement() % LINES.length());
                LINES.set(next, new Line(name, level, text, Optional.ofNullable(thrown)));
            } else if (isLoggable(level)) {
                System.err.println(name + " " + level + " " + text);
                if (thrown != null) {
                    thrown.printStackTrace();
                }
            }
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            log(level, bundle, format, (Throwable) null);
        }
    }
}
