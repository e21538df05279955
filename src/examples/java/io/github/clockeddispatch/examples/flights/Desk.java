package io.github.clockeddispatch.examples.flights;

import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Dispatches the flights of a region, and lets a passenger ask for some of them. Its senders are closed in the end. */
final class Desk implements Callable<Desk.Shift> {
    /** After each so many departures somebody asks. */
    static final int DEPARTURES_PER_QUESTION = 10;

    /**
     * What a desk has done.
     *
     * @param sendNanos how long each send to board and log took
     * @param answers what the passengers were told
     * @param notices how many notices it gave
     * @param endNanos when the last flight had been dispatched, by {@code System.nanoTime()}
     */
    record Shift(long[] sendNanos, List<Answer> answers, int notices, long endNanos) {}

    private final List<Flight> flights;
    private final Sender<Event> boardAndLog;
    private final Sender<Event> everybody;
    private final DepartureBoard board;
    private final LogicalClock boardClock;

    private int longestDelay;
    private int notices;

    Desk(
            List<Flight> flights,
            Sender<Event> boardAndLog,
            Sender<Event> everybody,
            DepartureBoard board,
            LogicalClock boardClock) {
        this.flights = flights;
        this.boardAndLog = boardAndLog;
        this.everybody = everybody;
        this.board = board;
        this.boardClock = boardClock;
    }

    @Override
    public Shift call() throws InterruptedException, ExecutionException {
        long[] sendNanos = new long[flights.size()];
        List<Future<Answer>> questions = new ArrayList<>();
        try (boardAndLog;
                everybody;
                ExecutorService passengers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < sendNanos.length; i++) {
                Flight flight = flights.get(i);
                long start = System.nanoTime();
                long number = boardAndLog.dispatch(new Event.Departure(flight));
                sendNanos[i] = System.nanoTime() - start;
                if ((i + 1) % DEPARTURES_PER_QUESTION == 0) {
                    questions.add(passengers.submit(() -> ask(flight, number)));
                }
                noticeLongDelay(flight);
            }
            long end = System.nanoTime();
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> question : questions) {
                answers.add(question.get());
            }
            return new Shift(sendNanos, answers, notices, end);
        }
    }

    /** A passenger's part. */
    private Answer ask(Flight flight, long number) throws InterruptedException {
        boolean shownAtOnce = board.shows(flight);
        boardClock.waitUntil(number);
        return new Answer(!shownAtOnce, !board.shows(flight));
    }

    /** Tells all of each delay that is longer than any before; that becomes rare by itself. */
    private void noticeLongDelay(Flight flight) throws InterruptedException {
        if (flight.delayMinutes() > longestDelay) {
            longestDelay = flight.delayMinutes();
            notices++;
            everybody.send(new Event.Notice("%s: the longest delay so far is %d minutes"
                    .formatted(flight.origin().region().title(), longestDelay)));
        }
    }
}
