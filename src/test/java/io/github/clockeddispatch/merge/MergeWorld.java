package io.github.clockeddispatch.merge;

import static io.github.clockeddispatch.merge.MergeOracle.CLOSED;
import static io.github.clockeddispatch.merge.MergeOracle.DONE;
import static io.github.clockeddispatch.merge.MergeOracle.FAILED;
import static io.github.clockeddispatch.merge.MergeOracle.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Forwarder;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LateMessageException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.ReceiverState.State;
import io.github.clockeddispatch.merge.MergeOracle.Fw;
import io.github.clockeddispatch.merge.MergeOracle.Rx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A real merge beside the {@link MergeOracle}: does the same to both, and compares. */
final class MergeWorld implements AutoCloseable {

    /** With what a merge is opened. */
    record Setting(int buffer, boolean endWithLast, boolean held, long start) {}

    private static final class Wait {
        final Rx receiver;
        final long number;
        final CompletableFuture<Long> future;

        /** What it has come to. */
        String outcome = NOTHING;

        Wait(Rx receiver, long number, CompletableFuture<Long> future) {
            this.receiver = receiver;
            this.number = number;
            this.future = future;
        }
    }

    private static final Pattern LOSS = Pattern.compile("(\\d+) messages? of forwarder \"([^\"]*)\"");
    private static final Exception CAUSE = new Exception("planned");

    final List<Receiver<Integer>> receivers = new ArrayList<>();
    final List<Forwarder<Integer>> forwarders = new ArrayList<>();
    private final ForwardingDispatcher<Integer> merge;
    private final MergeOracle oracle;
    private final List<Wait> waits = new ArrayList<>();
    private int payloads;

    MergeWorld(Setting setting) {
        var builder = ForwardingDispatcher.builder()
                .channelCapacity(setting.buffer)
                .endWithLastSender(setting.endWithLast)
                .startAfter(setting.start)
                .drainTimeout(Duration.ZERO);
        merge = (setting.held ? builder.held() : builder).open();
        oracle = new MergeOracle(setting.buffer, setting.endWithLast, setting.held, setting.start);
    }

    // ---- what may be done

    void join() {
        same(oracle.join(), () -> receivers.add(merge.receiver("r" + receivers.size())));
    }

    /** Opens a forwarder to some receivers; to none for all. */
    void open(List<Integer> targets) {
        String name = "" + forwarders.size();
        same(oracle.open(targets.stream().map(oracle.receivers::get).toList()), () -> {
            @SuppressWarnings({"unchecked", "rawtypes"})
            Receiver<Integer>[] to = targets.stream().map(receivers::get).toArray(Receiver[]::new);
            return forwarders.add(to.length == 0 ? merge.broadcaster(name) : merge.forwarder(name, to));
        });
    }

    void forward(int forwarder, int ahead, boolean timed) {
        Forwarder<Integer> f = forwarders.get(forwarder);
        long number = number(forwarder, ahead);
        int payload = payloads++;
        same(
                oracle.forward(oracle.forwarders.get(forwarder), number, payload, false),
                () -> timed ? f.forward(number, payload, Duration.ZERO) : f.tryForward(number, payload));
    }

    /** Only where it need not wait: its wait has no limit. */
    void forwardPart(int forwarder, int ahead) {
        long number = number(forwarder, ahead);
        int payload = payloads++;
        Fw fw = oracle.forwarders.get(forwarder);
        if (oracle.hasFreeSlot(fw, number)) {
            same(oracle.forward(fw, number, payload, true), () -> {
                forwarders.get(forwarder).forwardPart(number, payload);
                return true;
            });
        }
    }

    void advance(int forwarder, int ahead) {
        long number = number(forwarder, ahead);
        same(oracle.advance(oracle.forwarders.get(forwarder), number), () -> {
            forwarders.get(forwarder).advance(number);
            return true;
        });
    }

    private long number(int forwarder, int ahead) {
        return Math.max(1, oracle.forwarders.get(forwarder).promise + ahead - 1);
    }

    void closeForwarder(int forwarder) {
        forwarders.get(forwarder).close();
        oracle.close(oracle.forwarders.get(forwarder), CLOSED);
        settleWaits();
    }

    void failForwarder(int forwarder) {
        forwarders.get(forwarder).fail(CAUSE);
        oracle.close(oracle.forwarders.get(forwarder), FAILED);
        settleWaits();
    }

    void receive(int receiver, boolean ticks, boolean timed) {
        Receiver<Integer> r = receivers.get(receiver);
        same(
                oracle.receive(oracle.receivers.get(receiver), ticks),
                () -> !ticks ? r.receiveMessage(Duration.ZERO) : timed ? r.receive(Duration.ZERO) : r.tryReceive());
    }

    void drain(int receiver, int max) {
        Rx r = oracle.receivers.get(receiver);
        List<Object> expected = new ArrayList<>();
        Object next = NOTHING;
        while (expected.size() < max && (next = oracle.receive(r, false)) instanceof Delivery.Message<?>) {
            expected.add(next);
        }
        if (r.stop == null) {
            oracle.acknowledge(r);
        }
        List<Object> given = new ArrayList<>();
        int count = next instanceof Delivery.End<?> && expected.isEmpty() ? -1 : expected.size();
        same(
                r.stop == null ? count : r.stop,
                () -> receivers
                        .get(receiver)
                        .drain((number, payload) -> given.add(new Delivery.Message<>(number, payload)), max));
        assertThat(given).isEqualTo(expected);
    }

    void acknowledge(int receiver) {
        same(oracle.acknowledge(oracle.receivers.get(receiver)), () -> {
            receivers.get(receiver).acknowledge();
            return true;
        });
    }

    void await(int receiver, int ahead) {
        long number = Math.max(0, oracle.known + ahead - 6);
        same(
                oracle.await(oracle.receivers.get(receiver), number),
                () -> receivers.get(receiver).clock().waitUntil(number, Duration.ZERO));
    }

    void whenReached(int receiver, int ahead) {
        long number = Math.max(0, oracle.known + ahead - 2);
        waits.add(new Wait(
                oracle.receivers.get(receiver),
                number,
                receivers.get(receiver).clock().whenReached(number)));
        settleWaits();
    }

    void cancelWait(int choice) {
        if (!waits.isEmpty()) {
            waits.remove(choice % waits.size()).future.cancel(true);
        }
    }

    void discardReceiver(int receiver) {
        receivers.get(receiver).discard();
        oracle.stop(oracle.receivers.get(receiver), CLOSED);
        settleWaits();
    }

    void failReceiver(int receiver) {
        receivers.get(receiver).fail(CAUSE);
        oracle.stop(oracle.receivers.get(receiver), FAILED);
        settleWaits();
    }

    void start() {
        same(oracle.start(), () -> {
            merge.start();
            return true;
        });
    }

    void fail() {
        merge.fail(CAUSE);
        oracle.fail();
        settleWaits();
    }

    /** Closes the merge, which tells what is lost; exactly so unless something was lost with a failed receiver before. */
    void closeMerge() {
        boolean first = oracle.stop == null;
        oracle.close();
        settleWaits();
        Map<String, Integer> told = new HashMap<>();
        try {
            merge.close();
        } catch (DispatchException e) {
            LOSS.matcher(e.getMessage()).results().forEach(m -> told.put(m.group(2), Integer.valueOf(m.group(1))));
        }
        if (first && oracle.receivers.stream().noneMatch(r -> FAILED.equals(r.stop))) {
            for (int i = 0; i < forwarders.size(); i++) {
                assertThat(told.getOrDefault("" + i, 0)).as("lost of %s", i).isEqualTo(oracle.forwarders.get(i).lost);
            }
        }
    }

    // ---- comparing

    private static void same(Object expected, Callable<?> call) {
        assertThat(outcome(call)).isEqualTo(expected);
    }

    /** What it returns or throws, in the oracle's words. */
    private static Object outcome(Callable<?> call) {
        try {
            return switch (call.call()) {
                case Boolean done -> done ? DONE : NOTHING;
                case Optional<?> given -> given.isPresent() ? given.get() : NOTHING;
                case Object other -> other;
            };
        } catch (LateMessageException e) {
            return "late: " + e.source() + " " + e.sequence() + " " + e.promised();
        } catch (ClosedException e) {
            return CLOSED;
        } catch (FailedException e) {
            return e.getCause() == CAUSE ? FAILED : e;
        } catch (Exception e) {
            return e;
        }
    }

    /** Compares all that can be seen. Not after each step: what nobody has looked at is brought up to date later. */
    void look() {
        Map<String, Snapshot.ReceiverState> states = new HashMap<>();
        Snapshot snapshot = merge.snapshot();
        snapshot.receivers().forEach(state -> states.put(state.name(), state));
        long sequence = merge.sequence(); // that of receivers that have left counts from when it is looked at
        assertThat(sequence).as("sequence").isBetween(oracle.sequence(), Math.max(oracle.sequence(), oracle.known));
        for (int i = 0; i < receivers.size(); i++) {
            look(receivers.get(i), oracle.receivers.get(i), states.get("r" + i));
        }
        assertThat(outcome(() -> merge.awaitFinished(Duration.ZERO))).isIn(oracle.finished());
        for (Snapshot.SenderState state : snapshot.senders()) {
            Fw f = oracle.forwarders.get(Integer.parseInt(state.name()));
            assertThat(state.queued()).as("%s", state).isEqualTo(oracle.queued(f));
            assertThat(state.promise()).as("%s", state).isEqualTo(f.promise);
        }
        settleWaits();
        waits.forEach(this::look);
    }

    private void look(Receiver<Integer> real, Rx r, Snapshot.ReceiverState state) {
        assertThat(real.joinedAt()).isEqualTo(r.joinedAt);
        assertThat(real.clock().time()).as("clock of %s", real.name()).isEqualTo(oracle.clock(r));
        assertThat(merge.sequence()).isGreaterThanOrEqualTo(oracle.clock(r));
        assertThat(real.discarded()).as("discarded by %s", real.name()).isEqualTo(r.discarded);
        if (r.stop != null) {
            assertThat(real.pending()).as("pending at %s", real.name()).isZero();
        }
        if (state != null && r.stop == null) {
            assertThat(state.pending() + state.heldBack().messages())
                    .as("%s", state)
                    .isEqualTo(oracle.waiting(r));
            assertThat(state.state())
                    .as("%s", state)
                    .isEqualTo(oracle.isAtEnd(r) ? State.ENDED : r.ending ? State.ENDING : State.OPEN);
        }
    }

    /** What a wait has come to it does not change. */
    private void settleWaits() {
        for (Wait wait : waits) {
            if (wait.outcome.equals(NOTHING)) {
                wait.outcome = oracle.await(wait.receiver, wait.number);
            }
        }
    }

    private void look(Wait wait) {
        Object expected = wait.outcome;
        Object seen = NOTHING;
        if (!expected.equals(NOTHING) || wait.future.isDone()) {
            seen = outcome(() -> {
                try {
                    return wait.future.get(2, TimeUnit.SECONDS) == wait.number;
                } catch (ExecutionException e) {
                    throw e.getCause() instanceof Exception cause ? cause : e;
                }
            });
        }
        assertThat(seen)
                .as("wait for %s of r%s", wait.number, oracle.receivers.indexOf(wait.receiver))
                .isEqualTo(expected);
    }

    @Override
    public void close() {
        try {
            merge.close();
        } catch (DispatchException e) {
            // it was compared, or the comparison has failed before
        }
    }
}
