package io.github.clockeddispatch.bench.peers;

import com.softwaremill.jox.Channel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.channels.BufferOverflow;
import kotlinx.coroutines.channels.ChannelKt;
import kotlinx.coroutines.channels.ChannelResult;
import kotlinx.coroutines.channels.ReceiveChannel;
import kotlinx.coroutines.channels.SendChannel;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/** A bounded buffer of the JDK's or of another library: one thread puts at a time, and one takes. */
interface Box<E> {
    void put(E entry) throws InterruptedException;

    /** Puts an entry, of which the taker need not know before {@link #wakeTaker} is called after a full fence. */
    default void putQuietly(E entry) throws InterruptedException {
        put(entry);
    }

    default void wakeTaker() {
        // it is awake
    }

    /** Waits for an entry, and takes as many as are there and fit, or one where a box has no way to take more. Returns how many. */
    int take(@Nullable Object[] into) throws InterruptedException;

    static <E> Box<E> array(int capacity) {
        return new Blocking<>(new ArrayBlockingQueue<>(capacity));
    }

    static <E> Box<E> linked(int capacity) {
        return new Blocking<>(new LinkedBlockingQueue<>(capacity));
    }

    static <E> Box<E> jctools(int capacity) {
        return new Parking<>(new SpscArrayQueue<>(capacity));
    }

    static <E> Box<E> agrona(int capacity) {
        return new Parking<>(new OneToOneConcurrentArrayQueue<>(capacity));
    }

    /** One into which many threads put at a time. */
    static <E> Box<E> ofMany(int capacity) {
        return new Parking<>(new MpscArrayQueue<>(capacity));
    }

    static <E> Box<E> jox(int capacity) {
        return new Jox<>(Channel.newBufferedChannel(capacity));
    }

    static <E> Box<E> kotlin(int capacity) {
        return new Kotlin<>(capacity);
    }

    /** One of the JDK's. */
    final class Blocking<E> implements Box<E> {
        private final BlockingQueue<E> queue;
        private final List<E> drained = new ArrayList<>();

        Blocking(BlockingQueue<E> queue) {
            this.queue = queue;
        }

        @Override
        public void put(E entry) throws InterruptedException {
            queue.put(entry);
        }

        @Override
        public int take(@Nullable Object[] into) throws InterruptedException {
            if (queue.drainTo(drained, into.length) == 0) {
                into[0] = queue.take();
                return 1;
            }
            int count = drained.size();
            drained.toArray(into);
            drained.clear();
            return count;
        }
    }

    /** One that does not wait: who finds it empty or full parks. To spin is slower on few cores. */
    final class Parking<E> implements Box<E> {
        private final Queue<E> queue;
        private final Queue<Thread> putters = new ConcurrentLinkedQueue<>();
        private volatile @Nullable Thread taker;

        Parking(Queue<E> queue) {
            this.queue = queue;
        }

        @Override
        public void put(E entry) throws InterruptedException {
            putQuietly(entry);
            VarHandle.fullFence();
            wakeTaker();
        }

        @Override
        public void putQuietly(E entry) throws InterruptedException {
            while (!queue.offer(entry)) {
                putters.add(Thread.currentThread());
                if (queue.offer(entry)) {
                    return;
                }
                park();
            }
        }

        @Override
        public void wakeTaker() {
            Thread waiting = taker;
            if (waiting != null) {
                taker = null;
                LockSupport.unpark(waiting);
            }
        }

        @Override
        public int take(@Nullable Object[] into) throws InterruptedException {
            into[0] = first();
            int count = 1;
            while (count < into.length && (into[count] = queue.poll()) != null) {
                count++;
            }
            VarHandle.fullFence();
            for (Thread putter; (putter = putters.poll()) != null; ) {
                LockSupport.unpark(putter);
            }
            return count;
        }

        private E first() throws InterruptedException {
            E entry = queue.poll();
            while (entry == null) {
                taker = Thread.currentThread();
                entry = queue.poll();
                if (entry == null) {
                    park();
                    entry = queue.poll();
                }
            }
            return entry;
        }

        private static void park() throws InterruptedException {
            LockSupport.park();
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** One of jox. */
    record Jox<E>(Channel<E> channel) implements Box<E> {
        @Override
        public void put(E entry) throws InterruptedException {
            channel.send(entry);
        }

        @Override
        public int take(@Nullable Object[] into) throws InterruptedException {
            into[0] = channel.receive();
            return 1;
        }
    }

    /** One of Kotlin. What it calls trySend and tryReceive has other names for Java. */
    final class Kotlin<E> implements Box<E> {
        private static final MethodHandle TRY_SEND = method(SendChannel.class, "trySend-", Object.class);
        private static final MethodHandle TRY_RECEIVE = method(ReceiveChannel.class, "tryReceive-");

        private final kotlinx.coroutines.channels.Channel<E> channel;

        Kotlin(int capacity) {
            channel = ChannelKt.Channel(capacity, BufferOverflow.SUSPEND, null);
        }

        private static MethodHandle method(Class<?> type, String prefix, Class<?>... parameters) {
            try {
                for (Method method : type.getMethods()) {
                    if (method.getName().startsWith(prefix) && Arrays.equals(method.getParameterTypes(), parameters)) {
                        MethodType erased = MethodType.genericMethodType(1 + parameters.length)
                                .changeReturnType(Object.class);
                        return MethodHandles.lookup().unreflect(method).asType(erased);
                    }
                }
            } catch (IllegalAccessException e) {
                throw new ExceptionInInitializerError(e);
            }
            throw new ExceptionInInitializerError("no " + prefix + " in " + type);
        }

        @Override
        public void put(E entry) throws InterruptedException {
            Object result;
            try {
                result = (Object) TRY_SEND.invokeExact((Object) channel, (Object) entry);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
            if (result instanceof ChannelResult.Failed) {
                BuildersKt.runBlocking(
                        EmptyCoroutineContext.INSTANCE, (scope, continuation) -> channel.send(entry, continuation));
            }
        }

        @Override
        public int take(@Nullable Object[] into) throws InterruptedException {
            int count = 0;
            for (Object entry; count < into.length && !((entry = poll()) instanceof ChannelResult.Failed); ) {
                into[count++] = entry;
            }
            if (count == 0) {
                into[count++] = BuildersKt.runBlocking(
                        EmptyCoroutineContext.INSTANCE, (scope, continuation) -> channel.receive(continuation));
            }
            return count;
        }

        /** Returns an entry, which has no wrapper, or a failure. */
        private Object poll() {
            try {
                return (Object) TRY_RECEIVE.invokeExact((Object) channel);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
