package io.github.clockeddispatch.testkit;

/** The kind of a thread. */
public enum Kind {
    VIRTUAL,
    PLATFORM;

    Thread.Builder builder() {
        return this == VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    }
}
