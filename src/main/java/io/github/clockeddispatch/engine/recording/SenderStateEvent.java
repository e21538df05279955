package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * How a sender stands, once a second.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.SenderState")
@Label("Sender State")
@Description(
        "How a sender, forwarder or link stands. Where a dispatcher has more than 100, those that have nothing to do are left out")
@Period("1 s")
@StackTrace(false)
final class SenderStateEvent extends DispatcherEvent {

    @Label("Sender")
    String sender = "";

    @Label("Kind")
    @Description("sender, forwarder or link")
    String kind = "";

    @Label("State")
    @Description("open, closed or stopped")
    String state = "";

    @Label("Queued")
    @Description("How many messages are in its channel, or buffer")
    int queued;

    @Label("Capacity")
    @Description("Of its channel, or buffer")
    int capacity;

    @Label("Blocked")
    @Description("How many threads wait for room there")
    int blocked;

    @Label("Blocked For")
    @Description("For how long it has waited for room at a receiver; 0 if it does not wait")
    @Timespan(Timespan.NANOSECONDS)
    long blockedFor;

    @Label("Waits For")
    @Description("The receivers that have no room")
    String waitsFor = "";

    @Label("Promise")
    @Description("How far a forwarder or a link has promised; 0 for a sender")
    long promise;
}
