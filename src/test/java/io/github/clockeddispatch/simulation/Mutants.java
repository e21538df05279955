package io.github.clockeddispatch.simulation;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Runs the scenarios on the library as each patch of {@code src/test/mutants} breaks it, until something is found that is not known, or
 * the time is over, and prints a table: {@code -Dsimulation.mutants=all}, or names separated by commas; {@code
 * -Dsimulation.seconds=} for each. The work tree stays as it is.
 */
final class Mutants {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Path PATCHES = Path.of("src/test/mutants");
    private static final Pattern FOUND =
            Pattern.compile("FOUND (\\S+) seed (-?\\d+) .* after (\\d+) schedules, ([0-9.,]+) s: (.*)");

    private Mutants() {}

    /** Returns an exit code. */
    static int run(String names) throws IOException, InterruptedException {
        int found = 0;
        List<Path> patches = patches(names);
        System.out.println("| mutant | found by | schedules | seconds | what was found |\n|---|---|---|---|---|");
        for (Path patch : patches) {
            Path folder = Files.createTempDirectory("mutant");
            try {
                String result = result(patch.toAbsolutePath(), folder);
                found += result.startsWith("`") ? 1 : 0;
                System.out.println("| " + name(patch) + " | " + result + " |");
            } finally {
                Launcher.delete(folder);
            }
        }
        System.out.println("found: " + found + " of " + patches.size());
        return 0;
    }

    private static List<Path> patches(String names) throws IOException {
        try (Stream<Path> files = Files.list(PATCHES)) {
            List<String> chosen = Arrays.asList(names.split(","));
            return files.filter(file -> file.toString().endsWith(".patch"))
                    .filter(file -> names.equals("all") || chosen.contains(name(file)))
                    .sorted()
                    .toList();
        }
    }

    private static String name(Path patch) {
        return patch.getFileName().toString().replace(".patch", "");
    }

    private static String result(Path patch, Path folder) throws IOException, InterruptedException {
        copy(SOURCES, folder.resolve(SOURCES));
        Process apply = new ProcessBuilder("git", "apply", "--include=src/main/*", patch.toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        if (apply.waitFor() != 0) {
            return "does not apply | | |";
        }
        Path classes = Files.createDirectories(folder.resolve("classes"));
        if (!compile(folder.resolve(SOURCES), classes)) {
            return "does not compile | | |";
        }
        Path output = folder.resolve("output");
        Launcher.run(
                classes + File.pathSeparator + System.getProperty("java.class.path"),
                Map.of("simulation.stop", "true"),
                ProcessBuilder.Redirect.to(output.toFile()));
        String text = Files.readString(output);
        Matcher matcher = FOUND.matcher(text);
        if (matcher.find()) {
            String what = matcher.group(5);
            return "`%s` | %s | %s | %s"
                    .formatted(
                            matcher.group(1),
                            matcher.group(3),
                            matcher.group(4),
                            what.substring(0, Math.min(90, what.length())).replace("|", "/"));
        }
        if (text.contains("HANG")) {
            return "`a hang of the carrier` | | |";
        }
        Matcher schedules = Pattern.compile("(\\d+) schedules in ([0-9.,]+) s").matcher(text);
        return schedules.find()
                ? "– | %s | %s |".formatted(schedules.group(1), schedules.group(2))
                : "did not run: " + text;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path file : walk.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static boolean compile(Path sources, Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn",
                "-proc:none",
                "--release",
                "21",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
        try (Stream<Path> walk = Files.walk(sources)) {
            walk.map(Path::toString)
                    .filter(file -> file.endsWith(".java") && !file.endsWith("module-info.java"))
                    .forEach(arguments::add);
        }
        return ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) == 0;
    }
}
