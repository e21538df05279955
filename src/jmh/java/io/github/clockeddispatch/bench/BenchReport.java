package io.github.clockeddispatch.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * Makes the tables and charts of docs/performance.md and README.md from docs/performance/*.csv. A table
 * goes between its marks in the text; nothing is written by hand.
 */
final class BenchReport {
    private final Path docs;

    private BenchReport(Path docs) {
        this.docs = docs;
    }

    /** Writes them. The benchmarks run in target. */
    static void write() throws IOException {
        new BenchReport(Path.of("../docs")).writeAll();
    }

    private void writeAll() throws IOException {
        Map<String, String> tables = new LinkedHashMap<>();
        for (String jdk : List.of("25", "21")) {
            Optional<Results> compared = read("compare-" + jdk);
            if (compared.isPresent()) {
                tables.put("targets-" + jdk, targets(compared.get()));
                tables.put("all-" + jdk, all(compared.get(), 1024));
                tables.put("brief-" + jdk, brief(compared.get()));
                chart("rates-" + jdk, rates(compared.get(), jdk));
            }
            Optional<Results> small = read("small-" + jdk);
            if (small.isPresent()) {
                tables.put("small-" + jdk, all(small.get(), 16));
            }
        }
        for (Axis axis : Axis.values()) {
            Optional<Results> growth = read(axis == Axis.CAPACITY ? "capacity-25" : "growth-25");
            if (growth.isPresent()) {
                chart("growth-" + axis.name().toLowerCase(Locale.ROOT), axis.chart(growth.get()));
            }
        }
        Optional<Results> paced = read("paced-25");
        if (paced.isPresent()) {
            tables.put("paced-25", paced(paced.get()));
        }
        for (Path text : List.of(docs.resolve("performance.md"), docs.resolveSibling("README.md"))) {
            if (Files.exists(text)) {
                String now = Files.readString(text);
                for (var table : tables.entrySet()) {
                    now = replaced(now, table.getKey(), table.getValue());
                }
                Files.writeString(text, now);
            }
        }
    }

    private Optional<Results> read(String name) throws IOException {
        Path file = docs.resolve("performance").resolve(name + ".csv");
        return Files.exists(file) ? Optional.of(Results.read(file)) : Optional.empty();
    }

    private void chart(String name, String svg) throws IOException {
        Files.writeString(docs.resolve("performance").resolve(name + ".svg"), svg, StandardCharsets.UTF_8);
    }

    /** Puts a table between its marks. */
    private static String replaced(String text, String name, String table) {
        String mark = "<!-- table " + name + " -->\n";
        int begin = text.indexOf(mark);
        int end = text.indexOf("<!-- end -->", begin);
        return begin < 0 || end < 0 ? text : text.substring(0, begin + mark.length()) + table + text.substring(end);
    }

    private static List<Workload> compared() {
        return List.of(Workload.USUAL.split("/")).stream().map(Workload::of).toList();
    }

    private static String targets(Results results) {
        StringBuilder table = new StringBuilder(
                "| | | ours | the best peer, or the floor | ratio | target | |\n|---|---|---|---|---|---|---|\n");
        for (Target target : Target.ALL) {
            Workload workload = Workload.of(target.workload());
            OptionalDouble ratio = target.ratio(results);
            Optional<Results.Key> best = target.other(results);
            if (ratio.isPresent() && best.isPresent()) {
                String sign = workload.unit == Workload.Unit.NANOSECONDS ? "≤" : "≥";
                table.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %s | %s, %s | %.2f | %s %s | %s |%n",
                        target.workload().replace('_', '.'),
                        workload.title,
                        range(results, new Results.Key(workload.name, Trial.OURS, Target.CAPACITY), workload),
                        range(results, best.get(), workload),
                        best.get().contestant(),
                        ratio.getAsDouble(),
                        sign,
                        Bars.human(target.factor()),
                        target.reached(ratio.getAsDouble()) >= 1 ? "met" : "missed"));
            }
        }
        return table.toString();
    }

    /** For who has a minute. */
    private static String brief(Results results) {
        StringBuilder table = new StringBuilder("| | Clocked Dispatch | the best of the others |\n|---|---|---|\n");
        for (String name : List.of("W1", "W2", "W3", "W8", "W9_8", "W6D")) {
            Workload workload = Workload.of(name);
            Optional<Results.Key> best = results.bestPeer(workload, Target.CAPACITY);
            OptionalDouble ours = results.median(new Results.Key(name, Trial.OURS, Target.CAPACITY), 1);
            if (best.isPresent() && ours.isPresent()) {
                String unit = workload.unit == Workload.Unit.NANOSECONDS ? "" : " M/s";
                table.append(String.format(
                        "| %s | %s%s | %s%s, %s |%n",
                        workload.title,
                        figure(ours.getAsDouble(), workload),
                        unit,
                        figure(results.median(best.get(), 1).orElseThrow(), workload),
                        unit,
                        best.get().contestant()));
            }
        }
        return table.toString();
    }

    private static String all(Results results, int capacity) {
        List<Workload> workloads = compared().stream()
                .filter(workload -> results.bestPeer(workload, capacity).isPresent())
                .toList();
        StringBuilder table = new StringBuilder("| |");
        workloads.forEach(workload ->
                table.append(' ').append(workload.name.replace('_', '.')).append(" |"));
        table.append("\n|---|").append("---|".repeat(workloads.size())).append('\n');
        for (String contestant :
                results.keys().stream().map(Results.Key::contestant).distinct().toList()) {
            table.append("| ").append(contestant).append(" |");
            for (Workload workload : workloads) {
                OptionalDouble median = results.median(new Results.Key(workload.name, contestant, capacity), 1);
                table.append(' ')
                        .append(median.isEmpty() ? "" : figure(median.getAsDouble(), workload))
                        .append(" |");
            }
            table.append('\n');
        }
        return table.toString();
    }

    private static String figure(double value, Workload workload) {
        return workload.unit == Workload.Unit.NANOSECONDS
                ? value < 1000
                        ? String.format(Locale.ROOT, "%.0f ns", value)
                        : String.format(Locale.ROOT, value < 10_000 ? "%.2f µs" : "%.0f µs", value / 1000)
                : String.format(Locale.ROOT, value >= 1e7 ? "%.0f" : value >= 1e5 ? "%.1f" : "%.3f", value / 1e6);
    }

    private static String range(Results results, Results.Key key, Workload workload) {
        double[] sorted = results.sorted(key, 1);
        return String.format(
                "%s (%s–%s)",
                figure(sorted[sorted.length / 2], workload),
                figure(sorted[0], workload),
                figure(sorted[sorted.length - 1], workload));
    }

    private static String rates(Results results, String jdk) {
        Map<String, Map<String, Double>> groups = new LinkedHashMap<>();
        for (String name : List.of("W1", "W2", "W3", "W3B", "W8", "W9_2", "W9_8", "W9_64", "W9D_8")) {
            Map<String, Double> bars = new LinkedHashMap<>();
            for (String contestant : results.keys().stream()
                    .map(Results.Key::contestant)
                    .filter(who -> !who.equals(Trial.RECEIVES)
                            && !who.equals("ArrayBlockingQueue, one lock")
                            && !who.startsWith("Disruptor")
                            && !who.startsWith(Trial.FLOOR))
                    .distinct()
                    .toList()) {
                results.median(new Results.Key(name, contestant, Target.CAPACITY), 1)
                        .ifPresent(median -> bars.put(contestant, median / 1e6));
            }
            if (!bars.isEmpty()) {
                groups.put(name.replace('_', '.'), bars);
            }
        }
        return Bars.bars("Million messages a second, JDK " + jdk + ", capacity 1024", "M/s", groups);
    }

    private static String paced(Results results) {
        StringBuilder table =
                new StringBuilder("| | median | 99 % | 99.9 % | processor time a message |\n|---|---|---|---|---|\n");
        for (Results.Key key : results.keys()) {
            table.append("| ").append(key.contestant()).append(" |");
            for (int column = 1; column <= 4; column++) {
                table.append(String.format(
                        Locale.ROOT, " %.0f µs |", results.median(key, column).orElse(0) / 1000));
            }
            table.append('\n');
        }
        return table.toString();
    }

    /** What is made to grow. */
    private enum Axis {
        RECEIVERS("Beside receivers that get nothing", "receivers", "RECEIVERS_"),
        PAIRS("Pairs of a sender and a receiver", "pairs", "PAIRS_"),
        SENDERS("Senders to one receiver", "senders", "SENDERS_"),
        ALL("To all of so many receivers", "receivers", "ALL_"),
        SOURCES("Streams that are merged", "streams", "SOURCES_"),
        WAITERS("Threads that wait for one clock, woken one after the other", "waiters", "WAITERS_"),
        BYTES("Each message a new array", "bytes", "BYTES_"),
        CAPACITY("Capacity of each buffer, one pair", "capacity", "W1");

        private final String title;
        private final String label;
        private final String prefix;

        Axis(String title, String label, String prefix) {
            this.title = title;
            this.label = label;
            this.prefix = prefix;
        }

        String chart(Results results) {
            Map<String, Map<Double, Double>> lines = new LinkedHashMap<>();
            for (Results.Key key : results.keys()) {
                boolean byCapacity = this == CAPACITY && key.workload().equals(prefix);
                if (byCapacity || (this != CAPACITY && key.workload().startsWith(prefix))) {
                    double x = byCapacity
                            ? key.capacity()
                            : Double.parseDouble(key.workload().substring(prefix.length()));
                    lines.computeIfAbsent(key.contestant(), k -> new TreeMap<>())
                            .put(x, results.median(key, 1).orElseThrow());
                }
            }
            Map<String, List<double[]>> series = new LinkedHashMap<>();
            lines.forEach((name, points) -> {
                List<double[]> list = new ArrayList<>();
                points.forEach((x, y) -> list.add(new double[] {x, y}));
                series.put(name, list);
            });
            return Bars.lines(title, label, this == WAITERS ? "wake-ups a second" : "messages a second", series);
        }
    }
}
