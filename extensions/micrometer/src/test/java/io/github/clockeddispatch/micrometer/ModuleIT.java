package io.github.clockeddispatch.micrometer;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.spi.ToolProvider;
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
        List<Path> modules = modules();
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        out,
                        out,
                        "-Xlint:all,-requires-automatic",
                        "-Werror",
                        "-p",
                        modules.stream().map(Path::toString).collect(joining(File.pathSeparator)),
                        "-d",
                        temp.toString(),
                        consumer.resolve("module-info.java").toString(),
                        consumer.resolve("consumer/Main.java").toString());
        assertThat(said).asString().isEmpty();

        modules.add(temp);
        ModuleLayer boot = ModuleLayer.boot();
        ModuleLayer layer = boot.defineModulesWithOneLoader(
                boot.configuration()
                        .resolve(ModuleFinder.of(modules.toArray(Path[]::new)), ModuleFinder.of(), Set.of("consumer")),
                ClassLoader.getPlatformClassLoader());
        Object lag = layer.findLoader("consumer")
                .loadClass("consumer.Main")
                .getMethod("lag")
                .invoke(null);
        assertThat(lag).isEqualTo(0.0);
        assertThat(layer.modules())
                .extracting(Module::getName)
                .contains("io.github.clockeddispatch.micrometer", "io.github.clockeddispatch", "micrometer.core");
    }

    /** The jar, and of the class path of this test what it needs. */
    private static List<Path> modules() {
        List<Path> jars = new ArrayList<>(List.of(JAR));
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(Path::of)
                .filter(
                        jar -> jar.getFileName()
                                .toString()
                                .matches(
                                        "(clocked-dispatch-\\d|micrometer-(core|commons|observation)-|jspecify-|HdrHistogram-).*"))
                .forEach(jars::add);
        return jars;
    }
}
