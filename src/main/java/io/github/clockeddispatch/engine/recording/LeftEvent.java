package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A receiver has ended or was discarded, or a sender, forwarder or link was closed.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.Left")
@Label("Left")
@Description("A receiver has ended or was discarded, or a sender, forwarder or link was closed")
@StackTrace(false)
final class LeftEvent extends DispatcherEvent {

    @Label("Kind")
    @Description("receiver, sender, forwarder or link")
    String kind = "";

    @Label("Name")
    String name = "";

    @Label("Number")
    @Description("Where the clock of the receiver stands; of a sender, the counter")
    long sequence;

    @Label("How")
    @Description("ended, discarded, cut off, closed, or failed")
    String how = "";
}
