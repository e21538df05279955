package io.github.clockeddispatch.engine.recording;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;

/**
 * The open dispatchers, and the listener that has them recorded once the flight recorder is initialised. That costs tens of
 * milliseconds, and so is left to whoever records. Neither the recorder nor this keeps a dispatcher; while none is open the recorder
 * keeps nothing of this library.
 *
 * @see "docs/design.md: Flight recorder"
 */
final class OpenDispatchers implements FlightRecorderListener {

    private static final OpenDispatchers LISTENER = new OpenDispatchers();

    /** Weak, as a program may drop a dispatcher that it has not closed. Hash codes of these are the JDK's. */
    private static final Map<Observed, Boolean> OPEN = Collections.synchronizedMap(new WeakHashMap<>());

    /** Guards whether it listens. Nothing waits while it holds it, but for the recorder's own lock. */
    private static final ReentrantLock LISTENING = new ReentrantLock();

    private static boolean listens;

    /** Whether the recorder asks. Written by whoever initialises it, before it can have stopped listening. */
    private static volatile boolean observes;

    private OpenDispatchers() {}

    static void add(Observed dispatcher) {
        try {
            OPEN.put(dispatcher, true);
            LISTENING.lock();
            try {
                if (!listens) {
                    FlightRecorder.addListener(LISTENER);
                    listens = true;
                }
            } finally {
                LISTENING.unlock();
            }
        } catch (Throwable e) { // it is not recorded
            OPEN.remove(dispatcher);
        }
    }

    static void remove(Observed dispatcher) {
        try {
            OPEN.remove(dispatcher);
            if (OPEN.isEmpty()) {
                listenNoMore();
            }
        } catch (Throwable e) { // the next one that is closed looks again
        }
    }

    private static void listenNoMore() {
        LISTENING.lock();
        try {
            if (listens && OPEN.isEmpty()) {
                listens = false;
                FlightRecorder.removeListener(LISTENER);
                if (observes) { // else that class need not be loaded
                    observes = false;
                    JfrRecorder.observeNoMore();
                }
            }
        } finally {
            LISTENING.unlock();
        }
    }

    /** Looks at all that are open. Called by a thread of the recorder. */
    static void each(Consumer<Observed> look) {
        List<Observed> open = List.of(OPEN.keySet().toArray(new Observed[0]));
        if (open.isEmpty()) {
            listenNoMore();
        }
        open.forEach(look);
    }

    /** The recorder is initialised, before its first recording begins; or was before the first dispatcher is opened. */
    @Override
    public void recorderInitialized(FlightRecorder recorder) {
        observes = true;
        JfrRecorder.start();
    }
}
