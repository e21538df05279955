package io.github.clockeddispatch.contract;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.List;
import org.junit.jupiter.api.Test;

/** G8: a group message takes nobody's room. */
class InboxRoomTest {
    @Test
    void aGroupMessageThatGoesInAboveTheCapacityLeavesTheRoomThatWasGranted() throws InterruptedException {
        try (Dispatcher<String> dispatcher =
                Dispatcher.builder().inboxCapacity(1).open()) {
            Receiver<String> receiver = dispatcher.receiver("receiver");
            Receiver<String> other = dispatcher.receiver("other");
            Sender<String> direct = dispatcher.sender("direct", receiver);
            Sender<String> group = dispatcher.sender("group", List.of(receiver, other));
            direct.dispatch("first");
            direct.send("second");
            awaitWaiting(dispatcher, "direct");
            group.send("third");
            awaitWaiting(dispatcher, "group");

            receiver.receiveMessage(); // the free slot is seen by the group, and granted to the second message

            await().until(() -> dispatcher.sequence() == 3);
            assertEquals(2, receiver.pending());
        }
    }

    private static void awaitWaiting(Dispatcher<String> dispatcher, String sender) {
        await().until(() -> dispatcher.snapshot().senders().stream()
                .anyMatch(state ->
                        state.name().equals(sender) && !state.waitsFor().isEmpty()));
    }
}
