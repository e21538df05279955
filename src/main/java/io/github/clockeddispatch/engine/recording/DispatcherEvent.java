package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;

/**
 * An event of a dispatcher.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Category("Clocked Dispatch")
abstract class DispatcherEvent extends Event {

    @Label("Dispatcher")
    @Description("Name of the dispatcher or merge")
    String dispatcher = "";
}
