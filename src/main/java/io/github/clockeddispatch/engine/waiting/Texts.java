package io.github.clockeddispatch.engine.waiting;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Words for exceptions and snapshots.
 *
 * @see "docs/design.md: Locks"
 */
public final class Texts {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;

    private static final String API = "io.github.clockeddispatch";
    private static final String ENGINE = API + ".engine.";

    private Texts() {}

    /** Returns the name of a thread, in quotes. Calls nothing that its class can override, as that would be foreign code. */
    public static String name(Thread thread) {
        return "\"" + (thread.getName().isEmpty() ? "#" + thread.threadId() : thread.getName()) + "\"";
    }

    /**
     * Returns a duration as people read it: "0.3 ms", "105 ms", "1.2 s", "3 min 5 s".
     *
     * @param nanos how long, in nanoseconds, 0 or more
     */
    public static String duration(long nanos) {
        if (nanos < 10 * MILLI) {
            return tenths(nanos, MILLI) + " ms";
        }
        if (nanos < SECOND) {
            return nanos / MILLI + " ms";
        }
        if (nanos < 60 * SECOND) {
            return tenths(nanos, SECOND) + " s";
        }
        return nanos / (60 * SECOND) + " min " + nanos / SECOND % 60 + " s";
    }

    /** Returns how many of a unit that is, rounded to tenths if it is not a whole number. A format would first load a hundred classes. */
    private static String tenths(long nanos, long unit) {
        if (nanos % unit == 0) {
            return String.valueOf(nanos / unit);
        }
        long tenths = (nanos + unit / 20) / (unit / 10);
        return tenths / 10 + "." + tenths % 10;
    }

    /** Returns a number of 0 or more with commas between its thousands. */
    public static String number(long number) {
        var text = new StringBuilder().append(number);
        for (int i = text.length() - 3; i > 0; i -= 3) {
            text.insert(i, ',');
        }
        return text.toString();
    }

    /**
     * Returns the first of some names, and how many more there are.
     *
     * @param most how many names, at most
     * @param how what becomes of each name
     */
    public static String some(List<String> names, int most, UnaryOperator<String> how) {
        int more = names.size() - most;
        return names.stream().limit(most).map(how).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + number(more) + " more" : "");
    }

    /**
     * Says where a thread is, in words that begin with a comma: its innermost frame outside of this library and the JDK; empty where there
     * is none. To be called without a lock, as the class of a thread may override what is asked here.
     */
    public static String where(Thread thread) {
        String at = at(thread);
        return at.isEmpty() ? "" : ", at " + at;
    }

    /** The same without these words. */
    public static String at(Thread thread) {
        StackTraceElement[] frames;
        try {
            frames = thread.getStackTrace();
        } catch (Throwable e) { // foreign code may throw anything
            return "";
        }
        for (StackTraceElement frame : frames) {
            if (!isOfJdk(frame) && !isOfLibrary(frame.getClassName())) {
                String file = frame.getFileName();
                return frame.getClassName() + "." + frame.getMethodName()
                        + (file == null ? "" : "(" + file + ":" + frame.getLineNumber() + ")");
            }
        }
        return "";
    }

    private static boolean isOfJdk(StackTraceElement frame) {
        String module = frame.getModuleName();
        return module != null && (module.startsWith("java.") || module.startsWith("jdk."));
    }

    private static boolean isOfLibrary(String className) {
        return className.startsWith(ENGINE) || className.lastIndexOf('.') == API.length() && className.startsWith(API);
    }
}
