package io.github.clockeddispatch.examples.flights;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** Draws where the clocks stood: time to the right, numbers upwards, a line for each view and one for the dispatcher. */
final class Chart {
    private static final double TOP = 34;
    private static final double BOTTOM = 48;
    private static final double LEFT = 62;
    private static final double LABEL_HEIGHT = 20;

    private final List<String> views;
    private final List<Sample> samples;
    private final int width;
    private final int height;

    /** Whether there is room for labels at the ends of the lines. */
    private final boolean labelled;

    private final Scale time;
    private final Scale numbers;
    private final StringBuilder svg = new StringBuilder();

    private Chart(List<String> views, List<Sample> samples, int width, int height, boolean labelled) {
        this.views = views;
        this.samples = samples;
        this.width = width;
        this.height = height;
        this.labelled = labelled;
        Sample last = samples.getLast();
        this.time = new Scale(Math.max(1, last.nanos()) / 1e6, LEFT, width - (labelled ? 150 : 14));
        this.numbers = new Scale(Math.max(1, last.number()), height - BOTTOM, TOP);
    }

    /** For a screen with room for labels. */
    static String wide(List<String> views, List<Sample> samples) {
        return new Chart(views, samples, 1000, 480, true).draw("wide");
    }

    /** For a telephone. */
    static String narrow(List<String> views, List<Sample> samples) {
        return new Chart(views, samples, 400, 400, false).draw("narrow");
    }

    private String draw(String size) {
        element(
                "<svg class=\"%s\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">",
                size, width, height);
        element("<title>The numbers given, and the clock of each view, over the time of the run</title>");
        axes();
        line("given", "numbers given", Sample::number);
        for (int view = views.size() - 1; view >= 0; view--) {
            int index = view;
            line("view" + view, views.get(view), sample -> sample.clocks().get(index));
        }
        gap();
        if (labelled) {
            labels();
        }
        element("</svg>");
        return svg.toString();
    }

    private void axes() {
        for (long tick : numbers.ticks(4)) {
            double y = numbers.pixel(tick);
            element(
                    "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                    time.near(), y, time.far(), y);
            element("<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%,d</text>", LEFT - 8, y + 4, tick);
        }
        for (long tick : time.ticks(labelled ? 6 : 3)) {
            double x = time.pixel(tick);
            element(
                    "<line class=\"mark\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                    x, numbers.near(), x, numbers.near() + 5);
            element(
                    "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%,d</text>",
                    x, numbers.near() + 20, tick);
        }
        element("<text class=\"axis\" x=\"8\" y=\"18\">number</text>");
        element(
                "<text class=\"axis\" x=\"%.1f\" y=\"%d\" text-anchor=\"end\">time, milliseconds</text>",
                time.far(), height - 8);
    }

    /** Marks where a clock was farthest behind. */
    private void gap() {
        int view = IntStream.range(0, views.size())
                .boxed()
                .max(Comparator.comparing(this::mostBehind))
                .orElseThrow();
        Sample sample = samples.stream()
                .max(Comparator.comparing(one -> one.behind(view)))
                .orElseThrow();
        double x = time.pixel(sample.nanos() / 1e6);
        double top = numbers.pixel(sample.number());
        double bottom = numbers.pixel(sample.clocks().get(view));
        element("<line class=\"gap\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", x, top, x, bottom);
        // beside both lines, at the height of the middle
        long middle = (sample.number() + sample.clocks().get(view)) / 2;
        double left = time.pixel(firstReached(middle, Sample::number) / 1e6) - 10;
        double right = time.pixel(firstReached(middle, one -> one.clocks().get(view)) / 1e6) + 10;
        boolean roomAtRight = right + 90 < time.far();
        element(
                "<text class=\"label view%d\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%,d behind</text>",
                view,
                roomAtRight ? right : left,
                numbers.pixel(middle) + 4,
                roomAtRight ? "start" : "end",
                sample.behind(view));
    }

    private long firstReached(long number, ToLongFunction<Sample> value) {
        return samples.stream()
                .filter(sample -> value.applyAsLong(sample) >= number)
                .findFirst()
                .orElse(samples.getLast())
                .nanos();
    }

    private long mostBehind(int view) {
        return samples.stream().mapToLong(sample -> sample.behind(view)).max().orElseThrow();
    }

    /** A line with steps: between two samples nothing is known but that it rose. */
    private void line(String style, String name, ToLongFunction<Sample> value) {
        StringBuilder path = new StringBuilder();
        double lastX = Double.NEGATIVE_INFINITY;
        double lastY = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < samples.size(); i++) {
            double x = time.pixel(samples.get(i).nanos() / 1e6);
            double y = numbers.pixel(value.applyAsLong(samples.get(i)));
            boolean visible = Math.abs(x - lastX) >= 0.5 || Math.abs(y - lastY) >= 0.5;
            if (i == 0) {
                path.append(String.format(Locale.ROOT, "M%.1f %.1f", x, y));
            } else if (visible || i == samples.size() - 1) {
                path.append(String.format(Locale.ROOT, "H%.1fV%.1f", x, y));
            } else {
                continue;
            }
            lastX = x;
            lastY = y;
        }
        element("<path class=\"line %s\" d=\"%s\"><title>%s</title></path>", style, path, name);
    }

    private void labels() {
        Sample last = samples.getLast();
        double end = numbers.pixel(last.number());
        label("given", "numbers given", end, 0);
        for (int view = 0; view < views.size(); view++) {
            label("view" + view, views.get(view), numbers.pixel(last.clocks().get(view)), view + 1);
        }
    }

    private void label(String style, String text, double end, int row) {
        double y = TOP + row * LABEL_HEIGHT;
        element(
                "<path class=\"leader %s\" d=\"M%.1f %.1fL%.1f %.1f\"/>",
                style, time.far() + 2, end, time.far() + 18, y);
        element("<text class=\"label %s\" x=\"%.1f\" y=\"%.1f\">%s</text>", style, time.far() + 22, y + 4, text);
    }

    private void element(String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }
}
