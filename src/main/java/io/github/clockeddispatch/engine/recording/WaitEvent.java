package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Threshold;

/**
 * The event of a wait in a blocking call. The stack says who has waited.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Threshold("20 ms")
abstract class WaitEvent extends DispatcherEvent implements RecordedWait {

    @Label("Outcome")
    @Description(
            "How the wait ended: reached, timed out, interrupted, closed, failed, refused (a deadlock, a late number), or error")
    String outcome = "";

    @Override
    public final void ended(Outcome how) {
        try {
            end();
            if (shouldCommit()) {
                outcome = how.toString();
                commit();
            }
        } catch (Throwable e) { // it is not recorded
            outcome = "";
        }
    }
}
