package io.github.clockeddispatch.examples.flights;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Shows the findings as a page of HTML that needs nothing else, and is XML too. */
final class Page {
    private static final String STYLE = """
            :root { color-scheme: light dark; --paper: #fff; --ink: #1b1f24; --dim: #57606a; --rule: #d8dee4;
              --given: #b6bec7; --view0: #0072b2; --view1: #009e73; --view2: #d55e00; }
            @media (prefers-color-scheme: dark) { :root { --paper: #14171c; --ink: #e6e9ed; --dim: #9aa4af;
              --rule: #30363d; --given: #59636e; --view0: #56b4e9; --view1: #2fc79a; --view2: #ff8f45; } }
            body { margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 64rem; background: var(--paper);
              color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .5rem; }
            h2 { font-size: 1.05rem; margin: 0 0 .25rem; }
            p { margin: 0 0 1rem; max-width: 46rem; }
            figure { margin: 1.5rem 0; }
            figcaption { color: var(--dim); font-size: .9rem; max-width: 46rem; }
            svg { display: block; width: 100%; height: auto; }
            svg text { fill: var(--dim); font: 13px system-ui, sans-serif; }
            svg .label { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--paper);
              stroke-width: 4px; }
            svg .axis { fill: var(--ink); }
            .grid { stroke: var(--rule); } .mark { stroke: var(--dim); }
            .line { fill: none; stroke-linejoin: round; } .leader { fill: none; opacity: .6; }
            path.given { stroke: var(--given); } path.line.given { stroke-width: 11; }
            path.view0 { stroke: var(--view0); } path.line.view0 { stroke-width: 2; }
            path.view1 { stroke: var(--view1); } path.line.view1 { stroke-width: 5; }
            path.view2 { stroke: var(--view2); } path.line.view2 { stroke-width: 7; }
            svg text.view0, .key .view0 { fill: var(--view0); color: var(--view0); }
            svg text.view1, .key .view1 { fill: var(--view1); color: var(--view1); }
            svg text.view2, .key .view2 { fill: var(--view2); color: var(--view2); }
            .key .given { color: var(--given); }
            path.leader { stroke-width: 1.5; }
            .gap { stroke: var(--view2); stroke-width: 1.5; stroke-dasharray: 2 3; }
            .tables { display: flex; flex-wrap: wrap; gap: 1.75rem 3rem; }
            table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .95rem; }
            th, td { padding: .2rem .75rem .2rem 0; text-align: right; border-top: 1px solid var(--rule);
              vertical-align: top; }
            th { font-weight: 400; color: var(--dim); } thead th { border: 0; }
            th:first-child { text-align: left; } tbody th { color: var(--ink); }
            .narrow { display: none; } .key { white-space: nowrap; }
            @media (max-width: 40rem) { .wide { display: none; } .narrow { display: block; } }
            """;

    private final Findings findings;
    private final RunResult run;
    private final StringBuilder html = new StringBuilder();

    private Page(Findings findings) {
        this.findings = findings;
        this.run = findings.run();
    }

    static String of(Findings findings) {
        return new Page(findings).write();
    }

    private String write() {
        line("<!DOCTYPE html>");
        line("<html lang=\"en\" xmlns=\"http://www.w3.org/1999/xhtml\">");
        line("<head>");
        line("<meta charset=\"utf-8\"/>");
        line("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>");
        line("<title>%,d departures and the clocks of their views</title>", run.departures());
        line("<style>%n%s</style>", STYLE);
        line("</head>");
        line("<body>");
        line("<h1>%,d departures, and the clock of each view</h1>", run.departures());
        line(
                "<p>%d desks dispatched the flights of %s to the departure board and the audit log: %,.0f a second, done "
                        + "after %,.0f ms. From each desk another thread told the delay statistics, which force every "
                        + "batch to the disk and took %,.0f ms. Nobody else waits for them.</p>",
                Region.values().length,
                escape(findings.file()),
                run.departuresPerSecond(),
                run.desksNanos() / 1e6,
                run.totalNanos() / 1e6);
        pictures();
        line("<div class=\"tables\">");
        answers();
        lags();
        sends();
        airports();
        line("</div>");
        line("</body>");
        line("</html>");
        return html.toString();
    }

    private void pictures() {
        line("<p class=\"narrow\">%s</p>", legend());
        picture(
                run.samples(),
                "A clock stands at the last number up to which its view has finished everything that was for it; with"
                        + " nothing to do it is up to date. The dotted line marks where a clock was farthest behind"
                        + " the numbers given.");
        List<Sample> beginning = run.samples().stream()
                .takeWhile(sample -> sample.nanos() <= 1.2 * run.desksNanos())
                .toList();
        if (beginning.size() > 1 && run.desksNanos() < run.totalNanos() / 2) {
            picture(beginning, "The beginning of the same run, while the desks dispatched.");
        }
    }

    private void picture(List<Sample> samples, String caption) {
        line("<figure>");
        html.append(Chart.wide(run.views(), samples));
        html.append(Chart.narrow(run.views(), samples));
        line("<figcaption>%s</figcaption>", caption);
        line("</figure>");
    }

    private String legend() {
        return Stream.concat(
                        Stream.of(key("given", "numbers given")),
                        IntStream.range(0, run.views().size())
                                .mapToObj(view -> key("view" + view, run.views().get(view))))
                .collect(Collectors.joining(" "));
    }

    private static String key(String style, String text) {
        return "<span class=\"key\"><span class=\"%s\">\u25a0</span> %s</span>".formatted(style, text);
    }

    private void answers() {
        String asked = count(findings.answers().size());
        table("Is the flight on the departure board?", "", "asked", "stale");
        row("at once", asked, count(findings.staleAtOnce()));
        row("with <code>clock().waitUntil(n)</code>", asked, count(findings.staleWithClock()));
        end();
    }

    private void lags() {
        table("How far behind, at most", "", "numbers", "ms", "part of the time");
        for (int view = 0; view < run.views().size(); view++) {
            Lag lag = run.lag(view);
            row(
                    run.views().get(view),
                    count(lag.numbers()),
                    String.format(Locale.ROOT, "%,.2f", lag.nanos() / 1e6),
                    "%.0f %%".formatted(100 * lag.share()));
        }
        end();
    }

    private void sends() {
        table("A desk\u2019s sends to board and log, \u00b5s", "", "p50", "p99", "longest");
        sends("beside the slow statistics", findings.sendsBeside());
        sends("without them", findings.sendsAlone());
        end();
    }

    private void sends(String which, Latencies sends) {
        row(
                which,
                decimal(sends.percentile(50) / 1e3),
                decimal(sends.percentile(99) / 1e3),
                decimal(sends.longest() / 1e3));
    }

    private void airports() {
        table("Worst mean delay", "", "minutes", "departures");
        for (AirportDelay delay : findings.worstAirports()) {
            Airport airport = delay.airport();
            row(
                    escape("%s %s, %s".formatted(airport.code(), airport.city(), airport.state())),
                    decimal(delay.mean()),
                    count(delay.departures()));
        }
        end();
    }

    private void table(String title, String... heads) {
        line("<section><h2>%s</h2>", title);
        line("<table><thead><tr>%s</tr></thead><tbody>", cells("th", List.of(heads)));
    }

    private void row(String head, String... values) {
        line("<tr><th>%s</th>%s</tr>", head, cells("td", List.of(values)));
    }

    private void end() {
        line("</tbody></table></section>");
    }

    private static String cells(String tag, List<String> values) {
        return values.stream()
                .map(value -> "<" + tag + ">" + value + "</" + tag + ">")
                .collect(Collectors.joining());
    }

    private static String count(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%,.1f", value);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private void line(String format, Object... values) {
        html.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
