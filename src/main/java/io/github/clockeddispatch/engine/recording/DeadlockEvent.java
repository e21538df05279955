package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A wait was refused that was part of a deadlock.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.Deadlock")
@Label("Deadlock")
@Description("A wait was refused that was part of a deadlock")
@StackTrace(false)
final class DeadlockEvent extends DispatcherEvent {

    @Label("Text")
    @Description("Who waits for whom")
    String text = "";
}
