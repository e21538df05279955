package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    private String show(boolean terminal) {
        PrintStream out = new PrintStream(shown, false, StandardCharsets.UTF_8);
        try (ProgressLine line = new ProgressLine(out, terminal)) {
            line.show(() -> "one");
            line.show(() -> "too soon after the first");
        }
        out.flush();
        return shown.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aTerminalsLineIsWrittenInItsPlaceAndErasedInTheEnd() {
        assertEquals("\r\033[Kone\r\033[K", show(true));
    }

    @Test
    void elsewhereItIsALine() {
        assertEquals("one" + System.lineSeparator(), show(false));
    }
}
