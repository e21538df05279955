package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * One run: a desk per region dispatches its flights to the departure board and the audit log. Where the delay statistics
 * take part, a thread beside each desk tells them of its flights, and waits while they are slow.
 */
final class Operation {
    static final int CAPACITY = 64;

    /** The statistics are forced to the disk after so many departures, or fewer. */
    static final int LARGEST_BATCH = 32;

    static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Dispatcher<Event> dispatcher;
    private final DepartureBoard board = new DepartureBoard();
    private final AuditLog log = new AuditLog();

    /** The quick one first. */
    private final List<Receiver<Event>> views = new ArrayList<>();

    private final List<Desk> desks = new ArrayList<>();
    private final List<Callable<Void>> others = new ArrayList<>();

    private Operation(Dispatcher<Event> dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Runs until every view has finished all that the desks had for it. */
    static RunResult run(List<Flight> flights, Optional<DelayStatistics> statistics, Consumer<Sample> observer)
            throws InterruptedException, ExecutionException, TimeoutException {
        try (Crew watch = new Crew(failure -> {})) {
            Operation operation;
            Future<List<Sample>> samples;
            List<Future<Desk.Shift>> shifts;
            long start;
            long end;
            try (Dispatcher<Event> dispatcher = Dispatcher.builder()
                            .name("flights")
                            .channelCapacity(CAPACITY)
                            .inboxCapacity(CAPACITY)
                            .open();
                    Crew crew = new Crew(dispatcher::fail)) {
                operation = new Operation(dispatcher);
                operation.open(flights, statistics);
                samples = watch.start(operation.sampler(flights.size(), observer));
                start = System.nanoTime();
                shifts = operation.desks.stream().map(crew::start).toList();
                operation.others.forEach(crew::start);
                crew.join();
                if (!dispatcher.awaitFinished(PATIENCE)) {
                    throw new TimeoutException("the views had not finished after " + PATIENCE);
                }
                end = System.nanoTime();
            }
            watch.join();
            return operation.result(start, end, shifts, samples, statistics);
        }
    }

    /** Everything is connected before the first desk starts: a receiver whose last sender has left takes no more. */
    private void open(List<Flight> flights, Optional<DelayStatistics> statistics) {
        Receiver<Event> boardView = dispatcher.receiver("departure board");
        Receiver<Event> logView = dispatcher.receiver("audit log");
        views.add(boardView);
        views.add(logView);
        dispatcher.read(boardView, board);
        dispatcher.read(logView, log);
        Optional<Receiver<Event>> statisticsView = statistics.map(this::readInBatches);

        Flight.byRegion(flights).forEach((region, ours) -> {
            String name = region.title();
            desks.add(new Desk(
                    ours,
                    List.of(dispatcher.sender(name + " desk", boardView, logView)),
                    dispatcher.broadcaster(name + " notices"),
                    board::shows,
                    boardView.clock()));
            statisticsView.ifPresent(view -> others.add(report(ours, dispatcher.sender(name + " delays", view))));
        });
    }

    private Receiver<Event> readInBatches(DelayStatistics statistics) {
        Receiver<Event> view = dispatcher.receiver("delay statistics");
        views.add(view);
        others.add(() -> {
            view.forEachBatch(LARGEST_BATCH, statistics);
            return null;
        });
        return view;
    }

    private static Callable<Void> report(List<Flight> flights, Sender<Event> toStatistics) {
        return () -> {
            try (toStatistics) {
                for (Flight flight : flights) {
                    toStatistics.send(new Event.Departure(flight));
                }
            }
            return null;
        };
    }

    private ClockSampler sampler(int departures, Consumer<Sample> observer) {
        int numbers = departures * (views.size() - 1); // board and log share a number
        return new ClockSampler(dispatcher, views.stream().map(Receiver::clock).toList(), numbers, observer);
    }

    private RunResult result(
            long start,
            long end,
            List<Future<Desk.Shift>> ended,
            Future<List<Sample>> samples,
            Optional<DelayStatistics> statistics) {
        RunResult run = RunResult.of(
                ended.stream().map(Future::resultNow).toList(),
                dispatcher.sequence(),
                start,
                end,
                views.stream().map(Receiver::name).toList(),
                samples.resultNow(),
                statistics.map(DelayStatistics::table));
        if (log.entries().size() != run.departures() + run.notices()) {
            throw new IllegalStateException("the audit log has " + log.entries().size() + " entries, not "
                    + (run.departures() + run.notices()));
        }
        return run;
    }
}
