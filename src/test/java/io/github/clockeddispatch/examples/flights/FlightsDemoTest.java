package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlightsDemoTest {
    @TempDir
    private Path directory;

    private Path output;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void outputDirectory() {
        output = directory.resolve("out put");
    }

    private int demo(FlightsDemo.Runner runner, String file) throws Exception {
        Shell shell = new Shell(
                output,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return shell.run(Optional.of(file), new FlightsDemo(runner, shell)::run);
    }

    private String flights(int count) throws IOException {
        return Flights.write(directory.resolve("some flights.csv"), count);
    }

    private List<String> written() throws IOException {
        if (!Files.exists(output)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(output)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aCorrectRunWritesThePageAndTheJournal() throws Exception {
        int code = demo(Operation::run, flights(800));

        assertEquals(0, code);
        assertEquals(List.of("delays.csv", "flights.html"), written());
        assertEquals(800, Files.readAllLines(output.resolve("delays.csv")).size());
        String report = out.toString(StandardCharsets.UTF_8);
        assertTrue(report.contains("the statistics of all 8 airports are the same"), report);
        assertTrue(report.contains("asked 1,920 times"), report); // 24 runs, every tenth of each desk's 200
        assertTrue(report.contains("0 stale answers\n"), report);
        assertFalse(report.contains("WRONG"), report);
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("Run 1 of 12 "));
    }

    @Test
    void thePageIsWellFormedAndShowsEachView() throws Exception {
        demo(Operation::run, flights(100));

        String page = Files.readString(output.resolve("flights.html"));
        DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(page.getBytes(StandardCharsets.UTF_8)));
        for (String view : List.of("departure board", "audit log", "delay statistics")) {
            assertTrue(page.contains("<title>" + view + "</title></path>"), view);
        }
        assertFalse(page.replace("http://www.w3.org/", "").contains("http"), "the page needs the network");
    }

    @Test
    void oneFlightIsEnough() throws Exception {
        assertEquals(0, demo(Operation::run, flights(1)));
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 0"})
    void aStaleAnswerIsWrongOnlyWithTheClock(boolean withClock, int code) throws Exception {
        FlightsDemo.Runner runner = (flights, statistics, observer) -> {
            RunResult run = Operation.run(flights, statistics, observer);
            List<Answer> answers = new ArrayList<>(run.answers());
            answers.set(3, new Answer(true, withClock));
            return with(run, answers, run.delays());
        };

        assertEquals(code, demo(runner, flights(400)));
        assertEquals(code == 0, written().contains("flights.html"));
    }

    @Test
    void aTableThatDiffersIsWrong() throws Exception {
        FlightsDemo.Runner runner = (flights, statistics, observer) -> {
            RunResult run = Operation.run(flights, statistics, observer);
            DelayTable less = DelayTable.sequentially(flights.subList(1, flights.size()));
            return with(run, run.answers(), run.delays().map(table -> less));
        };

        assertEquals(1, demo(runner, flights(400)));
        assertEquals(List.of(), written());
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("WRONG: the statistics differ"));
    }

    static RunResult with(RunResult run, List<Answer> answers, Optional<DelayTable> delays) {
        return new RunResult(
                run.departures(),
                run.notices(),
                run.numbers(),
                run.desksNanos(),
                run.totalNanos(),
                run.sends(),
                answers,
                run.views(),
                run.samples(),
                delays);
    }

    @Test
    void aBrokenLineEndsItBeforeAnythingIsWritten() throws Exception {
        String file = flights(20);
        Files.writeString(Path.of(file), Files.readString(Path.of(file)).replace(",18,500,", ",18,500,X"));

        int code = demo(Operation::run, file);

        assertEquals(2, code);
        assertEquals(
                file + ":6: unknown airport \"XORD\"" + System.lineSeparator(), err.toString(StandardCharsets.UTF_8));
        assertEquals("", out.toString(StandardCharsets.UTF_8));
        assertFalse(Files.exists(output));
    }

    @Test
    void aFileThatIsNotThereIsBadInput() throws Exception {
        assertEquals(2, demo(Operation::run, "not there.csv"));
        assertEquals("not there.csv: no such file" + System.lineSeparator(), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void aDirectoryIsBadInput() throws Exception {
        assertEquals(2, demo(Operation::run, directory.toString()));
        assertEquals(directory + ": is a directory" + System.lineSeparator(), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void binaryDataIsBadInput() throws Exception {
        Path file = directory.resolve("binary");
        Files.write(file, new byte[] {(byte) 0xff, 0, 7, (byte) 0xc3, '\n'});

        assertEquals(2, demo(Operation::run, file.toString()));
        assertEquals(1, err.toString(StandardCharsets.UTF_8).lines().count());
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith(file + ":1: expected the header"));
    }

    @Test
    void aFailureLeavesNothingHalfWritten() throws Exception {
        FlightsDemo.Runner runner = (flights, statistics, observer) -> {
            if (statistics.isPresent()) {
                throw new ExecutionException(new IOException("disk full"));
            }
            return Operation.run(flights, statistics, observer);
        };
        String file = flights(20);

        assertThrows(ExecutionException.class, () -> demo(runner, file));
        assertEquals(List.of(), written());
    }
}
