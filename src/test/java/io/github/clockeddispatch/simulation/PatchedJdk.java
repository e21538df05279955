package io.github.clockeddispatch.simulation;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import java.util.stream.Stream;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * The JDK's synchronisers and futures, with a clock that can be exchanged: their calls of {@code System.nanoTime} and {@code parkNanos}
 * go to a class {@code SimulatedTime} that stands beside them, and that asks whom {@link #install} has named. It is written to a folder,
 * for {@code --patch-module}: so the locks of a simulation are those of the JDK that runs, whichever it is.
 */
final class PatchedJdk {
    private static final String HOOK = "java/util/concurrent/locks/SimulatedTime";
    private static final String CLOCK = Type.getDescriptor(LongSupplier.class);
    private static final String PARKING = Type.getDescriptor(ObjLongConsumer.class);

    /** Classes, with those nested in them, in which timed waits of the JDK take their time. */
    private static final List<String> TIMED =
            List.of("java/util/concurrent/locks/AbstractQueuedSynchronizer", "java/util/concurrent/CompletableFuture");

    private PatchedJdk() {}

    /** Writes the classes. */
    static void write(Path folder) throws IOException {
        Path base = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules/java.base");
        for (String timed : TIMED) {
            Path type = base.resolve(timed);
            try (Stream<Path> files = Files.list(type.getParent())) {
                for (Path file : files.filter(f -> f.toString().matches(".*/" + type.getFileName() + "[.$].*class"))
                        .toList()) {
                    put(folder, base.relativize(file).toString(), Weaver.weaveTime(Files.readAllBytes(file), HOOK));
                }
            }
        }
        put(folder, HOOK + ".class", hook());
    }

    private static void put(Path folder, String name, byte[] bytes) throws IOException {
        Path to = folder.resolve(name);
        Files.createDirectories(to.getParent());
        Files.write(to, bytes);
    }

    /** In a JVM with these classes: from now on they read this clock, and park in this way. */
    static void install(LongSupplier clock, ObjLongConsumer<Object> parking) throws ReflectiveOperationException {
        Class<?> hook = Class.forName(HOOK.replace('/', '.'));
        Field parkingField = hook.getField("parking");
        parkingField.set(null, parking);
        hook.getField("clock").set(null, clock);
    }

    private static byte[] hook() {
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES | ClassWriter.COMPUTE_MAXS);
        writer.visit(Opcodes.V21, Opcodes.ACC_PUBLIC | Opcodes.ACC_FINAL, HOOK, null, "java/lang/Object", null);
        int field = Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC | Opcodes.ACC_VOLATILE;
        writer.visitField(field, "clock", CLOCK, null, null).visitEnd();
        writer.visitField(field, "parking", PARKING, null, null).visitEnd();
        method(writer, "nanoTime", "()J", "clock", CLOCK, "getAsLong", "java/lang/System", Opcodes.LRETURN);
        method(
                writer,
                "parkNanos",
                "(Ljava/lang/Object;J)V",
                "parking",
                PARKING,
                "accept",
                "java/util/concurrent/locks/LockSupport",
                Opcodes.RETURN);
        writer.visitEnd();
        return writer.toByteArray();
    }

    /** One that asks whom the field names; where it names nobody, the JDK, as before. */
    private static void method(
            ClassWriter writer,
            String name,
            String type,
            String field,
            String fieldType,
            String asked,
            String otherwise,
            int returns) {
        MethodVisitor code = writer.visitMethod(Opcodes.ACC_PUBLIC | Opcodes.ACC_STATIC, name, type, null, null);
        boolean parks = returns == Opcodes.RETURN;
        Label nobody = new Label();
        code.visitCode();
        code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, field, fieldType);
        code.visitJumpInsn(Opcodes.IFNULL, nobody);
        code.visitFieldInsn(Opcodes.GETSTATIC, HOOK, field, fieldType);
        arguments(code, parks);
        code.visitMethodInsn(Opcodes.INVOKEINTERFACE, Type.getType(fieldType).getInternalName(), asked, type, true);
        code.visitInsn(returns);
        code.visitLabel(nobody);
        arguments(code, parks);
        code.visitMethodInsn(Opcodes.INVOKESTATIC, otherwise, name, type, false);
        code.visitInsn(returns);
        code.visitMaxs(0, 0);
        code.visitEnd();
    }

    private static void arguments(MethodVisitor code, boolean parks) {
        if (parks) {
            code.visitVarInsn(Opcodes.ALOAD, 0);
            code.visitVarInsn(Opcodes.LLOAD, 1);
        }
    }
}
