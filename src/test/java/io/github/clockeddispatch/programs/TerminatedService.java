package io.github.clockeddispatch.programs;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

/** A service whose shutdown hook closes its dispatcher, while requests still come. Says how many were accepted, and how many done. */
final class TerminatedService {

    static final String UNDER_LOAD = "under load";

    private TerminatedService() {}

    /** Takes one argument: {@code fast}, or {@code stuck} for a view that hangs. */
    public static void main(String[] args) throws InterruptedException {
        boolean hangs = args[0].equals("stuck");
        LongAdder accepted = new LongAdder();
        LongAdder done = new LongAdder();
        Dispatcher<Integer> dispatcher = Dispatcher.builder()
                .name("service")
                .inboxCapacity(16)
                .channelCapacity(16)
                .drainTimeout(hangs ? Duration.ofMillis(200) : Duration.ofSeconds(20))
                .open();
        Receiver<Integer> view = dispatcher.receiver("view");
        dispatcher.read(view, (sequence, request) -> {
            if (hangs && sequence == 2_000) {
                new CountDownLatch(1).await();
            }
            done.increment();
        });
        List<Thread> requests = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Sender<Integer> desk = dispatcher.sender("desk " + i, view);
            requests.add(Thread.ofVirtual().start(() -> {
                try {
                    for (int request = 0; ; request++) {
                        desk.send(request);
                        accepted.increment();
                    }
                } catch (ClosedException | InterruptedException e) {
                    // the request is refused
                }
            }));
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            String told = "nothing lost";
            try {
                dispatcher.close();
            } catch (DispatchException e) {
                told = e.getMessage();
            }
            for (Thread request : requests) {
                join(request);
            }
            System.out.println("accepted " + accepted.sum() + ", done " + done.sum() + ", pending " + view.pending()
                    + ": " + told);
        }));
        while (accepted.sum() < (hangs ? 2_030 : 50_000)) {
            Thread.onSpinWait();
        }
        System.out.println(UNDER_LOAD);
        Thread.currentThread().join(); // a main thread that waits for ever, as servers have
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
