package io.github.clockeddispatch;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The index at the end of {@code docs/maintainers/verification.md} is what the sources say. Where it is not, what it should be is in
 * {@code target/verification-index.md}.
 */
class VerificationIndexTest {
    private static final Path PAGE = Path.of("docs", "maintainers", "verification.md");
    private static final Path WANTED = Path.of("target", "verification-index.md");
    private static final Pattern GUARANTEE = Pattern.compile("\\b([FG])(\\d{1,2})\\b");
    private static final Pattern IN_FILE_NAME = Pattern.compile("^([FG])0?(\\d{1,2})");
    private static final List<String> SOURCES = List.of("src/test/java", "src/jcstress/java", "src/lincheck/java");

    @Test
    void isWhatTheSourcesSay() throws IOException {
        String index = "## Index\n" + guarantees() + "\n" + classes();
        Files.writeString(WANTED, index);

        String page = Files.readString(PAGE).replace("\r\n", "\n");
        assertThat(page.substring(page.indexOf("## Index\n")))
                .as("see %s", WANTED)
                .isEqualTo(index);
    }

    /** Where a guarantee is named: in the name of a class of tests, or in what is said of it or of one of its tests. */
    private static String guarantees() throws IOException {
        Map<String, Set<String>> tests =
                new TreeMap<>(Comparator.<String, String>comparing(name -> name.substring(0, 1))
                        .reversed()
                        .thenComparing(name -> Integer.parseInt(name.substring(1))));
        for (Path file : sources()) {
            String name = file.getFileName().toString().replace(".java", "");
            var number = IN_FILE_NAME.matcher(name);
            if (number.find()) {
                add(tests, number.group(1) + number.group(2), name);
            }
            Files.readString(file)
                    .lines()
                    .filter(line -> line.strip().startsWith("*")
                            || line.strip().startsWith("/**")
                            || line.contains("@DisplayName"))
                    .flatMap(line -> GUARANTEE.matcher(line).results())
                    .forEach(found -> add(tests, found.group(1) + Integer.parseInt(found.group(2)), name));
        }
        return "| guarantee | named in |\n|---|---|\n" + rows(tests);
    }

    /** Which tests fail where a class of the library is broken: by the mutants. */
    private static String classes() throws IOException {
        Map<String, Set<String>> tests = new TreeMap<>();
        try (Stream<Path> mutants = Files.list(Path.of("src", "test", "mutants"))) {
            for (Path mutant :
                    mutants.filter(file -> file.toString().endsWith(".patch")).toList()) {
                String text = Files.readString(mutant);
                String fails = text.lines().findFirst().orElseThrow().replace("# must fail: ", "");
                Pattern.compile("(?m)^\\+\\+\\+ b/.*/([\\w-]+)\\.java$")
                        .matcher(text)
                        .results()
                        .forEach(changed -> Stream.of(fails.split(",", -1))
                                .map(test -> test.strip().replaceAll("#.*|.*\\.", ""))
                                .forEach(test -> add(tests, changed.group(1), test)));
            }
        }
        return "| class | tests that were seen red for a change of it |\n|---|---|\n" + rows(tests);
    }

    private static void add(Map<String, Set<String>> tests, String key, String test) {
        tests.computeIfAbsent(key, any -> new TreeSet<>()).add(test);
    }

    private static String rows(Map<String, Set<String>> tests) {
        return tests.entrySet().stream()
                .map(row -> "| `" + row.getKey() + "` | "
                        + row.getValue().stream().map(test -> "`" + test + "`").collect(joining(" ")) + " |\n")
                .collect(Collectors.joining());
    }

    private static List<Path> sources() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String root : SOURCES) {
            try (Stream<Path> all = Files.walk(Path.of(root))) {
                all.filter(file -> file.toString().endsWith(".java")
                                && !file.endsWith("package-info.java")
                                && !file.endsWith("VerificationIndexTest.java"))
                        .forEach(files::add);
            }
        }
        return files;
    }
}
