package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * How much memory senders and receivers take that do nothing, at default capacities, their parked pumps included; and how long
 * joining takes.
 */
final class Footprint {
    private Footprint() {}

    static void run(int most) throws InterruptedException {
        pairs(1_000); // classes are loaded
        System.out.println("pairs    bytes a pair   heap MB   joining, ns a pair");
        for (int n = 1_000; n <= most; n *= 10) {
            pairs(n);
        }
    }

    private static void pairs(int n) throws InterruptedException {
        long before = heap();
        List<Sender<Object>> senders = new ArrayList<>(n);
        try (Dispatcher<Object> dispatcher = Dispatcher.open()) {
            long begin = System.nanoTime();
            for (int i = 0; i < n; i++) {
                Receiver<Object> receiver = dispatcher.receiver("receiver-" + i);
                senders.add(dispatcher.sender("sender-" + i, receiver));
            }
            long took = System.nanoTime() - begin;
            Thread.sleep(500); // the pumps come to rest
            long used = heap() - before;
            System.out.printf("%6d  %12d  %8d  %19d%n", n, used / n, used >> 20, took / n);
        }
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
