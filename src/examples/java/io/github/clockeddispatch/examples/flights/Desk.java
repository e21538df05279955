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
import java.util.function.Predicate;

/**
 * Dispatches the flights of a region, and lets a passenger ask for some of them: whether a view that is somewhere below shows
 * what was dispatched here. Its senders are closed in the end.
 */
final class Desk implements Callable<Desk.Shift> {
    /** After each so many departures somebody asks. */
    static final int DEPARTURES_PER_QUESTION = 10;

    /**
     * What a desk has done.
     *
     * @param sendNanos how long each departure's dispatch took
     * @param answers what the passengers were told
     * @param departures the departures, with their numbers
     * @param notices the notices to all, with their numbers
     * @param endNanos when the last flight had been dispatched, by {@code System.nanoTime()}
     */
    record Shift(
            long[] sendNanos,
            List<Answer> answers,
            List<AuditLog.Entry> departures,
            List<AuditLog.Entry> notices,
            long endNanos) {}

    private final List<Flight> flights;
    private final List<Sender<Event>> departures;
    private final Sender<Event> everybody;
    private final Predicate<Flight> view;
    private final LogicalClock viewClock;

    private int longestDelay;
    private final List<Event> notices = new ArrayList<>();
    private final List<Future<Long>> numbersOfNotices = new ArrayList<>();

    /**
     * Makes a desk.
     *
     * @param flights what it dispatches
     * @param departures through which sender: one for each part of the airports, by origin
     * @param everybody where notices go
     * @param view what passengers look at: whether it shows a flight
     * @param viewClock how far that view has come
     */
    Desk(
            List<Flight> flights,
            List<Sender<Event>> departures,
            Sender<Event> everybody,
            Predicate<Flight> view,
            LogicalClock viewClock) {
        this.flights = flights;
        this.departures = List.copyOf(departures);
        this.everybody = everybody;
        this.view = view;
        this.viewClock = viewClock;
    }

    @Override
    public Shift call() throws InterruptedException, ExecutionException {
        long[] sendNanos = new long[flights.size()];
        List<AuditLog.Entry> dispatched = new ArrayList<>();
        List<Future<Answer>> questions = new ArrayList<>();
        try (everybody;
                ExecutorService passengers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < sendNanos.length; i++) {
                Flight flight = flights.get(i);
                Event departure = new Event.Departure(flight);
                Sender<Event> sender = departures.get(flight.origin().part(departures.size()));
                long start = System.nanoTime();
                long number = sender.dispatch(departure);
                sendNanos[i] = System.nanoTime() - start;
                dispatched.add(new AuditLog.Entry(number, departure));
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
            return new Shift(sendNanos, answers, dispatched, notices(), end);
        } finally {
            departures.forEach(Sender::close);
        }
    }

    /** A passenger's part. */
    private Answer ask(Flight flight, long number) throws InterruptedException {
        boolean shownAtOnce = view.test(flight);
        viewClock.waitUntil(number);
        return new Answer(!shownAtOnce, !view.test(flight));
    }

    /** Tells all of each delay that is longer than any before; that becomes rare by itself. It waits for no view. */
    private void noticeLongDelay(Flight flight) throws InterruptedException {
        if (flight.delayMinutes() > longestDelay) {
            longestDelay = flight.delayMinutes();
            Event notice = new Event.Notice("%s: the longest delay so far is %d minutes"
                    .formatted(flight.origin().region().title(), longestDelay));
            numbersOfNotices.add(everybody.dispatchAsync(notice));
            notices.add(notice);
        }
    }

    private List<AuditLog.Entry> notices() throws InterruptedException, ExecutionException {
        List<AuditLog.Entry> entries = new ArrayList<>();
        for (int i = 0; i < notices.size(); i++) {
            entries.add(new AuditLog.Entry(numbersOfNotices.get(i).get(), notices.get(i)));
        }
        return entries;
    }
}
