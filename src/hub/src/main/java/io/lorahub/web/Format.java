package io.lorahub.web;

import io.quarkus.qute.TemplateExtension;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats numbers and times for people, for use in templates as {@code {format:bytes(n)}}. */
@TemplateExtension(namespace = "format")
public final class Format {

    private static final String[] BYTES = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("d MMM uuuu H:mm 'UTC'", Locale.ENGLISH);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMM uuuu", Locale.ENGLISH);
    private static final int DAYS_OF_AGO = 30;

    private Format() {}

    /** Formats with separators, as in 1,234,567. */
    public static String number(Number value) {
        return NumberFormat.getIntegerInstance(Locale.ENGLISH).format(value.longValue());
    }

    /** Formats a count with its noun, as in "1 adapter" or "1,234 adapters"; the plural is the singular plus s. */
    public static String count(Number value, String singular) {
        return count(value, singular, singular + "s");
    }

    static String count(Number value, String singular, String plural) {
        return number(value) + " " + (value.longValue() == 1 ? singular : plural);
    }

    /** Formats 12,345 as 12.3k, for use where space is short. */
    static String brief(Number value) {
        long n = value.longValue();
        if (n < 1000) return Long.toString(n);
        return n < 999_950 ? scaled(n, 1000) + "k" : scaled(n, 1_000_000) + "M";
    }

    /** Uses powers of 1000, as file managers and drives do: 203 kB, 1.5 GB. */
    public static String bytes(Number value) {
        double size = value.doubleValue();
        int unit = 0;
        while (size >= 999.5 && unit < BYTES.length - 1) {
            size /= 1000;
            unit++;
        }
        boolean whole = unit == 0 || size >= 9.95;
        return String.format(Locale.ENGLISH, whole ? "%.0f %s" : "%.1f %s", size, BYTES[unit]);
    }

    /** Formats 0.427 as 43 %, with a non-breaking space. */
    public static String percent(Number share) {
        return Math.round(share.doubleValue() * 100) + "\u00a0%";
    }

    static String decimal(Number value, int digits) {
        return String.format(Locale.ENGLISH, "%,." + digits + "f", value.doubleValue())
                .replace('-', '−');
    }

    /** Formats a time as ISO 8601, for the datetime attribute. */
    static String iso(Instant time) {
        return DateTimeFormatter.ISO_INSTANT.format(time.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
    }

    /** Formats a time as in 25 Nov 2026 9:44 UTC. */
    static String moment(Instant time) {
        return MOMENT.format(time.atOffset(ZoneOffset.UTC));
    }

    static String day(Instant time) {
        return DAY.format(time.atOffset(ZoneOffset.UTC));
    }

    /**
     * Formats a time relative to now, as in "3 hours ago" or "in 5 days"; the date itself if it is more than a month
     * away.
     */
    static String ago(Instant time) {
        return between(time, Instant.now());
    }

    static String between(Instant time, Instant now) {
        Duration past = Duration.between(time, now);
        Duration distance = past.abs();
        if (distance.toMinutes() < 1) return past.isNegative() ? "in a moment" : "just now";
        if (distance.toDays() > DAYS_OF_AGO) return day(time);
        String text = largest(distance);
        return past.isNegative() ? "in " + text : text + " ago";
    }

    /** Formats a waiting time as in "14 minutes", since the given time. */
    static String waited(Instant since) {
        Duration past = Duration.between(since, Instant.now());
        return past.toMinutes() < 1 ? "less than a minute" : largest(past);
    }

    private static String largest(Duration distance) {
        if (distance.toHours() < 1) return count(distance.toMinutes(), "minute");
        if (distance.toDays() < 1) return count(distance.toHours(), "hour");
        return count(distance.toDays(), "day");
    }

    private static String scaled(long n, int unit) {
        return String.format(Locale.ENGLISH, n < 9.95 * unit ? "%.1f" : "%.0f", (double) n / unit);
    }
}
