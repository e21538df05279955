package io.github.clockeddispatch;

import java.time.Duration;

/** Sets how old an untimed wait is when a dispatcher looks for deadlocks, so that tests need not wait a second for that. */
public final class WatchAge {
    private WatchAge() {}

    public static void set(Dispatcher.Builder builder, Duration age) {
        builder.watchAge = age;
    }

    public static void set(ForwardingDispatcher.Builder builder, Duration age) {
        builder.watchAge = age;
    }
}
