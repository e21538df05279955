package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.MessageHandler;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps everything in the order of the numbers. The list is a plain one: whoever has waited for the view's clock sees
 * what the reader has put into it.
 */
final class AuditLog implements MessageHandler<Event> {

    /**
     * An entry of the log.
     *
     * @param number the event's number
     * @param event what happened
     */
    record Entry(long number, Event event) {}

    private final List<Entry> entries = new ArrayList<>();

    @Override
    public void handle(long sequence, Event event) {
        if (!entries.isEmpty() && entries.getLast().number() >= sequence) {
            throw new IllegalStateException(
                    "number " + sequence + " came after " + entries.getLast().number());
        }
        entries.add(new Entry(sequence, event));
    }

    List<Entry> entries() {
        return List.copyOf(entries);
    }
}
