package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;

/** The try block that everybody writes first. */
class TryBlockTest {

    @RepeatedTest(20)
    @DisplayName("try (dispatcher; sender; broadcaster): what was sent is there after it, with a group, too")
    void losesNothing() throws InterruptedException {
        List<String> journal = new CopyOnWriteArrayList<>();
        List<String> index = new CopyOnWriteArrayList<>();
        try (Dispatcher<String> dispatcher = Dispatcher.builder()
                        .inboxCapacity(2)
                        .channelCapacity(64)
                        .open();
                Sender<String> all = dispatcher.broadcaster("all");
                Sender<String> none = dispatcher.sender("to a group", dispatcher.group("late"))) {
            Receiver<String> first = dispatcher.receiver("journal");
            Receiver<String> second = dispatcher.receiver("index");
            Group<String> views = dispatcher.group("views", first, second);
            Sender<String> desk = dispatcher.sender("desk", views);
            dispatcher.read(first, (sequence, line) -> journal.add(line));
            dispatcher.read(second, 10, batch -> batch.forEach(message -> index.add(message.payload())));
            none.send("to nobody");
            for (int i = 0; i < 50; i++) {
                desk.send("desk " + i);
            }
            all.send("good night");
        }
        assertThat(journal).hasSize(51).contains("good night", "desk 49");
        assertThat(index).isEqualTo(journal);
    }
}
