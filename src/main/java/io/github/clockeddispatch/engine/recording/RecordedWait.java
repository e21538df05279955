package io.github.clockeddispatch.engine.recording;

/**
 * A wait that is being recorded, by the thread that waits.
 *
 * @see "docs/design.md: Flight recorder"
 */
@FunctionalInterface
public interface RecordedWait {

    /** How a wait may end. */
    enum Outcome {
        REACHED("reached"),
        TIMED_OUT("timed out"),
        INTERRUPTED("interrupted"),
        CLOSED("closed"),
        FAILED("failed"),
        REFUSED("refused"),
        ERROR("error");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** It has ended. */
    void ended(Outcome how);
}
