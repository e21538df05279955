package io.github.clockeddispatch.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The programs of the JDK that runs the tests. */
public final class JdkTool {
    private static final Path BIN = Path.of(System.getProperty("java.home"), "bin");

    private JdkTool() {}

    /** Starts a program of the tests' class path, in a process of its own. Its errors are shown; it is to be destroyed by the caller. */
    public static Process start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(BIN.resolve("java").toString(), "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Runs a tool, such as {@code jcmd}. Returns what it prints. */
    public static String run(String name, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(BIN.resolve(name).toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
