package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.RecordedWait;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.Blockers;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.concurrent.CompletableFuture;

/**
 * A clock that several receivers must advance: it stands where the least of them stands. Nothing is kept of it; each call asks them.
 *
 * @see "docs/design.md: Several clocks"
 */
public abstract class JointClock implements Clock {

    @Override
    @SuppressWarnings("ThreadPriorityCheck") // readers have a moment to finish before this one parks
    public final boolean await(long sequence, Deadline deadline) throws InterruptedException {
        if (!deadline.isNow()) {
            Thread.yield();
            if (hasReached(sequence)) {
                return true;
            }
        }
        var wait = new ThreadJointWait(this, sequence);
        RecordedWait recorded = deadline.isNow() ? null : Recorder.active().clockWait(core().name(), label(), sequence);
        return recorded == null
                ? awaitTelling(wait, deadline)
                : WaitRecording.of(core(), recorded, () -> awaitTelling(wait, deadline));
    }

    private static boolean awaitTelling(ThreadJointWait wait, Deadline deadline) throws InterruptedException {
        return Blocking.isToBeTold(deadline) ? Blocking.tell(() -> wait.await(deadline)) : wait.await(deadline);
    }

    @Override
    public final CompletableFuture<Long> whenReached(long sequence) {
        var wait = new FutureJointWait(this, sequence);
        wait.run(); // nothing depends on the future yet
        // Not whenComplete, which wraps a failure in an exception that asks for the text of it.
        var unused = wait.future.handle((reached, failure) -> {
            wait.giveUp();
            return true;
        });
        return wait.future;
    }

    @Override
    public final void addBlockers(long sequence, Blockers blockers) {
        visit(sequence, new Visitor() {
            @Override
            public boolean notGiven(Endpoint<?> counter) {
                return true;
            }

            @Override
            public void receiver(Endpoint<?> receiver, long needed) {
                blockers.add(receiver, needed);
            }

            @Override
            public void stopped(StopReason why) {
                // then the wait is about to end
            }
        });
    }
}
