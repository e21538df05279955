package io.github.clockeddispatch.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.Numbers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A dispatcher, called "shop". A message, "first", is in the inbox of a receiver that nobody reads. Another receiver has
 * been discarded when it had number 1 in its inbox.
 */
final class DispatcherScene implements ReaderScene {
    final Dispatcher<String> dispatcher =
            Dispatcher.builder().name("shop").inboxCapacity(4).open();
    final Receiver<String> gone = dispatcher.receiver("gone");
    final Receiver<String> r = dispatcher.receiver("r");

    /** To {@link #r}. */
    final Sender<String> sender = dispatcher.sender("s", r);

    /** It has nothing to read. */
    final Receiver<String> idle = dispatcher.receiver("idle");

    /** It was to {@link #r}. */
    final Sender<String> closedSender = dispatcher.sender("closed sender", r);

    /** Another one, open, with no message. */
    final Dispatcher<String> abroad = Dispatcher.builder().name("abroad").open();

    final Receiver<String> foreign = abroad.receiver("foreign");
    final Group<String> foreignGroup = abroad.group("foreign group", foreign);

    /** Another one, closed. */
    final Dispatcher<String> bankrupt = Dispatcher.builder().name("bankrupt").open();

    final Receiver<String> ofBankrupt = bankrupt.receiver("of bankrupt");
    final Group<String> groupOfBankrupt = bankrupt.group("group of bankrupt", ofBankrupt);

    /** Of {@link #r}, with no sender. */
    final Group<String> group = dispatcher.group("g", r);

    private final Receiver<String> probed = dispatcher.receiver("probed");
    private final Sender<String> probe = dispatcher.sender("probe", probed);

    /** What handlers were given, by this dispatcher. */
    private final List<Delivery.Message<String>> handled = new CopyOnWriteArrayList<>();

    DispatcherScene() {
        try {
            dispatcher.sender("to gone", gone).dispatch("lost");
            gone.discard();
            closedSender.close();
            sender.dispatch("first");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        bankrupt.close();
        dispatcher.read(probed, handler());
        Await.eventually("only what is open is left", () -> snapshot().senders().size() == 2);
    }

    @Override
    public Receiver<String> r() {
        return r;
    }

    @Override
    public Receiver<String> gone() {
        return gone;
    }

    @Override
    public Receiver<String> idle() {
        return idle;
    }

    @Override
    public Receiver<String> ended() {
        Receiver<String> ended = dispatcher.receiver("ended");
        dispatcher.sender("has left", ended).close();
        return ended;
    }

    @Override
    public Receiver<String> foreign() {
        return foreign;
    }

    @Override
    public MessageHandler<String> handler() {
        return (number, message) -> handled.add(new Delivery.Message<>(number, message));
    }

    @Override
    public Snapshot snapshot() {
        return Scene.without("probed", dispatcher.snapshot());
    }

    @Override
    public void isUsable(@Nullable Object returned, boolean refused) throws InterruptedException {
        long number = probe.dispatch("probe");
        assertThat(probed.clock().waitUntil(number, Await.BOUND))
                .as("%s is reached", number)
                .isTrue();
        sender.dispatch("last"); // after anything of the call that was in the channel
        List<Delivery.Message<String>> given = new ArrayList<>(ReaderScene.taken(returned));
        while (r.receiveMessage(Duration.ZERO).orElse(null) instanceof Delivery.Message<String> message) {
            given.add(message);
        }
        given.addAll(handled);
        List<Long> numbers =
                new ArrayList<>(given.stream().map(Delivery.Message::sequence).toList());
        numbers.add(1L); // which was lost with the one that has gone
        Numbers.assertDense(1, dispatcher.sequence(), numbers);
        assertThat(r.clock().time()).isGreaterThanOrEqualTo(2);
        if (refused) {
            assertThat(given).extracting(Delivery.Message::payload).containsExactlyInAnyOrder("first", "probe", "last");
        }
    }

    @Override
    public void close() {
        dispatcher.close();
        abroad.close();
    }
}
