package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;

/**
 * A handler that puts the failures of another one to a {@link Recoverer}, and calls it again for the same message as long as that says so.
 * To the reader all of it is one call of a handler: the message is in hand, and the clock stands. A message that is handled takes nothing
 * more than a call.
 *
 * @param <T> the type of the messages
 * @see "docs/design.md: Failures"
 */
public final class RecoveringHandler<T> implements Handler<T> {

    private final Endpoint<T> endpoint;
    private final Handler<T> handler;
    private final Recoverer<T> recoverer;

    public RecoveringHandler(Endpoint<T> endpoint, Handler<T> handler, Recoverer<T> recoverer) {
        this.endpoint = endpoint;
        this.handler = handler;
        this.recoverer = recoverer;
    }

    @Override
    public void handle(long sequence, T payload) throws Exception {
        try {
            handler.handle(sequence, payload);
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            try {
                recover(sequence, payload, e);
                endpoint.attempts = 0;
            } finally {
                endpoint.retry = null;
            }
        }
    }

    /** Returns where the message is finished, or the receiver has stopped, which the reader finds. Else throws what fails the receiver. */
    private void recover(long sequence, T payload, Exception first) throws Exception {
        Exception failure = first;
        var retry = new OwnedByReader.Retry();
        endpoint.attempts = 1;
        try {
            while (true) {
                // Before it looks whether the receiver has stopped: whoever stops it then wakes this thread.
                endpoint.retry = retry;
                if (endpoint.stopped() != null) {
                    return;
                }
                Recoverer.Verdict verdict = decide(sequence, payload, failure, retry.attempt());
                switch (verdict.kind()) {
                    case STOP -> throw failure;
                    case SKIP -> {
                        endpoint.skipped++; // before it is finished: who sees the clock there sees this
                        Recorder.active()
                                .skipped(endpoint.core.name(), endpoint.name, sequence, retry.attempt(), failure);
                        return;
                    }
                    case RETRY -> {}
                }
                endpoint.retry = retry.waiting();
                if (!await(Deadline.in(verdict.delay()))) {
                    return;
                }
                endpoint.retry = retry;
                endpoint.attempts = retry.attempt() + 1;
                try {
                    handler.handle(sequence, payload);
                    return;
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    failure = e;
                    retry = retry.next();
                }
            }
        } catch (InterruptedException | Error e) {
            suppress(failure, e);
            throw e;
        }
    }

    private Recoverer.Verdict decide(long sequence, T payload, Exception failure, int attempt) throws Exception {
        try {
            return recoverer.decide(sequence, payload, failure, attempt);
        } catch (Exception e) {
            suppress(e, failure);
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            throw failure;
        }
    }

    /** Adds an exception to the one that is thrown in its place, so that neither is lost. */
    private static void suppress(Throwable suppressed, Throwable thrown) {
        if (suppressed != thrown) {
            thrown.addSuppressed(suppressed);
        }
    }

    /** Waits until the message is to be handled again. Returns false if the receiver has stopped meanwhile. */
    private boolean await(Deadline deadline) throws InterruptedException {
        return !deadline.isNow() && Blocking.isToBeTold()
                ? Blocking.tell(() -> awaitInTurn(deadline))
                : awaitInTurn(deadline);
    }

    private boolean awaitInTurn(Deadline deadline) throws InterruptedException {
        while (endpoint.stopped() == null) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (deadline.left() == 0) {
                return true;
            }
            deadline.park(endpoint);
        }
        return false;
    }
}
