package consumer;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.micrometer.DispatcherMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Reads a meter of a dispatcher. */
public class Main {
    private Main() {}

    public static void main(String[] args) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (Dispatcher<String> shop = Dispatcher.open();
                DispatcherMetrics metrics = new DispatcherMetrics(shop)) {
            shop.receiver("stock");
            metrics.bindTo(registry);
            String name = "clocked.dispatch.receiver.lag";
            System.out.println(name + " of stock: "
                    + registry.get(name).tag("receiver", "stock").gauge().value());
        }
    }
}
