package io.github.clockeddispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.examples.Shop;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

/** The README's program is the example's, and prints what the README says. */
@Isolated("replaces System.out")
class ReadmeTest {

    private static final Pattern PROGRAM_AND_OUTPUT =
            Pattern.compile("```java\n(.*?)```\n[^`]*`([^`]*)`[^`]*```\n(.*?)```", Pattern.DOTALL);

    @Test
    void theProgramPrintsWhatItSays() throws IOException, InterruptedException {
        Matcher readme = PROGRAM_AND_OUTPUT.matcher(Files.readString(Path.of("README.md")));
        assertTrue(readme.find(), "no program with its output in README.md");
        String source = Files.readString(Path.of(readme.group(2)));
        assertTrue(squeeze(source).contains(squeeze(readme.group(1))), readme.group(2) + " has another program");
        assertEquals(readme.group(3), outputOfShop());
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", "");
    }

    private static String outputOfShop() throws InterruptedException {
        PrintStream before = System.out;
        var bytes = new ByteArrayOutputStream();
        try (var out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
            System.setOut(out);
            Shop.main(new String[0]);
        } finally {
            System.setOut(before);
        }
        return bytes.toString(StandardCharsets.UTF_8).replace("\r\n", "\n");
    }
}
