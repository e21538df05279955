package io.github.clockeddispatch.simulation;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;

/**
 * One run of a scenario whose threads are virtual threads on one carrier, in an order and with a time that a seed decides.
 *
 * <p>The scheduler of a virtual thread is an {@code Executor}, which is given to its constructor and inherited by the virtual threads that
 * it starts. The JDK hands the next step of a thread to {@link #execute} whenever it can go on; {@link #run} takes one of them at a
 * time. A step ends where the thread parks or ends, and where a {@linkplain SwitchPoints switch point} yields because the {@link Strategy}
 * says so. All of it is done by one platform thread, the carrier, so nothing here needs a lock.
 */
final class Scheduler implements Executor {

    /** A run with more steps counts as one that never ends. */
    private static final long MAX_STEPS = 400_000;

    private static final long MAX_POINTS_OF_A_STEP = 400_000;

    /** How long a step takes, in virtual nanoseconds. */
    private static final long STEP = 50;

    /** How long a late step takes, so that a thread that polls until a long time-out gets there. */
    private static final long LATE_STEP = 1_000_000;

    /** How often a watch may look in vain while nothing else can go on, before the run counts as stuck. */
    private static final int MAX_LOOKS = 20;

    private static Scheduler current;

    /** A thread as it is scheduled. */
    static final class Task {
        final Runnable step;
        final Thread thread;
        final int id;

        /** Written and read by the strategy. */
        long priority;

        /** Whether it has been spinning since another thread last went on. */
        boolean spins;

        /** The switch point at which it stopped, where switches are traced; empty where it did not. */
        String stoppedAt = "";

        Task(Runnable step, Thread thread, int id) {
            this.step = step;
            this.thread = thread;
            this.id = id;
        }

        @Override
        public String toString() {
            return thread.getName().isEmpty() ? "thread " + id : thread.getName();
        }
    }

    final long seed;
    final VirtualTime time = new VirtualTime();

    /** For what the scenario does. */
    final Random data;

    /** For the order in which it is done. */
    final Random order;

    private final Strategy strategy;
    private final Life life = new Life(this);
    private final List<Task> alive = new ArrayList<>();
    private final List<Task> runnable = new ArrayList<>();
    private final List<Task> runnableView = Collections.unmodifiableList(runnable);
    private final Trace trace;
    private int started;
    private Task running;
    private int looks;
    private long steps;
    private long points;
    private long pointsOfStep;
    private Throwable problem;

    private Scheduler(long seed, Trace trace) {
        this.seed = seed;
        this.trace = trace;
        this.data = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        this.order = new Random(seed * 0xD1B54A32D192ED03L + 7);
        this.strategy = Strategy.of(this);
    }

    /** Makes one for one run. */
    static Scheduler of(long seed) {
        return new Scheduler(seed, null);
    }

    /** Makes one that keeps the last switches. */
    static Scheduler traced(long seed) {
        return new Scheduler(seed, new Trace());
    }

    /** Runs a scenario; returns what was found, or null. */
    Throwable run(Scenario scenario) {
        current = this;
        try {
            life.newThread("root", () -> scenario.run(life)).start();
            loop();
        } catch (Finding e) {
            found(e);
        } finally {
            current = null;
        }
        return problem;
    }

    private void loop() {
        while (problem == null) {
            long untilTimeout = time.untilNext();
            if (runnable.isEmpty()) {
                if (untilTimeout == Long.MAX_VALUE) {
                    break;
                }
                waitFor(untilTimeout);
            } else if ((untilTimeout <= VirtualTime.SHORT || life.anyTimeout() && untilTimeout != Long.MAX_VALUE)
                    && order.nextInt(24) == 0) {
                endTimeout();
            } else {
                step(next());
            }
        }
        // a dispatcher that was not closed has idle threads
        if (problem == null && alive.stream().anyMatch(task -> life.isOwn(task.thread))) {
            throw new Finding("STUCK: nothing can go on" + where());
        }
    }

    /** Nothing can go on before this time is over. */
    private void waitFor(long untilTimeout) {
        if (untilTimeout > VirtualTime.REST) {
            if (isWatch(time.nextOne())) { // it may end a deadlock, but hides no lost wake-up
                if (++looks > MAX_LOOKS) {
                    throw new Finding("STUCK: nothing can go on, and the watch finds no deadlock" + where());
                }
            } else if (!life.mayWaitLong()) {
                throw new Finding("LONG WAIT: nothing goes on until a long time-out ends" + where());
            }
        }
        endTimeout();
    }

    private static boolean isWatch(Thread thread) {
        return thread.getName().endsWith("deadlock-watch");
    }

    private void endTimeout() {
        Thread thread = time.endNext();
        if (trace != null) {
            trace.add("the time-out of " + thread.getName() + " ends");
        }
    }

    /** One that has just been spinning waits for others, as far as there are any. */
    private Task next() {
        List<Task> candidates = runnableView;
        if (runnable.stream().anyMatch(task -> task.spins) && !runnable.stream().allMatch(task -> task.spins)) {
            candidates = runnable.stream().filter(task -> !task.spins).toList();
        }
        return strategy.next(candidates);
    }

    private void step(Task task) {
        if (++steps > MAX_STEPS) {
            throw new Finding("LIVELOCK: still going on after " + MAX_STEPS + " steps" + where());
        }
        runnable.remove(task);
        for (Task other : runnable) {
            other.spins = false;
        }
        task.spins = false;
        running = task;
        pointsOfStep = 0;
        time.pass(steps < MAX_STEPS / 40 ? STEP : LATE_STEP);
        if (!isWatch(task.thread)) {
            looks = 0;
        }
        long before = points;
        try {
            task.step.run();
        } finally {
            running = null;
        }
        if (trace != null) {
            trace.add(task, points - before);
        }
        if (!task.thread.isAlive()) {
            alive.remove(task);
        }
    }

    /** Whoever sees it first stops the run. */
    void found(Throwable what) {
        if (problem == null) {
            problem = what;
        }
    }

    /** The scheduler of the calling thread; null where there is none. */
    static Scheduler ofThisThread() {
        Scheduler scheduler = current;
        return scheduler != null && scheduler.running != null ? scheduler : null;
    }

    @Override
    public void execute(Runnable step) {
        runnable.add(task(step));
    }

    private Task task(Runnable step) {
        for (int i = alive.size() - 1; i >= 0; i--) {
            if (alive.get(i).step == step) {
                return alive.get(i);
            }
        }
        Task task = new Task(step, VirtualThreads.threadOf(step), started++);
        alive.add(task);
        strategy.started(task);
        return task;
    }

    // ---- in a thread of the simulation

    void point(boolean synchronises) {
        points++;
        if (++pointsOfStep > MAX_POINTS_OF_A_STEP) {
            Finding endless = new Finding("LIVELOCK: " + MAX_POINTS_OF_A_STEP + " points without a switch" + where());
            found(endless);
            throw endless;
        }
        if (!runnable.isEmpty() && strategy.switchesAt(synchronises)) {
            yieldHere();
        }
    }

    void spins() {
        strategy.spins();
        running.spins = true;
        yieldHere();
    }

    void yields() {
        if (strategy.yields()) {
            yieldHere();
        }
    }

    private void yieldHere() {
        if (trace != null) {
            running.stoppedAt = Trace.here();
        }
        Thread.yield();
    }

    // ---- for strategies and those who tell

    Task running() {
        return running;
    }

    List<Task> runnable() {
        return runnableView;
    }

    List<Thread> alive() {
        return alive.stream().map(task -> task.thread).filter(Thread::isAlive).toList();
    }

    long points() {
        return points;
    }

    long steps() {
        return steps;
    }

    String strategy() {
        return strategy.toString();
    }

    Trace trace() {
        return trace;
    }

    /** Who is alive, and where. */
    private String where() {
        StringBuilder text = new StringBuilder(life.onStuck());
        for (Task task : alive) {
            text.append("\n  ").append(task).append(Trace.state(task, runnable.contains(task)));
        }
        return text.toString();
    }

    /** What of the JDK's is reached by reflection: {@code --add-opens java.base/java.lang=ALL-UNNAMED}. */
    static final class VirtualThreads {
        private static final Constructor<?> NEW;
        private static Field thread;

        static {
            try {
                NEW = Class.forName("java.lang.VirtualThread")
                        .getDeclaredConstructor(Executor.class, String.class, int.class, Runnable.class);
                NEW.setAccessible(true);
            } catch (ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private VirtualThreads() {}

        static Thread make(Executor scheduler, String name, Runnable task) {
            try {
                return (Thread) NEW.newInstance(scheduler, name, 0, task);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        /** A step is a method of its thread, as a lambda, which holds the thread. */
        static Thread threadOf(Runnable step) {
            try {
                if (thread == null || thread.getDeclaringClass() != step.getClass()) {
                    thread = step.getClass().getDeclaredFields()[0];
                    thread.setAccessible(true);
                }
                return (Thread) thread.get(step);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** The last switches, in words. */
    static final class Trace {
        private static final int KEPT = 400;
        private static final String PROJECT = "io.github.clockeddispatch.";
        private static final String TOOL = Scheduler.class.getPackageName() + ".";
        private static final StackWalker STACK = StackWalker.getInstance();

        private final Deque<String> lines = new ArrayDeque<>();

        private void add(String line) {
            lines.add(line);
            if (lines.size() > KEPT) {
                lines.remove();
            }
        }

        private void add(Task task, long points) {
            String at = !task.thread.isAlive()
                    ? "ends"
                    : task.stoppedAt.isEmpty()
                            ? "waits" + place(task.thread.getStackTrace())
                            : "stops before " + task.stoppedAt;
            task.stoppedAt = "";
            add(task + " goes on for " + points + " points and " + at);
        }

        List<String> lines() {
            return List.copyOf(lines);
        }

        private static boolean isProgram(String type) {
            return type.startsWith(PROJECT) && (!type.startsWith(TOOL) || type.startsWith(TOOL + "scenarios."));
        }

        private static String here() {
            return STACK.walk(frames -> frames.filter(frame -> isProgram(frame.getClassName()))
                    .findFirst()
                    .map(frame -> text(frame.toStackTraceElement()))
                    .orElse("?"));
        }

        private static String text(StackTraceElement frame) {
            return frame.getClassName().substring(frame.getClassName().lastIndexOf('.') + 1) + "."
                    + frame.getMethodName() + ":" + frame.getLineNumber();
        }

        private static String place(StackTraceElement[] stack) {
            for (StackTraceElement frame : stack) {
                if (isProgram(frame.getClassName())) {
                    return " in " + text(frame);
                }
            }
            return "";
        }

        private static String state(Task task, boolean canRun) {
            StringBuilder text = new StringBuilder(canRun ? " can go on" : " is parked");
            for (StackTraceElement frame : task.thread.getStackTrace()) {
                if (isProgram(frame.getClassName())) {
                    text.append("\n      at ").append(text(frame));
                }
            }
            return text.toString();
        }
    }
}
