package io.github.clockeddispatch.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The settings of a dispatcher and of a merge. */
final class BuilderScene implements Scene {
    final Dispatcher.Builder dispatcher = Dispatcher.builder();
    final ForwardingDispatcher.Builder merge = ForwardingDispatcher.builder();

    /** Nothing is open. */
    @Override
    public Snapshot snapshot() {
        return new Snapshot("", false, 0, List.of(), List.of(), List.of());
    }

    @Override
    public void isUsable(@Nullable Object returned, boolean refused) throws InterruptedException {
        try (Dispatcher<String> opened = dispatcher.open()) {
            Receiver<String> r = opened.receiver("r");
            assertThat(opened.sender("s", r).dispatch("x")).isEqualTo(1);
            assertThat(r.receiveMessage().sequence()).isEqualTo(1);
        }
        try (ForwardingDispatcher<String> opened = merge.open()) {
            Receiver<String> r = opened.receiver("r");
            try (Forwarder<String> forwarder = opened.forwarder("f", r)) {
                forwarder.forward(1, "x");
            }
            assertThat(r.receiveMessage().sequence()).isEqualTo(1);
        }
    }

    @Override
    public void close() {}
}
