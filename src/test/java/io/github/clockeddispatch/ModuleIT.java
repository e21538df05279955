package io.github.clockeddispatch;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as a module: what it holds and exports, and that another module can be compiled, run and linked with it. */
class ModuleIT {
    private static final String MODULE = "io.github.clockeddispatch";
    private static final Path JAR = Path.of(System.getProperty("library.jar"));
    private static final Path SOURCES = Path.of("src/test/resources");
    private static final String CONSUMER_SAYS = """
            apply 1: order 4711
            both clocks have reached 1
            tick 1
            opened shop
            """;

    @TempDir
    Path temp;

    @Test
    void exportsTheApiAloneAndNeedsNothingAtRunTime() {
        ModuleDescriptor module =
                ModuleFinder.of(JAR).find(MODULE).orElseThrow().descriptor();

        assertThat(module.exports()).map(ModuleDescriptor.Exports::toString).containsExactly(MODULE);
        assertThat(module.opens()).isEmpty();
        assertThat(module.isOpen()).isFalse();
        Set<String> needed = module.requires().stream()
                .filter(requires -> !requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .map(ModuleDescriptor.Requires::name)
                .collect(toSet());
        Set<String> optional = module.requires().stream()
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> !needed.contains(name))
                .collect(toSet());
        assertThat(needed).containsExactly("java.base");
        assertThat(optional).contains("org.jspecify").isSubsetOf("org.jspecify", "jdk.jfr");
    }

    @Test
    void holdsOurClassesForJava21AndTheLicencesOnly() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            List<String> others = new ArrayList<>();
            for (var entry : jar.stream().filter(entry -> !entry.isDirectory()).toList()) {
                String name = entry.getName();
                if (name.startsWith("io/github/clockeddispatch/") && name.endsWith(".class")) {
                    assertThat(majorVersion(jar.getInputStream(entry).readAllBytes()))
                            .as(name)
                            .isEqualTo(65);
                } else {
                    others.add(name);
                }
            }
            assertThat(others)
                    .containsExactlyInAnyOrder(
                            "META-INF/MANIFEST.MF",
                            "META-INF/LICENSE-APACHE",
                            "META-INF/LICENSE-MIT",
                            "module-info.class");
        }
    }

    @Test
    void anotherModuleCompilesAndRunsWithIt() throws Exception {
        Path consumer = compiled("consumer");

        assertThat(run(
                        Path.of(System.getProperty("java.home")),
                        "-p",
                        JAR + File.pathSeparator + consumer,
                        "-m",
                        "consumer/consumer.Main"))
                .isEqualTo(CONSUMER_SAYS);
    }

    @Test
    void anotherModuleIsLinkedWithItIntoAnImage() throws Exception {
        Path consumer = compiled("consumer");
        Path plain = temp.resolve("plain");
        tool("jlink", "--add-modules", "java.base", "--output", plain.toString());
        assumeTrue(starts(plain), "images that this JDK links do not start on this machine, whatever is in them");

        Path image = temp.resolve("image");
        tool(
                "jlink",
                "-p",
                JAR + File.pathSeparator + consumer,
                "--add-modules",
                "consumer",
                "--output",
                image.toString());

        assertThat(run(image, "-m", "consumer/consumer.Main")).isEqualTo(CONSUMER_SAYS);
        assertThat(run(image, "--list-modules").lines().map(line -> line.replaceFirst("@.*", "")))
                .containsExactlyInAnyOrder("java.base", "consumer", MODULE);
    }

    @Test
    void anImageWithTheFlightRecorderRecords() throws Exception {
        Path consumer = compiled("consumer");
        Path image = temp.resolve("recording");
        tool(
                "jlink",
                "-p",
                JAR + File.pathSeparator + consumer,
                "--add-modules",
                "consumer,jdk.jfr",
                "--output",
                image.toString());
        assumeTrue(starts(image), "images that this JDK links do not start on this machine, whatever is in them");
        Path file = temp.resolve("consumer.jfr");

        assertThat(run(image, "-XX:StartFlightRecording:filename=" + file, "-m", "consumer/consumer.Main"))
                .contains(CONSUMER_SAYS);
        assertThat(RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().equals(MODULE + ".Joined"))
                        .map(event -> event.getString("name")))
                .containsExactly("orders", "stock", "desk", "orders");
    }

    @Test
    void theEngineCannotBeImported() {
        assertThat(javac("intruder"))
                .contains("package io.github.clockeddispatch.engine.progress is not visible")
                .contains("which does not export it");
    }

    /** Compiles the module of that name, without a warning; what comes out is in the path returned. */
    private Path compiled(String module) {
        assertThat(javac(module)).isEmpty();
        return temp.resolve(module);
    }

    private String javac(String module) {
        return tool(
                "javac",
                "-Xlint:all",
                "-Werror",
                "-cp",
                temp.toString(), // not the class path of this test
                "-p",
                JAR.toString(),
                "-d",
                temp.resolve(module).toString(),
                SOURCES.resolve(module).resolve("module-info.java").toString(),
                SOURCES.resolve(module).resolve(module).resolve("Main.java").toString());
    }

    private static String tool(String name, String... arguments) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        ToolProvider.findFirst(name).orElseThrow().run(out, out, arguments);
        return said.toString();
    }

    private boolean starts(Path jdk) throws InterruptedException {
        try {
            return start(jdk, "-version").exitCode() == 0;
        } catch (IOException notEvenLoaded) {
            return false;
        }
    }

    private String run(Path jdk, String... arguments) throws IOException, InterruptedException {
        Ended ended = start(jdk, arguments);
        assertThat(ended.exitCode()).as(ended.said()).isZero();
        return ended.said();
    }

    private record Ended(int exitCode, String said) {}

    /** Runs a JDK's or an image's {@code java} to its end. */
    private Ended start(Path jdk, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(jdk.resolve("bin/java").toString()));
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
        return new Ended(process.exitValue(), Files.readString(said));
    }

    private static int majorVersion(byte[] classFile) {
        return ByteBuffer.wrap(classFile).getShort(6);
    }
}
