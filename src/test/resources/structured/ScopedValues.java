import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.List;
import java.util.concurrent.StructuredTaskScope;

/** A reader that the scope has forked sees scoped values; one of the dispatcher's own does not. */
final class ScopedValues {
    private static final ScopedValue<String> SHOP = ScopedValue.newInstance();

    public static void main(String[] args) {
        Outcome.print("two readers", () -> ScopedValue.where(SHOP, "the corner shop").call(() -> {
            try (var threads = StructuredTaskScope.open();
                    Dispatcher<String> dispatcher =
                            Dispatcher.builder().pumpExecutor(threads::fork).open()) {
                Receiver<String> orders = dispatcher.receiver("orders");
                Receiver<String> audit = dispatcher.receiver("audit");
                threads.fork(() -> {
                    orders.forEachMessage((number, order) -> System.out.println("forked: " + SHOP.get()));
                    return null;
                });
                dispatcher.read(audit, (number, order) -> {
                    orders.clock().waitUntil(number);
                    System.out.println("own: " + SHOP.orElse("nothing"));
                });
                try (Sender<String> desk = dispatcher.sender("desk", List.of(orders, audit))) {
                    desk.send("a bolt");
                }
                threads.join();
            }
            return null;
        }));
    }
}
