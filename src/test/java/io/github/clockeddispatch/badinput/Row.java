package io.github.clockeddispatch.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Snapshots;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One method, one bad input, and what comes of it.
 *
 * @param where what the scene is
 * @param method as {@link RequiredRows#key} writes it
 * @param input the type of the parameter and what is given, as "long -1"; or "closed", "discarded" or "interrupted"
 * @param opening makes a fresh scene
 * @param call calls the method with that input
 * @param flag what the call does to an interrupt from before
 * @param outcome what comes of it
 */
record Row<S extends Scene>(
        String where, String method, String input, Supplier<S> opening, Call<S> call, Flag flag, Outcome outcome) {

    /** Calls a method in a scene. */
    @FunctionalInterface
    interface Call<S> {
        /** Returns what the method has returned; null for a method that returns nothing. */
        @Nullable
        Object in(S scene) throws Exception;
    }

    /** The same, for a method that returns nothing. */
    @FunctionalInterface
    interface Action<S> {
        void in(S scene) throws Exception;
    }

    /** What a call does to an interrupt from before. */
    enum Flag {
        /** There was none. */
        NONE,
        /** It ends the call with an exception and is cleared. */
        CLEARED,
        /** It is set afterwards. */
        KEPT
    }

    /** Looks at what a call has returned, or thrown: one of them is null. */
    @FunctionalInterface
    interface Outcome {
        void check(@Nullable Object returned, @Nullable Throwable thrown);
    }

    /** Makes the call, looks at what comes of it, and whether everything can be used as before. */
    void run() throws Exception {
        try (S scene = opening.get()) {
            Snapshot before = Snapshots.withoutAges(scene.snapshot());
            Object returned = null;
            Throwable thrown = null;
            boolean interrupted;
            if (flag != Flag.NONE) {
                Thread.currentThread().interrupt();
            }
            try {
                returned = call.in(scene);
            } catch (Throwable e) {
                thrown = e;
            } finally {
                interrupted = Thread.interrupted();
            }
            try {
                outcome.check(returned, thrown);
                assertThat(interrupted).as("interrupt flag").isEqualTo(flag == Flag.KEPT);
                if (thrown != null) {
                    assertThat(Snapshots.withoutAges(scene.snapshot()))
                            .as("nothing was changed")
                            .isEqualTo(before);
                }
                scene.isUsable(returned, thrown != null);
            } catch (AssertionError e) {
                throw new AssertionError(this + ": " + e.getMessage(), e);
            }
        }
    }

    /** As {@link RequiredRows} writes it. */
    String name() {
        return method + ": " + input;
    }

    /** For the name of the test. */
    @Override
    public String toString() {
        return where + ", " + name();
    }
}
