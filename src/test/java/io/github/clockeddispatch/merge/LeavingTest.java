package io.github.clockeddispatch.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What comes of clocks, ends and waits when forwarders and receivers leave; each has been wrong once. */
class LeavingTest {

    private final ForwardingDispatcher<String> merge =
            ForwardingDispatcher.builder().drainTimeout(Duration.ZERO).open();
    private final Receiver<String> receiver = merge.receiver("receiver");
    private final Receiver<String> other = merge.receiver("other");

    @AfterEach
    void close() {
        try {
            merge.close();
        } catch (DispatchException e) {
            // not all was delivered
        }
    }

    @Test
    void theClockOfAReceiverThatWasDiscardedDoesNotPassWhatWasHeldBack() {
        Forwarder<String> early = merge.forwarder("early", receiver);
        merge.forwarder("late", receiver);
        assertThat(early.tryForward(3, "held back")).isTrue();
        receiver.discard();
        early.close();
        assertThat(receiver.clock().time()).isZero();
        assertThatThrownBy(() -> receiver.clock().waitUntil(3)).isInstanceOf(ClosedException.class);
    }

    @Test
    void whatIsDueStaysReadableWhenTheMergeIsClosedAndTheClockDoesNotPassTheRest() {
        Forwarder<String> source = merge.forwarder("source", receiver);
        Forwarder<String> late = merge.forwarder("late", receiver);
        assertThat(source.tryForward(1, "due")).isTrue();
        late.advance(2);
        assertThat(late.tryForward(3, "held back")).isTrue();
        assertThatThrownBy(merge::close).hasMessageContaining("1 message of forwarder \"late\"");
        assertThat(receiver.tryReceive()).contains(new Delivery.Message<>(1, "due"));
        assertThat(receiver.tryReceive()).contains(new Delivery.End<>(1));
        assertThat(receiver.clock().time()).isEqualTo(1);
        assertThatThrownBy(() -> receiver.clock().waitUntil(2)).isInstanceOf(ClosedException.class);
    }

    @Test
    void theEndOfOneDoesNotWaitForAnotherOfTheGroupToRead() {
        try (Forwarder<String> group = merge.forwarder("group", receiver, other)) {
            assertThat(group.tryForward(1, "a")).isTrue();
            assertThat(group.tryForward(2, "b")).isTrue();
        }
        assertThat(receiver.tryReceive()).contains(new Delivery.Message<>(1, "a"));
        assertThat(receiver.tryReceive()).contains(new Delivery.Message<>(2, "b"));
        assertThat(receiver.tryReceive()).contains(new Delivery.End<>(2));
    }

    @Test
    void theClockStopsWhereItWouldBeFoundToStand() throws Exception {
        try (Forwarder<String> source = merge.forwarder("source", receiver, other)) {
            source.advance(5); // which nobody has looked at
            receiver.discard();
            other.fail(new Exception("planned"));
            assertThat(receiver.clock().time()).isEqualTo(5);
            assertThat(other.clock().time()).isEqualTo(5);
        }
    }

    @Test
    void whatIsDueCountsAsDiscardedThoughItStillWaitsInABufferForAnother() throws Exception {
        try (Forwarder<String> group = merge.forwarder("group", receiver, other)) {
            assertThat(group.tryForward(1, "to both")).isTrue(); // which nobody has looked at
            receiver.discard();
            assertThat(receiver.discarded()).isEqualTo(1);
        }
    }

    @Test
    void theSequenceIsNotThatOfAReceiverThatHasStopped() throws Exception {
        Receiver<String> idle = merge.receiver("idle");
        Receiver<String> failing = merge.receiver("failing");
        merge.forwarder("silent", receiver, other);
        Forwarder<String> source = merge.forwarder("source", receiver);
        idle.discard();
        failing.fail(new Exception("planned"));
        source.advance(5);
        assertThat(idle.clock().time()).isZero();
        assertThat(failing.clock().time()).isZero();
        assertThat(merge.sequence()).isZero();
    }

    @Test
    void aReceiverIsGivenABroadcastThatIsHeldBackThoughTheBroadcasterHasClosed() {
        Forwarder<String> silent = merge.broadcaster("silent");
        try (Forwarder<String> broadcaster = merge.broadcaster("broadcaster")) {
            assertThat(broadcaster.tryForward(3, "to all")).isTrue();
        }
        Receiver<String> guest = merge.receiver("guest");
        assertThat(guest.joinedAt()).isZero();
        silent.advance(3);
        assertThat(receiver.tryReceive()).contains(new Delivery.Message<>(3, "to all"));
        assertThat(guest.tryReceive()).contains(new Delivery.Message<>(3, "to all"));
    }

    @Test
    void aBroadcasterDoesNotJoinWhereOneStandsThatHasEnded() {
        merge.forwarder("to the one", receiver);
        try (Forwarder<String> last = merge.forwarder("to the other", other)) {
            last.advance(5);
        }
        assertThat(merge.broadcaster("broadcaster").tryForward(1, "not late")).isTrue();
    }

    @Test
    void theSequenceDoesNotFallWhenTheReceiverLeavesThatStoodThere() {
        merge.forwarder("to the one", receiver);
        merge.forwarder("to the other", other).advance(5);
        other.discard();
        assertThat(merge.sequence()).isEqualTo(5);
    }

    @Test
    void noClockBelowPassesWhatAMergeAboveGaveUp() throws Exception {
        ForwardingDispatcher<String> lower = ForwardingDispatcher.builder()
                .channelCapacity(1)
                .drainTimeout(Duration.ZERO)
                .open();
        try {
            Receiver<String> below = lower.receiver("below");
            Forwarder<String> other = lower.forwarder("other", below);
            Forwarder<String> source = merge.forwarder("source", receiver);
            lower.link(receiver, below);
            merge.forwarder("silent", receiver).advance(1);
            assertThat(source.tryForward(2, "held back")).isTrue();
            assertThatThrownBy(merge::close).hasMessageContaining("held back: receiver \"receiver\"");
            assertThatThrownBy(() -> {
                        other.advance(4); // tells it, too, where the link has come to its end before
                        below.clock().waitUntil(4);
                    })
                    .isInstanceOf(FailedException.class)
                    .hasRootCauseInstanceOf(ClosedException.class);
        } finally {
            try {
                lower.close();
            } catch (DispatchException e) {
                // what had come before is lost with the receiver, if anything had
            }
        }
    }
}
