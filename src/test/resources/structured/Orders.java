import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;

/** Pumps and readers in an outer scope, writers in an inner one. */
final class Orders {
    static final ScopedValue<String> SHOP = ScopedValue.newInstance();

    /** Lets each client write, and enters what they order into the books; the first failure ends all, and is thrown. */
    static void open(Map<Long, String> books, List<Callable<String>> clients, Duration timeout) throws Exception {
        try (var threads = StructuredTaskScope.open(
                        Joiner.awaitAllSuccessfulOrThrow(), settings -> settings.withTimeout(timeout));
                Dispatcher<String> dispatcher =
                        Dispatcher.builder().pumpExecutor(threads::fork).open()) {
            Receiver<String> orders = dispatcher.receiver("orders");
            threads.fork(() -> {
                orders.forEachMessage((number, order) -> books.put(number, order + " from " + SHOP.get()));
                return null;
            });
            Sender<String> desk = dispatcher.sender("desk", orders); // forks its pump
            threads.fork(() -> {
                try (desk;
                        var writers = StructuredTaskScope.open()) {
                    for (Callable<String> client : clients) {
                        writers.fork(() -> desk.dispatch(client.call()));
                    }
                    writers.join();
                } // the last sender is closed: its pump ends, the reader gets its end
                return null;
            });
            threads.join();
        }
    }

    public static void main(String[] args) {
        Map<Long, String> books = new TreeMap<>();
        List<Callable<String>> clients = List.of(() -> "a bolt", () -> "a nut", () -> "a washer");
        Outcome.print("three clients", () -> {
            ScopedValue.where(SHOP, "the corner shop").call(() -> {
                open(books, clients, Duration.ofSeconds(30));
                return null;
            });
            System.out.println(books.keySet());
            System.out.println(new TreeSet<>(books.values()));
        });
    }
}
