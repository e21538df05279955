package io.github.clockeddispatch.bench.peers;

import com.softwaremill.jox.Channel;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import kotlin.coroutines.EmptyCoroutineContext;
import kotlinx.coroutines.BuildersKt;
import kotlinx.coroutines.channels.BufferOverflow;
import kotlinx.coroutines.channels.ChannelKt;
import kotlinx.coroutines.channels.ChannelResult;
import kotlinx.coroutines.channels.ReceiveChannel;
import kotlinx.coroutines.channels.SendChannel;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;
import org.jctools.queues.MpscArrayQueue;
import org.jctools.queues.SpscArrayQueue;
import org.jspecify.annotations.Nullable;

/** A bounded buffer of the JDK's or of another library: one thread puts at a time, and one takes. */
interface Box<E> {
    void put(E entry) throws InterruptedException;

    E take() throws InterruptedException;

    /** Takes one, and as many more as are there and fit. Returns how many. */
    default int take(@Nullable Object[] into) throws InterruptedException {
        into[0] = take();
        return 1;
    }

    static <E> Box<E> array(int capacity) {
        return new Blocking<>(new ArrayBlockingQueue<>(capacity));
    }

    static <E> Box<E> linked(int capacity) {
        return new Blocking<>(new LinkedBlockingQueue<>(capacity));
    }

    static <E> Box<E> jctools(int capacity) {
        return new Parking<>(new MpscArrayQueue<>(capacity));
    }

    /** For one putter. */
    static <E> Box<E> single(int capacity) {
        return new Parking<>(new SpscArrayQueue<>(capacity));
    }

    /** For one putter. */
    static <E> Box<E> singleOfAgrona(int capacity) {
        return new Parking<>(new OneToOneConcurrentArrayQueue<>(capacity));
    }

    static <E> Box<E> agrona(int capacity) {
        return new Parking<>(new ManyToOneConcurrentArrayQueue<>(capacity));
    }

    static <E> Box<E> jox(int capacity) {
        return new Jox<>(Channel.newBufferedChannel(capacity));
    }

    static <E> Box<E> kotlin(int capacity) {
        return new Kotlin<>(capacity);
    }

    /** One of the JDK's. */
    record Blocking<E>(BlockingQueue<E> queue) implements Box<E> {
        @Override
        public void put(E entry) throws InterruptedException {
            queue.put(entry);
        }

        @Override
        public E take() throws InterruptedException {
            return queue.take();
        }

        @Override
        public int take(@Nullable Object[] into) throws InterruptedException {
            into[0] = queue.take();
            return more(queue, into);
        }
    }

    /** Takes as many as are there behind the first one, and fit. Returns how many there are then. */
    private static int more(Queue<?> queue, @Nullable Object[] into) {
        int count = 1;
        while (count < into.length && (into[count] = queue.poll()) != null) {
            count++;
        }
        return count;
    }

    /** One that does not wait: who finds it empty or full parks. To spin is slower on few cores. */
    final class Parking<E> implements Box<E> {
        private final Queue<E> queue;
        private volatile @Nullable Thread taker;
        private volatile @Nullable Thread putter;

        Parking(Queue<E> queue) {
            this.queue = queue;
        }

        @Override
        public void put(E entry) throws InterruptedException {
            if (!queue.offer(entry)) {
                putter = Thread.currentThread();
                while (!queue.offer(entry)) {
                    park();
                }
                putter = null;
            }
            VarHandle.fullFence();
            Thread waiting = taker;
            if (waiting != null) {
                taker = null;
                LockSupport.unpark(waiting);
            }
        }

        @Override
        public E take() throws InterruptedException {
            E entry = first();
            wakePutter();
            return entry;
        }

        @Override
        public int take(@Nullable Object[] into) throws InterruptedException {
            into[0] = first();
            int count = more(queue, into);
            wakePutter();
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

        private void wakePutter() {
            VarHandle.fullFence();
            Thread waiting = putter;
            if (waiting != null) {
                LockSupport.unpark(waiting);
            }
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
        public E take() throws InterruptedException {
            return channel.receive();
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
        @SuppressWarnings("unchecked") // only E are ever put; what is received at once is no wrapper
        public E take() throws InterruptedException {
            Object entry;
            try {
                entry = (Object) TRY_RECEIVE.invokeExact((Object) channel);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
            return (E)
                    (entry instanceof ChannelResult.Failed
                            ? BuildersKt.runBlocking(
                                    EmptyCoroutineContext.INSTANCE,
                                    (scope, continuation) -> channel.receive(continuation))
                            : entry);
        }
    }
}
