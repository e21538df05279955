package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/**
 * How a dispatcher stands, once a second.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.DispatcherState")
@Label("Dispatcher State")
@Description("How a dispatcher stands")
@Period("1 s")
@StackTrace(false)
final class DispatcherStateEvent extends DispatcherEvent {

    @Label("Counter")
    @Description("The greatest number given; in a merge, the greatest that is due somewhere")
    long sequence;

    @Label("Receivers")
    @Description("How many receivers there are that were not discarded")
    int receivers;

    @Label("Unfinished")
    @Description("How many receivers have something unfinished")
    int unfinished;

    @Label("Failed")
    @Description("How many receivers have failed")
    int failed;

    @Label("Senders")
    @Description("How many senders, forwarders and links there are")
    int senders;
}
