package io.github.clockeddispatch.faults;

import io.github.clockeddispatch.Dispatcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Loads the project's classes anew. In those of the library, a call of {@link AllocationFault#here} stands before each
 * {@code new}, each array, each lambda and text that is made, and each call of the JDK that may take memory to keep
 * something. What the JDK allocates elsewhere is not reached: the nodes of locks and conditions among them, which the JDK
 * promises to do without when there is no memory.
 */
final class FaultyLoader extends ClassLoader {
    private static final String PROJECT = "io.github.clockeddispatch.";
    private static final String FAULT = (PROJECT + "faults.AllocationFault").replace('.', '/');

    /** Methods of the JDK that take memory before they change anything. */
    private static final Set<String> ALLOCATING = Set.of(
            "add",
            "addAll",
            "addLast",
            "complete",
            "completeExceptionally",
            "copyOf",
            "forEach",
            "getOrDefault",
            "interrupt",
            "iterator",
            "merge",
            "name",
            "newCondition",
            "of",
            "ofVirtual",
            "push",
            "put",
            "putAll",
            "start",
            "stream",
            "toList",
            "unmodifiableList",
            "unstarted",
            "valueOf",
            "values",
            "whenComplete");

    FaultyLoader() {
        super(FaultyLoader.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(PROJECT)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        Class<?> original = Class.forName(name, false, getParent());
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            byte[] bytes = in.readAllBytes();
            byte[] defined = isLibrary(original) ? withFaults(bytes) : bytes;
            return defineClass(name, defined, 0, defined.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isLibrary(Class<?> type) {
        return source(type).equals(source(Dispatcher.class));
    }

    private static Object source(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation();
    }

    private static byte[] withFaults(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                        // a class that cannot be initialised is lost for ever; nothing of a dispatcher happens there
                        return name.equals("<clinit>") ? method : new Planting(method);
                    }
                },
                ClassReader.SKIP_FRAMES);
        return writer.toByteArray();
    }

    /** Plants the calls. They take and leave nothing on the stack, so all else stays as it is. */
    private static final class Planting extends MethodVisitor {
        Planting(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        private void plant() {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, FAULT, "here", "()V", false);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (opcode == Opcodes.NEW || opcode == Opcodes.ANEWARRAY) {
                plant();
            }
            super.visitTypeInsn(opcode, type);
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                plant();
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
            plant();
            super.visitMultiANewArrayInsn(descriptor, dimensions);
        }

        @Override
        public void visitInvokeDynamicInsn(
                String name, String descriptor, org.objectweb.asm.Handle bootstrap, Object... arguments) {
            if (!descriptor.startsWith("()")) { // a lambda that captures nothing is made once
                plant();
            }
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if ((owner.startsWith("java/") && ALLOCATING.contains(name))
                    || (owner.startsWith("[") && name.equals("clone"))
                    || (owner.equals("java/lang/ThreadLocal") && name.equals("set"))) {
                plant();
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
    }
}
