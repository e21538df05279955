package consumer;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.micrometer.DispatcherMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** A program in a module of its own. */
public class Main {
    private Main() {}

    /** Reads a meter of a dispatcher. */
    public static double lag() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Dispatcher<String> shop = Dispatcher.open();
                DispatcherMetrics metrics = new DispatcherMetrics(shop)) {
            shop.receiver("stock");
            metrics.bindTo(registry);
            return registry.get("clocked.dispatch.receiver.lag")
                    .tag("receiver", "stock")
                    .gauge()
                    .value();
        }
    }
}
