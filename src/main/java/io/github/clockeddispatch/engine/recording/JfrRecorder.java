package io.github.clockeddispatch.engine.recording;

import java.util.List;
import java.util.Objects;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The recorder that writes the events of the JDK's flight recorder. It is loaded when that is initialised.
 *
 * @see "docs/design.md: Flight recorder"
 */
final class JfrRecorder extends Recorder {

    private static final String LIBRARY = "io.github.clockeddispatch";

    /** How long the text of a cause is, at most: it is told again every second. */
    private static final int LONGEST_TEXT = 1_000;

    // One of each kind, to ask whether it is enabled: that takes no memory, and a compiler knows the class.

    private static final HandlingEvent HANDLING = new HandlingEvent();
    private static final SendWaitEvent SEND_WAIT = new SendWaitEvent();
    private static final ClockWaitEvent CLOCK_WAIT = new ClockWaitEvent();
    private static final PumpWaitEvent PUMP_WAIT = new PumpWaitEvent();
    private static final HeldBackEvent HELD_BACK = new HeldBackEvent();
    private static final JoinedEvent JOINED = new JoinedEvent();
    private static final LeftEvent LEFT = new LeftEvent();
    private static final DeadlockEvent DEADLOCK = new DeadlockEvent();
    private static final FailedEvent FAILED = new FailedEvent();
    private static final SkippedEvent SKIPPED = new SkippedEvent();

    // Constants, as a hook is removed by the object that it is.

    private static final Runnable DISPATCHERS = JfrRecorder::commitDispatchers;
    private static final Runnable RECEIVERS = JfrRecorder::commitReceivers;
    private static final Runnable SENDERS = JfrRecorder::commitSenders;
    private static final Runnable WAITS = JfrRecorder::commitWaits;

    private JfrRecorder() {}

    /** The flight recorder is initialised. */
    static void start() {
        activate(new JfrRecorder());
        FlightRecorder.addPeriodicEvent(DispatcherStateEvent.class, DISPATCHERS);
        FlightRecorder.addPeriodicEvent(ReceiverStateEvent.class, RECEIVERS);
        FlightRecorder.addPeriodicEvent(SenderStateEvent.class, SENDERS);
        FlightRecorder.addPeriodicEvent(WaitStateEvent.class, WAITS);
    }

    /** Nobody is to be asked any more how it stands. */
    static void observeNoMore() {
        List.of(DISPATCHERS, RECEIVERS, SENDERS, WAITS).forEach(FlightRecorder::removePeriodicEvent);
    }

    // ---- what takes time

    @Override
    public boolean timesHandlers() {
        return HANDLING.isEnabled();
    }

    @Override
    public @Nullable HandlerTimer handlerTimer(String dispatcher, String receiver) {
        try {
            var event = new HandlingEvent();
            event.dispatcher = dispatcher;
            event.receiver = receiver;
            return new HandlerTimer(event);
        } catch (Throwable e) { // it is not recorded
            return null;
        }
    }

    @Override
    public @Nullable RecordedWait sendWait(String dispatcher, String sender, String waitsFor) {
        try {
            if (SEND_WAIT.isEnabled()) {
                var event = new SendWaitEvent();
                event.dispatcher = dispatcher;
                event.sender = sender;
                event.waitedFor = waitsFor;
                event.begin();
                return event;
            }
            return null;
        } catch (Throwable e) { // it is not recorded
            return null;
        }
    }

    @Override
    public @Nullable RecordedWait clockWait(String dispatcher, String clock, long sequence) {
        try {
            if (CLOCK_WAIT.isEnabled()) {
                var event = new ClockWaitEvent();
                event.dispatcher = dispatcher;
                event.clock = clock;
                event.sequence = sequence;
                event.begin();
                return event;
            }
            return null;
        } catch (Throwable e) { // it is not recorded
            return null;
        }
    }

    @Override
    public boolean recordsPumpWaits() {
        return PUMP_WAIT.isEnabled();
    }

    @Override
    public @Nullable RecordedPumpWait pumpWait(String dispatcher, String sender) {
        try {
            var event = new PumpWaitEvent();
            event.dispatcher = dispatcher;
            event.sender = sender;
            return event;
        } catch (Throwable e) { // it is not recorded
            return null;
        }
    }

    @Override
    public boolean recordsHeldBack() {
        return HELD_BACK.isEnabled();
    }

    @Override
    public @Nullable RecordedHold heldBack(String dispatcher, String receiver) {
        try {
            var event = new HeldBackEvent();
            event.dispatcher = dispatcher;
            event.receiver = receiver;
            return event;
        } catch (Throwable e) { // it is not recorded
            return null;
        }
    }

    // ---- what happens at an instant

    @Override
    public boolean recordsInstants() {
        return JOINED.isEnabled() || LEFT.isEnabled() || DEADLOCK.isEnabled();
    }

    @Override
    public void joined(String dispatcher, String kind, String name, long sequence) {
        try {
            var event = new JoinedEvent();
            event.dispatcher = dispatcher;
            event.kind = kind;
            event.name = name;
            event.sequence = sequence;
            event.commit();
        } catch (Throwable e) {
            // it is not recorded
        }
    }

    @Override
    public void left(String dispatcher, String kind, String name, long sequence, String how) {
        try {
            var event = new LeftEvent();
            event.dispatcher = dispatcher;
            event.kind = kind;
            event.name = name;
            event.sequence = sequence;
            event.how = how;
            event.commit();
        } catch (Throwable e) {
            // it is not recorded
        }
    }

    @Override
    public void failed(String dispatcher, String receiver, long sequence, Throwable cause) {
        try {
            if (FAILED.isEnabled()) {
                var event = new FailedEvent();
                event.dispatcher = dispatcher;
                event.receiver = receiver;
                event.sequence = sequence;
                event.cause = cause.getClass().getName();
                event.text = text(cause);
                event.commit();
            }
        } catch (Throwable e) {
            // it is not recorded
        }
    }

    @Override
    public void skipped(String dispatcher, String receiver, long sequence, int attempts, Throwable cause) {
        try {
            if (SKIPPED.isEnabled()) {
                var event = new SkippedEvent();
                event.dispatcher = dispatcher;
                event.receiver = receiver;
                event.sequence = sequence;
                event.attempts = attempts;
                event.cause = cause.getClass().getName();
                event.text = text(cause);
                event.commit();
            }
        } catch (Throwable e) {
            // it is not recorded
        }
    }

    @Override
    public boolean asksForeignCode(Throwable cause) {
        return FAILED.isEnabled() && hasForeignText(cause);
    }

    /** Returns whether the text of an exception is made by code that is not the JDK's, nor this library's, which asks that of its cause. */
    private static boolean hasForeignText(Throwable exception) {
        Throwable cause = exception;
        while (cause != null && cause.getClass().getPackageName().equals(LIBRARY)) {
            cause = cause.getCause();
        }
        return cause != null && isForeign(cause.getClass(), "getMessage");
    }

    private static String text(Throwable cause) {
        try {
            String text = Objects.requireNonNullElse(cause.getMessage(), "");
            return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "…";
        } catch (Throwable e) { // foreign code may throw anything
            return "";
        }
    }

    @Override
    public void deadlock(String dispatcher, String text) {
        try {
            var event = new DeadlockEvent();
            event.dispatcher = dispatcher;
            event.text = text;
            event.commit();
        } catch (Throwable e) {
            // it is not recorded
        }
    }

    @Override
    public void closedWithLosses(String dispatcher, String losses) {
        try {
            var event = new ClosedWithLossesEvent();
            event.dispatcher = dispatcher;
            event.losses = losses;
            event.commit();
        } catch (Throwable e) {
            // it is not recorded
        }
    }

    // ---- what is looked at once a second

    private static void commitDispatchers() {
        OpenDispatchers.each(one -> commit(one.dispatcher()));
    }

    private static void commitReceivers() {
        OpenDispatchers.each(one -> one.receivers(JfrRecorder::commit));
    }

    private static void commitSenders() {
        OpenDispatchers.each(one -> one.senders(JfrRecorder::commit));
    }

    private static void commitWaits() {
        OpenDispatchers.each(one -> one.waits(JfrRecorder::commit));
    }

    private static void commit(DispatcherSample sample) {
        var event = new DispatcherStateEvent();
        event.dispatcher = sample.name();
        event.sequence = sample.sequence();
        event.receivers = sample.receivers();
        event.unfinished = sample.unfinished();
        event.failed = sample.failed();
        event.senders = sample.senders();
        event.commit();
    }

    private static void commit(ReceiverSample sample) {
        var event = new ReceiverStateEvent();
        event.dispatcher = sample.dispatcher();
        event.receiver = sample.name();
        event.state = sample.state();
        event.clock = sample.time();
        event.lag = sample.lag();
        event.pending = sample.pending();
        event.firstUnfinished = sample.firstUnfinished();
        event.unfinishedFor = sample.unfinishedNanos();
        event.activity = sample.activity();
        event.reader = sample.reader();
        event.at = sample.at();
        event.attempt = sample.attempt();
        event.waiters = sample.waits();
        event.held = sample.held();
        event.heldBy = sample.heldBy();
        Throwable failure = sample.failure();
        if (failure != null) { // foreign code might keep the recorder's thread for ever
            event.failure = "at " + sample.failedAt() + ": "
                    + failure.getClass().getName() + (hasForeignText(failure) ? "" : ": " + text(failure));
        }
        event.commit();
    }

    private static void commit(SenderSample sample) {
        var event = new SenderStateEvent();
        event.dispatcher = sample.dispatcher();
        event.sender = sample.name();
        event.kind = sample.kind();
        event.state = sample.state();
        event.capacity = sample.capacity();
        event.queued = sample.queued();
        event.blocked = sample.blocked();
        event.blockedFor = sample.blockedNanos();
        event.waitsFor = sample.waitsFor();
        event.promise = sample.promise();
        event.commit();
    }

    private static void commit(WaitSample sample) {
        var event = new WaitStateEvent();
        event.dispatcher = sample.dispatcher();
        event.thread = sample.thread();
        event.waitsFor = sample.waitsFor();
        event.heldUpBy = sample.heldUpBy();
        event.waitingFor = sample.nanos();
        event.timed = sample.timed();
        event.commit();
    }
}
