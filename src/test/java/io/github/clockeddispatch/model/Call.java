package io.github.clockeddispatch.model;

import static io.github.clockeddispatch.model.CallOutcome.BLOCKS;
import static io.github.clockeddispatch.model.CallOutcome.DONE;
import static io.github.clockeddispatch.model.CallOutcome.NOTHING;

import io.github.clockeddispatch.Delivery.End;
import io.github.clockeddispatch.Delivery.Message;
import io.github.clockeddispatch.DispatchException;
import io.github.clockeddispatch.FailedException;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A call, as it is made in reality and as it takes effect in the model: there in one or more {@linkplain #step steps},
 * each at a moment of its own between invocation and return. Senders and receivers are given by their places.
 */
sealed interface Call {

    /** How long it may wait. */
    enum Patience {
        /** The try form, where there is one. */
        TRY(Duration.ZERO),
        NOW(Duration.ZERO),
        SOON(Duration.ofMillis(2)),
        EVER(null);

        final Duration limit;

        Patience(Duration limit) {
            this.limit = limit;
        }
    }

    /** The step was taken, and there is another. */
    Object NEXT = "next";

    /** Makes the call. */
    Object make(Real real) throws Exception;

    /**
     * Takes a step.
     *
     * @param done how many steps were taken
     * @param thread who makes the call
     * @param seen what it returned in reality, null where it has not returned: for those that need a hint
     * @return BLOCKS, NEXT, or what the call returns
     */
    Object step(Model m, int done, int thread, Object seen);

    /** Ends it before its next step, by time-out or interrupt; false where it cannot end here. */
    default boolean giveUp(Model m, int done) {
        return true;
    }

    /** It has returned: what the model has kept for it alone is not needed any more. */
    default void forget(Model m) {}

    default Patience patience() {
        return Patience.EVER;
    }

    /** Whether it throws InterruptedException, at once where the thread is interrupted already. */
    default boolean isInterruptible() {
        return false;
    }

    /** One that only one thread at a time may make on a receiver. */
    sealed interface Reading extends Call {
        int receiver();
    }

    record Send(int sender, int payload, Patience patience) implements Call {
        @Override
        public boolean isInterruptible() {
            return patience != Patience.TRY;
        }

        @Override
        public Object make(Real real) throws InterruptedException {
            Sender<Integer> s = real.senders.get(sender);
            return switch (patience) {
                case TRY -> s.trySend(payload);
                case NOW, SOON -> s.send(payload, patience.limit);
                case EVER -> {
                    s.send(payload);
                    yield true;
                }
            };
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.accept(m.sources.get(sender), payload, false);
        }
    }

    record Dispatch(int sender, int payload, Patience patience) implements Call {
        @Override
        public boolean isInterruptible() {
            return true;
        }

        @Override
        public Object make(Real real) throws Exception {
            Sender<Integer> s = real.senders.get(sender);
            return patience == Patience.EVER ? s.dispatch(payload) : s.dispatch(payload, patience.limit);
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            if (done > 0) {
                return m.fates.getOrDefault(payload, BLOCKS);
            }
            Source s = m.sources.get(sender);
            Object accepted = m.accept(s, payload, true);
            if (accepted == DONE && patience.limit == Duration.ZERO) {
                // by the caller itself; only where that is not possible it stands in the channel for a moment
                boolean mayGo = s.channel.size() == 1 && !(seen == NOTHING && m.isContended(s));
                return mayGo && m.goes(s) && m.pump(s, true) ? m.fates.get(payload) : NEXT;
            }
            return accepted == DONE ? NEXT : accepted;
        }

        @Override
        public void forget(Model m) {
            m.fates.remove(payload);
        }

        @Override
        public boolean giveUp(Model m, int done) {
            return done == 0 || m.withdraw(m.sources.get(sender), payload);
        }
    }

    /** Its future is looked at apart. */
    record DispatchAsync(int sender, int payload) implements Call {
        @Override
        public Object make(Real real) throws InterruptedException {
            real.futures.put(payload, real.senders.get(sender).dispatchAsync(payload));
            return DONE;
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.accept(m.sources.get(sender), payload, true);
        }
    }

    record Cancel(int sender, int payload) implements Call {
        @Override
        public Object make(Real real) {
            return real.futures.get(payload).cancel(true);
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.withdraw(m.sources.get(sender), payload) ? DONE : NOTHING;
        }
    }

    record Read(int receiver, boolean ticks, Patience patience) implements Reading {
        @Override
        public boolean isInterruptible() {
            return patience != Patience.TRY || !ticks;
        }

        @Override
        public Object make(Real real) throws InterruptedException {
            Receiver<Integer> r = real.receivers.get(receiver);
            return switch (patience) {
                case TRY -> ticks ? r.tryReceive() : r.receiveMessage(patience.limit);
                case NOW, SOON -> ticks ? r.receive(patience.limit) : r.receiveMessage(patience.limit);
                case EVER -> ticks ? r.receive() : r.receiveMessage();
            };
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            Sink r = m.sinks.get(receiver);
            if (done == 0) {
                m.finish(r);
                return NEXT;
            }
            return m.take(r, ticks, thread);
        }

        @Override
        public boolean giveUp(Model m, int done) {
            return done > 0;
        }
    }

    /** What a {@link Drain} came to. */
    record Drained(List<Message<Integer>> messages, int result) {}

    record Drain(int receiver, int max) implements Reading {
        @Override
        public Object make(Real real) {
            List<Message<Integer>> messages = new ArrayList<>();
            int result = real.receivers
                    .get(receiver)
                    .drain((number, payload) -> messages.add(new Message<>(number, payload)), max);
            return new Drained(messages, result);
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            Sink r = m.sinks.get(receiver);
            List<Message<Integer>> given = seen instanceof Drained drained ? drained.messages : List.of();
            if (done == 0) {
                m.finish(r);
                return given.size() < Math.min(max, r.inbox.size()) && r.stopped == DONE ? BLOCKS : NEXT;
            }
            if (done > given.size() && done > 1) {
                return new Drained(given, given.size());
            }
            Object next = m.take(r, false, thread);
            if (done <= given.size()) {
                m.finish(r);
                return next.equals(given.get(done - 1)) ? NEXT : BLOCKS;
            }
            return switch (next) {
                case End<?> end -> new Drained(given, -1);
                case CallOutcome outcome when outcome != BLOCKS -> outcome;
                default -> new Drained(given, 0);
            };
        }
    }

    record Acknowledge(int receiver) implements Reading {
        @Override
        public Object make(Real real) {
            real.receivers.get(receiver).acknowledge();
            return DONE;
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            Sink r = m.sinks.get(receiver);
            return r.stopped != DONE && seen != DONE ? r.stopped : m.finish(r); // silent where it is stopped, or loud
        }
    }

    record Await(int receiver, long number, Patience patience) implements Call {
        @Override
        public boolean isInterruptible() {
            return true;
        }

        @Override
        public Object make(Real real) throws InterruptedException {
            var clock = real.receivers.get(receiver).clock();
            if (patience == Patience.EVER) {
                clock.waitUntil(number);
                return DONE;
            }
            return clock.waitUntil(number, patience.limit);
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.await(m.sinks.get(receiver), number, patience == Patience.EVER, thread);
        }
    }

    record Time(int receiver) implements Call {
        @Override
        public Object make(Real real) {
            return real.receivers.get(receiver).clock().time();
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.clock(m.sinks.get(receiver));
        }
    }

    record Join(int capacity) implements Call {
        @Override
        public Object make(Real real) {
            real.receivers.add(real.dispatcher.receiver("r" + real.receivers.size(), capacity));
            return DONE;
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.join(capacity);
        }
    }

    /** @param to empty for a broadcaster */
    record Open(Set<Integer> to) implements Call {
        @Override
        public Object make(Real real) {
            String name = "s" + real.senders.size();
            var receivers = to.stream().map(real.receivers::get).toList();
            real.senders.add(
                    switch (to.size()) {
                        case 0 -> real.dispatcher.broadcaster(name);
                        case 1 -> real.dispatcher.sender(name, receivers.getFirst());
                        default -> real.dispatcher.sender(name, receivers);
                    });
            return DONE;
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.open(to);
        }
    }

    record CloseSender(int sender) implements Call {
        @Override
        public Object make(Real real) {
            real.senders.get(sender).close();
            return DONE;
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.close(m.sources.get(sender));
        }
    }

    /** @param why CLOSED where it is discarded, or FAILED */
    record Stop(int receiver, CallOutcome why) implements Call {
        @Override
        public Object make(Real real) {
            Receiver<Integer> r = real.receivers.get(receiver);
            if (why == CallOutcome.CLOSED) {
                r.discard();
            } else {
                r.fail(Real.CAUSE);
            }
            return DONE;
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.stop(m.sinks.get(receiver), why);
        }
    }

    record Fail() implements Call {
        @Override
        public Object make(Real real) {
            real.dispatcher.fail(Real.CAUSE);
            return DONE;
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            return m.fail();
        }
    }

    /** What close threw: how many messages of which senders it did not deliver. */
    record Lost(Map<Integer, Integer> counts) {}

    record Close() implements Call {
        private static final Pattern LOSS = Pattern.compile("(\\d+) messages? of sender \"s(\\d+)\"");

        @Override
        public Object make(Real real) {
            try {
                real.dispatcher.close();
                return DONE;
            } catch (FailedException e) {
                throw e;
            } catch (DispatchException e) {
                Map<Integer, Integer> counts = new TreeMap<>();
                LOSS.matcher(e.getMessage())
                        .results()
                        .forEach(m -> counts.put(Integer.valueOf(m.group(2)), Integer.valueOf(m.group(1))));
                if (counts.isEmpty()) {
                    throw e;
                }
                return new Lost(counts);
            }
        }

        @Override
        public Object step(Model m, int done, int thread, Object seen) {
            if (done == 0) {
                boolean again = m.closed;
                return m.beginClose() ? NEXT : again ? DONE : m.life;
            }
            m.cut();
            Map<Integer, Integer> lost = new TreeMap<>();
            for (int i = 0; i < m.sources.size(); i++) {
                if (m.sources.get(i).lost > 0) {
                    lost.put(i, m.sources.get(i).lost);
                }
            }
            return lost.isEmpty() ? DONE : new Lost(lost);
        }
    }
}
