package io.github.clockeddispatch.engine.life;

import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Ingress;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The closing of a dispatcher (G12): refuse, drain, cut off, join, tell. It runs once, in the thread that closes first.
 *
 * @see "docs/design.md: Ends"
 */
public final class Shutdown<T> {

    /** What is interrupted gets this long to end; a thread that has not done so by then is named in the exception. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Core<T> core;
    private final Ingress<T> ingress;
    private final OwnReaders<T> readers;
    private final DeadlockWatch watch;
    private final Duration drainTimeout;

    /** Under the core's lock. */
    private boolean done;

    // of the thread that closes

    private boolean interrupted;
    private boolean late;

    /** The text of a deadlock that was broken in this thread as it waited for other dispatchers; empty for none. */
    private String deadlock = "";

    public Shutdown(
            Core<T> core, Ingress<T> ingress, OwnReaders<T> readers, DeadlockWatch watch, Duration drainTimeout) {
        this.core = core;
        this.ingress = ingress;
        this.readers = readers;
        this.watch = watch;
        this.drainTimeout = drainTimeout;
    }

    public void run() {
        List<String> problems = new ArrayList<>();
        core.lock.lock();
        try {
            checkNotOwn(Thread.currentThread());
            if (core.isOpen()) {
                core.all().forEach(endpoint -> endpoint.report.look()); // where this throws, nothing has begun
            }
            if (!core.beginClosing()) {
                awaitOther();
                return;
            }
        } finally {
            core.lock.unlock();
        }
        interrupted = Thread.interrupted();
        try {
            Deadline deadline = interrupted ? Deadline.NOW : Deadline.in(drainTimeout);
            if (!drainUpstream(deadline)) {
                late = true;
            }
            ingress.closeAll();
            boolean waitsOn = !interrupted && deadlock.isEmpty(); // else what it waits for may wait for this thread
            Deadline rest = waitsOn ? deadline : Deadline.NOW;
            boolean drained = drain(rest);
            ingress.abandonAll();
            ingress.end();
            if (!drained) {
                late = true;
                problems.addAll(readers.cutOff());
            }
            List<String> left = join(drained ? rest : Deadline.NOW);
            problems.addAll(ingress.losses(Deadline.in(GRACE)));
            problems.addAll(left);
        } catch (Error e) {
            core.broken(e);
            ingress.end();
            problems.addAll(join(Deadline.NOW));
        } finally {
            core.lock.lock();
            try {
                done = true;
                readers.areOver(); // also after an error
                core.changed.signalAll();
            } finally {
                core.lock.unlock();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        core.observation.end();
        if (!problems.isEmpty()) {
            Recorder.active().closedWithLosses(core.name(), String.join(", ", problems));
        }
        RuntimeException problem = problem(problems);
        if (problem != null) {
            throw problem;
        }
    }

    /** A thread that this waits for must not wait for this. */
    private void checkNotOwn(Thread thread) {
        if (readers.isReader(thread) || ingress.isLink(thread)) {
            throw new IllegalStateException(core + " cannot be closed by its own thread " + Texts.name(thread)
                    + ", which close() would wait for; nothing was closed");
        }
    }

    /** Another thread closes. A thread of the dispatcher's own must not wait for that, as it is waited for. */
    private void awaitOther() {
        if (!core.threads.isOwn(Thread.currentThread())) {
            while (!done) {
                core.changed.awaitUninterruptibly();
            }
        }
    }

    private boolean drainUpstream(Deadline deadline) {
        try {
            return ingress.drainUpstream(deadline);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } catch (IllegalStateException e) {
            deadlock = Objects.requireNonNullElse(e.getMessage(), "deadlock");
            return false;
        }
    }

    private boolean drain(Deadline deadline) {
        core.lock.lock();
        try {
            while (!(ingress.isDrained() && readers.haveEnded())) {
                if (!deadline.await(core.changed)) {
                    return false;
                }
            }
            readers.areOver();
            return true;
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            core.lock.unlock();
        }
    }

    /** Waits until all threads and pumps have ended; after the deadline interrupts them. Returns those that have not. */
    private List<String> join(Deadline deadline) {
        watch.end();
        List<Thread> left = joinOwn(deadline);
        Deadline grace = Deadline.in(GRACE);
        if (!left.isEmpty()) {
            late = true;
            core.threads.interrupt();
            left = joinInterrupted(grace);
        }
        core.lock.lock();
        try {
            while (!ingress.isIdle()) {
                if (!deadlineAwait(grace)) {
                    break;
                }
            }
        } finally {
            core.lock.unlock();
        }
        return left.stream()
                .map(thread -> "thread \"" + thread.getName() + "\" did not end when it was interrupted")
                .collect(Collectors.toList());
    }

    /** Waits until they have ended by themselves, but no longer when it is interrupted. */
    private List<Thread> joinOwn(Deadline deadline) {
        try {
            return core.threads.join(interrupted ? Deadline.NOW : deadline);
        } catch (InterruptedException e) {
            interrupted = true;
            return joinInterrupted(Deadline.NOW);
        }
    }

    /** Waits for threads that have been told to end. */
    private List<Thread> joinInterrupted(Deadline deadline) {
        while (true) {
            try {
                return core.threads.join(deadline);
            } catch (InterruptedException e) {
                interrupted = true; // what is left is bounded
            }
        }
    }

    private boolean deadlineAwait(Deadline deadline) {
        try {
            return deadline.await(core.changed);
        } catch (InterruptedException e) {
            interrupted = true;
            return true;
        }
    }

    /** Returns an exception for the first failure, in which the other ones are suppressed. */
    private RuntimeException failure(StopReason first, List<StopReason> failures, String text) {
        RuntimeException problem = core.exceptions.of(first, text);
        for (StopReason other : failures) {
            if (other.cause() != first.cause()) {
                problem.addSuppressed(core.exceptions.of(other));
            }
        }
        return problem;
    }

    private @Nullable RuntimeException problem(List<String> problems) {
        if (!deadlock.isEmpty()) {
            problems.add(deadlock);
        }
        String text = problems.isEmpty() ? "" : "; " + String.join(", ", problems);
        StopReason all = core.failure();
        List<StopReason> failures = readers.failures();
        if (all != null || !failures.isEmpty()) {
            return failure(all == null ? failures.get(0) : all, failures, text);
        }
        String limit = interrupted
                ? ", as the thread that closed it was interrupted"
                : !deadlock.isEmpty()
                        ? ""
                        : late ? " within its drainTimeout of " + Texts.duration(Deadline.nanos(drainTimeout)) : "";
        return problems.isEmpty()
                ? null
                : core.exceptions.unclean(core + " did not close cleanly" + limit + ": " + String.join(", ", problems));
    }
}
