package io.github.clockeddispatch.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testng.ITestResult;
import org.testng.TestListenerAdapter;
import org.testng.TestNG;
import org.testng.annotations.Test;

/** Runs the Reactive Streams TCK, whose tests are TestNG's. */
@DisplayName("Flow: Reactive Streams TCK")
@Timeout(60)
class TckTest {
    /** How long what must happen may take, in milliseconds. */
    static final long TIMEOUT = 1_000;

    /** How long what must not happen is given to happen, in milliseconds. */
    static final long WINDOW = 50;

    @ParameterizedTest
    @ValueSource(
            classes = {
                PublisherTck.class,
                MergePublisherTck.class,
                SubscriberBlackboxTck.class,
                SubscriberWhiteboxTck.class
            })
    @DisplayName("a publisher or subscriber obeys all rules that it must obey")
    void allMandatoryRulesHold(Class<?> verification) {
        TestListenerAdapter results = new TestListenerAdapter();
        TestNG tck = new TestNG(false);
        tck.setVerbose(0);
        tck.setTestClasses(new Class<?>[] {verification});
        tck.addListener(results);
        tck.run();

        assertThat(results.getFailedTests()).map(TckTest::describe).isEmpty();
        assertThat(results.getConfigurationFailures()).map(TckTest::describe).isEmpty();
        assertThat(names(results.getPassedTests()).filter(TckTest::isMandatory))
                .containsExactlyInAnyOrderElementsOf(mandatory(verification))
                .hasSizeGreaterThan(10);
        assertThat(names(results.getSkippedTests()))
                .allMatch(name -> name.startsWith("untested_") // by the TCK, for anybody
                        || name.startsWith("optional_spec111_")); // several subscribers at once
    }

    private static boolean isMandatory(String name) {
        return name.startsWith("required_") || name.startsWith("stochastic_");
    }

    private static List<String> mandatory(Class<?> verification) {
        return Arrays.stream(verification.getMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .map(Method::getName)
                .filter(TckTest::isMandatory)
                .toList();
    }

    private static Stream<String> names(List<ITestResult> results) {
        return results.stream().map(ITestResult::getName);
    }

    private static String describe(ITestResult result) {
        return result.getName() + ": " + result.getThrowable();
    }
}
