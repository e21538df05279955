package io.github.clockeddispatch.testkit;

import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.LongStream;

/**
 * The log of all tests. It is found through {@code META-INF/services}. What the library logs is kept and not printed, as most failures
 * of tests are on purpose; what others log is printed where it is a warning or worse. Where there is no JUnit, as in a demo, all is logged as
 * it is in a program of one's own.
 */
public final class Logged extends System.LoggerFinder {
    /** The last lines, by number. */
    private static final AtomicReferenceArray<Line> LINES = new AtomicReferenceArray<>(4096);

    private static final AtomicLong COUNT = new AtomicLong();

    private static final boolean IN_TESTS = hasJUnit();

    private static boolean hasJUnit() {
        try {
            Class.forName("org.junit.jupiter.api.Test");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

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
            if (!IN_TESTS) {
                java.util.logging.Logger.getLogger(name)
                        .logp(java.util.logging.Level.parse(inJul(level)), name, "", text, thrown);
            } else if (ofLibrary) {
                int next = (int) (COUNT.getAndIncrement() % LINES.length());
                LINES.set(next, new Line(name, level, text, Optional.ofNullable(thrown)));
            } else if (isLoggable(level)) {
                System.err.println(name + " " + level + " " + text);
                if (thrown != null) {
                    thrown.printStackTrace();
                }
            }
        }

        private static String inJul(Level level) {
            return switch (level) {
                case ERROR -> "SEVERE";
                case WARNING, INFO, ALL, OFF -> level.name();
                case DEBUG, TRACE -> "FINE";
            };
        }

        @Override
        public void log(Level level, ResourceBundle bundle, String format, Object... parameters) {
            log(level, bundle, format, (Throwable) null);
        }
    }
}
