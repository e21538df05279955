package consumer;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;

/** Somebody else's program, in a module of its own. */
public class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException, ReflectiveOperationException {
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            Receiver<String> stock = dispatcher.receiver("stock");
            dispatcher.read(orders, (sequence, order) -> System.out.println("apply " + sequence + ": " + order));
            try (Sender<String> desk = dispatcher.sender("desk", orders)) {
                long number = desk.dispatch("order 4711");
                orders.clock().waitUntil(number);
                stock.clock().waitUntil(number);
                System.out.println("both clocks have reached " + number);
            }
            System.out.println(
                    switch (stock.receive()) {
                        case Delivery.Message<String>(long sequence, String payload) -> "message " + sequence + ": " + payload;
                        case Delivery.Tick<String>(long sequence) -> "tick " + sequence;
                        case Delivery.End<String>(long sequence) -> "end " + sequence;
                    });
        }
        reflects();
    }

    /** As frameworks and scripts call it. */
    private static void reflects() throws ReflectiveOperationException {
        Object builder = Dispatcher.class.getMethod("builder").invoke(null);
        Dispatcher.Builder.class.getMethod("name", String.class).invoke(builder, "shop");
        Dispatcher.Builder.class.getMethod("channelCapacity", int.class).invoke(builder, 3);
        Object dispatcher = Dispatcher.Builder.class.getMethod("open").invoke(builder);
        Dispatcher.class.getMethod("receiver", String.class).invoke(dispatcher, "orders");
        System.out.println("opened " + Dispatcher.class.getMethod("name").invoke(dispatcher));
        Dispatcher.class.getMethod("close").invoke(dispatcher);
    }
}
