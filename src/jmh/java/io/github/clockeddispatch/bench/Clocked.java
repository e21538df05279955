package io.github.clockeddispatch.bench;

import io.github.clockeddispatch.Delivery;
import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Group;
import io.github.clockeddispatch.LogicalClock;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** This library, as a program would use it. */
enum Clocked implements Contestant {
    /** Reads by {@code forEachMessage}. */
    FOR_EACH {
        @Override
        void read(Receiver<Object> receiver, Handler handler) throws InterruptedException {
            receiver.forEachMessage(handler::handle);
        }
    },
    /** Reads by {@code receiveMessage}. */
    RECEIVE {
        @Override
        void read(Receiver<Object> receiver, Handler handler) throws InterruptedException {
            while (receiver.receiveMessage() instanceof Delivery.Message<Object>(long number, Object payload)) {
                handler.handle(number, payload);
            }
        }
    };

    abstract void read(Receiver<Object> receiver, Handler handler) throws InterruptedException;

    @Override
    public Mesh open(int receivers, int capacity) {
        Dispatcher<Object> dispatcher = Dispatcher.builder()
                .channelCapacity(capacity)
                .inboxCapacity(capacity)
                .drainTimeout(Duration.ZERO)
                .open();
        List<Receiver<Object>> all = new ArrayList<>();
        for (int i = 0; i < receivers; i++) {
            all.add(dispatcher.receiver("receiver-" + i));
        }
        return new Mesh() {
            private int ports;

            @Override
            public Port port(int... to) {
                String name = "sender-" + ports++;
                if (to.length == 0) {
                    return new ClockedPort(dispatcher.broadcaster(name));
                } else if (to.length == 1) {
                    return new ClockedPort(dispatcher.sender(name, all.get(to[0])));
                }
                Group<Object> group = dispatcher.group(name);
                Arrays.stream(to).mapToObj(all::get).forEach(group::add);
                return new ClockedPort(dispatcher.sender(name, group));
            }

            @Override
            public void read(int receiver, long count, Handler handler) throws InterruptedException {
                Clocked.this.read(all.get(receiver), handler);
            }

            @Override
            public Clock clock(int receiver) {
                return new ClockedClock(all.get(receiver).clock());
            }

            @Override
            public void close() {
                try {
                    dispatcher.close();
                } catch (io.github.clockeddispatch.DispatchException e) {
                    if (!String.valueOf(e.getMessage()).contains("not delivered")) {
                        throw e; // what was sent to the stalled one is not delivered
                    }
                }
            }
        };
    }

    private record ClockedPort(Sender<Object> sender) implements Port {
        @Override
        public void send(Object payload) throws InterruptedException {
            sender.send(payload);
        }

        @Override
        public long dispatch(Object payload) throws InterruptedException {
            return sender.dispatch(payload);
        }

        @Override
        public void close() {
            sender.close();
        }
    }

    private record ClockedClock(LogicalClock clock) implements Contestant.Clock {
        @Override
        public long time() {
            return clock.time();
        }

        @Override
        public void waitUntil(long number) throws InterruptedException {
            clock.waitUntil(number);
        }
    }
}
