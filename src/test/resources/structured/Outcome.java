import io.github.clockeddispatch.structured.VirtualThreads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.StructuredTaskScope;
import java.util.concurrent.TimeUnit;

/** How a case ends, in the words of every JDK; and that no thread is left. */
final class Outcome {
    interface Case {
        void run() throws Exception;
    }

    static void print(String name, Case it) {
        long mark = VirtualThreads.mark();
        CompletableFuture<Void> ended = new CompletableFuture<>();
        ended.orTimeout(40, TimeUnit.SECONDS).exceptionally(late -> {
            System.out.println(name + " hangs; all threads:\n" + VirtualThreads.dump());
            return null;
        });
        String end;
        try {
            it.run();
            end = "ends well";
        } catch (Exception e) {
            end = text(e);
        }
        VirtualThreads.awaitNoneSince(mark);
        ended.complete(null);
        System.out.println(name + ": " + end);
    }

    /** The first failure; of a scope's time-out, whose class differs from JDK to JDK, that it is one. */
    static String text(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        Class<?> type = root.getClass();
        return type.getEnclosingClass() == StructuredTaskScope.class && type.getSimpleName().contains("Timeout")
                ? "time-out of the scope"
                : type.getSimpleName() + ": " + root.getMessage();
    }
}
