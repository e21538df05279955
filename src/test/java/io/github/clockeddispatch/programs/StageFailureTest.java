package io.github.clockeddispatch.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.testkit.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** A stack of two dispatchers with a function between them that meets something that it cannot take. */
class StageFailureTest {

    @Test
    @DisplayName("a stage's failure is told at the top, to the listener, to who sends, and to who waits at the bottom")
    void isToldAtTheTop() throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        Dispatcher<String> top = Dispatcher.builder()
                .name("top")
                .onFailure((receiver, sequence, cause) ->
                        told.add("top " + receiver + " at " + sequence + ": " + cause.getMessage()))
                .open();
        ForwardingDispatcher<Integer> log = ForwardingDispatcher.builder()
                .name("log")
                .onFailure((receiver, sequence, cause) -> told.add("log " + receiver + ": " + cause.getMessage()))
                .open();
        Receiver<String> words = top.receiver("words");
        Receiver<String> audit = top.receiver("audit");
        Sender<String> desk = top.sender("desk", words);
        Sender<String> both = top.sender("both", words, audit);
        Receiver<Integer> numbers = log.receiver("numbers");
        log.read(numbers, (sequence, number) -> {});
        log.stage(words, (sequence, word) -> List.of(Integer.parseInt(word)), numbers);

        numbers.clock().waitUntil(desk.dispatch("17"));
        long bad = both.dispatch("seventeen");
        FailedException waiting =
                assertThrows(FailedException.class, () -> numbers.clock().waitUntil(bad));
        assertThat(waiting).hasRootCauseInstanceOf(NumberFormatException.class);
        Await.eventually("both are told", () -> told.size() == 2);
        assertThat(told)
                .containsExactlyInAnyOrder(
                        "top words at 2: For input string: \"seventeen\"",
                        "log numbers: For input string: \"seventeen\"");
        FailedException sending = assertThrows(FailedException.class, () -> desk.send("18"));
        assertThat(sending.sequence()).isEqualTo(2);
        assertThat(both.dispatch("nineteen")).isEqualTo(3); // audit goes on
        assertThat(audit.pending()).isEqualTo(2);

        assertThrows(FailedException.class, log::close);
        top.close();
        assertThat(told).hasSize(2);
    }
}
