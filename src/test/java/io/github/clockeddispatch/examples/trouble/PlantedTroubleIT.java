package io.github.clockeddispatch.examples.trouble;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.JdkTool;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Troubleshooting: what docs/troubleshooting.md shows of each planted trouble, jcmd shows from outside")
class PlantedTroubleIT {

    /** A trouble, an event, and a row that the view of that event has: fields in their order, between them anything. */
    static List<Arguments> shown() {
        return List.of(
                arguments("blocked-writes", "SenderState", "desk.*open.*64.*64.*2.*index"),
                arguments("blocked-writes", "ReceiverState", "index.*open.*64.*handling.*reader-index.*Slow.write"),
                arguments("blocked-writes", "WaitState", "web-3.*a free slot in the channel of.*desk.*reader-index"),
                arguments("timed-out-wait", "ReceiverState", "index.*open.*not read"),
                arguments("late-view", "Handling", "\\d ms.*index"),
                arguments("dead-view", "ReceiverState", "index.*failed.*at 17: .*an order without items"),
                arguments("standing-merge", "ReceiverState", "all.*open.*40.*41.*idle.*west"),
                arguments("standing-merge", "SenderState", "west.*forwarder.*open.*40"),
                arguments("deadlock", "ReceiverState", "failed.*at 1: .*deadlock: .*reader-.* waits for the clock of"),
                arguments(
                        "timed-deadlock", "WaitState", "reader-stock.*the clock of \"audit\" to reach 1.*reader-audit"),
                arguments("growing-memory", "DispatcherState", "1 +0 +0 +\\d{2,}"),
                arguments("losses", "ClosedWithLosses", "the reader of \"index\" was interrupted .* not delivered"));
    }

    @ParameterizedTest
    @MethodSource("shown")
    void isSeenFromOutside(String trouble, String event, String row) throws IOException, InterruptedException {
        Process program = JdkTool.start(PlantedTrouble.class, trouble);
        try {
            BufferedReader out = program.inputReader(StandardCharsets.UTF_8);
            assertThat(out.readLine()).startsWith(trouble + " in process " + program.pid());
            String pid = String.valueOf(program.pid());
            assertThat(JdkTool.run("jcmd", pid, "JFR.start")).contains("Started recording 1");
            Pattern pattern = Pattern.compile(row);
            Await.eventually(
                    "the row is shown", () -> pattern.matcher(view(pid, event)).find());
        } finally {
            program.destroyForcibly();
            program.waitFor();
        }
    }

    private static String view(String pid, String event) throws IOException, InterruptedException {
        return JdkTool.run("jcmd", pid, "JFR.view", "width=400", "io.github.clockeddispatch." + event);
    }

    @Test
    @DisplayName("the page has all of them, and none that is not planted")
    void thePage() throws IOException {
        String page = Files.readString(Path.of("docs", "troubleshooting.md"));
        Stream<String> named = Pattern.compile("\\./demo trouble ([a-z-]+)")
                .matcher(page)
                .results()
                .map(found -> found.group(1));
        List<String> planted = Arrays.stream(PlantedTrouble.values())
                .map(PlantedTrouble::argument)
                .toList();
        assertThat(named.distinct().toList()).containsExactlyInAnyOrderElementsOf(planted);
        assertThat(shown().stream().map(row -> row.get()[0]).distinct()).hasSameElementsAs(planted);
    }
}
