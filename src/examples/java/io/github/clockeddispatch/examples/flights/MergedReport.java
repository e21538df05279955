package io.github.clockeddispatch.examples.flights;

import java.util.Locale;

/** Puts the findings about stages into words, for a screen. */
final class MergedReport {
    private final MergedFindings findings;
    private final MergedRun shown;
    private final ReportText text = new ReportText();

    private MergedReport(MergedFindings findings) {
        this.findings = findings;
        this.shown = findings.shown();
    }

    static String of(MergedFindings findings) {
        return new MergedReport(findings).write();
    }

    private String write() {
        RunResult run = shown.run();
        text.line(
                "%,d departures from %s by %d desks, through %d stages into one log: %,.0f departures/s",
                run.departures(),
                findings.file(),
                Region.values().length,
                MergedOperation.STAGES,
                run.departuresPerSecond());
        text.line(
                "%,d numbers (%,d notices to all stages), %,d lines; the desks were done after %,.1f ms, the log after %,.1f ms",
                run.numbers(), run.notices(), shown.log().size(), run.desksNanos() / 1e6, run.totalNanos() / 1e6);
        text.answers("Is the flight just dispatched at the top in the log at the bottom?", findings.answers());
        stages();
        verdict();
        return text.toString();
    }

    private void stages() {
        text.line("");
        text.line("The log waits for the slowest   clock behind, at most   waited for   held back meanwhile, at most");
        RunResult run = shown.run();
        for (int view = 0; view < run.views().size(); view++) {
            String name = run.views().get(view);
            String behind = String.format(
                    Locale.ROOT, "  %-28s %,15d numbers", name, run.lag(view).numbers());
            shown.heldBackBy(name)
                    .ifPresentOrElse(
                            heldBack -> text.line(
                                    "%s %10.0f %% %,13d lines for %.2f ms",
                                    behind,
                                    100 * heldBack.share(),
                                    heldBack.messages(),
                                    heldBack.longest().toNanos() / 1e6),
                            () -> text.line("%s", behind));
        }
    }

    private void verdict() {
        text.line("");
        findings.difference()
                .ifPresentOrElse(
                        difference -> text.line("WRONG: %s", difference),
                        () -> text.line("The log is the same as when computed sequentially, in order and contents"));
        if (!findings.tablesAgree()) {
            text.line("WRONG: the statistics differ from those computed sequentially");
        }
        if (Answer.countStaleWithClock(findings.answers()) > 0) {
            text.line("WRONG: an answer was stale although the clock had been waited for");
        }
    }
}
