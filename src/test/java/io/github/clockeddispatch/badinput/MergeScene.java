package io.github.clockeddispatch.badinput;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Link;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * A merge, called "merge". A message, "first", is in the inbox of a receiver that nobody reads. Another receiver has been
 * discarded when it had number 1 in its inbox.
 */
final class MergeScene implements ReaderScene {
    /** Above all that rows use. */
    private static final long HIGH = 1_000;

    final ForwardingDispatcher<String> merge =
            ForwardingDispatcher.builder().name("merge").open();
    final Receiver<String> gone = merge.receiver("gone");
    final Receiver<String> r = merge.receiver("r");

    /** The only one to {@link #r}; it has promised 2. */
    final Forwarder<String> forwarder = merge.forwarder("f", r);

    final Receiver<String> idle = merge.receiver("idle");

    final Forwarder<String> closedForwarder = merge.forwarder("closed forwarder", merge.receiver("ended"));

    /** Another one, closed. */
    final ForwardingDispatcher<String> bankrupt =
            ForwardingDispatcher.builder().name("bankrupt").open();

    final Receiver<String> ofBankrupt = bankrupt.receiver("of bankrupt");

    /** What stands above. */
    final Dispatcher<String> top = Dispatcher.builder().name("top").open();

    /** Of {@link #top}, and not linked. */
    final Receiver<String> from = top.receiver("from");

    /** Of {@link #top}, discarded. */
    final Receiver<String> discardedFrom = top.receiver("discarded from");

    private final Receiver<String> linked = merge.receiver("linked");
    final Link link = merge.link(top.receiver("linked"), linked);
    final Link closedLink = merge.link(top.receiver("was linked"), linked);

    private final Receiver<String> probed = merge.receiver("probed");
    private final Forwarder<String> probe = merge.forwarder("probe", probed);

    /** What handlers were given, by this merge. */
    private final List<Delivery.Message<String>> handled = new CopyOnWriteArrayList<>();

    MergeScene() {
        try (Forwarder<String> toGone = merge.forwarder("to gone", gone)) {
            toGone.forward(1, "lost");
            gone.discard();
            forwarder.forward(2, "first");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        bankrupt.close();
        closedForwarder.close();
        discardedFrom.discard();
        closedLink.close();
        merge.read(probed, (number, message) -> {});
        Await.eventually("only what is open is left", () -> snapshot().senders().size() == 3);
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
        Receiver<String> ended = merge.receiver("ended too");
        merge.forwarder("has left", ended).close();
        return ended;
    }

    /** One more receiver, which has nothing to read. */
    Receiver<String> oneMore() {
        return merge.receiver("one more");
    }

    @Override
    public Receiver<String> foreign() {
        return from;
    }

    @Override
    public MessageHandler<String> handler() {
        return (number, message) -> handled.add(new Delivery.Message<>(number, message));
    }

    @Override
    public Snapshot snapshot() {
        return Scene.without("probed", merge.snapshot());
    }

    @Override
    public void isUsable(@Nullable Object returned, boolean refused) throws InterruptedException {
        assertThat(probe.forward(HIGH, "probe", Await.BOUND)).isTrue();
        assertThat(probed.clock().waitUntil(HIGH, Await.BOUND)).isTrue();
        assertThat(forwarder.forward(HIGH, "last", Await.BOUND)).isTrue();
        List<Delivery.Message<String>> messages = new ArrayList<>(handled);
        messages.addAll(ReaderScene.taken(returned));
        while (r.receiveMessage(Duration.ZERO).orElse(null) instanceof Delivery.Message<String> message) {
            messages.add(message);
        }
        r.acknowledge();
        List<String> given = messages.stream().map(Delivery.Message::payload).toList();
        assertThat(given).startsWith("first").endsWith("last");
        if (refused) {
            assertThat(given).containsExactly("first", "last");
            merge.forwarder("n", r).close(); // no name was taken
            merge.receiver("n").discard();
            merge.link(from, oneMore()); // and no receiver
        }
        assertThat(r.clock().time()).isEqualTo(HIGH);
        Receiver<String> another = top.receiver("another");
        try (Link after = merge.link(another, merge.receiver("after"))) {
            assertThat(after.name()).contains("another");
        }
    }

    @Override
    public void close() {
        merge.close();
        top.close();
    }
}
