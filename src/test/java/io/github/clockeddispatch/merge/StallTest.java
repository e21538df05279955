package io.github.clockeddispatch.merge;

import static io.github.clockeddispatch.testkit.Over.MERGE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.SenderState;
import io.github.clockeddispatch.testkit.Await;
import io.github.clockeddispatch.testkit.ContractTest;
import io.github.clockeddispatch.testkit.Running;
import io.github.clockeddispatch.testkit.Setup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One source among several says nothing: what that holds up, what it costs, and what tells of it. */
class StallTest {

    private static final int SOURCES = 3;

    private ForwardingDispatcher<String> merge;
    private Receiver<String> receiver;
    private Forwarder<String> silent;
    private final List<Running<Void>> writers = new ArrayList<>();

    /** Each source forwards numbers of its own, three times as many as its buffer holds, and then leaves. */
    private void stall(Setup setup) {
        merge = setup.openMerge();
        receiver = merge.receiver("receiver");
        silent = merge.forwarder("silent", receiver);
        for (int i = 0; i < SOURCES; i++) {
            int first = i + 1;
            Forwarder<String> source = merge.forwarder("source " + i, receiver);
            writers.add(setup.run("writer " + i, () -> {
                for (long n = first; n <= last(setup); n += SOURCES) {
                    source.forward(n, "m" + n);
                }
                source.close();
            }));
        }
        writers.forEach(Running::awaitBlocked);
    }

    private static int queuedWhenFull(SenderState state, Setup setup) {
        return state.name().equals("silent") ? 0 : setup.capacity();
    }

    private static long last(Setup setup) {
        return 3L * SOURCES * setup.capacity();
    }

    @ContractTest(
            capacities = {1, 2, 100},
            over = MERGE)
    void nothingAboveItsPromiseComesAndMemoryIsBounded(Setup setup) throws InterruptedException {
        stall(setup);
        assertThat(receiver.tryReceive()).isEmpty();
        silent.advance(2);
        assertThat(receiver.tryReceive()).contains(new Message<>(1, "m1"));
        assertThat(receiver.tryReceive()).contains(new Message<>(2, "m2"));
        writers.forEach(writer -> assertThat(writer.isDone()).isFalse());
        Await.eventually(
                "each buffer is full again",
                () -> merge.snapshot().senders().stream()
                        .allMatch(state -> state.queued() >= queuedWhenFull(state, setup)));
        Await.blocked("each writer", writers.stream().map(Running::thread).toList());
        assertThat(receiver.drain((number, message) -> {}, 1)).isZero();
        assertThat(receiver.clock().time()).isEqualTo(2);
        for (SenderState state : merge.snapshot().senders()) {
            assertThat(state.queued()).as("%s", state).isEqualTo(queuedWhenFull(state, setup));
        }
        silent.close();
        takeRest(setup, 3);
    }

    @ContractTest(
            capacities = {1, 2, 100},
            over = MERGE)
    void aSnapshotNamesItItsPromiseAndForHowLong(Setup setup) throws InterruptedException {
        stall(setup);
        ReceiverState state = merge.snapshot().receivers().getFirst();
        assertThat(state.heldBack().messages()).isEqualTo(SOURCES * setup.capacity());
        assertThat(state.heldBack().source()).isEqualTo("silent");
        assertThat(state.heldBack().promise()).isZero();
        Duration since = state.heldBack().since();
        assertThat(since).isPositive();
        Await.eventually(
                "time goes on",
                () -> merge.snapshot().receivers().getFirst().heldBack().since().compareTo(since) > 0);
        silent.advance(last(setup));
        takeRest(setup, 1);
        assertThat(merge.snapshot().receivers().getFirst().heldBack().messages())
                .isZero();
    }

    @ContractTest(
            capacities = {1, 2, 100},
            over = MERGE)
    void allComesInOrderWhenItAdvances(Setup setup) throws InterruptedException {
        stall(setup);
        silent.advance(last(setup));
        takeRest(setup, 1);
    }

    @ContractTest(
            capacities = {1, 2, 100},
            over = MERGE)
    void allComesInOrderWhenItLeaves(Setup setup) throws InterruptedException {
        stall(setup);
        silent.close();
        takeRest(setup, 1);
    }

    /** Reads the rest, which is all there or comes as soon as there is room. */
    private void takeRest(Setup setup, long first) throws InterruptedException {
        for (long n = first; n <= last(setup); n++) {
            assertThat(receiver.receiveMessage(Await.BOUND)).contains(new Message<>(n, "m" + n));
        }
        writers.forEach(Running::result);
    }
}
