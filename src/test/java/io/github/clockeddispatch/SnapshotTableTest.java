package io.github.clockeddispatch;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Snapshot.HeldBack;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.ReceiverState.Activity;
import io.github.clockeddispatch.Snapshot.ReceiverState.State;
import io.github.clockeddispatch.Snapshot.SenderState;
import io.github.clockeddispatch.Snapshot.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table that a snapshot is written as, whatever names and causes there are. */
class SnapshotTableTest {

    private static final String WRITE = "com.acme.Slow.write(Slow.java:31)";

    private static ReceiverState receiver(
            String name, State state, long time, long lag, Activity activity, String at, int pending) {
        boolean inHand = activity == Activity.HANDLING;
        return receiver(name, state, time, lag, inHand, activity, at, pending, Optional.empty());
    }

    private static ReceiverState receiver(
            String name,
            State state,
            long time,
            long lag,
            boolean inHand,
            Activity activity,
            String at,
            int pending,
            Optional<FailedException> failure) {
        return new ReceiverState(
                name,
                state,
                0,
                time,
                lag,
                lag == 0 ? 0 : time + 1,
                inHand,
                inHand ? Duration.ofMillis(8) : Duration.ZERO,
                activity,
                "thread \"shop/reader-" + name + "\"",
                at,
                64,
                pending,
                0,
                0,
                0,
                HeldBack.NOTHING,
                0,
                Duration.ZERO,
                failure);
    }

    private static ReceiverState failed(String name, Throwable cause) {
        var failure = new FailedException("receiver has failed at number 17", 17, cause, "");
        return receiver(name, State.FAILED, 16, 3, false, Activity.NOT_READ, "", 0, Optional.of(failure));
    }

    private static ReceiverState idle(String name) {
        return receiver(name, State.OPEN, 3119, 0, Activity.IDLE, "", 0);
    }

    private static Snapshot shop(List<ReceiverState> receivers, List<SenderState> senders, List<Wait> waits) {
        return new Snapshot("shop", false, 3119, receivers, senders, waits);
    }

    private static SenderState sender(String name, int queued, int blocked, List<String> waitsFor) {
        return new SenderState(
                name, SenderState.Kind.SENDER, SenderState.State.OPEN, 64, queued, blocked, waitsFor, Duration.ZERO, 0);
    }

    @Test
    void theExampleOfTheDocumentation() throws IOException {
        Snapshot snapshot = shop(
                List.of(idle("fast"), receiver("slow", State.OPEN, 2455, 664, Activity.HANDLING, WRITE, 64)),
                List.of(sender("both", 64, 1, List.of("slow"))),
                List.of(new Wait(
                        "\"web-3\"",
                        Wait.Kind.ROOM,
                        "both",
                        "a free slot in the channel of sender \"both\"",
                        0,
                        List.of("\"shop/reader-slow\""),
                        Duration.ofMillis(31),
                        false)));
        assertThat(snapshot).hasToString("""
                        shop at 3119
                         fast   up to date           inbox 0/64   reader-fast idle
                         slow   at 2455, 664 behind  inbox 64/64  reader-slow in 2456 for 8 ms at com.acme.Slow.write(Slow.java:31)
                         both   channel 64/64, waits for room at slow
                         web-3  waits 31 ms for room in both -> slow -> reader-slow""");
        String source = Files.readString(Path.of("src/main/java/io/github/clockeddispatch/Snapshot.java"));
        String shown = snapshot.toString()
                .lines()
                .map(line -> " * " + line.replace(">", "&gt;"))
                .collect(Collectors.joining("\n"));
        assertThat(source).contains(shown);
    }

    @Test
    void theTextOfACauseLeavesTheTableIntact() {
        String huge = "x".repeat(1_000_000);
        Snapshot snapshot = shop(
                List.of(
                        failed("a", new IllegalStateException("first\n\tsecond\r\nthird\u2028fourth")),
                        failed("b", new Text(null)),
                        failed("huge", new Text(huge)),
                        failed("d", new Text("\n")),
                        failed("e", new Throwing())),
                List.of(),
                List.of());
        assertThat(snapshot.toString().lines())
                .containsExactly(
                        "shop at 3119",
                        " a     failed at 17: java.lang.IllegalStateException: first  second  third fourth",
                        " b     failed at 17: " + Text.class.getName(),
                        " huge  failed at 17: " + huge.substring(0, 199) + "…",
                        " d     failed at 17:",
                        " e     failed at 17: " + Throwing.class.getName());
    }

    /** One whose text is given. */
    private static final class Text extends Exception {
        private static final long serialVersionUID = 1;

        private final transient @Nullable String text;

        Text(@Nullable String text) {
            this.text = text;
        }

        @Override
        @SuppressWarnings("NullAway") // foreign code may return anything
        public String toString() {
            return text;
        }
    }

    /** One whose text cannot be had. */
    private static final class Throwing extends Exception {
        private static final long serialVersionUID = 1;

        @Override
        public String toString() {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void longNamesAreCutAndLineBreaksAreNone() {
        Snapshot snapshot = new Snapshot(
                "a\nb", false, 3119, List.of(idle("n".repeat(100)), idle("two\nlines")), List.of(), List.of());
        assertThat(snapshot.toString().lines())
                .containsExactly(
                        "a b at 3119",
                        " " + "n".repeat(39) + "…  up to date  inbox 0/64  shop/reader-" + "n".repeat(27) + "… idle",
                        " two lines" + " ".repeat(33) + "up to date  inbox 0/64  shop/reader-two lines idle");
    }

    @Test
    void noNameHasTheRestOfItsLineWrittenFromRightToLeft() {
        String text = shop(List.of(idle("a\u202eb\u2066c\u200fd"), idle("👩\u200d🚀")), List.of(), List.of())
                .toString();

        assertThat(text).contains("\n a b c d ").contains("\n 👩\u200d🚀 ");
    }

    @Test
    void ofVeryManyReceiversThoseAreShownThatAreNotUpToDate() {
        List<ReceiverState> many = IntStream.range(0, 1_500)
                .mapToObj(i -> i == 1_234
                        ? receiver("slow", State.OPEN, 2455, 664, Activity.HANDLING, WRITE, 64)
                        : idle("r" + i))
                .toList();
        assertThat(shop(many, List.of(), List.of()).toString().lines())
                .containsExactly(
                        "shop at 3119",
                        " slow  at 2455, 664 behind  inbox 64/64  reader-slow in 2456 for 8 ms at " + WRITE,
                        " and 1,499 more receivers");
    }

    @Test
    void sendersThatHaveNothingToSendAreCounted() {
        List<String> five = List.of("a", "b", "c", "d", "e");
        Snapshot snapshot = shop(
                List.of(),
                List.of(
                        sender("idle", 0, 0, List.of()),
                        sender("idle too", 0, 0, List.of()),
                        sender("s", 3, 0, List.of()),
                        sender("full", 64, 12_345, five)),
                List.of());
        assertThat(snapshot.toString().lines())
                .containsExactly(
                        "shop at 3119",
                        " s     channel 3/64",
                        " full  channel 64/64, 12,345 blocked, waits for room at a, b, c and 2 more",
                        " 2 senders idle");
    }

    @Test
    void aHundredThousandWaitsAreAFewLines() {
        List<Wait> waits = IntStream.range(0, 100_000)
                .mapToObj(i -> new Wait(
                        "\"w" + i + "\"",
                        Wait.Kind.CLOCK,
                        "r",
                        "the clock of \"r\" to reach 5",
                        5,
                        List.of(),
                        Duration.ofSeconds(75),
                        false))
                .toList();
        assertThat(shop(List.of(), List.of(), waits).toString().lines())
                .hasSize(10)
                .contains(" w0  waits 1 min 15 s for the clock of \"r\" to reach 5")
                .endsWith(" and 99,992 more wait");
    }

    @Test
    void aThreadMayHaveAnyName() {
        List<Wait> waits = Stream.of("", "web", "\"", "\"\"", "\"a\"b\"", "\"shop/\"", "\"shopping/c\"")
                .map(name -> new Wait(
                        name,
                        Wait.Kind.NUMBER,
                        "s",
                        "a number from sender \"s\"",
                        0,
                        List.of(name),
                        Duration.ZERO,
                        true))
                .toList();
        assertThat(shop(List.of(), List.of(), waits).toString().lines().skip(1).map(String::strip))
                .containsExactly(
                        "waits for a number from sender \"s\" ->",
                        "web         waits for a number from sender \"s\" -> web",
                        "\"           waits for a number from sender \"s\" -> \"",
                        "waits for a number from sender \"s\" ->",
                        "a\"b         waits for a number from sender \"s\" -> a\"b",
                        "waits for a number from sender \"s\" ->",
                        "shopping/c  waits for a number from sender \"s\" -> shopping/c");
    }

    @Test
    void ofAReceiverThatWasCutOffItTellsWhere() {
        assertThat(shop(List.of(receiver("r", State.CLOSED, 7, 3112, Activity.NOT_READ, "", 0)), List.of(), List.of()))
                .hasToString("shop at 3119\n r  closed at 7");
    }
}
