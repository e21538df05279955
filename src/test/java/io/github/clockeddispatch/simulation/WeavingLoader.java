package io.github.clockeddispatch.simulation;

import io.github.clockeddispatch.Dispatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Opcodes;

/** Loads the library and the scenarios anew, with switch points; all else is its parent's. What is on disk stays as it is. */
final class WeavingLoader extends ClassLoader {
    private static final String SCENARIOS = WeavingLoader.class.getPackageName() + ".scenarios.";

    /** It does nothing while nobody records, and no other thread of the engine sees what it does. */
    private static final String RECORDING = "io.github.clockeddispatch.engine.recording.";

    private final Path library = location(Dispatcher.class);
    private final Map<String, Integer> fields = new HashMap<>();
    private final Map<String, String> parents = new HashMap<>();
    private final Weaver weaver = new Weaver(this::access);

    WeavingLoader() throws IOException {
        super(WeavingLoader.class.getClassLoader());
        for (String name : woven()) {
            readFields(bytes(name));
        }
    }

    /** Initialises all classes of the library, so that no simulation does it: it would run a little differently. */
    void initialiseAll() throws ReflectiveOperationException, IOException {
        for (String name : woven()) {
            Class.forName(name, true, this);
        }
    }

    private List<String> woven() throws IOException {
        return Stream.concat(
                        classesBelow(library, library),
                        classesBelow(
                                location(WeavingLoader.class),
                                location(WeavingLoader.class).resolve(SCENARIOS.replace('.', '/'))))
                .toList();
    }

    private Stream<String> classesBelow(Path root, Path folder) throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk
                    .map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
                    .map(file ->
                            file.substring(0, file.length() - ".class".length()).replace('/', '.'))
                    .filter(this::isWoven)
                    .sorted()
                    .toList()
                    .stream();
        }
    }

    private static Path location(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isWoven(String name) {
        return name.startsWith(SCENARIOS)
                || !name.startsWith(RECORDING) && Files.exists(library.resolve(name.replace('.', '/') + ".class"));
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            if (!isWoven(name)) {
                return super.loadClass(name, resolve);
            }
            byte[] woven = weaver.weave(bytes(name));
            return defineClass(name, woven, 0, woven.length);
        }
    }

    private byte[] bytes(String name) {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void readFields(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        parents.put(reader.getClassName(), reader.getSuperName());
        reader.accept(
                new ClassVisitor(Opcodes.ASM9) {
                    @Override
                    public FieldVisitor visitField(
                            int access, String name, String descriptor, String signature, Object value) {
                        fields.put(reader.getClassName() + "." + name, access);
                        return null;
                    }
                },
                ClassReader.SKIP_CODE);
    }

    /** Of a field as the byte code names it, by a class that may only have inherited it. */
    private Integer access(String field) {
        int dot = field.indexOf('.');
        for (String owner = field.substring(0, dot); owner != null; owner = parents.get(owner)) {
            Integer access = fields.get(owner + field.substring(dot));
            if (access != null) {
                return access;
            }
        }
        return null;
    }
}
