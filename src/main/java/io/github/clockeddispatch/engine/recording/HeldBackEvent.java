package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/**
 * What was held back at one receiver, again and again, each time recorded by this same object.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.HeldBack")
@Label("Held Back")
@Description("Messages were held back at a receiver of a merge, as a source had not promised enough")
@StackTrace(false)
@Threshold("20 ms")
final class HeldBackEvent extends DispatcherEvent implements RecordedHold {

    @Label("Receiver")
    String receiver = "";

    @Label("Source")
    @Description("Name of the forwarder or link that was waited for last")
    String source = "";

    @Label("Promised")
    @Description("How far that source had promised when it was waited for last")
    long promised;

    @Label("First Number")
    @Description("Number of the first message that was held back; 0 if it was given up")
    long first;

    /** Written by the reader and those who forward: racy but idempotent. */
    private transient volatile boolean holds;

    @Override
    public void sleeps() {
        holds = false;
    }

    @Override
    public void holds() {
        if (!holds) {
            begin(); // first: who sees that it holds sees since when
            holds = true;
        }
    }

    @Override
    public boolean wakes() {
        if (!holds) {
            return false;
        }
        end();
        return shouldCommit();
    }

    @Override
    public void record(String last, long promise, long sequence) {
        try {
            source = last;
            promised = promise;
            first = sequence;
            commit();
        } catch (Throwable e) { // it is not recorded
            source = "";
        }
    }
}
