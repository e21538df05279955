package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.Outcome.BLOCKS;
import static io.github.clockeddispatch.model.Outcome.DONE;
import static io.github.clockeddispatch.model.Outcome.NOTHING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Snapshot;
import io.github.clockeddispatch.Snapshot.ReceiverState;
import io.github.clockeddispatch.Snapshot.SenderState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/** A real dispatcher beside all the states in which the model says that it may be. */
final class World implements AutoCloseable {

    /** With what a dispatcher is opened. */
    record Setting(int channelCapacity, boolean endWithLastSender, long startAfter) {
        Model model() {
            return new Model(channelCapacity, endWithLastSender, startAfter);
        }

        Dispatcher<Integer> open() {
            return Dispatcher.<Integer>builder()
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

    World(Setting setting) {
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

    /** Waits until all is at rest as the model says, and takes that for the state from now on. */
    private void settle() {
        if (!isSettled()) {
            try {
                await().atMost(LONG)
                        .pollInSameThread()
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(1))
                        .until(this::isSettled);
            } catch (ConditionTimeoutException e) {
                fail(
                        "it comes to rest at%n%s%n%s%nand not as the model says: %s",
                        real.dispatcher.snapshot(), seenFutures(), explanations);
            }
        }
        var futures = seenFutures();
        var snapshot = real.dispatcher.snapshot();
        Predicate<Model> same = m -> agrees(m, snapshot) && futuresAgree(m, futures, false);
        if (!explanations.observed(same)) {
            fail("%s is none of these: %s", snapshot, explanations);
        }
        waits.removeIf(wait -> wait.future.isDone()); // it stays as it is, whatever becomes of the receiver
        checkTimes();
    }

    private boolean isSettled() {
        var futures = seenFutures();
        var snapshot = real.dispatcher.snapshot();
        return explanations.mayBeAtRest(m -> agrees(m, snapshot) && futuresAgree(m, futures, true));
    }

    private boolean agrees(Model m, Snapshot snapshot) {
        Map<String, ReceiverState> receivers =
                snapshot.receivers().stream().collect(Collectors.toMap(ReceiverState::name, r -> r));
        Map<String, SenderState> senders =
                snapshot.senders().stream().collect(Collectors.toMap(SenderState::name, s -> s));
        boolean same = snapshot.sequence() == m.counter;
        for (Sink r : m.sinks) {
            Receiver<Integer> own = real.receivers.get(r.id);
            ReceiverState seen = receivers.get(own.name());
            same &= own.joinedAt() == r.joinedAt && own.discarded() == r.discarded;
            if (seen == null) {
                same &= own.clock().time() == m.clock(r);
            } else {
                same &= seen.time() == m.clock(r) && seen.discarded() == r.discarded;
                same &= r.stopped != DONE
                        || seen.pending() == r.inbox.size() && seen.firstUnfinished() == r.firstUnfinished();
            }
        }
        for (int i = 0; i < m.sources.size(); i++) {
            SenderState seen = senders.get(real.senders.get(i).name());
            same &= (seen == null ? 0 : seen.queued())
                    == m.sources.get(i).channel.size();
        }
        return same;
    }

    /** What the futures have come to: first those of dispatches, by payload, then those of waits. */
    private Map<Object, Object> seenFutures() {
        Map<Object, Object> seen = new HashMap<>();
        real.futures.forEach((payload, future) -> seen.put(payload, state(future)));
        waits.forEach(wait -> seen.put(wait, state(wait.future)));
        return seen;
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
            return state == BLOCKS && !allOfThem || Outcome.agree(expected, state);
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
