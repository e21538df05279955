package io.github.clockeddispatch.testkit;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Receiver;
import java.util.ArrayList;
import java.util.List;

/**
 * A thread that reads a receiver until its end, and what it was given.
 *
 * @param <T> the type of the messages
 */
public final class Reading<T> {
    private final Receiver<T> receiver;
    private final Running<Void> running;

    /** Guarded by itself. */
    private final List<Delivery.Message<T>> given = new ArrayList<>();

    Reading(Setup setup, Receiver<T> receiver) {
        this.receiver = receiver;
        running = setup.run(
                "reader of " + receiver.name(),
                () -> receiver.forEachMessage((number, payload) -> {
                    synchronized (given) {
                        given.add(new Delivery.Message<>(number, payload));
                    }
                }));
    }

    /** The thread that reads. */
    public Running<Void> running() {
        return running;
    }

    /** What it was given so far. */
    public List<Delivery.Message<T>> messages() {
        synchronized (given) {
            return List.copyOf(given);
        }
    }

    /** Waits for so many messages and returns what it was given so far. */
    public List<Delivery.Message<T>> await(int count) {
        Await.eventually(receiver.name() + " is given " + count + " messages", () -> size() >= count);
        return messages();
    }

    /** Waits for the end and returns all that it was given. */
    public List<Delivery.Message<T>> all() {
        running.result();
        return messages();
    }

    public static List<Long> numbers(List<? extends Delivery<?>> deliveries) {
        return deliveries.stream().<Long>map(Delivery::sequence).toList();
    }

    public static <T> List<T> payloads(List<Delivery.Message<T>> messages) {
        return messages.stream().map(Delivery.Message::payload).toList();
    }

    int size() {
        synchronized (given) {
            return given.size();
        }
    }

    Receiver<T> receiver() {
        return receiver;
    }
}
