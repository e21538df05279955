package io.github.clockeddispatch.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a module: what it holds, and that a program in a module of its own runs with it. */
class ModuleIT {
    private static final Path JAR = Path.of(System.getProperty("library.jar"));

    @TempDir
    Path temp;

    @Test
    void exportsOnePackageAndNeedsTheCoreAndMicrometer() {
        ModuleDescriptor module = ModuleFinder.of(JAR)
                .find("io.github.clockeddispatch.micrometer")
                .orElseThrow()
                .descriptor();

        assertThat(module.exports())
                .map(ModuleDescriptor.Exports::toString)
                .containsExactly("io.github.clockeddispatch.micrometer");
        assertThat(module.requires().stream()
                        .filter(required -> !required.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                        .map(ModuleDescriptor.Requires::name))
                .containsExactlyInAnyOrder("java.base", "io.github.clockeddispatch", "micrometer.core");
    }

    @Test
    void holdsItsClassesAndTheLicencesOnly() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream().filter(entry -> !entry.isDirectory()).map(entry -> entry.getName()))
                    .filteredOn(name -> !name.startsWith("io/github/clockeddispatch/micrometer/"))
                    .containsExactlyInAnyOrder(
                            "META-INF/MANIFEST.MF",
                            "META-INF/LICENSE-APACHE",
                            "META-INF/LICENSE-MIT",
                            "module-info.class");
        }
    }

    @Test
    void aModuleRunsWithIt() throws Exception {
        Path consumer = Path.of("src/test/resources/consumer");
        run(
                "javac",
                "-Xlint:all,-requires-automatic",
                "-Werror",
                "-p",
                modules(),
                "-d",
                temp.toString(),
                consumer.resolve("module-info.java").toString(),
                consumer.resolve("consumer/Main.java").toString());

        assertThat(run("java", "-p", modules() + File.pathSeparator + temp, "-m", "consumer/consumer.Main"))
                .isEqualTo("clocked.dispatch.receiver.lag of stock: 0.0\n");
    }

    /** The jar, and of the class path of this test what it needs. */
    private static String modules() {
        List<String> jars = new ArrayList<>(List.of(JAR.toString()));
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(
                        entry -> Path.of(entry)
                                .getFileName()
                                .toString()
                                .matches(
                                        "clocked-dispatch-\\d.*|micrometer-(core|commons|observation)-.*|jspecify-.*|HdrHistogram-.*"))
                .forEach(jars::add);
        return String.join(File.pathSeparator, jars);
    }

    private String run(String tool, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", tool).toString()));
        command.addAll(List.of(arguments));
        Path said = Files.createTempFile(temp, "said", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("%s ends", command)
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
        return Files.readString(said);
    }
}
