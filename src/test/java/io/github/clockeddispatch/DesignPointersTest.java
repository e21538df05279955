package io.github.clockeddispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From the Javadoc of each class of the engine one finds its section in {@code docs/design.md}, by {@code @see "docs/design.md: The
 * merge, Links"}, and back: there is that section, with a paragraph of that title where one is named, and the class is named there.
 */
class DesignPointersTest {
    private static final Path ENGINE = Path.of("src", "main", "java", "io", "github", "clockeddispatch", "engine");
    private static final Pattern POINTER = Pattern.compile("@see \"docs/design\\.md: ([^\",]+)(?:, ([^\"]+))?\"");

    @Test
    void eachClassPointsToASectionThatNamesIt() throws IOException {
        assertThat(wrong(ENGINE)).isEmpty();
    }

    @Test
    void whatIsWrongIsFound(@TempDir Path directory) throws IOException {
        for (String[] planted : new String[][] {
            {"None", ""},
            {"Section", "@see \"docs/design.md: The weather\""},
            {"Paragraph", "@see \"docs/design.md: The merge, The weather\""},
            {"Unnamed", "@see \"docs/design.md: The merge, Links\""},
            {"Relay", "@see \"docs/design.md: The merge, Links\""}
        }) {
            Files.writeString(
                    directory.resolve(planted[0] + ".java"),
                    "/**\n * A class.\n *\n * " + planted[1] + "\n */\nclass " + planted[0] + " {}\n");
        }

        assertThat(wrong(directory))
                .containsExactlyInAnyOrder(
                        "None points to no section",
                        "Section points to what is not there",
                        "Paragraph points to what is not there",
                        "Unnamed is not named where it points to");
    }

    private static List<String> wrong(Path sources) throws IOException {
        String page = Files.readString(Path.of("docs", "design.md"));
        List<String> wrong = new ArrayList<>();
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file :
                    files.filter(source -> source.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                if (name.equals("package-info")) {
                    continue;
                }
                Matcher pointer = POINTER.matcher(Files.readString(file));
                if (!pointer.find()) {
                    wrong.add(name + " points to no section");
                    continue;
                }
                String text = between(page, "\n## " + pointer.group(1) + "\n", "\n## ");
                if (pointer.group(2) != null) {
                    text = between(text, "\n**" + pointer.group(2), "\n**");
                }
                if (text.isEmpty()) {
                    wrong.add(name + " points to what is not there");
                } else if (!Pattern.compile("`" + name + "\\b").matcher(text).find()) {
                    wrong.add(name + " is not named where it points to");
                }
            }
        }
        return wrong;
    }

    /** What stands from a beginning to the next end, or to the end of all; empty where there is no such beginning. */
    private static String between(String text, String beginning, String end) {
        int from = text.indexOf(beginning);
        int to = text.indexOf(end, from + 1);
        return from < 0 ? "" : text.substring(from, to < 0 ? text.length() : to);
    }
}
