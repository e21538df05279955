package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailureListener;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** All that is public can be called by reflection, as frameworks, scripts and other languages call it. */
@DisplayName("reflection")
class ReflectionTest {

    /** A method of a builder, and what it is called with. */
    private record Setting(String name, Class<?> type, Object value) {}

    private static final List<Setting> OF_BOTH = List.of(
            new Setting("name", String.class, "reflected"),
            new Setting("startAfter", long.class, 7L),
            new Setting("channelCapacity", int.class, 3),
            new Setting("drainTimeout", Duration.class, Duration.ofSeconds(1)),
            new Setting("endWithLastSender", boolean.class, true),
            new Setting("onFailure", FailureListener.class, (FailureListener) (receiver, sequence, cause) -> {}));

    private static final List<Setting> OF_DISPATCHERS =
            List.of(new Setting("inboxCapacity", int.class, 4), new Setting("pumpExecutor", Executor.class, (Executor)
                    Thread::startVirtualThread));

    /** The public types of the exported package, nested ones too. */
    private static List<Class<?>> publicTypes() throws Exception {
        Path root = Path.of(Dispatcher.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        List<Class<?>> types = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve("io/github/clockeddispatch"))) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.startsWith("package-info")) {
                    Class<?> type = Class.forName(
                            "io.github.clockeddispatch." + name.substring(0, name.length() - ".class".length()));
                    if (isPublic(type)) {
                        types.add(type);
                    }
                }
            }
        }
        return types;
    }

    /** Whether it and all that it is nested in are public. */
    private static boolean isPublic(Class<?> type) {
        return Modifier.isPublic(type.getModifiers())
                && (type.getEnclosingClass() == null || isPublic(type.getEnclosingClass()));
    }

    @Test
    @DisplayName("every public method and constructor of a public type can be called from another package")
    void allThatIsPublicCanBeCalled() throws Exception {
        List<String> hidden = new ArrayList<>();
        List<Class<?>> types = publicTypes();
        for (Class<?> type : types) {
            for (Method method : type.getMethods()) {
                if (!Modifier.isPublic(method.getDeclaringClass().getModifiers())) {
                    hidden.add(type.getName() + ": " + method);
                }
                try {
                    MethodHandles.publicLookup().unreflect(method);
                } catch (IllegalAccessException e) {
                    hidden.add(type.getName() + ": " + e);
                }
            }
            for (Constructor<?> constructor : type.getConstructors()) {
                try {
                    MethodHandles.publicLookup().unreflectConstructor(constructor);
                } catch (IllegalAccessException e) {
                    hidden.add(type.getName() + ": " + e);
                }
            }
        }
        assertEquals(List.of(), hidden);
        assertTrue(
                types.containsAll(List.of(
                        Dispatcher.class,
                        Dispatcher.Builder.class,
                        ForwardingDispatcher.Builder.class,
                        Delivery.End.class)),
                types.toString());
    }

    @Test
    @DisplayName("every setting of a dispatcher, and what it opens")
    void settingsOfADispatcher() throws Exception {
        List<Setting> settings = new ArrayList<>(OF_BOTH);
        settings.addAll(OF_DISPATCHERS);
        isBuilt(Dispatcher.class, Dispatcher.Builder.class, settings, Set.of("open"));
    }

    @Test
    @DisplayName("every setting of a merge, and what it opens")
    void settingsOfAMerge() throws Exception {
        isBuilt(ForwardingDispatcher.class, ForwardingDispatcher.Builder.class, OF_BOTH, Set.of("held", "open"));
    }

    private static void isBuilt(Class<?> type, Class<?> building, List<Setting> settings, Set<String> others)
            throws Exception {
        Object builder = type.getMethod("builder").invoke(null);
        Set<String> names = new TreeSet<>(others);
        for (Setting setting : settings) {
            Object same = building.getMethod(setting.name, setting.type).invoke(builder, setting.value);
            assertSame(builder, same, setting.name);
            names.add(setting.name);
        }
        assertEquals(
                names,
                Stream.of(building.getMethods())
                        .filter(method -> method.getDeclaringClass() != Object.class)
                        .map(Method::getName)
                        .collect(Collectors.toCollection(TreeSet::new)),
                "all are tried");

        Object dispatcher = building.getMethod("open").invoke(builder);
        assertEquals("reflected", type.getMethod("name").invoke(dispatcher));
        assertEquals(7L, type.getMethod("sequence").invoke(dispatcher));
        Object receiver = type.getMethod("receiver", String.class).invoke(dispatcher, "r");
        assertEquals(7L, Receiver.class.getMethod("joinedAt").invoke(receiver));
        type.getMethod("awaitFinished", Duration.class).invoke(dispatcher, Duration.ZERO);
        type.getMethod("snapshot").invoke(dispatcher);
        type.getMethod("close").invoke(dispatcher);
    }
}
