package io.github.clockeddispatch.examples.flights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergedDemoTest {
    @TempDir
    private Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int demo(MergedDemo.Runner runner, String file) throws Exception {
        Shell shell = new Shell(
                directory.resolve("out put"),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        return shell.run(Optional.of(file), new MergedDemo(runner, shell)::run);
    }

    private String flights(int count) throws IOException {
        return Flights.write(directory.resolve("some flights.csv"), count);
    }

    private Path log() {
        return directory.resolve("out put").resolve("merged.log");
    }

    private String report() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Runs whose log has been tampered with. */
    private static MergedDemo.Runner withLog(UnaryOperator<List<LogLine>> change) {
        return (flights, observer) -> {
            MergedRun run = MergedOperation.run(flights, observer);
            return new MergedRun(run.run(), change.apply(new ArrayList<>(run.log())), run.expected(), run.heldBack());
        };
    }

    @Test
    void aCorrectRunWritesTheLog() throws Exception {
        int code = demo(MergedOperation::run, flights(800));

        assertEquals(0, code);
        assertTrue(Files.readAllLines(log()).size() >= 800);
        assertTrue(report().contains("The log is the same as when computed sequentially"), report());
        assertTrue(report().contains("asked 960 times"), report()); // 12 runs, every tenth of each desk's 200
        assertTrue(report().contains("  0 stale answers\n"), report());
        assertFalse(report().contains("WRONG"), report());
        assertTrue(err.toString(StandardCharsets.UTF_8).startsWith("Run 1 of 12: "));
    }

    @Test
    void oneFlightIsEnough() throws Exception {
        assertEquals(0, demo(MergedOperation::run, flights(1)));
    }

    @Test
    void linesInAWrongOrderAreWrong() throws Exception {
        int code = demo(
                withLog(log -> {
                    Collections.swap(log, 3, 4);
                    return log;
                }),
                flights(40));

        assertEquals(1, code);
        assertTrue(report().contains("WRONG: line 4 of the log is \""), report());
        assertFalse(Files.exists(log()));
    }

    @Test
    void aMissingLineIsWrong() throws Exception {
        int code = demo(withLog(log -> log.subList(0, log.size() - 1)), flights(40));

        assertEquals(1, code);
        assertTrue(report().contains(" of the log is \"\", computed sequentially it is \""), report());
    }

    @Test
    void aLineTooManyIsWrong() throws Exception {
        int code = demo(
                withLog(log -> {
                    log.add(log.getLast());
                    return log;
                }),
                flights(40));

        assertEquals(1, code);
        assertTrue(report().contains("\", computed sequentially it is \"\""), report());
    }

    @Test
    void anotherMeanIsWrong() throws Exception {
        int code = demo(
                withLog(log -> {
                    LogLine line = log.getFirst();
                    AirportDelay more = line.delay().plus(line.delay());
                    log.set(0, new LogLine(line.number(), line.event(), more));
                    return log;
                }),
                flights(40));

        assertEquals(1, code);
        assertTrue(report().contains("WRONG: line 1 of the log"), report());
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 0"})
    void aStaleAnswerIsWrongOnlyWithTheClock(boolean withClock, int code) throws Exception {
        MergedDemo.Runner runner = (flights, observer) -> {
            MergedRun merged = MergedOperation.run(flights, observer);
            List<Answer> answers = new ArrayList<>(merged.run().answers());
            answers.set(3, new Answer(true, withClock));
            return with(merged, answers, merged.run().delays());
        };

        assertEquals(code, demo(runner, flights(400)));
        assertEquals(code == 0, Files.exists(log()));
    }

    @Test
    void flightsThatNoDeskDispatchedAreMissed() throws Exception {
        int code = demo((flights, observer) -> MergedOperation.run(flights.subList(1, 40), observer), flights(40));

        assertEquals(1, code);
        assertTrue(report().contains("WRONG: the statistics differ"), report());
    }

    private static MergedRun with(MergedRun merged, List<Answer> answers, Optional<DelayTable> delays) {
        return new MergedRun(
                FlightsDemoTest.with(merged.run(), answers, delays),
                merged.log(),
                merged.expected(),
                merged.heldBack());
    }

    @Test
    void aFileThatIsNotThereIsBadInput() throws Exception {
        assertEquals(2, demo(MergedOperation::run, "not there.csv"));
        assertEquals("not there.csv: no such file" + System.lineSeparator(), err.toString(StandardCharsets.UTF_8));
        assertEquals("", report());
    }
}
