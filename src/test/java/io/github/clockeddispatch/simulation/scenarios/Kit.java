package io.github.clockeddispatch.simulation.scenarios;

import static io.github.clockeddispatch.simulation.Life.check;
import static io.github.clockeddispatch.simulation.Life.checkEquals;

import io.github.clockeddispatch.ClosedException;
import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.MessageHandler;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.simulation.Life;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What the scenarios have in common. */
final class Kit {
    private static final Pattern LOST = Pattern.compile("(\\d+) messages? of ");

    private Kit() {}

    /** One with little room: 1 or 2 slots everywhere. */
    static Dispatcher<String> small(Life life) {
        return Dispatcher.builder()
                .channelCapacity(1 + life.upTo(2))
                .inboxCapacity(1 + life.upTo(2))
                .open();
    }

    /** One with one slot everywhere. */
    static Dispatcher<String> tiny() {
        return Dispatcher.builder().channelCapacity(1).inboxCapacity(1).open();
    }

    /** Runs it; that it is closed is right, too. Returns whether it came through. */
    static boolean unlessClosed(Life.Body body) throws Exception {
        try {
            body.run();
            return true;
        } catch (ClosedException e) {
            return false;
        }
    }

    /** Runs it in a thread that is interrupted, or is not; as it is then, it is after that. */
    static void interrupted(boolean interrupts, Life.Body body) throws Exception {
        if (interrupts) {
            Thread.currentThread().interrupt();
        }
        try {
            body.run();
        } finally {
            checkEquals(interrupts, Thread.interrupted(), "the interrupt is set again");
        }
    }

    /** Returns how many messages are lost, as the text of a {@code close} has it. */
    static int lost(String told) {
        return LOST.matcher(told)
                .results()
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .sum();
    }

    /** Closes it; that something was lost is right. */
    static void closeAnyhow(AutoCloseable dispatcher) throws Exception {
        try {
            dispatcher.close();
        } catch (DispatchException e) {
            // told of a loss
        }
    }

    /** Runs it; that it has failed is right, too. Returns whether it came through. */
    static boolean unlessFailed(Life.Body body) throws Exception {
        try {
            body.run();
            return true;
        } catch (FailedException e) {
            return false;
        }
    }

    /** Runs it; that something is closed or has failed is right, too. */
    static void unlessStopped(Life.Body body) throws Exception {
        unlessFailed(() -> unlessClosed(body));
    }

    /** Runs it, and demands this exception. */
    static <E extends Throwable> E expect(Class<E> type, Life.Body body) {
        try {
            body.run();
        } catch (Throwable e) {
            if (type.isInstance(e)) {
                return type.cast(e);
            }
            throw new AssertionError("no " + type.getSimpleName(), e);
        }
        throw new AssertionError("no " + type.getSimpleName() + ", but nothing");
    }

    /** What a receiver was given: in rising order (G3), each not finished while it is in hand (G4), and nothing after End (G11). */
    static final class Log implements MessageHandler<String> {
        final List<Long> numbers = new ArrayList<>();
        final List<String> messages = new ArrayList<>();
        private final Receiver<String> receiver;
        private final boolean partsShareANumber;
        private long seen;
        boolean ended;

        Log(Receiver<String> receiver) {
            this(receiver, false);
        }

        /** @param partsShareANumber as in a merge */
        Log(Receiver<String> receiver, boolean partsShareANumber) {
            this.receiver = receiver;
            this.partsShareANumber = partsShareANumber;
        }

        @Override
        public void handle(long number, String message) {
            check(!ended, "after End: " + number + " " + message);
            check(number > last() || partsShareANumber && number == last(), number + " comes after " + last());
            long time = receiver.clock().time();
            check(time < number, "the clock is at " + time + " with " + number + " in hand");
            check(seen < number, "the clock was seen at " + seen + " before " + number + " was given");
            numbers.add(number);
            messages.add(message);
        }

        void given(Delivery<String> delivery) {
            if (delivery instanceof Delivery.Message<String>(long number, String message)) {
                handle(number, message);
            } else if (delivery instanceof Delivery.Tick<String>(long number)) {
                check(!ended, "a tick after End");
                check(number >= last(), "a tick at " + number + " comes after " + last());
                long time = receiver.clock().time();
                check(time >= number, "a tick, " + number + ", is ahead of the clock, " + time);
            } else {
                ended = true;
            }
        }

        /** Reads in one of the ways that there are, until End. */
        void readAll(Life life) throws InterruptedException {
            while (!ended) {
                switch (life.upTo(6)) {
                    case 0 -> given(receiver.receive());
                    case 1 -> receiver.receive(life.briefly()).ifPresent(this::given);
                    case 2 -> {
                        Optional<Delivery<String>> delivery = receiver.tryReceive();
                        delivery.ifPresent(this::given);
                        if (delivery.isEmpty()) {
                            given(receiver.receiveMessage());
                        }
                    }
                    case 3 -> {
                        receiver.acknowledge();
                        seen = receiver.clock().time();
                    }
                    case 4 -> receiver.receiveMessage(life.briefly()).ifPresent(this::given);
                    default -> given(receiver.receiveMessage());
                }
            }
        }

        /** Reads in one way, until End. */
        void readOn() throws InterruptedException {
            while (!ended) {
                given(receiver.receiveMessage());
            }
        }

        long last() {
            return numbers.isEmpty() ? 0 : numbers.get(numbers.size() - 1);
        }

        int size() {
            return numbers.size();
        }
    }
}
