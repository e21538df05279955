package io.github.clockeddispatch.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole dispatchers under a seeded scheduler, for 20 s, always from the same seed: docs/maintainers/simulation.md.
 */
@DisplayName("Simulation")
class SimulationTest {

    @TempDir
    Path folder;

    @BeforeAll
    static void thereIsTheConstructor() {
        assumeTrue(
                Launcher.isPossible(),
                () -> "not run: " + Runtime.version() + " has no VirtualThread(Executor, String, int, Runnable)");
    }

    private int run(Map<String, String> properties) throws Exception {
        Path output = folder.resolve("output");
        return Launcher.run(
                System.getProperty("java.class.path"), properties, ProcessBuilder.Redirect.to(output.toFile()));
    }

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    @DisplayName("every scenario is right in every schedule")
    void everyScheduleIsRight() throws Exception {
        String seconds = System.getProperty("simulation.seconds", "20");
        // always the same, so that a build is red for what it builds; the command tries others
        int code = run(
                Map.of("simulation.seconds", seconds, "simulation.seed", System.getProperty("simulation.seed", "1")));
        String output = Files.readString(folder.resolve("output"));
        if (code != 0) {
            System.out.println(output);
        } else { // the seed, what is known, and how many schedules it were
            output.lines().filter(line -> line.matches("\\d+ s.*|known.*")).forEach(System.out::println);
        }
        assertEquals(0, code, "something was found: see the output above");
    }

    @Test
    @DisplayName("a seed repeats its schedule, in another JVM too")
    void aSeedRepeatsItsSchedule() throws Exception {
        Map<String, String> replay = Map.of("simulation.scenarios", "Lives.ofOneDispatcher", "simulation.replay", "7");
        assertEquals(0, run(replay));
        String first = Files.readString(folder.resolve("output"));
        assertTrue(first.contains("Lives.ofOneDispatcher, seed 7 "), first);
        assertEquals(0, run(replay));
        assertEquals(first, Files.readString(folder.resolve("output")));
    }
}
