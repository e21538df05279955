package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.CLOSED;
import static io.github.clockeddispatch.model.CallOutcome.FAILED;
import static io.github.clockeddispatch.model.CallOutcome.INTERRUPTED;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Threads that make calls on a real dispatcher, and the record of it: one list, to which each call is added before it is
 * made and after it has returned. So what had returned before another was made stands before it there.
 */
final class History implements AutoCloseable {

    /** A call is made, as long as {@code result} is null; else it returns. */
    private static final class Event {
        final int thread;
        final Call call;
        final Object result;

        /** What is known of the result when the call is made. */
        Object later;

        boolean interrupted;

        Event(int thread, Call call, Object result) {
            this.thread = thread;
            this.call = call;
            this.result = result;
        }

        @Override
        public String toString() {
            return "thread " + thread + ": " + call + (result == null ? "" : " returns " + result);
        }
    }

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Real real;
    private final Supplier<Model> initial;
    private final List<Event> events = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();

    History(Real real, Supplier<Model> initial, int threads) {
        this.real = real;
        this.initial = initial;
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker(i));
        }
    }

    /** A thread that makes one call after the other, and is interrupted only during a call. */
    private final class Worker implements Runnable {
        private final int number;
        private final Thread thread;
        private final LinkedBlockingQueue<Event> calls = new LinkedBlockingQueue<>();

        // guarded by the list of events

        private Event doing;
        private Throwable failure;

        Worker(int number) {
            this.number = number;
            thread = (number % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform())
                    .name("worker-" + number)
                    .start(this);
        }

        @Override
        public void run() {
            try {
                for (Event next = next(); next != null; next = next()) {
                    make(next);
                }
            } catch (Throwable e) {
                synchronized (events) {
                    failure = e;
                    doing = null;
                }
            }
        }

        /** The next call; null when there is none any more. An interrupt that comes too early is one at its beginning. */
        private Event next() {
            boolean interrupted = false;
            while (true) {
                try {
                    Event next = calls.take();
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    return next.call == null ? null : next;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }

        private void make(Event invoked) {
            boolean atEntry = Thread.currentThread().isInterrupted();
            Object result = real.make(invoked.call);
            synchronized (events) {
                invoked.later = result;
                events.add(new Event(number, invoked.call, result));
                boolean flag = Thread.interrupted();
                boolean lost = invoked.interrupted && !flag && result != INTERRUPTED;
                // a reader finishes what it has in hand before it is interrupted, and may learn that it was stopped
                boolean ignored = atEntry
                        && invoked.call.isInterruptible()
                        && result != INTERRUPTED
                        && !(invoked.call instanceof Call.Reading && (result == CLOSED || result == FAILED));
                if (lost || ignored || flag && (!invoked.interrupted || result == INTERRUPTED)) {
                    throw new AssertionError(invoked + " came to " + result + "; interrupted " + invoked.interrupted
                            + ", at entry " + atEntry + ", at return " + flag);
                }
                doing = null;
            }
        }
    }

    // ---- what threads are told to do

    boolean isBusy(int thread) {
        synchronized (events) {
            return workers.get(thread).doing != null;
        }
    }

    /** Whether a thread is in a reading method of this receiver. */
    boolean isRead(int receiver) {
        synchronized (events) {
            return workers.stream()
                    .anyMatch(
                            w -> w.doing != null && w.doing.call instanceof Call.Reading r && r.receiver() == receiver);
        }
    }

    void call(int thread, Call call) {
        Worker worker = workers.get(thread);
        Event invoked = new Event(thread, call, null);
        synchronized (events) {
            worker.doing = invoked;
            events.add(invoked);
        }
        worker.calls.add(invoked);
    }

    /** Interrupts the call that a thread makes, if it makes one and was not interrupted in it before. */
    void interrupt(int thread) {
        Worker worker = workers.get(thread);
        synchronized (events) {
            if (worker.doing != null && !worker.doing.interrupted) {
                worker.doing.interrupted = true;
                worker.thread.interrupt();
            }
        }
    }

    void awaitReturn(int thread) {
        try {
            await().atMost(LONG)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !isBusy(thread));
        } catch (ConditionTimeoutException e) {
            fail("thread %s does not return%n%s%n%s", thread, this, stack(workers.get(thread).thread));
        }
    }

    private static String stack(Thread thread) {
        return Stream.of(thread.getStackTrace())
                .map(StackTraceElement::toString)
                .collect(Collectors.joining("\n    at "));
    }

    // ---- what it is checked for

    /** Waits until all calls that have not returned wait for something that the model says has not come. */
    void awaitRest() {
        try {
            await().atMost(LONG)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> explanations().mayBeAtRest(m -> true));
        } catch (ConditionTimeoutException e) {
            fail(
                    "some call waits for something that has come%n%s%n%s%n%s",
                    this, real.dispatcher.snapshot(), explanations());
        }
    }

    /** Looks for an order of steps that explains what happened; fails where there is none. */
    Explanations explanations() {
        List<Event> seen;
        synchronized (events) {
            seen = List.copyOf(events);
        }
        Explanations explanations = new Explanations(initial.get());
        for (Event event : seen) {
            if (event.result == null) {
                explanations.invoked(event.thread, event.call, event.later, event.interrupted);
            } else if (!explanations.returned(event.thread, event.result)) {
                fail("not to be explained: %s%n%s%nbefore it, %s", event, this, explanations);
            }
        }
        return explanations;
    }

    /** Ends everything, and tells of a thread that has failed. */
    @Override
    public void close() {
        real.dispatcher.fail(Real.CAUSE);
        real.make(new Call.Close());
        workers.forEach(worker -> worker.calls.add(new Event(0, null, null)));
        for (Worker worker : workers) {
            await().atMost(LONG).pollDelay(Duration.ZERO).until(() -> !worker.thread.isAlive());
            synchronized (events) {
                if (worker.failure != null) {
                    throw new AssertionError(toString(), worker.failure);
                }
            }
        }
    }

    @Override
    public String toString() {
        synchronized (events) {
            return events.stream().map(Event::toString).collect(Collectors.joining("\n  ", "  ", ""));
        }
    }
}
