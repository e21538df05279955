package io.github.clockeddispatch.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** All that is public can be called by reflection, as frameworks, scripts and other languages call it. */
@DisplayName("reflection")
class ReflectionTest {

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
    @DisplayName("every setting of both builders, and what they open")
    void settings() throws Exception {
        Map<String, Object> values = Map.of(
                "name",
                "reflected",
                "startAfter",
                7L,
                "channelCapacity",
                3,
                "inboxCapacity",
                4,
                "drainTimeout",
                Duration.ofSeconds(1),
                "endWithLastSender",
                true,
                "pumpExecutor",
                (Executor) Thread::startVirtualThread);
        for (Class<?> type : List.of(Dispatcher.class, ForwardingDispatcher.class)) {
            Object builder = type.getMethod("builder").invoke(null);
            for (Method method : builder.getClass().getMethods()) {
                if (values.containsKey(method.getName())) {
                    Object same = method.invoke(builder, values.get(method.getName()));
                    assertTrue(same == builder, method.toString());
                }
            }
            Object dispatcher = builder.getClass().getMethod("open").invoke(builder);
            assertEquals("reflected", type.getMethod("name").invoke(dispatcher));
            assertEquals(7L, type.getMethod("sequence").invoke(dispatcher));
            Object receiver = type.getMethod("receiver", String.class).invoke(dispatcher, "r");
            assertEquals(7L, Receiver.class.getMethod("joinedAt").invoke(receiver));
            type.getMethod("awaitFinished", Duration.class).invoke(dispatcher, Duration.ZERO);
            type.getMethod("snapshot").invoke(dispatcher);
            type.getMethod("close").invoke(dispatcher);
        }
        assertEquals("close", Sender.class.getMethod("close").getName());
    }

    @Test
    @DisplayName("no public method of a builder is missing above")
    void allSettingsAreTried() throws IOException {
        List<String> names = Stream.of(Dispatcher.Builder.class.getMethods())
                .filter(method -> method.getDeclaringClass() != Object.class)
                .map(Method::getName)
                .distinct()
                .sorted()
                .toList();
        assertTrue(
                names.containsAll(List.of(
                        "channelCapacity",
                        "drainTimeout",
                        "endWithLastSender",
                        "inboxCapacity",
                        "name",
                        "open",
                        "pumpExecutor",
                        "startAfter")),
                names.toString());
    }
}
