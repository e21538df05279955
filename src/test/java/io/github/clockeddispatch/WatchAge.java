package io.github.clockeddispatch;

import java.time.Duration;

/** Sets how old an untimed wait is when a dispatcher looks for deadlocks, so that tests need not wait a second for that. */
public final class WatchAge {
    private WatchAge() {}

    public static <T> void set(Dispatcher.Builder<T> builder, Duration age) {
        builder.watchAge = age;
    }

    public static <T> void set(ForwardingDispatcher.Builder<T> builder, Duration age) {
        builder.watchAge = age;
    }
}
