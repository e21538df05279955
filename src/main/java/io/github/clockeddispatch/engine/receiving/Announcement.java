package io.github.clockeddispatch.engine.receiving;

import io.github.clockeddispatch.engine.recording.Recorder;
import io.github.clockeddispatch.engine.waiting.CoreLock;
import org.jspecify.annotations.Nullable;

/**
 * What happens under the core's lock, and is recorded when that has been released. No step fails for it: where there is no memory, it is
 * not recorded.
 *
 * @see "docs/design.md: Flight recorder"
 */
public final class Announcement implements CoreLock.Settled {

    private enum What {
        JOINED,
        LEFT,
        DEADLOCK
    }

    private final What what;
    private final String dispatcher;
    private final String kind;
    private final String text;
    private final long sequence;
    private final String how;

    /** What was settled before this in the same hold of the lock. */
    private CoreLock.@Nullable Settled before;

    private Announcement(What what, String dispatcher, String kind, String text, long sequence, String how) {
        this.what = what;
        this.dispatcher = dispatcher;
        this.kind = kind;
        this.text = text;
        this.sequence = sequence;
        this.how = how;
    }

    // ---- under the core's lock

    private static void announce(Core<?> core, What what, String kind, String text, long sequence, String how) {
        if (Recorder.active().recordsInstants()) {
            try {
                core.lock.settled(new Announcement(what, core.name(), kind, text, sequence, how));
            } catch (Throwable e) {
                // it is not recorded
            }
        }
    }

    /** One that sends has joined. */
    public static void joined(Core<?> core, String kind, String name, long sequence) {
        announce(core, What.JOINED, kind, name, sequence, "");
    }

    /** It leaves. */
    public static void left(Core<?> core, String kind, String name, long sequence, String how) {
        announce(core, What.LEFT, kind, name, sequence, how);
    }

    static void joined(Endpoint<?> endpoint) {
        joined(endpoint.core, "receiver", endpoint.name, endpoint.joinedAt);
    }

    /** It has been decided that nothing more comes. */
    static void ended(Endpoint<?> endpoint) {
        if (endpoint.stopped() == null) {
            left(endpoint, "ended");
        }
    }

    /** It is about to be stopped. That it fails is recorded otherwise. */
    static void stops(Endpoint<?> endpoint, Stopping stopping) {
        if (stopping.discards() && !endpoint.isDiscarded()) {
            left(endpoint, "discarded");
        } else if (!stopping.discards() && stopping.cause() == null && endpoint.stopped() == null) {
            left(endpoint, "cut off");
        }
    }

    private static void left(Endpoint<?> endpoint, String how) {
        if (Recorder.active().recordsInstants()) {
            left(endpoint.core, "receiver", endpoint.name, endpoint.time(), how);
        }
    }

    /** A thread would wait for itself, and is refused. */
    static void refused(Core<?> core, String text) {
        announce(core, What.DEADLOCK, "", text, 0, "");
    }

    @Override
    public void follow(CoreLock.@Nullable Settled other) {
        before = other;
    }

    @Override
    public CoreLock.@Nullable Settled before() {
        return before;
    }

    @Override
    public void tell() {
        Recorder recorder = Recorder.active();
        switch (what) {
            case JOINED -> recorder.joined(dispatcher, kind, text, sequence);
            case LEFT -> recorder.left(dispatcher, kind, text, sequence, how);
            case DEADLOCK -> recorder.deadlock(dispatcher, text);
        }
    }
}
