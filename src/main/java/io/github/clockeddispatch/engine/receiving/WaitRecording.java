package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.RecordedWait;
import io.github.clockeddispatch.engine.recording.RecordedWait.Outcome;
import io.github.clockeddispatch.engine.waiting.Blocking;
import io.github.clockeddispatch.engine.waiting.StopReason;

/**
 * A blocking call whose wait is recorded, with how it ended.
 *
 * @see "docs/design.md: Flight recorder"
 */
public final class WaitRecording {

    private WaitRecording() {}

    /**
     * Makes the call, without a lock.
     *
     * @return what it returns: whether what it waits for has come in time
     */
    public static boolean of(Core<?> core, RecordedWait wait, Blocking.Call call) throws InterruptedException {
        Outcome how = Outcome.ERROR;
        try {
            boolean reached = call.run();
            how = reached ? Outcome.REACHED : Outcome.TIMED_OUT;
            return reached;
        } catch (InterruptedException e) {
            how = Outcome.INTERRUPTED;
            throw e;
        } catch (RuntimeException e) {
            how = outcome(core, e);
            throw e;
        } finally {
            wait.ended(how);
        }
    }

    private static Outcome outcome(Core<?> core, RuntimeException problem) {
        StopReason why = core.exceptions.reasonOf(problem);
        return why == null ? Outcome.REFUSED : why.isFailure() ? Outcome.FAILED : Outcome.CLOSED;
    }
}
