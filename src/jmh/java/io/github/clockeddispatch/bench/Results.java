package io.github.clockeddispatch.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/** What was measured, as it is in a file: a row for each trial. */
final class Results {
    /** Trials in which other processes had more than this share of all processors do not count. */
    static final double MOST_OF_OTHERS = 0.12;

    private static final String HEADER = "workload;contestant;capacity;fork;others;value;p99;p999;processor";

    /** Who did what. */
    record Key(String workload, String contestant, int capacity) {}

    private final Map<Key, List<double[]>> trials = new LinkedHashMap<>();
    private final List<String> rows = new ArrayList<>();
    private int dropped;

    static Results read(Path file) throws IOException {
        Results results = new Results();
        for (String row : Files.readAllLines(file, StandardCharsets.UTF_8)) {
            if (!row.equals(HEADER)) {
                String[] cells = row.split(";");
                Key key = new Key(cells[0], cells[1], Integer.parseInt(cells[2]));
                results.add(
                        key,
                        Integer.parseInt(cells[3]),
                        numbers(Arrays.asList(cells).subList(4, cells.length)));
            }
        }
        return results;
    }

    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>(List.of(HEADER));
        lines.addAll(rows);
        if (file.getParent() != null) {
            Files.createDirectories(file.getParent());
        }
        Files.write(file, lines, StandardCharsets.UTF_8);
    }

    static double[] numbers(List<String> cells) {
        return cells.stream().mapToDouble(Double::parseDouble).toArray();
    }

    /**
     * Adds a trial.
     *
     * @param values the share of others, then what was measured
     */
    void add(Key key, int fork, double... values) {
        StringBuilder row = new StringBuilder(key.workload + ";" + key.contestant + ";" + key.capacity + ";" + fork);
        for (double value : values) {
            row.append(';').append(value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value));
        }
        rows.add(row.toString());
        if (values[0] > MOST_OF_OTHERS) {
            dropped++;
        } else {
            trials.computeIfAbsent(key, k -> new ArrayList<>()).add(values);
        }
    }

    int dropped() {
        return dropped;
    }

    Set<Key> keys() {
        return trials.keySet();
    }

    int count(Key key) {
        return trials.getOrDefault(key, List.of()).size();
    }

    /** The median of a column, of which the first is what was measured. */
    OptionalDouble median(Key key, int column) {
        double[] sorted = sorted(key, column);
        return sorted.length == 0 ? OptionalDouble.empty() : OptionalDouble.of(sorted[sorted.length / 2]);
    }

    double[] sorted(Key key, int column) {
        return trials.getOrDefault(key, List.of()).stream()
                .filter(values -> values.length > column)
                .mapToDouble(values -> values[column])
                .sorted()
                .toArray();
    }

    /** The best of those that we are compared with. */
    Optional<Key> bestPeer(Workload workload, int capacity) {
        return best(workload, capacity, false);
    }

    /** What no design like ours can pass. */
    Optional<Key> floor(Workload workload, int capacity) {
        return best(workload, capacity, true);
    }

    private Optional<Key> best(Workload workload, int capacity, boolean floor) {
        double sign = workload.unit == Workload.Unit.NANOSECONDS ? -1 : 1;
        return trials.keySet().stream()
                .filter(key -> key.workload.equals(workload.name) && key.capacity == capacity)
                .filter(key ->
                        !key.contestant.startsWith(Trial.OURS) && key.contestant.startsWith(Trial.FLOOR) == floor)
                .max((a, b) -> Double.compare(
                        sign * median(a, 1).orElseThrow(), sign * median(b, 1).orElseThrow()));
    }
}
