package io.github.clockeddispatch.simulation;

import java.util.concurrent.locks.LockSupport;

/** What woven code calls. Outside a simulation it does nothing, or what it stands for. */
public final class SwitchPoints {
    private SwitchPoints() {}

    /** Before what threads synchronise by: volatile fields, VarHandles, locks, interrupts. */
    public static void synchronises() {
        Scheduler scheduler = Scheduler.ofThisThread();
        if (scheduler != null) {
            scheduler.point(true);
        }
    }

    /** Before any other access that another thread may see. */
    public static void data() {
        Scheduler scheduler = Scheduler.ofThisThread();
        if (scheduler != null) {
            scheduler.point(false);
        }
    }

    /** In place of {@code Thread.onSpinWait}: whoever spins waits for another thread. */
    public static void onSpinWait() {
        Scheduler scheduler = Scheduler.ofThisThread();
        if (scheduler != null) {
            scheduler.spins();
        } else {
            Thread.onSpinWait();
        }
    }

    /** In place of {@code Thread.yield}. */
    public static void yield() {
        Scheduler scheduler = Scheduler.ofThisThread();
        if (scheduler != null) {
            scheduler.yields();
        } else {
            Thread.yield();
        }
    }

    public static long nanoTime() {
        Scheduler scheduler = Scheduler.ofThisThread();
        return scheduler != null ? scheduler.time.now() : System.nanoTime();
    }

    public static void parkNanos(long nanos) {
        Scheduler scheduler = Scheduler.ofThisThread();
        if (scheduler != null) {
            scheduler.point(true);
            scheduler.time.park(null, nanos);
        } else {
            LockSupport.parkNanos(nanos);
        }
    }

    public static void parkNanos(Object blocker, long nanos) {
        Scheduler scheduler = Scheduler.ofThisThread();
        if (scheduler != null) {
            scheduler.point(true);
            scheduler.time.park(blocker, nanos);
        } else {
            LockSupport.parkNanos(blocker, nanos);
        }
    }

    /** In the JDK, where nothing is to be switched. */
    static void parkNanosInJdk(Object blocker, long nanos) {
        Scheduler scheduler = Scheduler.ofThisThread();
        if (scheduler != null) {
            scheduler.time.park(blocker, nanos);
        } else {
            LockSupport.parkNanos(blocker, nanos);
        }
    }
}
