package io.github.clockeddispatch.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws charts as SVG. */
final class Bars {
    /** Told apart by most eyes (Okabe and Ito); ours is the first. */
    private static final List<String> COLOURS =
            List.of("#d55e00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#999999", "#000000", "#f0e442");

    private static final int LEFT = 70;
    private static final int TOP = 50;

    private final StringBuilder svg = new StringBuilder();

    private Bars(int width, int height, String title) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" font-family=\"sans-serif\" font-size=\"12\">",
                width, height, width);
        add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", width, height);
        text(10, 22, "start", 15, title);
    }

    private void add(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private void text(double x, double y, String anchor, int size, String text) {
        add(
                "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" font-size=\"%d\">%s</text>",
                x, y, anchor, size, text.replace("&", "&amp;").replace("<", "&lt;"));
    }

    private void line(double x1, double y1, double x2, double y2, String colour) {
        add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>", x1, y1, x2, y2, colour);
    }

    private String end() {
        return svg.append("</svg>\n").toString();
    }

    /**
     * Lines over two logarithmic axes.
     *
     * @param series points (x, y) above 0 by name
     */
    static String lines(String title, String xLabel, String yLabel, Map<String, List<double[]>> series) {
        int width = 560;
        int height = 300;
        int right = 150;
        double plotWidth = width - LEFT - right;
        double plotHeight = height - TOP - 50.0;
        List<double[]> all = new ArrayList<>();
        series.values().forEach(all::addAll);
        double minX = all.stream().mapToDouble(p -> p[0]).min().orElse(1);
        double maxX =
                Math.max(minX * 2, all.stream().mapToDouble(p -> p[0]).max().orElse(2));
        double minY = power(all.stream().mapToDouble(p -> p[1]).min().orElse(1), false);
        double maxY = power(all.stream().mapToDouble(p -> p[1]).max().orElse(10), true);
        Bars chart = new Bars(width, height, title);
        for (double y = minY; y <= maxY * 1.001; y *= 10) {
            double at = TOP + plotHeight * (1 - Math.log(y / minY) / Math.log(maxY / minY));
            chart.line(LEFT, at, LEFT + plotWidth, at, "#dddddd");
            chart.text(LEFT - 6, at + 4, "end", 11, human(y));
        }
        List<Double> ticks = all.stream().map(p -> p[0]).distinct().sorted().toList();
        double last = -100;
        for (double x : ticks) {
            double at = LEFT + plotWidth * Math.log(x / minX) / Math.log(maxX / minX);
            chart.line(at, TOP + plotHeight, at, TOP + plotHeight + 4, "#888888");
            if (at - last > 34) {
                chart.text(at, TOP + plotHeight + 18, "middle", 11, human(x));
                last = at;
            }
        }
        chart.text(LEFT + plotWidth / 2, height - 10, "middle", 12, xLabel);
        chart.text(10, 40, "start", 12, yLabel);
        int number = 0;
        for (var entry : series.entrySet()) {
            String colour = COLOURS.get(number % COLOURS.size());
            StringBuilder points = new StringBuilder();
            for (double[] p : entry.getValue()) {
                double x = LEFT + plotWidth * Math.log(p[0] / minX) / Math.log(maxX / minX);
                double y = TOP + plotHeight * (1 - Math.log(p[1] / minY) / Math.log(maxY / minY));
                points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
                chart.add("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.5\" fill=\"%s\"/>", x, y, colour);
            }
            chart.add(
                    "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                    points.toString().trim(), colour);
            double at = TOP + 10 + number * 18.0;
            chart.line(LEFT + plotWidth + 10, at, LEFT + plotWidth + 26, at, colour);
            chart.text(LEFT + plotWidth + 30, at + 4, "start", 11, entry.getKey());
            number++;
        }
        return chart.end();
    }

    /**
     * Groups of bars.
     *
     * @param groups by the group's name, then by what its bars are, which are the same in all
     */
    static String bars(String title, String yLabel, Map<String, Map<String, Double>> groups) {
        List<String> names = groups.values().stream()
                .flatMap(group -> group.keySet().stream())
                .distinct()
                .toList();
        int bar = 11;
        int gap = 22;
        int width = LEFT + groups.size() * (names.size() * bar + gap) + 160;
        int height = 300;
        double plotHeight = height - TOP - 30.0;
        double most = groups.values().stream()
                .flatMap(group -> group.values().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(1);
        double step = step(most);
        double top = Math.ceil(most / step) * step;
        Bars chart = new Bars(width, height, title);
        double right = width - 150.0;
        for (double y = 0; y <= top * 1.001; y += step) {
            double at = TOP + plotHeight * (1 - y / top);
            chart.line(LEFT, at, right, at, "#dddddd");
            chart.text(LEFT - 6, at + 4, "end", 11, human(y));
        }
        chart.text(10, 40, "start", 12, yLabel);
        double x = LEFT + gap / 2.0;
        for (var group : groups.entrySet()) {
            double begin = x;
            for (int i = 0; i < names.size(); i++) {
                double value = group.getValue().getOrDefault(names.get(i), 0.0);
                chart.add(
                        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%d\" height=\"%.1f\" fill=\"%s\"/>",
                        x,
                        TOP + plotHeight * (1 - value / top),
                        bar - 1,
                        plotHeight * value / top,
                        COLOURS.get(i % COLOURS.size()));
                x += bar;
            }
            chart.text((begin + x) / 2, TOP + plotHeight + 16, "middle", 12, group.getKey());
            x += gap;
        }
        for (int i = 0; i < names.size(); i++) {
            double at = TOP + 8 + i * 18.0;
            chart.add(
                    "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" fill=\"%s\"/>",
                    right + 8, at - 6, COLOURS.get(i % COLOURS.size()));
            chart.text(right + 22, at + 4, "start", 11, names.get(i));
        }
        return chart.end();
    }

    private static double power(double value, boolean up) {
        double log = Math.log10(value);
        double whole = up ? Math.ceil(log - 1e-9) : Math.floor(log + 1e-9);
        return Math.pow(10, up && whole == Math.floor(log + 1e-9) && Math.abs(log - whole) < 1e-9 ? whole + 1 : whole);
    }

    private static double step(double most) {
        double power = Math.pow(10, Math.floor(Math.log10(most)));
        return most / power < 2 ? power / 4 : most / power < 5 ? power / 2 : power;
    }

    /** As people write it: 0.5, 20, 3k, 1M. */
    static String human(double value) {
        if (value >= 1e6) {
            return plain(value / 1e6) + "M";
        }
        if (value >= 1e3) {
            return plain(value / 1e3) + "k";
        }
        return plain(value);
    }

    private static String plain(double value) {
        return value == Math.rint(value)
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, value < 1 ? "%.2f" : "%.1f", value).replaceAll("0+$", "");
    }
}
