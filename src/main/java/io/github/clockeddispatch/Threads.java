package io.github.clockeddispatch;

/** What is told of threads. */
final class Threads {

    private Threads() {}

    /** Returns a text that names a thread. Calls nothing that its class can override, as that would be foreign code. */
    static String name(Thread thread) {
        return "thread " + (thread.getName().isEmpty() ? "#" + thread.threadId() : "\"" + thread.getName() + "\"");
    }
}
