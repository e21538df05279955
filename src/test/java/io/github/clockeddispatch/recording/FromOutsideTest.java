package io.github.clockeddispatch.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.JdkTool;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Flight recorder: from outside of a process that was started without it, by jcmd and jfr alone")
class FromOutsideTest {
    @TempDir
    Path temp;

    @Test
    void jcmdTellsWhoIsSlowAndWhoWaits() throws Exception {
        Process program = JdkTool.start(SlowShop.class);
        try {
            BufferedReader out = program.inputReader(StandardCharsets.UTF_8);
            assertThat(out.readLine()).isEqualTo("ready");
            String pid = String.valueOf(program.pid());
            assertThat(JdkTool.run("jcmd", pid, "JFR.start")).contains("Started recording 1");
            Path file = temp.resolve("shop.jfr");
            List<RecordedEvent> events = new ArrayList<>();
            Await.eventually("it is recorded", () -> {
                JdkTool.run("jcmd", pid, "JFR.dump", "filename=" + file);
                events.clear();
                events.addAll(RecordingFile.readAllEvents(file));
                return List.of("ReceiverState", "SenderState", "DispatcherState", "Handling", "SendWait", "PumpWait")
                        .stream()
                        .allMatch(name -> !named(name, events).isEmpty());
            });

            RecordedEvent slow = named("ReceiverState", events).getLast();
            assertThat(slow.getString("dispatcher")).isEqualTo("shop");
            assertThat(slow.getString("receiver")).isEqualTo("slow");
            assertThat(slow.getString("activity")).isEqualTo("handling");
            assertThat(slow.getLong("lag")).isPositive();
            assertThat(named("Handling", events))
                    .allMatch(event -> event.getLong("messages") == 1)
                    .allMatch(event -> event.getDuration().compareTo(Duration.ofMillis(40)) > 0);
            assertThat(named("SendWait", events))
                    .allMatch(event -> event.getThread().getJavaName().equals("web-1"));
            assertThat(named("PumpWait", events))
                    .allMatch(event -> event.getString("receiver").equals("slow"));
            assertThat(JdkTool.run("jfr", "print", "--events", "io.github.clockeddispatch.Handling", file.toString()))
                    .contains("receiver = \"slow\"", "eventThread = \"shop/reader-slow\"");
            assertThat(JdkTool.run(
                            "jfr",
                            "view",
                            "--width",
                            "240",
                            "io.github.clockeddispatch.ReceiverState",
                            file.toString()))
                    .contains("Receiver State", "Behind", "handling", "shop/reader-slow");
            program.getOutputStream().close();
            assertThat(program.waitFor(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(program.exitValue()).isZero();
        } finally {
            program.destroyForcibly();
        }
    }

    private static List<RecordedEvent> named(String name, List<RecordedEvent> events) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals(Recorded.LIBRARY + name))
                .toList();
    }
}
