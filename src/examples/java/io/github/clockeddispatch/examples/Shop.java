package io.github.clockeddispatch.examples;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

public final class Shop {
    public static void main(String[] args) throws InterruptedException {
        Map<String, Integer> sold = new ConcurrentHashMap<>(); // two views, each written by a thread of its own,
        Queue<String> log = new ConcurrentLinkedQueue<>(); // and read by others meanwhile: thread-safe
        try (Dispatcher<String> dispatcher = Dispatcher.open()) {
            Receiver<String> stock = dispatcher.receiver("stock");
            Receiver<String> audit = dispatcher.receiver("audit");
            dispatcher.read(stock, (number, item) -> sold.merge(item, 1, Integer::sum));
            dispatcher.read(audit, (number, item) -> log.add(number + " " + item));
            Sender<String> till = dispatcher.sender("till", stock, audit);
            Sender<String> web = dispatcher.sender("web", stock);

            till.dispatch("bolt");
            long number = web.dispatch("bolt"); // it has its number, and is on its way to the stock count
            stock.clock().waitUntil(number); // now the stock count has it, and whatever came before
            System.out.println("number " + number + ", sold " + sold);
            audit.clock().waitUntil(number); // nothing was for audit at this number: it has seen all before
            System.out.println("audit at " + audit.clock().time() + ": " + log);
        } // what was sent is delivered, the readers are joined, their failures thrown
    }
}
