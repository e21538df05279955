package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/**
 * A thread waited for a clock.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.ClockWait")
@Label("Clock Wait")
@Description("A thread waited until a clock had reached a number")
final class ClockWaitEvent extends WaitEvent {

    @Label("Clock")
    @Description("Name of the receiver whose clock it is; of a clock of several, what it is called")
    String clock = "";

    @Label("Number")
    @Description("The number waited for")
    long sequence;
}
