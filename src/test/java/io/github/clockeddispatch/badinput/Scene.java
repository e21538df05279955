package io.github.clockeddispatch.badinput;

import io.github.clockeddispatch.Snapshot;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something open that a method is called in. */
interface Scene extends AutoCloseable {
    /** A time that cannot be represented in nanoseconds: for ever. */
    Duration HUGE = Duration.ofSeconds(Long.MAX_VALUE);

    Duration NEGATIVE = Duration.ofSeconds(Long.MIN_VALUE);

    Duration LONG = Duration.ofHours(1);

    /** How it stands, but for the one whose reader is at work. */
    Snapshot snapshot();

    static Snapshot without(String receiver, Snapshot all) {
        return new Snapshot(
                all.name(),
                all.merge(),
                all.sequence(),
                all.receivers().stream()
                        .filter(state -> !state.name().equals(receiver))
                        .toList(),
                all.senders(),
                List.of());
    }

    /**
     * Uses it, and fails where it cannot be used as before, or where something was lost.
     *
     * @param returned what the call has returned
     * @param refused whether it has thrown: then nothing of it may be left
     */
    void isUsable(@Nullable Object returned, boolean refused) throws Exception;

    @Override
    void close();
}
