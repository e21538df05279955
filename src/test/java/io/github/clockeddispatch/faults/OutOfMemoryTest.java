package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * An {@link OutOfMemoryError} at each allocation that the library makes, one after the other: either the call throws it and
 * nothing has happened, or what cannot go on fails, loudly, with it as the cause.
 */
@DisplayName("Fault: out of memory")
class OutOfMemoryTest {
    private static BiFunction<String, Boolean, String> scenes;

    @BeforeAll
    @SuppressWarnings("unchecked") // its type parameters are what it is declared with
    static void load() throws ReflectiveOperationException {
        scenes = (BiFunction<String, Boolean, String>) new FaultyLoader()
                .loadClass(OutOfMemoryScenes.class.getName())
                .getConstructor()
                .newInstance();
    }

    static Stream<Arguments> scenes() {
        return Stream.of(OutOfMemoryScenes.Scene.values())
                .flatMap(scene -> Stream.of(Arguments.of(scene.name(), false), Arguments.of(scene.name(), true)));
    }

    @ParameterizedTest(name = "{0}, planted in other threads: {1}")
    @MethodSource("scenes")
    @DisplayName("nothing has happened, or it is told; no thread dies of it")
    void nothingHasHappenedOrItIsTold(String scene, boolean others) {
        Queue<Thread> dead = new ConcurrentLinkedQueue<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            if (thrown instanceof OutOfMemoryError && "planted".equals(thrown.getMessage())) {
                dead.add(thread);
            } else if (before != null) {
                before.uncaughtException(thread, thrown);
            }
        });
        try {
            String result = scenes.apply(scene, others);
            assertTrue(result.matches("\\d+"), () -> scene + " " + result);
            assertEquals(List.of(), List.copyOf(dead));
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
    }
}
