package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.Hub;

/** Gives tests of the engine what lies below the types that users see. */
public final class Inside {
    private Inside() {}

    public static <T> Endpoint<T> of(Receiver<T> receiver) {
        return receiver.inbox;
    }

    public static <T> Hub<T> of(Dispatcher<T> dispatcher) {
        return dispatcher.hub;
    }

    public static <T> Hub<T> of(ForwardingDispatcher<T> merge) {
        return merge.hub;
    }

    public static <T> Receiver<T> receiver(Endpoint<T> endpoint) {
        return new Receiver<>(endpoint);
    }

    public static <T> Hub<T> hub() {
        return new Hub<>("dispatcher", "dispatcher", MadeExceptions.INSTANCE);
    }
}
