package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * How a receiver stands, once a second.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.ReceiverState")
@Label("Receiver State")
@Description("How a receiver stands. Where a dispatcher has more than 100, those that have nothing to do are left out")
@Period("1 s")
@StackTrace(false)
final class ReceiverStateEvent extends DispatcherEvent {

    @Label("Receiver")
    String receiver = "";

    @Label("State")
    @Description("open, ending, ended, failed or closed")
    String state = "";

    @Label("Clock")
    @Description("The number at which its clock stands")
    long clock;

    @Label("Behind")
    @Description("By how many numbers the clock is behind")
    long lag;

    @Label("Pending")
    @Description("How many messages are in its inbox; in a merge, how many are due")
    int pending;

    @Label("First Unfinished")
    @Description("The number of the first unfinished message; 0 for none")
    long firstUnfinished;

    @Label("Unfinished For")
    @Description("For how long that has been the first, at least; 0 if nobody has looked before")
    @Timespan(Timespan.NANOSECONDS)
    long unfinishedFor;

    @Label("Activity")
    @Description("What its reader does")
    String activity = "";

    @Label("Reader")
    @Description("The thread that reads, or was last given something")
    String reader = "";

    @Label("At")
    @Description("Where that thread is, if the message has been in its hands for a second or longer")
    String at = "";

    @Label("Attempt")
    @Description("How many times its handler has failed for the message in hand, and is called again")
    int attempt;

    @Label("Waiters")
    @Description("How many threads and futures wait for its clock")
    int waiters;

    @Label("Held Back")
    @Description("How many messages are held back, in a merge")
    int held;

    @Label("Held By")
    @Description("The source of a merge that must promise more before they are due")
    String heldBy = "";

    @Label("Failure")
    @Description(
            "At which number, and why, it has failed; empty where it has not. A text that is not made by the JDK is left out")
    String failure = "";
}
