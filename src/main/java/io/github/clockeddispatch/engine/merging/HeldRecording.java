package io.github.clockeddispatch.engine.merging;

import io.github.clockeddispatch.engine.recording.RecordedHold;
import io.github.clockeddispatch.engine.recording.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * The recording of what is held back at a receiver of a merge while its reader sleeps: from when the first message has come, or the
 * reader has begun to sleep with one on its lanes, until it wakes up.
 *
 * @see "docs/design.md: Flight recorder"
 */
final class HeldRecording {

    private final MergeGate<?> gate;

    /** What is recorded; null while nobody has recorded. Written by the reader, read by those who forward. */
    private volatile @Nullable RecordedHold recorded;

    HeldRecording(MergeGate<?> gate) {
        this.gate = gate;
    }

    /** Reader, without the lock: it may sleep later. */
    void prepare() {
        if (Recorder.active().recordsHeldBack() && recorded == null) {
            recorded = Recorder.active().heldBack(gate.core.name(), gate.name);
        }
    }

    /** Reader, under the lock: it sleeps from now on. */
    void sleeps() {
        RecordedHold hold = recorded;
        if (hold != null) {
            hold.sleeps();
            if (gate.intake.firstUnfinished() != 0) {
                hold.holds();
            }
        }
    }

    /** Anybody, having forwarded something: if the reader sleeps, it is held back, or the reader is about to be woken. */
    void holds() {
        RecordedHold hold = recorded;
        if (hold != null && gate.readerWaits()) {
            hold.holds();
        }
    }

    /** Reader, without the lock: it sleeps no more. */
    void wakes() {
        RecordedHold hold = recorded;
        try {
            if (hold != null && hold.wakes()) {
                gate.record(hold);
            }
        } catch (Throwable e) {
            // it is not recorded
        }
        prepare();
    }
}
