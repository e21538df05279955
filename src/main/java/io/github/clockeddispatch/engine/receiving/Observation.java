package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.DispatcherSample;
import io.github.clockeddispatch.engine.recording.Observed;
import io.github.clockeddispatch.engine.recording.ReceiverSample;
import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.recording.SenderSample;
import io.github.clockeddispatch.engine.recording.WaitSample;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Texts;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The look of the flight recorder at a dispatcher, once a second while that is recorded, by a thread of the recorder. It takes the core's
 * lock for one receiver or sender after the other, so that it holds up nobody, however many there are.
 *
 * @see "docs/design.md: Flight recorder"
 */
public final class Observation<T> implements Observed {

    /** Where there are more receivers than this, or senders, those that have nothing to do are left out; of waits, the shorter ones. */
    private static final int FEW = 100;

    /** How many names of others one sender or one wait tells, at most. */
    private static final int NAMES = 10;

    /** It is worth a look where a thread is when it has had a message in hand for this long, or waited, in nanoseconds. */
    private static final long LONG = 1_000_000_000;

    private final Core<T> core;

    // Names of those that had something to do at the last look: it is told once when they have no more.
    // Replaced by the recorder's thread.

    private volatile Set<String> busyReceivers = Set.of();
    private volatile Set<String> busySenders = Set.of();

    Observation(Core<T> core) {
        this.core = core;
    }

    void begin() {
        Recorder.opened(this);
    }

    /** The dispatcher is closed. Without the lock. */
    public void end() {
        Recorder.closed(this);
    }

    @Override
    public DispatcherSample dispatcher() {
        List<Endpoint<T>> all = all();
        int unfinished = 0;
        int failed = 0;
        for (Endpoint<T> endpoint : all) {
            unfinished += endpoint.firstUnfinished() == 0 ? 0 : 1;
            failed += hasFailed(endpoint) ? 1 : 0;
        }
        int senders = core.ingress().undrained().size();
        return new DispatcherSample(core.name(), core.ingress().sequence(), all.size(), unfinished, failed, senders);
    }

    private List<Endpoint<T>> all() {
        core.lock.lock();
        try {
            return core.all();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public void receivers(Consumer<ReceiverSample> observer) {
        List<Endpoint<T>> all = all();
        Set<String> before = busyReceivers;
        Set<String> busy = new HashSet<>();
        for (Endpoint<T> endpoint : all) {
            boolean isBusy = isBusy(endpoint);
            if (isBusy) {
                busy.add(endpoint.name);
            }
            if (isBusy || all.size() <= FEW || before.contains(endpoint.name)) {
                observer.accept(sample(stateOf(endpoint)));
            }
        }
        busyReceivers = busy;
    }

    private static boolean hasFailed(Endpoint<?> endpoint) {
        StopReason why = endpoint.stopped();
        return why != null && why.isFailure();
    }

    /** Returns whether there is something to tell of it. A hint, without the lock. */
    private static boolean isBusy(Endpoint<?> endpoint) {
        return endpoint.firstUnfinished() != 0 || !endpoint.waits.isEmpty() || hasFailed(endpoint);
    }

    private Endpoint.State stateOf(Endpoint<T> endpoint) {
        core.lock.lock();
        try {
            return endpoint.state();
        } finally {
            core.lock.unlock();
        }
    }

    private ReceiverSample sample(Endpoint.State state) {
        ReaderReport.State reader = state.reader();
        Thread thread = reader.thread();
        StopReason failure = state.failure();
        return new ReceiverSample(
                core.name(),
                state.name(),
                text(state.life()),
                state.time(),
                state.lag(),
                state.pending(),
                reader.firstUnfinished(),
                reader.nanos(),
                text(reader.activity()),
                thread == null ? "" : thread.getName(),
                at(reader),
                reader.attempt(),
                state.waits(),
                state.heldBack().messages(),
                state.heldBack().source(),
                failure == null ? 0 : failure.sequence(),
                failure == null ? null : failure.cause());
    }

    /** Says where a reader is that has had something in hand for long, unless that might keep the recorder's thread for ever. */
    private static String at(ReaderReport.State reader) {
        Thread thread = reader.thread();
        boolean isToBeAsked =
                reader.nanos() >= LONG && thread != null && !Recorder.isForeign(thread.getClass(), "getStackTrace");
        return isToBeAsked ? reader.at() : "";
    }

    @Override
    public void senders(Consumer<SenderSample> observer) {
        List<? extends Producer<T>> all = core.ingress().undrained();
        Set<String> before = busySenders;
        Set<String> busy = new HashSet<>();
        for (Producer<T> producer : all) {
            Producer.State state = stateOf(producer);
            boolean isBusy = state.queued() > 0 || state.blocked() > 0;
            if (isBusy) {
                busy.add(state.name());
            }
            if (isBusy || all.size() <= FEW || before.contains(state.name())) {
                observer.accept(sample(state));
            }
        }
        busySenders = busy;
    }

    private Producer.State stateOf(Producer<T> producer) {
        core.lock.lock();
        try {
            return producer.state();
        } finally {
            core.lock.unlock();
        }
    }

    @Override
    public void waits(Consumer<WaitSample> observer) {
        Wait.all()
                .filter(wait -> wait.watch() == core.watch() && wait.age() >= LONG)
                .sorted(Comparator.comparingLong(Wait::since))
                .limit(FEW)
                .map(wait -> sample(wait.state()))
                .forEach(observer);
    }

    private WaitSample sample(Wait.State state) {
        return new WaitSample(
                core.name(),
                state.thread(),
                state.waitsFor(),
                some(state.on()),
                state.since().toNanos(),
                state.timed());
    }

    private SenderSample sample(Producer.State state) {
        return new SenderSample(
                core.name(),
                state.name(),
                text(state.role()),
                text(state.life()),
                state.capacity(),
                state.queued(),
                state.blocked(),
                state.waitingNanos(),
                some(state.waitsFor()),
                state.promise());
    }

    private static String some(List<String> names) {
        return Texts.some(names, NAMES, UnaryOperator.identity());
    }

    private static String text(Enum<?> kind) {
        return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
