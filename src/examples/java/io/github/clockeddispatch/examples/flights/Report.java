package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/** Puts the findings into words, for a screen. */
final class Report {
    private final Findings findings;
    private final RunResult run;
    private final ReportText text = new ReportText();

    private Report(Findings findings) {
        this.findings = findings;
        this.run = findings.run();
    }

    static String of(Findings findings) {
        return new Report(findings).write();
    }

    private String write() {
        text.line(
                "%,d departures from %s by %d desks: %,.0f departures/s (%,d numbers, %,d notices to all)",
                run.departures(),
                findings.file(),
                Region.values().length,
                run.departuresPerSecond(),
                run.numbers(),
                run.notices());
        text.line(
                "The desks were done after %,.0f ms; the delay statistics, which force each batch to the disk, after %,.0f ms",
                run.desksNanos() / 1e6, run.totalNanos() / 1e6);
        text.answers("Is the flight just dispatched on the departure board?", findings.answers());
        lags();
        sends();
        airports();
        return text.toString();
    }

    private void lags() {
        text.line("");
        text.line("How far each view's clock was behind       numbers          ms   part of the time");
        for (int view = 0; view < run.views().size(); view++) {
            Lag lag = run.lag(view);
            text.line(
                    "  %-33s at most %,7d %,11.2f %,16.0f %%",
                    run.views().get(view), lag.numbers(), lag.nanos() / 1e6, 100 * lag.share());
        }
    }

    private void sends() {
        text.line("");
        text.line(
                "A desk's sends to board and log, \u00b5s           p50         p99          longest  (%d runs each)",
                findings.runsMeasured());
        sends("beside the delay statistics (slow)", findings.sendsBeside());
        sends("without them", findings.sendsAlone());
        text.line(
                "  p99 with / without: %.2f, %s",
                findings.p99Ratio(),
                findings.isSlowViewFelt() ? "WARNING: more than twice as long; is this machine busy?" : "within twice");
    }

    private void sends(String which, Latencies sends) {
        text.line(
                "  %-36s %,10.1f %,11.1f %,16.1f",
                which, micros(sends.percentile(50)), micros(sends.percentile(99)), micros(sends.longest()));
    }

    private static double micros(long nanos) {
        return nanos / 1e3;
    }

    private void airports() {
        List<AirportDelay> worst = findings.worstAirports();
        text.line("");
        text.line("Worst mean delay, minutes (departures)");
        int left = Math.ceilDiv(worst.size(), 2);
        for (int row = 0; row < left; row++) {
            StringJoiner columns = new StringJoiner("  ", "  ", "");
            columns.add(String.format(Locale.ROOT, "%-38s", airport(worst.get(row))));
            if (left + row < worst.size()) {
                columns.add(airport(worst.get(left + row)));
            }
            text.line("%s", columns.toString().stripTrailing());
        }
        text.line(
                "  %s",
                findings.tablesAgree()
                        ? "the statistics of all " + findings.expected().rows().size()
                                + " airports are the same as when computed sequentially"
                        : "WRONG: the statistics differ from those computed sequentially");
        if (findings.staleWithClock() > 0) {
            text.line("  WRONG: an answer was stale although the clock had been waited for");
        }
    }

    private static String airport(AirportDelay delay) {
        Airport airport = delay.airport();
        return String.format(
                Locale.ROOT,
                "%6.1f %s %s, %s (%,d)",
                delay.mean(),
                airport.code(),
                airport.city(),
                airport.state(),
                delay.departures());
    }
}
