package io.github.clockeddispatch.recording;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A program whose handler is slow, until its input ends. It knows nothing of recorders. */
public final class SlowShop {
    private SlowShop() {}

    @SuppressWarnings("SystemOut") // it is a program
    public static void main(String[] args) throws IOException, InterruptedException {
        try (Dispatcher<String> shop = Dispatcher.builder()
                .name("shop")
                .channelCapacity(4)
                .inboxCapacity(4)
                .drainTimeout(Duration.ofMinutes(1))
                .open()) {
            Receiver<String> slow = shop.receiver("slow");
            shop.read(slow, (number, order) -> LockSupport.parkNanos(50_000_000));
            Sender<String> desk = shop.sender("desk", slow);
            Thread sending = Thread.ofVirtual().name("web-1").start(() -> sendUntilInterrupted(desk));
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // its input goes on
            }
            sending.interrupt();
            sending.join();
        }
    }

    private static void sendUntilInterrupted(Sender<String> desk) {
        try {
            while (true) {
                desk.send("order");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
