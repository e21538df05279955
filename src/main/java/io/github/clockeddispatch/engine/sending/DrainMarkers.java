package io.github.clockeddispatch.engine.sending;

import io.github.clockeddispatch.engine.receiving.Endpoint;
import io.github.clockeddispatch.engine.waiting.Deadline;
import io.github.clockeddispatch.engine.waiting.StopReason;
import io.github.clockeddispatch.engine.waiting.Wait;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The drain markers that one thread has set in the channels of several senders, to wait until all that was there has its number. Used
 * by the {@link Sequencer} under the core's lock, which the waits release meanwhile.
 *
 * @see "docs/design.md: Waits"
 */
final class DrainMarkers<T> {

    private final Map<SenderLifecycle<T>, DrainMarker<T>> bySender = new LinkedHashMap<>();

    /** Marks what is in the channel of a sender now. */
    void set(SenderLifecycle<T> sender) {
        bySender.put(sender, sender.marker());
    }

    /**
     * Waits until all of it has numbers, or was given up, or the time is over; then forgets it.
     *
     * @return what has got no number in time, by whose it is
     */
    Map<String, String> awaitPassed(Deadline deadline) throws InterruptedException {
        Map<String, String> missing = new LinkedHashMap<>();
        try {
            for (var entry : bySender.entrySet()) {
                if (!awaitPassed(entry.getKey(), entry.getValue(), deadline)) {
                    missing.put(entry.getKey().toString(), entry.getKey().describeLate());
                }
            }
        } finally {
            bySender.forEach(SenderLifecycle::forget);
        }
        return missing;
    }

    /**
     * Waits until all of it has numbers, and marks how far each receiver is to get; then forgets it. Throws if some was given up.
     *
     * @return false where the time is over
     */
    boolean awaitNumbered(Map<Endpoint<T>, Long> marks, Deadline deadline) throws InterruptedException {
        try {
            for (var entry : bySender.entrySet()) {
                SenderLifecycle<T> sender = entry.getKey();
                DrainMarker<T> marker = entry.getValue();
                if (!awaitNumbered(sender, marker, deadline)) {
                    return false;
                }
                if (sender.isBroadcast()) {
                    mark(sender.core.all(), marker.sequence(), marks);
                }
                marker.reached().forEach(reached -> mark(reached.receivers(), reached.sequence(), marks));
            }
        } finally {
            bySender.forEach(SenderLifecycle::forget);
        }
        return true;
    }

    private static <T> void mark(List<? extends Endpoint<T>> receivers, long sequence, Map<Endpoint<T>, Long> marks) {
        receivers.forEach(receiver -> marks.merge(receiver, sequence, Math::max));
    }

    private static <T> boolean awaitNumbered(SenderLifecycle<T> sender, DrainMarker<T> marker, Deadline deadline)
            throws InterruptedException {
        if (!awaitPassed(sender, marker, deadline)) {
            return false;
        }
        StopReason why = marker.stop();
        if (why != null && !sender.hasDiscarded()) {
            throw sender.core.exception(why);
        }
        return true;
    }

    private static <T> boolean awaitPassed(SenderLifecycle<T> sender, DrainMarker<T> marker, Deadline deadline)
            throws InterruptedException {
        if (!marker.isPassed()) {
            Wait waiting = sender.waitFor(marker, deadline);
            try {
                waiting.begin();
                while (!marker.isPassed()) {
                    if (!waiting.await()) {
                        return false;
                    }
                }
            } finally {
                waiting.end();
            }
        }
        return true;
    }
}
