import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.StructuredTaskScope;

/** The other right order: the owner writes itself, and the dispatcher's end is what ends pumps and readers. */
final class CloseThenJoin {
    static void open(List<String> books) throws Exception {
        try (var threads = StructuredTaskScope.open()) {
            try (Dispatcher<String> dispatcher =
                    Dispatcher.builder().pumpExecutor(threads::fork).open()) {
                Receiver<String> orders = dispatcher.receiver("orders");
                threads.fork(() -> {
                    orders.forEachMessage((number, order) -> books.add(order));
                    return null;
                });
                Sender<String> desk = dispatcher.sender("desk", orders);
                desk.send("a bolt");
                desk.send("a nut");
            } // delivers them; then the reader gets its end
            threads.join();
        }
    }

    public static void main(String[] args) {
        Outcome.print("an owner who writes", () -> {
            List<String> books = new ArrayList<>();
            open(books);
            System.out.println(books);
        });
    }
}
