package io.github.clockeddispatch.simulation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Stream;

/**
 * Starts {@link Simulation} in a JVM with what it needs: the constructor of virtual threads, the {@linkplain PatchedJdk
 * synchronisers} with a clock of ours, assertions, and no hash codes that differ from run to run. Properties {@code
 * simulation.…} of this JVM are passed on, those that are empty apart. With {@code -Dsimulation.mutants=} it runs {@link
 * Mutants}.
 */
public final class Launcher {
    private Launcher() {}

    public static void main(String[] args) throws Exception {
        String mutants = System.getProperty("simulation.mutants", "");
        System.exit(
                mutants.isEmpty()
                        ? run(System.getProperty("java.class.path"), Map.of(), ProcessBuilder.Redirect.INHERIT)
                        : Mutants.run(mutants));
    }

    /** Whether this JVM has the constructor of virtual threads that it needs. */
    static boolean isPossible() {
        try {
            Class.forName("java.lang.VirtualThread")
                    .getDeclaredConstructor(Executor.class, String.class, int.class, Runnable.class);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    /**
     * Runs it to its end.
     *
     * @param properties more than those of this JVM, or others
     * @return its exit code: 0 where nothing was found, 1 where something was
     */
    static int run(String classPath, Map<String, String> properties, ProcessBuilder.Redirect output)
            throws IOException, InterruptedException {
        Path patch = Files.createTempDirectory("simulation");
        try {
            PatchedJdk.write(patch);
            Process process = new ProcessBuilder(command(classPath, patch, properties))
                    .redirectErrorStream(true)
                    .redirectOutput(output)
                    .start();
            try {
                return process.waitFor();
            } finally {
                process.destroyForcibly();
            }
        } finally {
            delete(patch);
        }
    }

    private static List<String> command(String classPath, Path patch, Map<String, String> properties) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--patch-module=java.base=" + patch,
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-Djdk.trackAllThreads=false",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=2",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1", // a minute is over before more compilation pays
                "-Xmx1g",
                "-ea:io.github.clockeddispatch..."));
        System.getProperties().forEach((name, value) -> {
            if (name.toString().startsWith("simulation.")
                    && !value.toString().isEmpty()
                    && !properties.containsKey(name)) {
                command.add("-D" + name + "=" + value);
            }
        });
        properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.addAll(List.of("-cp", classPath, Simulation.class.getName()));
        return command;
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
