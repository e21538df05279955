package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.ForwardingDispatcher;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import io.github.clockeddispatch.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One run with stages: a desk per region dispatches its flights, each to the stage that keeps the delays of its origin, and
 * its notices to all stages. What the stages make of them is merged into one log, in the order of the numbers that were given
 * at the top; there passengers wait for these numbers.
 */
final class MergedOperation {
    static final int STAGES = 4;

    private final Dispatcher<Event> top;
    private final ForwardingDispatcher<LogLine> bottom;
    private final MergedLog log = new MergedLog();
    private final Receiver<LogLine> logView;
    private final List<Receiver<Event>> parts = new ArrayList<>();
    private final List<DelayStage> stages = new ArrayList<>();
    private final List<Desk> desks = new ArrayList<>();

    /** Added to by the sampler. */
    private final List<Snapshot.HeldBack> heldBack = new ArrayList<>();

    private MergedOperation(Dispatcher<Event> top, ForwardingDispatcher<LogLine> bottom) {
        this.top = top;
        this.bottom = bottom;
        this.logView = bottom.receiver("log");
    }

    /** Runs until the log has all that the desks had. */
    static MergedRun run(List<Flight> flights, Consumer<Sample> observer)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (Crew watch = new Crew(failure -> {})) {
            MergedOperation operation;
            Future<List<Sample>> samples;
            List<Future<Desk.Shift>> shifts;
            long start;
            long end;
            // The lowest is closed first: it takes in what is above it, and then ends its links.
            try (Dispatcher<Event> top = Dispatcher.builder()
                            .name("flights")
                            .channelCapacity(Operation.CAPACITY)
                            .inboxCapacity(Operation.CAPACITY)
                            .open();
                    ForwardingDispatcher<LogLine> bottom = ForwardingDispatcher.builder()
                            .name("merge")
                            .channelCapacity(Operation.CAPACITY)
                            .open();
                    Crew crew = new Crew(top::fail)) {
                operation = new MergedOperation(top, bottom);
                operation.open(flights);
                samples = watch.start(operation.sampler(flights.size(), observer));
                start = System.nanoTime();
                shifts = operation.desks.stream().map(crew::start).toList();
                crew.join();
                if (!operation.logView.clock().waitUntil(top.sequence(), Operation.PATIENCE)) {
                    throw new TimeoutException("the log had not all lines after " + Operation.PATIENCE);
                }
                end = System.nanoTime();
            }
            watch.join();
            return operation.result(start, end, shifts, samples);
        }
    }

    private void open(List<Flight> flights) {
        bottom.read(logView, log);
        for (int i = 1; i <= STAGES; i++) {
            Receiver<Event> part = top.receiver("stage " + i);
            DelayStage stage = new DelayStage();
            bottom.stage(part, stage, logView);
            parts.add(part);
            stages.add(stage);
        }
        Flight.byRegion(flights).forEach((region, ours) -> {
            List<Sender<Event>> departures = parts.stream()
                    .map(part -> top.sender(region.title() + " desk to " + part.name(), part))
                    .toList();
            Sender<Event> notices = top.broadcaster(region.title() + " notices");
            desks.add(new Desk(ours, departures, notices, log::has, logView.clock()));
        });
    }

    private Callable<List<Sample>> sampler(int departures, Consumer<Sample> observer) {
        List<LogicalClock> clocks = new ArrayList<>();
        parts.forEach(part -> clocks.add(part.clock()));
        clocks.add(logView.clock());
        return new ClockSampler(top, clocks, departures, sample -> {
            bottom.snapshot().receivers().forEach(receiver -> heldBack.add(receiver.heldBack()));
            observer.accept(sample);
        });
    }

    private MergedRun result(long start, long end, List<Future<Desk.Shift>> ended, Future<List<Sample>> samples) {
        List<Desk.Shift> shifts = ended.stream().map(Future::resultNow).toList();
        List<String> views = new ArrayList<>();
        parts.forEach(part -> views.add(part.name()));
        views.add(logView.name());
        DelayTable delays =
                DelayTable.together(stages.stream().map(DelayStage::table).toList());
        List<AuditLog.Entry> dispatched = new ArrayList<>();
        for (Desk.Shift shift : shifts) {
            dispatched.addAll(shift.departures());
            dispatched.addAll(shift.notices());
        }
        return new MergedRun(
                RunResult.of(shifts, top.sequence(), start, end, views, samples.resultNow(), Optional.of(delays)),
                log.lines(),
                MergedLog.sequentially(dispatched, STAGES),
                HeldBack.bySource(heldBack));
    }
}
