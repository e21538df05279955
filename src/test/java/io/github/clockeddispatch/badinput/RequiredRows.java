package io.github.clockeddispatch.badinput;

import io.github.clockeddispatch.BatchHandler;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Explanation;
import io.github.clockeddispatch.FailureListener;
import io.github.clockeddispatch.FailurePolicy;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Stage;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which rows there must be: found in the public API, so that a method that is added without rows is noticed. */
final class RequiredRows {
    /** What can be closed or discarded, or belongs to something that can be, and is used by threads that can be interrupted. */
    private static final Set<Class<?>> LIVE = Set.of(
            Dispatcher.class,
            ForwardingDispatcher.class,
            Sender.class,
            Forwarder.class,
            Group.class,
            Receiver.class,
            LogicalClock.class,
            Link.class);

    /** Of those, what is not closed, but discarded. */
    private static final Set<Class<?>> DISCARDED = Set.of(Receiver.class, LogicalClock.class);

    /** What the library calls, and the caller writes: its input is the library's. What it returns is in {@link ValueRows}. */
    private static final Set<Class<?>> CALLED_BY_THE_LIBRARY =
            Set.of(MessageHandler.class, BatchHandler.class, Stage.class, FailureListener.class, FailurePolicy.class);

    /** What the library makes for people to look at, and never takes: it says what it was given. */
    private static final Set<Class<?>> MADE_BY_THE_LIBRARY = Set.of(
            Explanation.class,
            Explanation.Cause.class,
            Explanation.Kind.class,
            Snapshot.class,
            Snapshot.ReceiverState.class,
            Snapshot.ReceiverState.State.class,
            Snapshot.ReceiverState.Activity.class,
            Snapshot.HeldBack.class,
            Snapshot.SenderState.class,
            Snapshot.SenderState.Kind.class,
            Snapshot.SenderState.State.class,
            Snapshot.Wait.class,
            Snapshot.Wait.Kind.class);

    private RequiredRows() {}

    /** All rows that there must be, as {@link Row#name} writes them. */
    static Set<String> all() throws Exception {
        Set<String> required = new TreeSet<>();
        for (Class<?> type : publicTypes()) {
            for (Executable method : methods(type)) {
                inputs(type, method).forEach(input -> required.add(key(type, method) + ": " + input));
            }
        }
        return required;
    }

    /** All public types of the package that is exported. */
    static List<Class<?>> publicTypes() throws Exception {
        Class<?> one = Dispatcher.class;
        Path classes =
                Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
        Path exported = classes.resolve(one.getPackageName().replace('.', '/'));
        try (Stream<Path> files = Files.list(exported)) {
            List<String> names = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".class") && !name.equals("package-info.class"))
                    .map(name -> one.getPackageName() + "." + name.replace(".class", ""))
                    .sorted()
                    .toList();
            List<Class<?>> types = new ArrayList<>();
            for (String name : names) {
                Class<?> type = Class.forName(name, false, one.getClassLoader());
                if (isPublic(type)) {
                    types.add(type);
                }
            }
            return types;
        }
    }

    /** A type's name and a method's, and the types of its parameters; "new" for a constructor. */
    static String key(Class<?> type, Executable method) {
        String name = method instanceof Constructor ? "new" : method.getName();
        return name(type) + "." + name
                + Arrays.stream(method.getParameterTypes())
                        .map(Class::getSimpleName)
                        .collect(Collectors.joining(",", "(", ")"));
    }

    private static String name(Class<?> type) {
        return type.getName().substring(type.getPackageName().length() + 1).replace('$', '.');
    }

    private static boolean isPublic(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getEnclosingClass()) {
            if (!Modifier.isPublic(c.getModifiers())) {
                return false;
            }
        }
        return true;
    }

    private static List<Executable> methods(Class<?> type) {
        return Stream.<Executable>concat(
                        Arrays.stream(type.getConstructors()),
                        Arrays.stream(type.getMethods()).filter(RequiredRows::isOurs))
                .toList();
    }

    /** Not Object's, nor what a record or an exception inherits. */
    private static boolean isOurs(Method method) {
        return method.getDeclaringClass().getName().startsWith(Dispatcher.class.getPackageName())
                && !method.getName().equals("equals")
                && !method.getName().equals("hashCode");
    }

    private static Set<String> inputs(Class<?> type, Executable method) {
        Set<String> inputs = new TreeSet<>();
        boolean isStatic = Modifier.isStatic(method.getModifiers());
        if ((CALLED_BY_THE_LIBRARY.contains(type) && !isStatic) || MADE_BY_THE_LIBRARY.contains(type)) {
            return inputs;
        }
        for (Class<?> parameter : method.getParameterTypes()) {
            kinds(parameter).forEach(kind -> inputs.add(parameter.getSimpleName() + " " + kind));
            if (parameter == String.class && opens(method)) {
                inputs.add("String duplicate");
            }
        }
        if (LIVE.contains(type) && !isStatic) {
            inputs.add(DISCARDED.contains(type) ? "discarded" : "closed");
            inputs.add("interrupted");
        }
        return inputs;
    }

    /** What of each type is bad, or at the edge. */
    private static List<String> kinds(Class<?> parameter) {
        if (parameter == boolean.class) {
            return List.of();
        } else if (parameter == long.class) {
            return List.of("0", "-1", "Long.MAX_VALUE");
        } else if (parameter == int.class) {
            return List.of("0", "-1", "Integer.MAX_VALUE");
        } else if (parameter == Duration.class) {
            return List.of("null", "zero", "negative", "huge");
        } else if (parameter == String.class) {
            return List.of("null", "empty");
        } else if (parameter == Receiver.class) {
            return List.of("null", "foreign", "discarded");
        } else if (parameter == Group.class) {
            return List.of("null", "foreign");
        } else if (parameter == Collection.class || parameter.isArray()) {
            return List.of("null", "empty", "with null", "with duplicate", "with foreign", "with discarded");
        } else if (parameter.isPrimitive()) {
            throw new AssertionError("what is bad of a " + parameter + "?");
        }
        return List.of("null");
    }

    private static boolean opens(Executable method) {
        return method instanceof Method named
                && Set.of(Receiver.class, Sender.class, Forwarder.class).contains(named.getReturnType());
    }
}
