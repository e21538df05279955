package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.Locale;

/** The lines of a report, and the tables that reports have in common. */
final class ReportText {
    private final StringBuilder text = new StringBuilder();

    void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    void answers(String question, List<Answer> answers) {
        int asked = answers.size();
        long staleAtOnce = Answer.countStaleAtOnce(answers);
        line("");
        line("%s  (asked %,d times, in all runs)", question, asked);
        line(
                "  at once                       %,7d stale answers (%.0f %%)",
                staleAtOnce, asked == 0 ? 0 : 100.0 * staleAtOnce / asked);
        line("  after clock().waitUntil(n)    %,7d stale answers", Answer.countStaleWithClock(answers));
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
