package io.github.clockeddispatch.structured;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each Java block of docs/structured-concurrency.md stands in a source that is compiled and run. */
class StructuredConcurrencyDocTest {

    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final List<Path> SOURCES = List.of(
            Path.of("src/test/java/io/github/clockeddispatch/structured"), Path.of("src/test/resources/structured"));

    @Test
    void itsBlocksAreThoseOfTheSources() throws IOException {
        List<String> sources = new ArrayList<>();
        for (Path directory : SOURCES) {
            try (Stream<Path> files = Files.list(directory)) {
                for (Path file :
                        files.filter(name -> name.toString().endsWith(".java")).toList()) {
                    sources.add(normal(Files.readString(file)));
                }
            }
        }
        String doc = Files.readString(Path.of("docs/structured-concurrency.md")).replace("\r\n", "\n");
        List<String> blocks =
                BLOCK.matcher(doc).results().map(block -> block.group(1)).toList();

        assertThat(blocks)
                .hasSize(4)
                .allSatisfy(block -> assertThat(sources)
                        .as(block)
                        .anySatisfy(source -> assertThat(source).contains(normal(block))));
    }

    private static String normal(String code) {
        return code.strip().replaceAll("\\s+", " ");
    }
}
