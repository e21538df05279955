package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.testkit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A service under load that is told to end, as a container does: a process of its own gets SIGTERM. */
class TerminationTest {

    private static final Pattern ACCOUNT = Pattern.compile("accepted (\\d+), done (\\d+), pending (\\d+): (.*)");
    private static final Pattern LOST = Pattern.compile("(\\d+) messages? of sender");

    @Test
    @DisplayName("a service under load that gets SIGTERM does all that it has accepted")
    void nothingIsLost() throws Exception {
        MatchResult account = terminated("fast");
        assertThat(account.group(4)).isEqualTo("nothing lost");
        assertThat(account.group(2)).isEqualTo(account.group(1));
    }

    @Test
    @DisplayName("where its view hangs, it ends in time all the same, and says what was lost, to the last message")
    void whatIsLostIsTold() throws Exception {
        MatchResult account = terminated("stuck");
        assertThat(account.group(4))
                .contains("service", "drainTimeout of 200 ms", "\"view\"", "in the handler of 2000");
        long told = LOST.matcher(account.group(4))
                .results()
                .mapToLong(lost -> Long.parseLong(lost.group(1)))
                .sum();
        long inHand = 1;
        assertThat(Long.parseLong(account.group(2)) + inHand + inbox(account.group(4)) + told)
                .isEqualTo(Long.parseLong(account.group(1)));
    }

    /** How many messages the inbox held, which the text tells with those that were lost before it. */
    private static long inbox(String told) {
        Matcher matcher = Pattern.compile("inbox of \"view\" (\\d+) of 16").matcher(told);
        assertThat(matcher.find()).as(told).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    private static MatchResult terminated(String kind) throws IOException, InterruptedException {
        Process service = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        TerminatedService.class.getName(),
                        kind))
                .redirectErrorStream(true)
                .start();
        try (BufferedReader output = service.inputReader()) {
            assertThat(output.readLine()).isEqualTo(TerminatedService.UNDER_LOAD);
            service.toHandle().destroy(); // SIGTERM, and what it writes can still be read
            String line = output.readLine();
            assertThat(line).isNotNull().matches(ACCOUNT);
            assertThat(service.waitFor(Await.BOUND.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            Matcher account = ACCOUNT.matcher(line);
            assertThat(account.matches()).isTrue();
            return account.toMatchResult();
        } finally {
            service.destroyForcibly();
        }
    }
}
