package io.github.clockeddispatch.engine.life;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Hub;
import io.github.clockeddispatch.engine.receiving.SendSide;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.Stop;
import io.github.clockeddispatch.engine.waiting.Texts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * How a dispatcher is closed (G12): refuse, drain, cut off, join, tell. It runs once, in the thread that closes first.
 */
public final class Shutdown<T> {

    /** What is interrupted gets this long to end; a thread that has not done so by then is named in the exception. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Hub<T> hub;
    private final SendSide<T> sendSide;
    private final OwnReaders<T> readers;
    private final DeadlockWatch watch;
    private final Duration drainTimeout;

    /** Under the hub's lock. */
    private boolean done;

    // of the thread that closes

    private boolean interrupted;
    private boolean late;

    public Shutdown(
            Hub<T> hub,
            SendSide<T> sendSide,
            OwnReaders<T> readers,
            DeadlockWatch watch,
            Duration drainTimeout) {
        this.hub = hub;
        this.sendSide = sendSide;
        this.readers = readers;
        this.watch = watch;
        this.drainTimeout = drainTimeout;
    }

    public void run() {
        List<String> problems = new ArrayList<>();
        hub.lock.lock();
        try {
            checkNotOwn(Thread.currentThread());
            if (hub.isOpen()) {
                hub.all().forEach(Endpoint::look); // where this throws, nothing has begun
            }
            if (!hub.beginClosing()) {
                awaitOther();
                return;
            }
        } finally {
            hub.lock.unlock();
        }
        interrupted = Thread.interrupted();
        try {
            Deadline deadline = interrupted ? Deadline.NOW : Deadline.in(drainTimeout);
            if (!drainUpstream(deadline)) {
                late = true;
            }
            sendSide.closeAll();
            boolean drained = drain(interrupted ? Deadline.NOW : deadline);
            sendSide.abandonAll();
            sendSide.end();
            if (!drained) {
                late = true;
                problems.addAll(readers.cutOff());
            }
            List<String> left = join(drained ? deadline : Deadline.NOW);
            problems.addAll(sendSide.losses(Deadline.in(GRACE)));
            problems.addAll(left);
        } catch (Error e) {
            hub.broken(e);
            sendSide.end();
            problems.addAll(join(Deadline.NOW));
        } finally {
            hub.lock.lock();
            try {
                done = true;
                hub.changed.signalAll();
            } finally {
                hub.lock.unlock();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        RuntimeException problem = problem(problems);
        if (problem != null) {
            throw problem;
        }
    }

    /** A thread that this waits for must not wait for this. */
    private void checkNotOwn(Thread thread) {
        if (readers.isReader(thread) || sendSide.isLink(thread)) {
            throw new IllegalStateException(hub + " cannot be closed by its own thread " + Texts.name(thread)
                    + ", which close() would wait for; nothing was closed");
        }
    }

    /** Another thread closes. A thread of the dispatcher's own must not wait for that, as it is waited for. */
    private void awaitOther() {
        if (!hub.threads.isOwn(Thread.currentThread())) {
            while (!done) {
                hub.changed.awaitUninterruptibly();
            }
        }
    }

    private boolean drainUpstream(Deadline deadline) {
        try {
            return sendSide.drainUpstream(deadline);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        }
    }

    private boolean drain(Deadline deadline) {
        hub.lock.lock();
        try {
            while (!(sendSide.isDrained() && readers.haveEnded())) {
                if (!deadline.await(hub.changed)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            hub.lock.unlock();
        }
    }

    /** Waits until all threads and pumps have ended; after the deadline interrupts them. Returns those that have not. */
    private List<String> join(Deadline deadline) {
        watch.end();
        List<Thread> left = joinOwn(deadline);
        Deadline grace = Deadline.in(GRACE);
        if (!left.isEmpty()) {
            late = true;
            hub.threads.interrupt();
            left = joinInterrupted(grace);
        }
        hub.lock.lock();
        try {
            while (!sendSide.isIdle()) {
                if (!deadlineAwait(grace)) {
                    break;
                }
            }
        } finally {
            hub.lock.unlock();
        }
        return left.stream()
                .map(thread -> "thread \"" + thread.getName() + "\" did not end when it was interrupted")
                .collect(Collectors.toList());
    }

    /** Waits until they have ended by themselves, but no longer when it is interrupted. */
    private List<Thread> joinOwn(Deadline deadline) {
        try {
            return hub.threads.join(interrupted ? Deadline.NOW : deadline);
        } catch (InterruptedException e) {
            interrupted = true;
            return joinInterrupted(Deadline.NOW);
        }
    }

    /** Waits for threads that have been told to end. */
    private List<Thread> joinInterrupted(Deadline deadline) {
        while (true) {
            try {
                return hub.threads.join(deadline);
            } catch (InterruptedException e) {
                interrupted = true; // what is left is bounded
            }
        }
    }

    private boolean deadlineAwait(Deadline deadline) {
        try {
            return deadline.await(hub.changed);
        } catch (InterruptedException e) {
            interrupted = true;
            return true;
        }
    }

    private @Nullable RuntimeException problem(List<String> problems) {
        String text = problems.isEmpty() ? "" : "; " + String.join(", ", problems);
        Stop all = hub.failure();
        Stop why = all == null ? readers.failure() : all;
        if (why != null) {
            return hub.exceptions.of(why, text);
        }
        String limit = interrupted
                ? ", as the thread that closed it was interrupted"
                : late ? " within its drainTimeout of " + Texts.duration(Deadline.nanos(drainTimeout)) : "";
        return problems.isEmpty()
                ? null
                : hub.exceptions.unclean(hub + " did not close cleanly" + limit + ": " + String.join(", ", problems));
    }
}
