package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;

/**
 * The waits of one pump for room, each recorded by this same object.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.PumpWait")
@Label("Pump Wait")
@Description("The pump of a sender waited for room at a receiver")
@StackTrace(false)
@Threshold("20 ms")
final class PumpWaitEvent extends DispatcherEvent implements RecordedPumpWait {

    @Label("Sender")
    String sender = "";

    @Label("Receiver")
    @Description("Name of a receiver that had no room when the wait began")
    String receiver = "";

    @Label("Receivers")
    @Description("How many receivers had no room when the wait began")
    int receivers;

    @Label("Moved")
    @Description("How many messages were moved after the wait; 0 if it ended otherwise")
    int moved;

    /** Of the pump. */
    private transient boolean waits;

    @Override
    public void begin(String at, int howMany) {
        if (!waits) {
            waits = true;
            receiver = at;
            receivers = howMany;
            begin();
        }
    }

    @Override
    public void end(int messages) {
        if (waits) {
            waits = false;
            try {
                end();
                if (shouldCommit()) {
                    moved = messages;
                    commit();
                }
            } catch (Throwable e) { // it is not recorded
                moved = 0;
            }
        }
    }
}
