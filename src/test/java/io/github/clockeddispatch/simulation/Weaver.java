package io.github.clockeddispatch.simulation;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Puts a switch point before whatever other threads can see or do something about: reads and writes of fields that are not final, and
 * of arrays; calls of VarHandles, locks, conditions, queues and maps of {@code java.util.concurrent}, and of threads. Spins, yields,
 * the clock and timed parks become calls of {@link SwitchPoints}.
 *
 * <p>A switch point takes and leaves nothing on the stack, so all else of a class stays as it is.
 */
final class Weaver {
    private static final String POINTS = SwitchPoints.class.getName().replace('.', '/');
    private static final String THREAD = "java/lang/Thread";

    /** Methods of a thread that tell something of it, or do something to it. */
    private static final Set<String> OF_THREADS =
            Set.of("interrupt", "interrupted", "isInterrupted", "isAlive", "getState", "start", "join");

    /** The access flags of a field of the project, by its class and name; null where it is not one of the project's. */
    private final Function<String, Integer> fields;

    Weaver(Function<String, Integer> fields) {
        this.fields = fields;
    }

    byte[] weave(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(0);
        String self = reader.getClassName();
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        MethodVisitor method = super.visitMethod(access, name, descriptor, signature, exceptions);
                        boolean none = name.equals("<clinit>"); // runs once in a JVM, before all simulations
                        return none ? method : new Points(method, name.equals("<init>") ? self : "");
                    }
                },
                0);
        return writer.toByteArray();
    }

    /** Has the JDK's class read the simulation's clock, and park by it: see {@link PatchedJdk}. */
    static byte[] weaveTime(byte[] bytes, String hook) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access, String name, String descriptor, String signature, String[] exceptions) {
                        return new MethodVisitor(
                                Opcodes.ASM9, super.visitMethod(access, name, descriptor, signature, exceptions)) {
                            @Override
                            public void visitMethodInsn(int op, String owner, String called, String type, boolean itf) {
                                super.visitMethodInsn(
                                        op, isTime(owner, called, type) ? hook : owner, called, type, itf);
                            }
                        };
                    }
                },
                0);
        return writer.toByteArray();
    }

    private static boolean isTime(String owner, String method, String descriptor) {
        return owner.equals("java/lang/System") && method.equals("nanoTime")
                || owner.equals("java/util/concurrent/locks/LockSupport")
                        && method.equals("parkNanos")
                        && descriptor.equals("(Ljava/lang/Object;J)V");
    }

    private final class Points extends MethodVisitor {
        /** The class that is being constructed, whose fields nobody else can see yet; empty for none. */
        private final String constructed;

        Points(MethodVisitor next, String constructed) {
            super(Opcodes.ASM9, next);
            this.constructed = constructed;
        }

        private void point(String what) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, POINTS, what, "()V", false);
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            Integer access = owner.equals(constructed) ? null : fields.apply(owner + "." + name);
            if (access != null && (access & Opcodes.ACC_FINAL) == 0) {
                point((access & Opcodes.ACC_VOLATILE) != 0 ? "synchronises" : "data");
            }
            super.visitFieldInsn(opcode, owner, name, descriptor);
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD
                    || opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE) {
                point("data");
            }
            super.visitInsn(opcode);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (REPLACED.contains(owner + "." + name + descriptor)) {
                super.visitMethodInsn(Opcodes.INVOKESTATIC, POINTS, name, descriptor, false);
                return;
            }
            boolean varHandle = owner.equals("java/lang/invoke/VarHandle") && !name.endsWith("Fence");
            boolean thread = owner.equals(THREAD) && OF_THREADS.contains(name);
            boolean concurrent =
                    owner.startsWith("java/util/concurrent/") && !owner.endsWith("/TimeUnit") && !name.equals("<init>");
            if (varHandle || thread || concurrent) {
                point("synchronises");
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
    }

    /** Static methods of the JDK in whose place stand those of {@link SwitchPoints}, with the same name and type. */
    private static final Set<String> REPLACED = Map.of(
                    "java/lang/Thread", Set.of("onSpinWait()V", "yield()V"),
                    "java/lang/System", Set.of("nanoTime()J"),
                    "java/util/concurrent/locks/LockSupport",
                            Set.of("parkNanos(Ljava/lang/Object;J)V", "parkNanos(J)V"))
            .entrySet()
            .stream()
            .flatMap(e -> e.getValue().stream().map(method -> e.getKey() + "." + method))
            .collect(java.util.stream.Collectors.toUnmodifiableSet());
}
