package io.github.clockeddispatch.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;

/** Runs a {@link ContractTest} once for each combination, with a {@link Setup} of its own. */
final class ContractMatrix implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return context.getRequiredTestMethod().isAnnotationPresent(ContractTest.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        ContractTest test = context.getRequiredTestMethod().getAnnotation(ContractTest.class);
        List<TestTemplateInvocationContext> runs = new ArrayList<>();
        for (Over over : test.over()) {
            for (int capacity : test.capacities()) {
                for (Kind threads : test.threads()) {
                    for (Pumps pumps : over == Over.MERGE ? new Pumps[] {Pumps.OWN} : test.pumps()) {
                        runs.add(new Combination(over, capacity, threads, pumps));
                    }
                }
            }
        }
        return runs.stream();
    }

    private record Combination(Over over, int capacity, Kind threads, Pumps pumps)
            implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int invocation) {
            return String.format(Locale.ROOT, "%s, capacity %d, %s threads, %s pumps", over, capacity, threads, pumps)
                    .toLowerCase(Locale.ROOT);
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new OneRun(new Setup(over, capacity, threads, pumps)));
        }
    }

    /** Gives one run its setup and finishes it. */
    private record OneRun(Setup setup) implements ParameterResolver, AfterEachCallback {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Setup.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return setup;
        }

        @Override
        public void afterEach(ExtensionContext context) {
            setup.finish(context.getExecutionException().isPresent());
        }
    }
}
