package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.StopReason;
import java.util.Objects;

/**
 * The telling of failures: of each receiver that fails, and of the whole dispatcher, once, each in a thread of its own. Guarded by the
 * core's lock. Where a thread cannot be started, the step has not been done, and whoever tries the stop again comes to it.
 *
 * @see "docs/design.md: Failures"
 */
final class Failures {

    private final Core<?> core;
    private final FailureSink sink;
    private boolean allTold;

    Failures(Core<?> core, FailureSink sink) {
        this.core = core;
        this.sink = sink;
    }

    /** Tells of a receiver that has stopped, if it has failed, and not with its dispatcher. */
    void tell(Endpoint<?> endpoint) {
        StopReason why = endpoint.stop;
        if (why != null && why.isFailure() && !endpoint.failureTold) {
            start("failure-" + endpoint.name, endpoint.name, why);
            endpoint.failureTold = true;
        }
    }

    /** Tells that all of the dispatcher has failed. */
    void tellAll(StopReason why) {
        if (!allTold) {
            start("failure", "", why);
            allTold = true;
        }
    }

    /**
     * Records it, too: first, as the sink may end the process; but not where foreign code is asked, which must not keep anybody from being
     * told.
     */
    private void tell(String receiver, StopReason why) {
        Throwable cause = Objects.requireNonNull(why.cause());
        boolean isLate = Recorder.active().asksForeignCode(cause);
        if (!isLate) {
            Recorder.active().failed(core.name(), receiver, why.sequence(), cause);
        }
        sink.failed(core, receiver, why);
        if (isLate) {
            Recorder.active().failed(core.name(), receiver, why.sequence(), cause);
        }
    }

    private void start(String thread, String receiver, StopReason why) {
        core.threads.start(thread, () -> tell(receiver, why));
    }
}
