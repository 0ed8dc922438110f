package io.lorahub.composition;

import io.lorahub.adapter.lineage.PartWeights;
import io.lorahub.engine.learning.Objectives;
import io.quarkus.qute.TemplateExtension;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Formats figures of runs for people, as {@code {run:figure(x)}} in templates. */
@TemplateExtension(namespace = "run")
public final class RunFormat {

    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("H:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter DATE_AND_CLOCK =
            DateTimeFormatter.ofPattern("d MMM H:mm:ss", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private RunFormat() {}

    /** Three significant digits: 0.161, 1.98, 0.0042. */
    public static String figure(Number value) {
        double v = value.doubleValue();
        if (!Double.isFinite(v)) return "not a number";
        int decimals = v == 0 ? 0 : Math.max(0, 2 - (int) Math.floor(Math.log10(Math.abs(v))));
        return String.format(Locale.ROOT, "%." + Math.min(6, decimals) + "f", v).replace('-', '−');
    }

    /** Whether both exist and are displayed differently. */
    static boolean differ(Number a, Number b) {
        return a != null && b != null && !figure(a).equals(figure(b));
    }

    /** Two decimals with the sign: +0.96, −0.11, 0.00. */
    public static String signed(Number value) {
        double v = value.doubleValue();
        String text = String.format(Locale.ROOT, "%.2f", Math.abs(v));
        return text.equals("0.00") ? text : (v > 0 ? "+" : "−") + text;
    }

    /** Two decimals for a number field: 0.96, -0.11. */
    static String plain(Number value) {
        return String.format(Locale.ROOT, "%.2f", value.doubleValue()).replace("-0.00", "0.00");
    }

    /** Bounds of an interval in percent: 54.2 to 72.7. */
    static String interval(RunResult.Share share) {
        return String.format(Locale.ENGLISH, "%.1f to %.1f", share.low(), share.high());
    }

    /** A percentage with a non-breaking space, as in 64 %, and a decimal if it is not whole. */
    static String right(Number percent) {
        double v = percent.doubleValue();
        return (v == Math.rint(v) ? "%.0f\u00a0%%" : "%.1f\u00a0%%").formatted(v);
    }

    /** A text in which no line ends between a number and its per cent sign. */
    static String prose(String text) {
        return text.replace(" %", "\u00a0%");
    }

    /** How much compression changes an update: "changed by 1.9 %". */
    public static String change(Number share) {
        double percent = 100 * share.doubleValue();
        if (percent < 1e-4) return "not changed";
        return percent < 0.05 ? "changed by under 0.1\u00a0%" : "changed by %.1f\u00a0%%".formatted(percent);
    }

    /** The adapters to show at once; none if all weights are 0. */
    public static List<AdapterWeights> main(List<AdapterWeights> weights) {
        return PartWeights.main(weights, AdapterWeights::weights);
    }

    /** What the objective of a run measures, as the heading of a column: "Loss". */
    static String measure(RunSpec spec) {
        String measure = Objectives.measure(spec.objective().toString());
        return measure.substring(0, 1).toUpperCase(Locale.ROOT) + measure.substring(1);
    }

    /** The remaining adapters. */
    public static List<AdapterWeights> slight(List<AdapterWeights> weights) {
        return PartWeights.slight(weights, AdapterWeights::weights);
    }

    /** A share as a percentage for SVG. */
    static String share(Number value) {
        return percent(100 * value.doubleValue());
    }

    static String percent(Number value) {
        return String.format(Locale.ROOT, "%.2f%%", value.doubleValue());
    }

    /** Evaluations per second. */
    static String speed(Number secondsEach) {
        return String.format(Locale.ROOT, "%.3g /s", 1 / secondsEach.doubleValue());
    }

    static String seconds(Number value) {
        return figure(value) + " s";
    }

    static String time(Duration duration) {
        long s = duration.toSeconds();
        if (s < 60) return (s == 0 ? "under 1" : Long.toString(s)) + " s";
        return s < 3600 ? "%d min %d s".formatted(s / 60, s % 60) : "%d h %d min".formatted(s / 3600, s / 60 % 60);
    }

    /** The name of files that are made of what someone calls this: without spaces and signs. */
    public static String fileName(String title) {
        String name = title.replaceAll("[^A-Za-z0-9._-]+", "-").replaceAll("^[-.]+|[-.]+$", "");
        return name.isEmpty() ? "mix" : name;
    }

    /** The time of day in UTC, with the date if that isn't the day when it began. */
    static String clock(Instant instant, Instant began) {
        boolean sameDay =
                LocalDate.ofInstant(instant, ZoneOffset.UTC).equals(LocalDate.ofInstant(began, ZoneOffset.UTC));
        return (sameDay ? CLOCK : DATE_AND_CLOCK).format(instant);
    }
}
