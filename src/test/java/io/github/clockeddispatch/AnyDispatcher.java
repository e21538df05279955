package io.github.clockeddispatch;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A dispatcher of either kind, so that what holds for both is tested once. Over a merge, its senders are forwarders that give
 * each message the next number, and promise what the others have given: so everything is due as soon as it has been
 * accepted, unless a sender that reaches the same receiver waits for room.
 */
public final class AnyDispatcher<T> implements AutoCloseable {
    private final CommonDispatcher<T> dispatcher;

    /** No monitor: its owner may park in {@code advance}, and on a JDK 21 it would keep its carrier. */
    private final ReentrantLock lock = new ReentrantLock();

    /** The open ones, over a merge. Guarded by the lock. */
    private final List<Numbering> forwarders = new ArrayList<>();

    /** Over a merge, the number that was given last, and the greatest one that was promised. Guarded by the lock. */
    private long last;

    private long promised;

    private AnyDispatcher(CommonDispatcher<T> dispatcher) {
        this.dispatcher = dispatcher;
        last = dispatcher.sequence();
    }

    public static <T> AnyDispatcher<T> of(Dispatcher<T> dispatcher) {
        return new AnyDispatcher<>(dispatcher);
    }

    public static <T> AnyDispatcher<T> of(ForwardingDispatcher<T> merge) {
        return new AnyDispatcher<>(merge);
    }

    public static <T> AnySender<T> of(Sender<T> sender) {
        return new Sending<>(sender);
    }

    public boolean isMerge() {
        return dispatcher instanceof ForwardingDispatcher;
    }

    public Receiver<T> receiver(String name) {
        return dispatcher.receiver(name);
    }

    public Thread read(Receiver<T> receiver, MessageHandler<? super T> handler) {
        return dispatcher.read(receiver, handler);
    }

    public Thread read(Receiver<T> receiver, MessageHandler<? super T> handler, FailurePolicy<? super T> policy) {
        return dispatcher.read(receiver, handler, policy);
    }

    public Thread read(Receiver<T> receiver, int max, BatchHandler<? super T> handler) {
        return dispatcher.read(receiver, max, handler);
    }

    @SafeVarargs
    @SuppressWarnings("varargs") // the array is only read
    public final AnySender<T> sender(String name, Receiver<T>... receivers) {
        return dispatcher instanceof Dispatcher<T> own
                ? of(own.sender(name, receivers))
                : forwarder(merge().forwarder(name, receivers));
    }

    @SuppressWarnings({"rawtypes", "unchecked"}) // an array of receivers
    public AnySender<T> sender(String name, Collection<Receiver<T>> group) {
        return dispatcher instanceof Dispatcher<T> own
                ? of(own.sender(name, group))
                : forwarder(merge().forwarder(name, group.toArray(new Receiver[0])));
    }

    public AnySender<T> broadcaster(String name) {
        return dispatcher instanceof Dispatcher<T> own
                ? of(own.broadcaster(name))
                : forwarder(merge().broadcaster(name));
    }

    public long sequence() {
        return dispatcher.sequence();
    }

    public boolean awaitFinished(Duration timeout) throws InterruptedException {
        return dispatcher.awaitFinished(timeout);
    }

    public Snapshot snapshot() {
        return dispatcher.snapshot();
    }

    public void fail(Throwable cause) {
        dispatcher.fail(cause);
    }

    @Override
    public void close() {
        dispatcher.close();
    }

    private ForwardingDispatcher<T> merge() {
        return (ForwardingDispatcher<T>) dispatcher;
    }

    private AnySender<T> forwarder(Forwarder<T> forwarder) {
        Numbering sender = new Numbering(forwarder);
        lock.lock();
        try {
            forwarders.add(sender);
        } finally {
            lock.unlock();
        }
        return sender;
    }

    /** The settings that both kinds have. */
    public record Settings(CommonBuilder<?> builder) {
        public Settings name(String name) {
            builder.name(name);
            return this;
        }

        public Settings startAfter(long sequence) {
            builder.startAfter(sequence);
            return this;
        }

        public Settings drainTimeout(Duration timeout) {
            builder.drainTimeout(timeout);
            return this;
        }

        public Settings onFailure(FailureListener listener) {
            builder.onFailure(listener);
            return this;
        }

        public Settings endWithLastSender(boolean ends) {
            builder.endWithLastSender(ends);
            return this;
        }

        /** How old an untimed wait is when deadlocks are looked for. */
        public Settings watchAge(Duration age) {
            builder.watchAge = age;
            return this;
        }

        /** How much a receiver holds that is not read: the capacity of inboxes; in a merge, of buffers. */
        public Settings inboxCapacity(int capacity) {
            if (builder instanceof Dispatcher.Builder own) {
                own.inboxCapacity(capacity);
            } else {
                builder.channelCapacity(capacity);
            }
            return this;
        }
    }

    private record Sending<T>(Sender<T> sender) implements AnySender<T> {
        @Override
        public String name() {
            return sender.name();
        }

        @Override
        public void send(T message) throws InterruptedException {
            sender.send(message);
        }

        @Override
        public boolean send(T message, Duration timeout) throws InterruptedException {
            return sender.send(message, timeout);
        }

        @Override
        public boolean trySend(T message) {
            return sender.trySend(message);
        }

        @Override
        public long dispatch(T message) throws InterruptedException {
            return sender.dispatch(message);
        }

        @Override
        public long dispatch(T message, Duration timeout) throws InterruptedException, TimeoutException {
            return sender.dispatch(message, timeout);
        }

        @Override
        public CompletableFuture<Long> dispatchAsync(T message) throws InterruptedException {
            return sender.dispatchAsync(message);
        }

        @Override
        public void close() {
            sender.close();
        }
    }

    private interface Form {
        boolean forward(long number) throws InterruptedException;
    }

    /** To be used by one thread at a time. */
    private final class Numbering implements AnySender<T> {
        private final Forwarder<T> forwarder;

        /** Whether it is about to forward a number. Guarded by the lock. */
        private boolean forwards;

        Numbering(Forwarder<T> forwarder) {
            this.forwarder = forwarder;
        }

        @Override
        public String name() {
            return forwarder.name();
        }

        @Override
        public void send(T message) throws InterruptedException {
            dispatch(message);
        }

        @Override
        public boolean send(T message, Duration timeout) throws InterruptedException {
            return numbered(number -> forwarder.forward(number, message, timeout)) != 0;
        }

        @Override
        public boolean trySend(T message) {
            try {
                return numbered(number -> forwarder.tryForward(number, message)) != 0;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public long dispatch(T message) throws InterruptedException {
            return numbered(number -> {
                forwarder.forward(number, message);
                return true;
            });
        }

        @Override
        public long dispatch(T message, Duration timeout) throws InterruptedException, TimeoutException {
            long number = numbered(next -> forwarder.forward(next, message, timeout));
            if (number == 0) {
                throw new TimeoutException();
            }
            return number;
        }

        @Override
        public void close() {
            forwarder.close();
            lock.lock();
            try {
                forwarders.remove(this);
            } finally {
                lock.unlock();
            }
        }

        /** Returns the number with which it was accepted, or 0. */
        private long numbered(Form form) throws InterruptedException {
            long number;
            lock.lock();
            try {
                number = ++last;
                forwards = true;
            } finally {
                lock.unlock();
            }
            boolean accepted = false;
            try {
                accepted = form.forward(number);
            } finally {
                lock.lock();
                try {
                    forwards = false;
                    if (!accepted && last == number && promised < number) {
                        last--;
                    } else {
                        promised = last;
                        forwarders.forEach(Numbering::promise);
                    }
                } finally {
                    lock.unlock();
                }
            }
            return accepted ? number : 0;
        }

        private void promise() {
            try {
                if (!forwards) {
                    forwarder.advance(promised);
                }
            } catch (DispatchException e) {
                // it reaches nobody any more
            }
        }
    }
}
