package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A receiver has failed, or all of a dispatcher.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.Failed")
@Label("Failed")
@Description("A receiver has failed, or a dispatcher with all of its receivers")
@StackTrace(false)
final class FailedEvent extends DispatcherEvent {

    @Label("Receiver")
    @Description("Name of the receiver; empty if all of the dispatcher has failed")
    String receiver = "";

    @Label("Number")
    @Description("The first unfinished number; where there was none, that at which the clock stood")
    long sequence;

    @Label("Cause")
    @Description("Class of the cause")
    String cause = "";

    @Label("Text")
    @Description("What the cause says; empty if it says nothing, or its getMessage throws")
    String text = "";
}
