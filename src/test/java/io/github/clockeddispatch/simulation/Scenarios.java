package io.github.clockeddispatch.simulation;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The scenarios: each public static method of a theme's class that takes a {@link Life}. They are woven, as the library is. */
final class Scenarios {
    private static final List<String> THEMES = List.of(
            "Opening",
            "Handover",
            "Groups",
            "Members",
            "Executors",
            "Leaving",
            "Flows",
            "Closing",
            "LastNumbers",
            "Withdrawing",
            "Times",
            "Failing",
            "Waits",
            "Clocks",
            "Deadlocks",
            "Merges",
            "MergeEnds",
            "MergeRaces",
            "Linking",
            "Stacks",
            "Losses",
            "Nets",
            "Lives");

    record Named(String name, Scenario scenario) {}

    private Scenarios() {}

    /** Those whose names match one of the patterns, which are separated by commas. */
    static List<Named> matching(String patterns) throws ReflectiveOperationException, IOException {
        WeavingLoader loader = new WeavingLoader();
        loader.initialiseAll();
        List<Named> chosen = new ArrayList<>();
        for (String theme : THEMES) {
            Class<?> type = Class.forName(Scenarios.class.getPackageName() + ".scenarios." + theme, true, loader);
            Method[] methods = type.getDeclaredMethods();
            Arrays.sort(methods, Comparator.comparing(Method::getName));
            for (Method method : methods) {
                String name = theme + "." + method.getName();
                if (isScenario(method) && Arrays.stream(patterns.split(",")).anyMatch(name::matches)) {
                    chosen.add(new Named(name, scenario(method)));
                }
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no scenario matches " + patterns);
        }
        return chosen;
    }

    private static boolean isScenario(Method method) {
        return Modifier.isStatic(method.getModifiers())
                && Modifier.isPublic(method.getModifiers())
                && Arrays.equals(method.getParameterTypes(), new Class<?>[] {Life.class});
    }

    private static Scenario scenario(Method method) throws ReflectiveOperationException {
        method.setAccessible(true);
        MethodHandle handle = MethodHandles.lookup().unreflect(method);
        return life -> {
            try {
                handle.invokeExact(life);
            } catch (Exception | Error e) {
                throw e;
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        };
    }
}
