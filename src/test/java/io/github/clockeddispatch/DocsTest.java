package io.github.clockeddispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each Java block of a document stands in a source that is compiled and run. */
class DocsTest {

    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({
        "structured-concurrency.md, 4, src/test/java/io/github/clockeddispatch/structured, src/test/resources/structured",
        "failures.md, 2, src/test/java/io/github/clockeddispatch/programs, src/test/java/io/github/clockeddispatch/programs",
        "composition.md, 9, src/test/java/io/github/clockeddispatch/composition, src/test/java/io/github/clockeddispatch/composition"
    })
    void itsBlocksAreThoseOfTheSources(String name, int count, Path tests, Path resources) throws IOException {
        List<String> sources = new ArrayList<>();
        for (Path directory : List.of(tests, resources)) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file : files.filter(source -> source.toString().endsWith(".java"))
                        .toList()) {
                    sources.add(normal(Files.readString(file)));
                }
            }
        }
        String doc = Files.readString(Path.of("docs", name)).replace("\r\n", "\n");
        List<String> blocks =
                BLOCK.matcher(doc).results().map(block -> block.group(1)).toList();

        assertThat(blocks)
                .hasSize(count)
                .allSatisfy(block -> assertThat(sources)
                        .as(block)
                        .anySatisfy(source -> assertThat(source).contains(normal(block))));
    }

    private static String normal(String code) {
        return code.strip().replaceAll("\\s+", " ");
    }
}
