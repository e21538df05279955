package io.github.clockeddispatch.bench.peers;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/** The threads that wait for one clock, as they are kept by hand. */
interface Waiters {

    /** Waits until the clock has got there. */
    void await(long number, LongSupplier clock) throws InterruptedException;

    /** The clock has gone on. */
    void wake(LongSupplier clock);

    /** One condition, which wakes all. */
    final class OnCondition implements Waiters {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition passed = lock.newCondition();
        private volatile int waiting;

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // under the lock
        public void await(long number, LongSupplier clock) throws InterruptedException {
            lock.lock();
            waiting++;
            try {
                while (clock.getAsLong() < number) {
                    passed.await();
                }
            } finally {
                waiting--;
                lock.unlock();
            }
        }

        @Override
        public void wake(LongSupplier clock) {
            if (waiting > 0) {
                lock.lock();
                passed.signalAll();
                lock.unlock();
            }
        }
    }

    /** A skip list by number, which wakes those that are due. */
    final class InSkipList implements Waiters {
        private record Key(long number, long id) implements Comparable<Key> {
            @Override
            public int compareTo(Key other) {
                int order = Long.compare(number, other.number);
                return order != 0 ? order : Long.compare(id, other.id);
            }
        }

        private final ConcurrentSkipListMap<Key, Thread> threads = new ConcurrentSkipListMap<>();
        private final AtomicLong ids = new AtomicLong();

        @Override
        public void await(long number, LongSupplier clock) throws InterruptedException {
            Key key = new Key(number, ids.incrementAndGet());
            threads.put(key, Thread.currentThread());
            try {
                while (clock.getAsLong() < number) {
                    LockSupport.park(this);
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            } finally {
                threads.remove(key);
            }
        }

        @Override
        public void wake(LongSupplier clock) {
            for (Map.Entry<Key, Thread> first = threads.firstEntry();
                    first != null && first.getKey().number <= clock.getAsLong();
                    first = threads.firstEntry()) {
                threads.remove(first.getKey());
                LockSupport.unpark(first.getValue());
            }
        }
    }
}
