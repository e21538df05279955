package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A receiver, sender, forwarder or link has joined a dispatcher.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.Joined")
@Label("Joined")
@Description("A receiver, sender, forwarder or link has joined a dispatcher")
@StackTrace(false)
final class JoinedEvent extends DispatcherEvent {

    @Label("Kind")
    @Description("receiver, sender, forwarder or link")
    String kind = "";

    @Label("Name")
    String name = "";

    @Label("Number")
    @Description("The number after which it joined; of a sender, the counter")
    long sequence;
}
