package io.lorahub.cli.terminal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.commons.text.WordUtils;

/** Text for a terminal of 80 columns, or fewer. */
public final class TextLines {

    public static final int COLUMNS = Math.max(20, Math.min(80, columns()));

    private TextLines() {}

    /** As the shell exports it, else as the terminal reports it. */
    private static int columns() {
        String columns = System.getenv().getOrDefault("COLUMNS", "");
        if (columns.matches("\\d{1,4}")) return Integer.parseInt(columns);
        return System.console() == null ? 80 : terminalColumns();
    }

    private static int terminalColumns() {
        ProcessBuilder stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty"));
        try (InputStream out = stty.start().getInputStream()) {
            String[] size = new String(out.readAllBytes(), StandardCharsets.US_ASCII)
                    .strip()
                    .split(" "); // rows, columns
            return size.length == 2 && size[1].matches("[1-9]\\d{0,3}") ? Integer.parseInt(size[1]) : 80;
        } catch (IOException e) {
            return 80; // there is no stty
        }
    }

    /** With two significant digits, such as {@code 0.43 %}, or {@code 104 %} from a hundred on. */
    public static String percent(double share) {
        double percent = 100 * share;
        return String.format(Locale.ROOT, Math.abs(percent) < 99.5 ? "%.2g %%" : "%.0f %%", percent);
    }

    public static String wrapped(String text) {
        return WordUtils.wrap(text, COLUMNS - 2);
    }

    public static String shortened(String text, int columns) {
        return text.length() <= columns ? text : text.substring(0, columns - 1) + "…";
    }

    /** Cut between two words, so that what is left doesn't look like another word. */
    public static String firstWords(String text, int columns) {
        if (text.length() <= columns) return text;
        int end = text.lastIndexOf(' ', columns - 2);
        return end < columns / 2
                ? shortened(text, columns)
                : text.substring(0, end).strip() + " …";
    }

    /** Such as 1 evaluation, or 40 evaluations. */
    public static String count(long count, String noun) {
        return "%d %s%s".formatted(count, noun, count == 1 ? "" : "s");
    }

    public static String number(double value) {
        if (!Double.isFinite(value)) return "none";
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size != 0 && size < 0.1 ? "%.4f" : "%.3f", value);
    }

    public static String bytes(long bytes) {
        if (bytes < 1_000) return bytes + " bytes";
        if (bytes < 1_000_000) return String.format(Locale.ROOT, "%.0f kB", bytes / 1e3);
        return String.format(
                Locale.ROOT,
                bytes < 1_000_000_000 ? "%.1f MB" : "%.2f GB",
                bytes < 1_000_000_000 ? bytes / 1e6 : bytes / 1e9);
    }

    public static String seconds(double seconds) {
        if (seconds < 1) return String.format(Locale.ROOT, "%.0f ms", seconds * 1000);
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }
}
