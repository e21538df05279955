package io.github.clockeddispatch.lincheck;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.StressOptions;

/** How a structure is compared with its specification, which is the same as a plain program for one thread. */
final class Checks {

    /** How many scenarios are made up, in each way. */
    private static final int ITERATIONS = Integer.getInteger("lincheck.iterations", 10);

    private Checks() {}

    /** What is guarded by its owner's lock is used under one here, too. */
    abstract static class Owner {
        private final ReentrantLock lock = new ReentrantLock();

        final <V> V locked(Supplier<V> step) {
            lock.lock();
            try {
                return step.get();
            } finally {
                lock.unlock();
            }
        }
    }

    private static ModelCheckingOptions modelChecking() {
        return new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(250)
                .actorsBefore(2)
                .actorsPerThread(3)
                .actorsAfter(2);
    }

    /** Switches threads systematically, at each access to memory. */
    static void modelCheck(Class<?> structure, Class<?> specification) {
        modelChecking().sequentialSpecification(specification).check(structure);
    }

    /** Runs on threads as they come. */
    static void stress(Class<?> structure, Class<?> specification) {
        new StressOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(100)
                .actorsBefore(2)
                .actorsPerThread(4)
                .actorsAfter(2)
                .sequentialSpecification(specification)
                .check(structure);
    }

    /** The structure has a bug, which model checking must find. */
    static void finds(Class<?> broken, Class<?> specification) {
        LincheckAssertionError found = assertThrows(
                LincheckAssertionError.class,
                () -> modelChecking()
                        .iterations(Math.max(ITERATIONS, 200)) // it stops at the first that shows the bug
                        .minimizeFailedScenario(false)
                        .sequentialSpecification(specification)
                        .check(broken));
        String text = String.valueOf(found.getMessage());
        assertTrue(text.contains("Invalid execution results"), text);
    }
}
