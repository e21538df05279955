package io.github.clockeddispatch.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What the kit must notice is planted here, and must turn the test red in which it is planted. */
class NothingLeaksTest {

    /** The planted tests; they run only when a test below says so. */
    static class Planted {
        private static Gate gate = new Gate();

        @Test
        void leaksAPlatformThread() {
            leak(Thread.ofPlatform().name("planted platform thread"));
        }

        @Test
        void leaksAVirtualThread() {
            leak(Thread.ofVirtual().name("planted virtual thread"));
        }

        @Test
        void leaksAnUnnamedVirtualThread() {
            leak(Thread.ofVirtual());
        }

        @Test
        void leavesADispatcherOpen() {
            Dispatcher<String> dispatcher = Dispatcher.open();
            dispatcher.sender("planted sender", dispatcher.receiver("r"));
            Gate shut = gate;
            Thread.ofVirtual().name("closer").start(() -> {
                shut.passUninterruptibly();
                dispatcher.close();
            });
        }

        @Test
        void leavesNothing() throws InterruptedException {
            try (Dispatcher<String> dispatcher = Dispatcher.open()) {
                Receiver<String> r = dispatcher.receiver("r");
                dispatcher.read(r, (number, message) -> {});
                dispatcher.sender("s", r).send("x");
            }
            Thread.ofPlatform().start(() -> {}).join();
        }

        @ContractTest(capacities = 1, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
        void throwsInAThread(Setup setup) {
            setup.run("planted", () -> {
                throw new IOException("planted failure");
            });
        }

        @ContractTest(capacities = 1, threads = Kind.PLATFORM, pumps = Pumps.GIVEN)
        void leavesSomethingUndelivered(Setup setup) throws InterruptedException {
            Dispatcher<String> dispatcher = setup.open(builder -> builder.drainTimeout(Duration.ZERO));
            Sender<String> sender = dispatcher.sender("planted sender", dispatcher.receiver("r"));
            Setup.send(sender, 2);
        }

        @ContractTest(capacities = 1, threads = Kind.VIRTUAL, pumps = Pumps.OWN)
        void expectsAFailureThatDoesNotCome(Setup setup) {
            setup.run("planted", () -> {}).failure(IOException.class);
        }

        @ContractTest
        void runsTwelveTimes(Setup setup) {
            assertTrue(setup.capacity() > 0);
        }

        @ContractTest(over = {Over.DISPATCHER, Over.MERGE})
        void runsEighteenTimes(Setup setup) {
            assertEquals(setup.over() == Over.MERGE, setup.openAny().isMerge());
        }

        private static void leak(Thread.Builder builder) {
            Gate shut = gate;
            builder.start(shut::passUninterruptibly);
        }
    }

    /** What became of the planted tests that were run. */
    private record Outcome(int runs, List<Throwable> failures) {
        String text() {
            assertEquals(1, failures.size(), failures::toString);
            StringBuilder text = new StringBuilder();
            for (Throwable t = failures.getFirst(); t != null; t = t.getCause()) {
                text.append(t).append('\n');
            }
            return text.toString();
        }
    }

    /** Runs a planted test with all that is registered for the tests of this project. */
    private static Outcome run(String method) {
        String parameters = parametersOf(method);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(Planted.class.getName() + "#" + method + parameters))
                .configurationParameter(NothingLeaks.PATIENCE, "100")
                .build();
        List<Throwable> failures = new ArrayList<>();
        int[] runs = new int[1];
        Planted.gate = new Gate();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) {
                    runs[0]++;
                }
                result.getThrowable().ifPresent(failures::add);
            }
        });
        Planted.gate.open();
        return new Outcome(runs[0], failures);
    }

    private static String parametersOf(String method) {
        for (var candidate : Planted.class.getDeclaredMethods()) {
            if (candidate.getName().equals(method) && candidate.getParameterCount() == 1) {
                return "(" + Setup.class.getName() + ")";
            }
        }
        return "";
    }

    @Test
    @DisplayName("a platform thread that is left turns the test red, and is named with its stack")
    void aPlatformThreadIsNoticed() {
        String text = run("leaksAPlatformThread").text();
        assertTrue(text.contains("planted platform thread") && text.contains("passUninterruptibly"), text);
    }

    @Test
    @DisplayName("so does a virtual one")
    void aVirtualThreadIsNoticed() {
        String text = run("leaksAVirtualThread").text();
        assertTrue(text.contains("planted virtual thread") && text.contains("passUninterruptibly"), text);
    }

    @Test
    @DisplayName("with or without a name")
    void anUnnamedVirtualThreadIsNoticed() {
        String text = run("leaksAnUnnamedVirtualThread").text();
        assertTrue(text.contains("virtual") && text.contains("passUninterruptibly"), text);
    }

    @Test
    @DisplayName("so does a dispatcher that is not closed")
    void anOpenDispatcherIsNoticed() {
        String text = run("leavesADispatcherOpen").text();
        assertTrue(text.contains("planted sender"), text);
    }

    @Test
    @DisplayName("a test that leaves nothing is green")
    void nothingIsNoticedWhereNothingIs() {
        assertEquals(new Outcome(1, List.of()), run("leavesNothing"));
    }

    @Test
    @DisplayName("what a thread of a contract test throws turns it red")
    void aFailureInAThreadIsNoticed() {
        String text = run("throwsInAThread").text();
        assertTrue(text.contains("planted failure"), text);
    }

    @Test
    @DisplayName("so does a dispatcher that cannot deliver what the test has left in it")
    void anUndeliveredMessageIsNoticed() {
        String text = run("leavesSomethingUndelivered").text();
        assertTrue(text.contains("planted sender"), text);
    }

    @Test
    @DisplayName("so does a failure that is expected and does not come")
    void aMissingFailureIsNoticed() {
        String text = run("expectsAFailureThatDoesNotCome").text();
        assertTrue(text.contains("IOException"), text);
    }

    @Test
    @DisplayName("a contract test runs in twelve combinations, and in six more over a merge, which has no pumps")
    void theMatrixIsComplete() {
        assertEquals(new Outcome(12, List.of()), run("runsTwelveTimes"));
        assertEquals(new Outcome(18, List.of()), run("runsEighteenTimes"));
    }

    @Test
    @DisplayName("a clock above the counter is noticed, and one that has passed something unfinished")
    void aWrongClockIsNoticed() {
        assertEquals(List.of(), Oracle.wrong(snapshot(9, 0)));
        assertEquals(List.of(), Oracle.wrong(snapshot(8, 9)));
        assertFalse(Oracle.wrong(snapshot(10, 0)).isEmpty());
        assertFalse(Oracle.wrong(snapshot(9, 9)).isEmpty());
        assertFalse(Oracle.wrong(snapshot(9, 5)).isEmpty());
    }

    /** A snapshot of a dispatcher at 9, with one receiver. */
    private static Snapshot snapshot(long time, long firstUnfinished) {
        return new Snapshot(
                "d", false, 9, List.of(Snapshots.receiver("r", time, firstUnfinished)), List.of(), List.of());
    }

    @Test
    @DisplayName("threads that are there before a test are not charged to it")
    void formerThreadsAreNotCharged() throws InterruptedException {
        Gate former = new Gate();
        Thread thread = Thread.ofVirtual().start(former::passUninterruptibly);
        long mark = LiveThreads.mark();
        NothingLeaks.check(mark, Duration.ofMillis(5));
        Thread later = Thread.ofVirtual().start(former::passUninterruptibly);
        assertThrows(AssertionError.class, () -> NothingLeaks.check(mark, Duration.ofMillis(5)));
        former.open();
        thread.join();
        later.join();
        NothingLeaks.check(mark, Duration.ofSeconds(5));
    }
}
