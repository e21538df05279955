import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/** The first failure, or the time-out, ends all: also a client that waits for something else for ever. */
final class Failure {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofSeconds(1);

    public static void main(String[] args) {
        Outcome.print("a client fails", () -> {
            CountDownLatch waiting = new CountDownLatch(1);
            Callable<String> goes = () -> {
                waiting.await();
                throw new IOException("client has gone");
            };
            open(new HashMap<>(), List.of(waitsForEver(waiting), goes, () -> "a nut"), LONG);
        });
        Outcome.print("the handler fails", () -> {
            CountDownLatch waiting = new CountDownLatch(1);
            Callable<String> orders = () -> {
                waiting.await();
                return "a nut";
            };
            Map<Long, String> books = new Books(() -> {
                throw new IllegalStateException("books are full");
            });
            open(books, List.of(waitsForEver(waiting), orders), LONG);
        });
        Outcome.print("a client hangs", () -> open(new HashMap<>(), List.of(waitsForEver(new CountDownLatch(1))), SHORT));
        Outcome.print("the handler hangs", () -> {
            Map<Long, String> books = new Books(waitsForEver(new CountDownLatch(1)));
            open(books, List.of(() -> "a bolt", () -> "a nut"), SHORT);
        });
    }

    private static void open(Map<Long, String> books, List<Callable<String>> clients, Duration timeout)
            throws Exception {
        ScopedValue.where(Orders.SHOP, "here").call(() -> {
            Orders.open(books, clients, timeout);
            return null;
        });
    }

    private static Callable<String> waitsForEver(CountDownLatch waiting) {
        return () -> {
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
                return "never";
            } catch (InterruptedException e) {
                System.out.println("interrupted");
                throw e;
            }
        };
    }

    /** Books in which something else happens when a line is written. */
    private static final class Books extends HashMap<Long, String> {
        private static final long serialVersionUID = 1;
        private final transient Callable<String> put;

        Books(Callable<String> put) {
            this.put = put;
        }

        @Override
        public String put(Long number, String order) {
            try {
                return put.call();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
