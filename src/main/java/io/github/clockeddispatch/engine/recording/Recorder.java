package io.github.clockeddispatch.engine.recording;

import org.jspecify.annotations.Nullable;

/**
 * The recorder that the engine tells what happens. This one records nothing: it is there until the flight recorder of the JDK is
 * initialised, which then puts another one in its place.
 *
 * <p>Nothing of the engine fails for what is recorded: no method throws. None is called under a lock of the engine, if nothing else is
 * said.
 *
 * @see "docs/design.md: Flight recorder"
 */
public class Recorder {

    /** Whether the module of the flight recorder is there, and this library may use it. */
    private static final boolean HAS_FLIGHT_RECORDER = hasFlightRecorder();

    /** Written once, when the flight recorder is initialised. */
    private static volatile Recorder active = new Recorder();

    /** Whether another one is active than this. Written once, after that, and read for each message: it may be seen a little later. */
    private static boolean mayRecord;

    Recorder() {}

    private static boolean hasFlightRecorder() {
        Module jfr = ModuleLayer.boot().findModule("jdk.jfr").orElse(null);
        return jfr != null && Recorder.class.getModule().canRead(jfr);
    }

    /**
     * Returns whether a method without parameters of a class is code that is not the JDK's. It may never return, and so is not for a thread
     * of the recorder.
     */
    public static boolean isForeign(Class<?> type, String method) {
        try {
            return type.getMethod(method).getDeclaringClass().getClassLoader() != null;
        } catch (ReflectiveOperationException | Error e) {
            return true;
        }
    }

    /** Returns the one to tell now. */
    public static Recorder active() {
        return active;
    }

    static void activate(Recorder recorder) {
        active = recorder;
        mayRecord = true;
    }

    /** Returns whether the flight recorder was ever initialised: else nothing is recorded, and nobody need be asked. */
    public static boolean mayRecord() {
        return mayRecord;
    }

    // ---- dispatchers

    /** A dispatcher is open, and can be asked how it stands. It is not kept reachable. */
    public static void opened(Observed dispatcher) {
        if (HAS_FLIGHT_RECORDER) {
            OpenDispatchers.add(dispatcher);
        }
    }

    /** A dispatcher is closed. */
    public static void closed(Observed dispatcher) {
        if (HAS_FLIGHT_RECORDER) {
            OpenDispatchers.remove(dispatcher);
        }
    }

    // ---- what takes time

    /** Returns whether calls of handlers are timed. Asked before each of them. May be called under a lock. */
    public boolean timesHandlers() {
        return false;
    }

    /** Makes what times the handler of a receiver; null where that is not recorded. */
    public @Nullable HandlerTimer handlerTimer(String dispatcher, String receiver) {
        return null;
    }

    /**
     * A sender begins to wait.
     *
     * @param waitsFor what for
     * @return what records the wait; null where that is not recorded
     */
    public @Nullable RecordedWait sendWait(String dispatcher, String sender, String waitsFor) {
        return null;
    }

    /**
     * A thread begins to wait for a clock.
     *
     * @param clock whose it is
     * @return what records the wait; null where that is not recorded
     */
    public @Nullable RecordedWait clockWait(String dispatcher, String clock, long sequence) {
        return null;
    }

    /** Returns whether waits of pumps are recorded. May be called under a lock. */
    public boolean recordsPumpWaits() {
        return false;
    }

    /** Makes what records the waits of a pump; null where that is not recorded. */
    public @Nullable RecordedPumpWait pumpWait(String dispatcher, String sender) {
        return null;
    }

    /** Returns whether it is recorded what merges hold back. Asked at each forward. May be called under a lock. */
    public boolean recordsHeldBack() {
        return false;
    }

    /** Makes what records for how long a receiver is held back; null where that is not recorded. */
    public @Nullable RecordedHold heldBack(String dispatcher, String receiver) {
        return null;
    }

    // ---- what happens at an instant

    /** Returns whether something of this is recorded. May be called under a lock. */
    public boolean recordsInstants() {
        return false;
    }

    /** A receiver, a sender, a forwarder or a link has joined. */
    public void joined(String dispatcher, String kind, String name, long sequence) {}

    /** One of them has left. */
    public void left(String dispatcher, String kind, String name, long sequence, String how) {}

    /**
     * A receiver has failed, or all of its dispatcher. Asks for the text of the cause, which is foreign code.
     *
     * @param receiver its name; empty where all of the dispatcher has failed
     */
    public void failed(String dispatcher, String receiver, long sequence, Throwable cause) {}

    /** Returns whether to record a failure with this cause runs foreign code, which may never return. */
    public boolean asksForeignCode(Throwable cause) {
        return false;
    }

    /** A message was skipped. Asks for the text of the cause, which is foreign code. */
    public void skipped(String dispatcher, String receiver, long sequence, int attempts, Throwable cause) {}

    /** A wait that was part of a deadlock was refused. */
    public void deadlock(String dispatcher, String text) {}

    /** A dispatcher was closed with losses. */
    public void closedWithLosses(String dispatcher, String losses) {}
}
