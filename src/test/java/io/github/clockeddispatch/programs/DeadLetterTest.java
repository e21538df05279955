package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Recovery;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A view whose handler may fail for a while, or for good. */
class DeadLetterTest {

    @Test
    @DisplayName(
            "what fails for a while is retried, what fails for good goes to the dead letters, and the view goes on")
    void retryThenDeadLetter() throws Exception {
        List<String> failures = new CopyOnWriteArrayList<>();
        List<String> done = new CopyOnWriteArrayList<>();
        List<String> dead = new CopyOnWriteArrayList<>();
        try (Dispatcher<String> dispatcher = Dispatcher.builder()
                .onFailure((receiver, sequence, cause) -> failures.add(receiver))
                .open()) {
            Receiver<String> index = dispatcher.receiver("index");
            Receiver<String> letters = dispatcher.receiver("dead letters");
            Sender<String> desk = dispatcher.sender("desk", index);
            Sender<String> toLetters = dispatcher.sender("index failed", letters);
            int[] calls = new int[1];
            dispatcher.read(
                    index,
                    (sequence, document) -> {
                        if (document.equals("poison") || document.equals("busy") && ++calls[0] < 3) {
                            throw new IllegalStateException("cannot index " + document);
                        }
                        done.add(document);
                    },
                    (sequence, document, failure, attempt) -> {
                        if (attempt < 4) {
                            return Recovery.retryAfter(Duration.ofMillis(attempt));
                        }
                        toLetters.send(sequence + " " + document + ": " + failure.getMessage());
                        return Recovery.skip();
                    });
            dispatcher.read(letters, (sequence, letter) -> dead.add(letter));

            desk.dispatch("first");
            desk.dispatch("busy");
            desk.dispatch("poison");
            long last = desk.dispatch("last");
            index.clock().waitUntil(last);

            assertThat(done).containsExactly("first", "busy", "last");
            assertThat(index.skipped()).isEqualTo(1);
            letters.clock().waitUntil(dispatcher.sequence());
            assertThat(dead).containsExactly("3 poison: cannot index poison");
        }
        assertThat(failures).isEmpty();
    }
}
