package io.github.clockeddispatch;

import io.github.clockeddispatch.engine.life.OwnReaders;
import io.github.clockeddispatch.engine.receiving.Core;
import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.receiving.TargetGroup;

/** Gives tests of the engine what lies below the types that users see. */
public final class Inside {
    private Inside() {}

    public static <T> Endpoint<T> of(Receiver<T> receiver) {
        return receiver.endpoint;
    }

    public static <T> TargetGroup<T, Receiver<T>> of(Group<T> group) {
        return group.targets;
    }

    public static <T> Core<T> of(Dispatcher<T> dispatcher) {
        return dispatcher.core;
    }

    public static <T> Core<T> of(ForwardingDispatcher<T> merge) {
        return merge.core;
    }

    public static <T> Receiver<T> receiver(Endpoint<T> endpoint) {
        return new Receiver<>(endpoint, new OwnReaders<>(endpoint.core));
    }

    public static <T> Core<T> core() {
        return new Core<>("dispatcher", "dispatcher", MadeExceptions.INSTANCE, new FailureLog(null));
    }
}
