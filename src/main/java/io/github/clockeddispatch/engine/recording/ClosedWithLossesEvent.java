package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * A dispatcher was closed with losses.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.ClosedWithLosses")
@Label("Closed with Losses")
@Description("A dispatcher was closed, and something that it had accepted was not delivered or not finished")
@StackTrace(false)
final class ClosedWithLossesEvent extends DispatcherEvent {

    @Label("Losses")
    @Description("What was lost of which sender, and where it stood")
    String losses = "";
}
