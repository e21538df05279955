package io.github.clockeddispatch.examples.flights;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;

/** A line that tells how far things have come: on a terminal in its place, elsewhere a new line now and then. */
final class ProgressLine implements AutoCloseable {
    private static final String ERASE_LINE = "\r\033[K";

    private final PrintStream out;
    private final boolean terminal;
    private final long pauseNanos;

    private boolean shown;
    private long lastNanos;

    ProgressLine(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
        this.pauseNanos = (terminal ? Duration.ofMillis(100) : Duration.ofSeconds(2)).toNanos();
    }

    /** Shows the text, unless another has just been shown. */
    synchronized void show(Supplier<String> text) {
        long now = System.nanoTime();
        if (shown && now - lastNanos < pauseNanos) {
            return;
        }
        shown = true;
        lastNanos = now;
        if (terminal) {
            out.print(ERASE_LINE + text.get());
        } else {
            out.println(text.get());
        }
        out.flush();
    }

    /** Makes room for what follows. */
    @Override
    public synchronized void close() {
        if (terminal && shown) {
            out.print(ERASE_LINE);
            out.flush();
        }
    }
}
