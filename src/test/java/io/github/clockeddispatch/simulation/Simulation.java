package io.github.clockeddispatch.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/**
 * Runs scenarios, seed after seed, in the JVM that {@link Launcher} has started for it:
 *
 * <ul>
 *   <li>{@code -Dsimulation.seconds=}: for how long;
 *   <li>{@code -Dsimulation.seed=}: with which seed it begins; without it, one taken from the time;
 *   <li>{@code -Dsimulation.scenarios=}: which, by patterns of their names, separated by commas;
 *   <li>{@code -Dsimulation.replay=}: runs this seed alone, and tells the last switches;
 *   <li>{@code -Dsimulation.stop}: ends at the first finding.
 * </ul>
 *
 * Scenarios take turns by the number of switch points that they have gone through, so each gets the same work, and small ones more runs.
 */
public final class Simulation {
    private static final Duration HANG = Duration.ofSeconds(30);
    private static final int TOLD_OF_EACH = 3;

    /** A scenario, and how far it has come. */
    private static final class Course {
        final Scenarios.Named named;
        final long number;
        final long first;
        long seed;
        long points;
        int findings;
        int known;

        Course(Scenarios.Named named, long number, long seed) {
            this.named = named;
            this.number = number;
            this.first = seed;
            this.seed = seed;
        }
    }

    private final long began = System.nanoTime();
    private final PriorityQueue<Course> courses =
            new PriorityQueue<>(Comparator.comparingLong((Course c) -> c.points).thenComparingLong(c -> c.number));
    private final boolean stops = System.getProperty("simulation.stop") != null;
    private final Map<Known, Integer> known = new LinkedHashMap<>();
    private volatile long schedules;
    private long points;
    private long steps;
    private int findings;

    private Simulation() {}

    public static void main(String[] args) throws ReflectiveOperationException, java.io.IOException {
        PatchedJdk.install(SwitchPoints::nanoTime, SwitchPoints::parkNanosInJdk);
        Thread.setDefaultUncaughtExceptionHandler((thread, e) -> {
            Scheduler scheduler = Scheduler.ofThisThread();
            if (scheduler == null) {
                e.printStackTrace();
                Runtime.getRuntime().halt(3);
            } else {
                scheduler.found(e);
            }
        });
        List<Scenarios.Named> scenarios = Scenarios.matching(System.getProperty("simulation.scenarios", ".*"));
        Long replayed = Long.getLong("simulation.replay");
        System.exit(replayed == null ? new Simulation().run(scenarios) : replay(scenarios, replayed));
    }

    // ---- one

    private static int replay(List<Scenarios.Named> scenarios, long seed) {
        int code = 0;
        for (Scenarios.Named named : scenarios) {
            Scheduler scheduler = Scheduler.traced(seed);
            Throwable found = scheduler.run(named.scenario());
            scheduler.trace().lines().forEach(System.out::println);
            System.out.printf(
                    "%s, seed %d (%s): %d points, %d steps: %s%n",
                    named.name(),
                    seed,
                    scheduler.strategy(),
                    scheduler.points(),
                    scheduler.steps(),
                    found == null ? "right" : text(found));
            code = found == null ? code : 1;
        }
        return code;
    }

    // ---- many

    private int run(List<Scenarios.Named> scenarios) {
        long seed = Long.getLong("simulation.seed", System.currentTimeMillis() % 1_000_000_000 * 1000);
        double seconds = Double.parseDouble(System.getProperty("simulation.seconds", "20"));
        System.out.printf("%d scenarios from -Dsimulation.seed=%d, for %.0f s%n", scenarios.size(), seed, seconds);
        watch();
        List<Course> all = new ArrayList<>();
        for (Scenarios.Named named : scenarios) {
            all.add(new Course(named, all.size(), seed));
        }
        courses.addAll(all);
        while (elapsed() < seconds && !(stops && findings > 0)) {
            step(courses.remove());
        }
        tell(all);
        return findings == 0 ? 0 : 1;
    }

    private void step(Course course) {
        Scheduler scheduler = Scheduler.of(course.seed);
        Throwable found = scheduler.run(course.named.scenario());
        schedules++;
        steps += scheduler.steps();
        points += scheduler.points();
        course.points += scheduler.points() + 1;
        if (found != null) {
            Known why = Known.of(course.named.name(), found);
            if (why != null) {
                course.known++;
                if (known.merge(why, 1, Integer::sum) == 1) {
                    tell("known", course, scheduler, found);
                }
            } else {
                findings++;
                if (course.findings++ < TOLD_OF_EACH) {
                    tell("FOUND", course, scheduler, found);
                }
            }
        }
        course.seed++;
        courses.add(course);
    }

    private void tell(String how, Course course, Scheduler scheduler, Throwable found) {
        System.out.printf(
                "%s %s seed %d (%s) after %d schedules, %.1f s: %s%n",
                how, course.named.name(), course.seed, scheduler.strategy(), schedules, elapsed(), text(found));
    }

    private void tell(List<Course> all) {
        double time = elapsed();
        System.out.printf(
                "%d schedules in %.1f s: %.0f a second, of %d points and %d steps each%n",
                schedules, time, schedules / time, points / schedules, steps / schedules);
        for (Course course : all) {
            System.out.printf(
                    "  %-56s %8d schedules%s%s%n",
                    course.named.name(),
                    course.seed - course.first,
                    course.findings == 0 ? "" : ", " + course.findings + " FINDINGS",
                    course.known == 0 ? "" : ", " + course.known + " known findings");
        }
        known.forEach((what, times) -> System.out.printf("known, %d times: %s%n", times, what.what()));
    }

    private double elapsed() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** A hang of the carrier itself is told, too. */
    private void watch() {
        Thread carrier = Thread.currentThread();
        Thread watch = new Thread(() -> {
            for (long seen = -1; seen != schedules; ) {
                seen = schedules;
                try {
                    TimeUnit.SECONDS.sleep(HANG.toSeconds());
                } catch (InterruptedException e) {
                    return;
                }
            }
            System.out.println("HANG: one schedule takes more than " + HANG.toSeconds() + " s");
            for (StackTraceElement frame : carrier.getStackTrace()) {
                System.out.println("    at " + frame);
            }
            courses.forEach(course -> System.out.println("  " + course.named.name() + " is at seed " + course.seed));
            Runtime.getRuntime().halt(2);
        });
        watch.setDaemon(true);
        watch.start();
    }

    private static String text(Throwable found) {
        StringBuilder text = new StringBuilder(found instanceof Finding ? found.getMessage() : found.toString());
        if (!(found instanceof Finding)) {
            frames(text, found);
        }
        for (Throwable cause = found.getCause(); cause != null; cause = cause.getCause()) {
            frames(text.append("\n    because ").append(cause), cause);
        }
        for (Throwable suppressed : found.getSuppressed()) {
            text.append("\n    and ").append(suppressed);
        }
        return text.toString();
    }

    private static void frames(StringBuilder text, Throwable found) {
        for (StackTraceElement frame : found.getStackTrace()) {
            if (frame.getClassName().startsWith("io.github")) {
                text.append("\n      at ").append(frame);
            }
        }
    }
}
