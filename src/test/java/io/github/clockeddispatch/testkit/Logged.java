package io.github.clockeddispatch.testkit;

import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The log of all tests. It is found through {@code META-INF/services}. What the library logs is kept and not printed, as most failures
 * of tests are on purpose; what others log is printed where it is a warning or worse.
 */
public final class Logged extends System.LoggerFinder {
    private static final List<Line> LINES = new CopyOnWriteArrayList<>();

    /** What was logged. */
    public record Line(String logger, System.Logger.Level level, String text, Optional<Throwable> thrown) {}

    /** All that the library has logged that names this dispatcher, as "shop". */
    public static List<Line> of(String dispatcher) {
        return LINES.stream()
                .filter(line -> line.text.contains("\"" + dispatcher + "\""))
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
                LINES.add(new Line(name, level, text, Optional.ofNullable(thrown)));
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
