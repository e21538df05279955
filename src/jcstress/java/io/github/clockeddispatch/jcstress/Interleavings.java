package io.github.clockeddispatch.jcstress;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.grading.TestGrading;

/**
 * Runs jcstress and judges what it found. A test of the library passes where it shows nothing forbidden. A negative control, whose name
 * ends with <i>NegativeControl</i>, is a copy of the pattern with something left out, and passes where it <i>does</i> show what is
 * forbidden elsewhere: so it is known that the harness sees such a thing on this machine. In a short run one or the other
 * negative control may have no luck, and is told; more than a quarter of them, and the run has shown nothing.
 */
public final class Interleavings {

    private static final String NEGATIVE_CONTROL = "NegativeControl";

    private int wrong;
    private int right;
    private int controls;
    private int unlucky;

    private Interleavings() {}

    /**
     * Runs them.
     *
     * @param arguments those of jcstress; {@code -h} tells them
     */
    public static void main(String[] arguments) throws Exception {
        Options options = new Options(arguments);
        if (!options.parse()) {
            System.exit(1);
        }
        if (options.shouldList()) {
            new JCStress(options).getTests().forEach(System.out::println);
            return;
        }
        try {
            new JCStress(options).run();
        } catch (AssertionError e) {
            System.out.println(e.getMessage()); // told once more below
        }
        InProcessCollector results = new InProcessCollector();
        DiskReadCollector file = new DiskReadCollector(options.getResultFile(), results);
        file.dump();
        file.close();
        System.exit(new Interleavings().judge(results.getTestResults()) ? 0 : 1);
    }

    private boolean judge(Collection<TestResult> results) {
        Map<String, TestResult> merged = new TreeMap<>();
        for (TestResult result : results) {
            TestResult of = merged.computeIfAbsent(result.getName(), name -> result);
            if (of != result) {
                of.addState(result.getCounter());
            }
            if (result.status() != Status.NORMAL) {
                tell(result.getName(), false, result.status().toString());
            }
        }
        merged.forEach(this::judge);
        System.out.printf("%n%d as expected, %d not; of %d controls %d had no luck%n", right, wrong, controls, unlucky);
        return wrong == 0 && right > 0 && unlucky * 4 <= controls;
    }

    private void judge(String name, TestResult result) {
        TestGrading grading = TestGrading.grade(result);
        String outcomes = result.getStateKeys().stream()
                .sorted()
                .map(outcome -> "(" + outcome + ") " + result.getCount(outcome))
                .collect(Collectors.joining("; "));
        if (!grading.isPassed) {
            tell(name, false, "FORBIDDEN was seen: " + grading.failureMessages);
        } else if (!name.endsWith(NEGATIVE_CONTROL)) {
            tell(name, !outcomes.isEmpty(), "nothing forbidden in " + outcomes);
        } else {
            controls++;
            if (grading.hasInteresting) {
                tell(name, true, "shows it, as expected, in " + outcomes);
            } else {
                unlucky++;
                print("none", name, "does not show it in " + outcomes);
            }
        }
    }

    private void tell(String name, boolean isRight, String what) {
        if (isRight) {
            right++;
        } else {
            wrong++;
        }
        print(isRight ? "ok" : "WRONG", name, what);
    }

    private static void print(String verdict, String name, String what) {
        String shortName = name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1);
        System.out.printf("%-5s %-62s %s%n", verdict, shortName, what);
    }
}
