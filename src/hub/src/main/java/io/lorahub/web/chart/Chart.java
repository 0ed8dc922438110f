package io.lorahub.web.chart;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.engine.names.EnumNames;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * Series of numbers over a common axis.
 *
 * @param title       also the name of saved files
 * @param label       of a place on the axis, with {i} for the number of the point, {x} for its place, {day} for the day of
 *                    which this is the number since 1970
 * @param start       of the axis
 * @param todo        from where on there is nothing yet; the end if there is
 * @param logarithmic whether values are first shown on a logarithmic scale
 * @param columns     places on the axis to label
 */
public record Chart(
        String title,
        String unit,
        String label,
        double start,
        double end,
        double todo,
        boolean logarithmic,
        List<Mark> columns,
        List<Series> series) {

    public enum Kind {
        DOTS,
        /** A value holds until the next one. */
        STEPS,
        BARS;

        @JsonValue
        public String word() {
            return EnumNames.of(this);
        }
    }

    /** @param name empty if the value speaks for itself */
    public record Series(String name, Kind kind, List<Point> points) {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record Point(double x, double y) {}

    @JsonFormat(shape = JsonFormat.Shape.ARRAY)
    public record Mark(double at, String label) {}

    /** A series as an SVG path in thousandths. */
    public record Path(String kind, int number, String d) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final int LABELS = 4;

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH);

    private static final int MOST_ROWS = 10;

    /**
     * Numbers of the last days, in UTC.
     *
     * @param points at the number of the day since 1970
     */
    public static Chart ofDays(String title, String name, int days, List<Point> points) {
        long today = LocalDate.now(ZoneOffset.UTC).toEpochDay();
        List<Mark> labels = LongStream.rangeClosed(1, LABELS)
                .map(part -> today - days + part * days / LABELS)
                .mapToObj(day -> new Mark(day, LocalDate.ofEpochDay(day).format(DAY)))
                .toList();
        double end = today + 0.5;
        List<Series> series = List.of(new Series(name, Kind.BARS, points));
        return new Chart(title, "day (UTC)", "{day}", end - days, end, end, false, labels, series);
    }

    /** Labels for an axis of whole numbers up to this one. */
    public static List<Mark> numbers(int end) {
        List<Mark> marks = new ArrayList<>();
        int step = Math.max(1, end / LABELS);
        for (int n = step; n <= end; n += step) marks.add(new Mark(n, Integer.toString(n)));
        return marks;
    }

    /** All of it, for the script. */
    public String json() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it compares curves. */
    public boolean isCurves() {
        return series.get(0).kind == Kind.STEPS;
    }

    /** Where a place on the axis is, in percent of the width. */
    public double percent(double at) {
        return 100 * (at - start) / (end - start);
    }

    /** Grid lines at values, in percent of the height, with their labels. */
    public List<Mark> rows() {
        List<Mark> rows = rows(1, 2, 5);
        return rows.size() > MOST_ROWS ? rows(1) : rows;
    }

    private List<Mark> rows(double... mantissas) {
        DoubleUnaryOperator y = scale();
        double top = values().max().orElse(1);
        List<Mark> marks = new ArrayList<>();
        for (int power = -9; power <= 9; power++) {
            for (double mantissa : mantissas) {
                double value = mantissa * Math.pow(10, power);
                double at = y.applyAsDouble(value) / 10;
                // near the bottom of a linear scale they would be too close
                boolean apart = logarithmic || value >= top / 6;
                if (at >= 0 && at <= 100 && apart) marks.add(new Mark(at, text(value)));
            }
        }
        return marks;
    }

    private static String text(double value) {
        return value >= 1 ? Long.toString(Math.round(value)) : Double.toString(Math.round(value * 1e9) / 1e9);
    }

    private DoubleStream values() {
        return series.stream()
                .flatMap(one -> one.points.stream())
                .mapToDouble(Point::y)
                .filter(value -> Double.isFinite(value) && (value > 0 || !logarithmic));
    }

    /** From a value to its place below the top. */
    private DoubleUnaryOperator scale() {
        if (!logarithmic) {
            double top = Math.max(1, 1.05 * values().max().orElse(1));
            return value -> 1000 * (1 - value / top);
        }
        double top = Math.log10(1.15 * values().max().orElse(10));
        double bottom = Math.log10(values().min().orElse(0.1) / 1.15);
        return value -> 1000 * (top - Math.log10(Math.max(value, Double.MIN_NORMAL))) / (top - bottom);
    }

    public List<Path> paths() {
        DoubleUnaryOperator scale = scale();
        List<Path> paths = new ArrayList<>();
        for (Series one : series) {
            StringBuilder d = new StringBuilder();
            long last = 0;
            for (Point point : one.points) {
                long x = Math.round(10 * percent(point.x));
                long y = Math.round(Math.max(0, Math.min(1000, scale.applyAsDouble(point.y))));
                switch (one.kind) {
                    case DOTS -> d.append("M%d %dh0".formatted(x, y));
                    case BARS -> d.append("M%d 1000V%d".formatted(x, y));
                    case STEPS -> d.append(d.isEmpty() ? "M%d %d".formatted(x, y) : "H%dV%d".formatted(x, y));
                }
                last = y;
            }
            if (one.kind == Kind.STEPS && !d.isEmpty())
                d.append("H%d".formatted(Math.round(10 * percent(Math.min(todo, end)))));
            paths.add(new Path(one.kind.word(), paths.size(), d.toString()));
        }
        return paths;
    }
}
