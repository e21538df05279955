package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.BLOCKS;
import static io.github.clockeddispatch.model.CallOutcome.DONE;
import static io.github.clockeddispatch.model.CallOutcome.FAILED;
import static io.github.clockeddispatch.model.CallOutcome.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.SenderState;
import io.github.clockeddispatch.testkit.Snapshots;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/** A real dispatcher beside all the states in which the model says that it may be. */
final class ModelWorld implements AutoCloseable {

    /** With what a dispatcher is opened. */
    record Setting(int channelCapacity, boolean endWithLastSender, long startAfter) {
        Model model() {
            return new Model(channelCapacity, endWithLastSender, startAfter);
        }

        Dispatcher<Integer> open() {
            return Dispatcher.builder()
                    .channelCapacity(channelCapacity)
                    .endWithLastSender(endWithLastSender)
                    .startAfter(startAfter)
                    .drainTimeout(Duration.ZERO)
                    .open();
        }
    }

    private record Wait(int receiver, long number, CompletableFuture<Long> future) {}

    private static final Duration LONG = Duration.ofSeconds(20);

    final Real real;
    private final Explanations explanations;
    private final List<Wait> waits = new ArrayList<>();
    private final Map<Integer, Integer> senderOf = new HashMap<>();
    private final List<Long> times = new ArrayList<>();
    private int payloads;

    ModelWorld(Setting setting) {
        real = new Real(setting.open());
        explanations = new Explanations(setting.model());
    }

    // ---- what may be done

    /** A new message for this sender. */
    int payload(int sender) {
        senderOf.put(payloads, sender);
        return payloads++;
    }

    /** A number near the present one. */
    long number(int choice) {
        return Math.clamp(real.dispatcher.sequence() + choice - 4, 0, Model.LAST);
    }

    /** A group around a receiver. */
    Set<Integer> group(int receiver, int choice) {
        int count = real.receivers.size();
        return Set.copyOf(List.of(receiver, (receiver + 1) % count, (receiver + choice) % count));
    }

    void make(Call call) {
        Object seen = real.make(call);
        String before = explanations.toString();
        explanations.invoked(0, call, seen, false);
        if (!explanations.returned(0, seen)) {
            fail("%s came to %s, which the model says of none of these%n%s", call, seen, before);
        }
        settle();
    }

    /** Only where it need not wait: its wait for room in the channel has no limit. */
    void dispatchAsync(int sender) {
        if (explanations.always(m -> !m.isFull(m.sources.get(sender)))) {
            make(new Call.DispatchAsync(sender, payload(sender)));
        }
    }

    void cancelDispatch(int choice) {
        List<Integer> all = List.copyOf(real.futures.keySet());
        if (!all.isEmpty()) {
            int payload = all.get(choice % all.size());
            make(new Call.Cancel(senderOf.get(payload), payload));
        }
    }

    void whenReached(int receiver, long number) {
        waits.add(
                new Wait(receiver, number, real.receivers.get(receiver).clock().whenReached(number)));
        settle();
    }

    void cancelWait(int choice) {
        if (!waits.isEmpty()) {
            waits.remove(choice % waits.size()).future.cancel(true);
        }
    }

    // ---- what is seen

    /** One look at everything. The future of a dispatch stands under its payload, that of a wait under the wait. */
    private record Sight(Snapshot snapshot, List<Long> times, List<Long> discarded, Map<Object, Object> futures) {}

    /** Looks until nothing has changed meanwhile. */
    private Sight look() {
        while (true) {
            Snapshot snapshot = Snapshots.withoutAges(real.dispatcher.snapshot());
            Map<Object, Object> futures = new HashMap<>();
            real.futures.forEach((payload, future) -> futures.put(payload, state(future)));
            waits.forEach(wait -> futures.put(wait, state(wait.future)));
            var times = real.receivers.stream().map(r -> r.clock().time()).toList();
            var discarded = real.receivers.stream().map(Receiver::discarded).toList();
            if (snapshot.equals(Snapshots.withoutAges(real.dispatcher.snapshot()))) {
                return new Sight(snapshot, times, discarded, futures);
            }
        }
    }

    /** Waits until all is at rest as the model says, and takes that for the state from now on. */
    private void settle() {
        AtomicReference<Sight> last = new AtomicReference<>(look());
        if (!isRest(last.get())) {
            try {
                await().atMost(LONG)
                        .pollInSameThread()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> {
                            last.set(look());
                            return isRest(last.get());
                        });
            } catch (ConditionTimeoutException e) {
                fail("it comes to rest at%n%s%nand not as the model says: %s", last, explanations);
            }
        }
        if (!explanations.observed(m -> agrees(m, last.get(), false))) {
            fail("%s is none of these: %s", last, explanations);
        }
        waits.removeIf(wait -> wait.future.isDone()); // it stays as it is, whatever becomes of the receiver
        checkTimes();
    }

    private boolean isRest(Sight seen) {
        return explanations.mayBeAtRest(m -> agrees(m, seen, true));
    }

    private boolean agrees(Model m, Sight seen, boolean atRest) {
        Map<String, ReceiverState> receivers =
                seen.snapshot.receivers().stream().collect(Collectors.toMap(ReceiverState::name, r -> r));
        Map<String, SenderState> senders =
                seen.snapshot.senders().stream().collect(Collectors.toMap(SenderState::name, s -> s));
        boolean same = seen.snapshot.sequence() == m.counter;
        for (Sink r : m.sinks) {
            Receiver<Integer> own = real.receivers.get(r.id);
            same &= own.joinedAt() == r.joinedAt;
            same &= seen.times.get(r.id) == m.clock(r);
            same &= m.life == FAILED || seen.discarded.get(r.id) == r.discarded;
            ReceiverState state = receivers.get(own.name());
            if (state != null) {
                same &= state.pending() == r.inbox.size();
                same &= r.stopped != DONE || state.firstUnfinished() == r.firstUnfinished();
            }
        }
        // where all fail at once, it is left open which of a group was the last for which a message waited
        same &= sum(seen.discarded)
                == sum(m.sinks.stream().map(r -> r.discarded).toList());
        for (int i = 0; i < m.sources.size(); i++) {
            SenderState state = senders.get(real.senders.get(i).name());
            same &= (state == null ? 0 : state.queued())
                    == m.sources.get(i).channel.size();
        }
        return same && futuresAgree(m, seen.futures, atRest);
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(count -> count).sum();
    }

    private static Object state(CompletableFuture<Long> future) {
        return switch (future.state()) {
            case RUNNING -> BLOCKS;
            case SUCCESS -> future.resultNow();
            case FAILED -> Real.outcome(future.exceptionNow());
            case CANCELLED -> NOTHING;
        };
    }

    private boolean futuresAgree(Model m, Map<Object, Object> seen, boolean allOfThem) {
        return seen.entrySet().stream().allMatch(future -> {
            Object expected = future.getKey() instanceof Wait wait
                    ? reached(m.await(m.sinks.get(wait.receiver), wait.number, false, 0), wait.number)
                    : m.fates.getOrDefault(future.getKey(), BLOCKS);
            Object state = future.getValue();
            return state == BLOCKS && !allOfThem || CallOutcome.agree(expected, state);
        });
    }

    private static Object reached(Object outcome, long number) {
        return outcome == DONE ? (Object) number : outcome;
    }

    /** G4: no clock ever falls, or is above the counter. */
    private void checkTimes() {
        for (int i = 0; i < real.receivers.size(); i++) {
            long time = real.receivers.get(i).clock().time();
            if (i < times.size()) {
                assertThat(time).as("clock of receiver %s", i).isGreaterThanOrEqualTo(times.get(i));
                times.set(i, time);
            } else {
                assertThat(time)
                        .as("clock of receiver %s", i)
                        .isGreaterThanOrEqualTo(real.receivers.get(i).joinedAt());
                times.add(time);
            }
            assertThat(time).isLessThanOrEqualTo(real.dispatcher.sequence());
        }
    }

    @Override
    public void close() {
        try {
            real.dispatcher.close();
        } catch (DispatchException e) {
            // messages were left, or it has failed: that is compared where closing is one of the steps
        }
    }
}
