package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * How a thread stands that waits in a call, once a second.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.WaitState")
@Label("Wait State")
@Description(
        "A thread that has waited for a second or longer in a call: for a clock, room, or a number. Of a dispatcher, the longest 100")
@Period("1 s")
@StackTrace(false)
final class WaitStateEvent extends DispatcherEvent {

    @Label("Waiting Thread")
    String thread = "";

    @Label("Waits For")
    @Description("What it waits for")
    String waitsFor = "";

    @Label("Held Up By")
    @Description("The threads that must go on before, as far as that can be told")
    String heldUpBy = "";

    @Label("Waiting For")
    @Description("For how long it has waited")
    @Timespan(Timespan.NANOSECONDS)
    long waitingFor;

    @Label("Timed")
    @Description("Whether it waits with a limit of time. Deadlocks of waits without one are found and refused")
    boolean timed;
}
