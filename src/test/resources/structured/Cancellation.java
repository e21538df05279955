import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.StructuredTaskScope.Joiner;

/** A scope that is cancelled interrupts its pumps: their senders close, and close() counts what they had accepted. */
final class Cancellation {
    public static void main(String[] args) {
        Outcome.print("another task of the scope fails", () -> {
            try (var threads = StructuredTaskScope.open(Joiner.awaitAllSuccessfulOrThrow())) {
                Dispatcher<String> dispatcher = Dispatcher.builder()
                        .name("shop")
                        .channelCapacity(2)
                        .inboxCapacity(1)
                        .drainTimeout(Duration.ofDays(1))
                        .pumpExecutor(threads::fork)
                        .open();
                Receiver<String> orders = dispatcher.receiver("orders"); // nobody reads it for now
                Sender<String> desk = dispatcher.sender("desk", orders);
                desk.dispatch("a bolt");
                desk.send("a nut");
                desk.send("a washer");
                threads.fork(() -> {
                    throw new IOException("no power");
                });
                try {
                    desk.send("a screw"); // waits for room in the channel
                } catch (ClosedException e) {
                    System.out.println(e.getMessage());
                }
                try {
                    dispatcher.close(); // does not wait for the day to pass: nothing is left to deliver
                } catch (DispatchException e) {
                    System.out.println(e.getMessage());
                }
                System.out.println(orders.receive());
                System.out.println(orders.receive());
                threads.join();
            }
        });
    }
}
