package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.BatchHandler;
import io.github.clockeddispatch.Delivery;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * Adds up the delays of each airport, and journals what it has added: a batch counts as finished when the file has been
 * forced to the disk, so who has waited for the clock knows that it will survive a power failure. That makes it slow.
 */
final class DelayStatistics implements BatchHandler<Event>, AutoCloseable {
    private final FileChannel journal;

    private final Delays delays = new Delays();

    DelayStatistics(Path journal) throws IOException {
        this.journal = FileChannel.open(
                journal, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }

    @Override
    public void handle(List<Delivery.Message<Event>> messages) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Delivery.Message<Event> message : messages) {
            if (message.payload() instanceof Event.Departure(Flight flight)) {
                delays.add(flight);
                lines.append(message.sequence())
                        .append(',')
                        .append(flight.origin().code())
                        .append(',')
                        .append(flight.delayMinutes())
                        .append('\n');
            }
        }
        write(lines.toString());
        journal.force(false);
    }

    private void write(String text) throws IOException {
        ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text);
        while (bytes.hasRemaining()) {
            journal.write(bytes);
        }
    }

    DelayTable table() {
        return delays.table();
    }

    @Override
    public void close() throws IOException {
        journal.close();
    }
}
