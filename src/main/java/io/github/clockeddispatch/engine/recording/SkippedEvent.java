package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A failure policy has skipped a message.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.Skipped")
@Label("Skipped")
@Description("A message was finished without having been handled, as a failure policy said")
@StackTrace(false)
final class SkippedEvent extends DispatcherEvent {

    @Label("Receiver")
    @Description("Name of the receiver")
    String receiver = "";

    @Label("Number")
    @Description("Number of the message that was skipped")
    long sequence;

    @Label("Attempts")
    @Description("How many times the handler has failed")
    int attempts;

    @Label("Cause")
    @Description("Class of the cause")
    String cause = "";

    @Label("Text")
    @Description("What the cause says; empty if it says nothing, or its getMessage throws")
    String text = "";
}
