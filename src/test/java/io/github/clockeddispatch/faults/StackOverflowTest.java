package io.github.clockeddispatch.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls made where the stack ends throw, or fail loudly, and leave no lock behind: see {@link StackOverflows}. */
class StackOverflowTest {
    /** {@code -Dstack.rounds=N} for more than a few. */
    private static final int ROUNDS = Integer.getInteger("stack.rounds", 2);

    @TempDir
    Path directory;

    @ParameterizedTest(name = "on virtual threads: {0}")
    @ValueSource(booleans = {false, true})
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void leavesNothingBehind(boolean virtual) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        StackOverflows.class.getName(),
                        Integer.toString(ROUNDS),
                        Boolean.toString(virtual))
                .redirectError(directory.resolve("warnings").toFile()) // the JVM's, of how dangerous it is
                .redirectOutput(output.toFile())
                .start();
        try {
            assertTrue(process.waitFor(9, TimeUnit.MINUTES), "it hangs");
            assertEquals(0, process.exitValue(), () -> read(output));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
