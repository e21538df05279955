package io.github.clockeddispatch.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * How two states of the library compare at one workload. Above 1 this one is better: it has more messages a second, or takes
 * less time. What is compared is the median of each fork with that of the fork beside it, since these machines change their speed
 * from minute to minute.
 */
final class Ratios {
    private static final int RESAMPLES = 10_000;

    private final boolean isRate;
    private final Map<Integer, List<Double>> these = new TreeMap<>();
    private final Map<Integer, List<Double>> others = new TreeMap<>();

    Ratios(boolean isRate) {
        this.isRate = isRate;
    }

    /**
     * Adds a trial, unless it was disturbed.
     *
     * @param values the share of the processors that others had, then what was measured
     */
    void add(int fork, boolean isOther, double... values) {
        if (values[0] <= Results.MOST_OF_OTHERS) {
            (isOther ? others : these)
                    .computeIfAbsent(fork, f -> new ArrayList<>())
                    .add(values[1]);
        }
    }

    /** Says the median of the forks' ratios, and an interval for it (bootstrap, percentiles; the seed is always the same). */
    String describe(Workload workload) {
        double[] ratios = these.keySet().stream()
                .filter(others::containsKey)
                .mapToDouble(fork -> isRate
                        ? median(these.get(fork)) / median(others.get(fork))
                        : median(others.get(fork)) / median(these.get(fork)))
                .toArray();
        if (ratios.length == 0) {
            return workload + ": all trials were disturbed";
        }
        Random random = new Random(1);
        double[] medians = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            medians[i] = median(random.ints(ratios.length, 0, ratios.length)
                    .mapToDouble(at -> ratios[at])
                    .toArray());
        }
        Arrays.sort(medians);
        return String.format(
                Locale.ROOT,
                "%-8s %9.2f %10.2f to %7.2f   %s, %s, of %d forks%s",
                workload.name,
                median(ratios),
                medians[RESAMPLES / 40],
                medians[RESAMPLES - 1 - RESAMPLES / 40],
                figure(these),
                figure(others),
                ratios.length,
                medians[RESAMPLES - 1 - RESAMPLES / 40] < 0.97 ? "  SLOWER" : "");
    }

    private String figure(Map<Integer, List<Double>> forks) {
        double median = median(forks.values().stream().flatMap(List::stream).toList());
        return isRate
                ? String.format(Locale.ROOT, "%.1f M/s", median / 1e6)
                : String.format(Locale.ROOT, "%.0f ns", median);
    }

    private static double median(List<Double> values) {
        return median(values.stream().mapToDouble(value -> value).toArray());
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
