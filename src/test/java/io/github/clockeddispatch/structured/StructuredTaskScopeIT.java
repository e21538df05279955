package io.github.clockeddispatch.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The library in scopes of the JDK. These are a preview, which changes from JDK to JDK and can be used only by what was
 * compiled by the same: so the programs in {@code src/test/resources/structured} are compiled here, against the running
 * JDK. They keep to what 25, 26 and 27 have in common. What each prints is told here; each sees by itself that it leaves
 * no thread behind.
 */
class StructuredTaskScopeIT {

    private static final Path SOURCES = Path.of("src/test/resources/structured");
    private static final int JDK = Runtime.version().feature();
    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    static Path classes;

    @BeforeAll
    static void compile() throws IOException {
        String reason = "StructuredTaskScope has another API before JDK 25; this is " + JDK;
        if (JDK < 25) {
            System.out.println("StructuredTaskScopeIT is skipped: " + reason);
        }
        assumeTrue(JDK >= 25, reason);
        List<String> arguments = new ArrayList<>(List.of(
                "--release",
                Integer.toString(JDK),
                "--enable-preview",
                "-proc:none",
                "-cp",
                CLASS_PATH,
                "-d",
                classes.toString()));
        try (Stream<Path> sources = Files.list(SOURCES)) {
            sources.map(Path::toString).sorted().forEach(arguments::add);
        }
        StringWriter says = new StringWriter();
        PrintWriter writer = new PrintWriter(says);
        int code = ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, arguments.toArray(String[]::new));
        assertThat(code).as(says.toString()).isZero();
    }

    @Test
    void writersInAnInnerScopeEndPumpsAndReadersInTheOuterOneWhichSeeScopedValues() throws Exception {
        assertPrints("Orders", """
                [1, 2, 3]
                [a bolt from the corner shop, a nut from the corner shop, a washer from the corner shop]
                three clients: ends well
                """);
    }

    @Test
    void closingTheDispatcherEndsPumpsAndReaders() throws Exception {
        assertPrints("CloseThenJoin", """
                [a bolt, a nut]
                an owner who writes: ends well
                """);
    }

    @Test
    void theFirstFailureOrTheTimeOutEndsAllAndIsThrown() throws Exception {
        assertPrints("Failure", """
                interrupted
                a client fails: IOException: client has gone
                interrupted
                the handler fails: IllegalStateException: books are full
                interrupted
                a client hangs: time-out of the scope
                interrupted
                the handler hangs: time-out of the scope
                """);
    }

    @Test
    void cancellingTheScopeClosesItsSendersAndTheirMessagesAreCounted() throws Exception {
        assertPrints("Cancellation", """
                sender "desk" is closed: its pump was interrupted
                dispatcher "shop" did not close cleanly: 2 messages of sender "desk" were not delivered \
                (its pump was interrupted, channel 2 of 2)
                Message[sequence=1, payload=a bolt]
                End[sequence=1]
                another task of the scope fails: IOException: no power
                """);
    }

    @Test
    void aWrongOrderEndsInSomethingThatHasAName() throws Exception {
        assertPrints("WrongOrder", """
                joined with a sender open: time-out of the scope
                time-out of the scope
                scope ended before the dispatcher: DispatchException: \
                dispatcher "shop" did not close cleanly: 1 message of sender "desk" was not delivered \
                (its pump was interrupted, channel 1 of 1024)
                sender in a cancelled scope: DispatchException: \
                dispatcher "shop" did not close cleanly within its drainTimeout of 50 ms: \
                1 message of sender "desk" was not delivered (its pump was not started, channel 1 of 1024)
                refused: the scope is cancelled
                the same, strict executor: IllegalStateException: no power
                refused: WrongThreadException
                Message[sequence=1, payload=a bolt]
                sender from another thread: ends well
                refused: IllegalStateException
                sender after join: ends well
                refused: StructureViolationException
                sender under another binding: ends well
                """);
    }

    @Test
    void readersOfTheDispatchersOwnSeeNoScopedValues() throws Exception {
        assertPrints("ScopedValues", """
                forked: the corner shop
                own: nothing
                two readers: ends well
                """);
    }

    private static void assertPrints(String program, String expected) throws IOException, InterruptedException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Path output = classes.resolve(program + ".txt");
        Process process = new ProcessBuilder(
                        java.toString(),
                        "--enable-preview",
                        "-ea",
                        "-cp",
                        CLASS_PATH + File.pathSeparator + classes,
                        program)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended;
        try {
            ended = process.waitFor(50, TimeUnit.SECONDS);
        } finally {
            process.destroyForcibly();
        }
        String printed = Files.readString(output).replace("\r\n", "\n");
        System.out.print(printed);
        assertThat(printed).isEqualTo(expected);
        assertThat(ended).as("it ended by itself").isTrue();
        assertThat(process.exitValue()).isZero();
    }
}
