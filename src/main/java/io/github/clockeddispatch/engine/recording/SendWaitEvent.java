package io.github.clockeddispatch.engine.recording;

import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;

/**
 * A send, dispatch or forward waited.
 *
 * @see "docs/design.md: Flight recorder"
 */
@Name("io.github.clockeddispatch.SendWait")
@Label("Send Wait")
@Description(
        "A sender waited for a free slot in its channel or for a number, or a forwarder or link for room in its buffers")
final class SendWaitEvent extends WaitEvent {

    @Label("Sender")
    @Description("Name of the sender, forwarder or link")
    String sender = "";

    @Label("Waited For")
    String waitedFor = "";
}
