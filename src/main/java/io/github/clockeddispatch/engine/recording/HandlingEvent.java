package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/**
 * The rows of calls of one handler, each recorded by this same object.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.Handling")
@Label("Handling")
@Description("A message was in a handler, subscriber or stage for long, or messages that were handled in a row")
@StackTrace(false)
@Threshold("20 ms")
final class HandlingEvent extends DispatcherEvent implements HandlerTimer.Row {

    @Label("Receiver")
    String receiver = "";

    @Label("First Number")
    @Description("Number of the first message that was handled")
    long first;

    @Label("Last Number")
    @Description("Where it is not the first, the time is that of all messages from the first to the last")
    long last;

    @Label("Messages")
    @Description("How many messages were handled to the end")
    long messages;

    @Override
    public void end(long firstSequence, long lastSequence, long handled) {
        try {
            end();
            if (shouldCommit()) {
                first = firstSequence;
                last = lastSequence;
                messages = handled;
                commit();
            }
        } catch (Throwable e) { // it is not recorded
            messages = 0;
        }
    }
}
