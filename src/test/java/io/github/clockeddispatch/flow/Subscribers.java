package io.github.clockeddispatch.flow;

import io.github.clockeddispatch.Dispatcher;
import io.github.clockeddispatch.Receiver;
import io.github.clockeddispatch.Sender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;

/** The subscribers with which senders send all, and the dispatchers behind them. */
final class Subscribers {
    private final List<Dispatcher<?>> dispatchers = new ArrayList<>();

    /** Returns the subscriber of a sender whose receiver takes what comes. */
    Flow.Subscriber<Integer> subscriber() {
        Dispatcher<Integer> dispatcher = Dispatcher.open();
        dispatchers.add(dispatcher);
        Receiver<Integer> receiver = dispatcher.receiver("r");
        dispatcher.read(receiver, (number, message) -> {});
        Sender<Integer> sender = dispatcher.sender("s", receiver);
        List<Flow.Subscriber<? super Integer>> subscribers = new ArrayList<>();
        var unused = sender.sendAll(subscribers::add);
        @SuppressWarnings("unchecked") // it takes what its sender does
        Flow.Subscriber<Integer> subscriber = (Flow.Subscriber<Integer>) subscribers.getFirst();
        return subscriber;
    }

    void close() {
        dispatchers.forEach(Dispatcher::close);
        dispatchers.clear();
    }
}
