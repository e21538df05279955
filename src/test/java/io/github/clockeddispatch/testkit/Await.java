package io.github.clockeddispatch.testkit;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.ConditionTimeoutException;

/** Waiting for conditions, always with a bound. */
public final class Await {
    /**
     * The bound of every wait of a test: less than the time-out of the test, far more than anything takes. {@code
     * -Dtestkit.bound=N}, in seconds, is for runs that are known to fail.
     */
    public static final Duration BOUND = Duration.ofSeconds(Integer.getInteger("testkit.bound", 15));

    /** How long something that must not happen is given to happen. */
    private static final Duration WINDOW = Duration.ofMillis(15);

    private static final String LIBRARY = "io.github.clockeddispatch.";

    private Await() {}

    /** Waits until the condition holds. */
    public static void eventually(String what, Callable<Boolean> condition) {
        if (!holdsWithin(BOUND, condition)) {
            throw new AssertionError("not within " + BOUND + ": " + what);
        }
    }

    /** Fails if the condition comes true within a short while: for what must not happen, and so cannot be waited for. */
    public static void never(String what, Callable<Boolean> condition) {
        if (holdsWithin(WINDOW, condition)) {
            throw new AssertionError("must not be: " + what);
        }
    }

    /** Waits until the thread is parked in the library, or in what the library called. */
    public static void blocked(Thread thread) {
        blocked(thread.getName(), List.of(thread));
    }

    /** Waits until all these threads are parked in the library. */
    public static void blocked(String what, Collection<Thread> threads) {
        int[] seen = new int[1];
        eventually(what + " waits in the library", () -> {
            seen[0] = threads.stream().allMatch(Await::waitsInLibrary) ? seen[0] + 1 : 0;
            return seen[0] == 3; // not for a lock that is held for a moment
        });
    }

    /** Says whether the condition came to hold within the time. */
    public static boolean holdsWithin(Duration time, Callable<Boolean> condition) {
        try {
            polling().atMost(time).until(condition);
            return true;
        } catch (ConditionTimeoutException e) {
            return false;
        }
    }

    private static boolean waitsInLibrary(Thread thread) {
        Thread.State state = thread.getState();
        return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                && Arrays.stream(thread.getStackTrace()).anyMatch(frame -> isLibrary(frame.getClassName()));
    }

    private static boolean isLibrary(String className) {
        return className.startsWith(LIBRARY)
                && !className.startsWith(LIBRARY + "testkit.")
                && !className.startsWith(LIBRARY + "contract.");
    }

    private static ConditionFactory polling() {
        return Awaitility.await().pollInSameThread().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(1));
    }
}
