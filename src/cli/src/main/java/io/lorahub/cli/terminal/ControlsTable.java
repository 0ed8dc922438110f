package io.lorahub.cli.terminal;

import io.lorahub.engine.learning.Accuracy;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Prints a mix and its controls as lines of text, with 95 % intervals if there are held-out examples. */
public final class ControlsTable {

    private static final int LABEL = 24;
    private static final int AXIS = 21;

    /** @param heldOut empty without held-out examples, and for controls that have not seen them */
    public record Row(String label, double loss, double objective, Optional<Accuracy> heldOut) {}

    private ControlsTable() {}

    /** @param rows the mix first */
    public static void print(PrintWriter out, AnsiStyle style, List<Row> rows) {
        if (rows.isEmpty()) return;
        boolean tested = rows.get(0).heldOut().isPresent();
        out.println(style.faint(
                tested
                        ? "%-26s %8s %7s  %-13s 0 %%      50     100 %%".formatted("", "loss", "right", "95 % interval")
                        : "%-26s %8s %10s".formatted("", "loss", "objective")));
        for (Row row : rows) {
            String label = "  %-24s".formatted(TextLines.shortened(row.label(), LABEL));
            out.println(line(row == rows.get(0) ? style.strong(label) : label, row, tested, style));
        }
    }

    private static String line(String label, Row row, boolean tested, AnsiStyle style) {
        String loss = "%s %8s".formatted(label, TextLines.number(row.loss()));
        if (!tested) return loss + " %10s".formatted(TextLines.number(row.objective()));
        return row.heldOut().map(a -> loss + " " + tested(a, style)).orElse(loss);
    }

    private static String tested(Accuracy accuracy, AnsiStyle style) {
        String interval = String.format(Locale.ROOT, "%.1f to %.1f", accuracy.low(), accuracy.high());
        return String.format(Locale.ROOT, "%5.0f %%  %-13s ", accuracy.exactMatch(), interval)
                + style.bar(plot(accuracy));
    }

    private static String plot(Accuracy accuracy) {
        StringBuilder line = new StringBuilder("·".repeat(AXIS));
        for (int i = at(accuracy.low()); i <= at(accuracy.high()); i++) line.setCharAt(i, '─');
        line.setCharAt(at(accuracy.low()), '├');
        line.setCharAt(at(accuracy.high()), '┤');
        line.setCharAt(at(accuracy.exactMatch()), '●');
        return line.toString();
    }

    private static int at(double percent) {
        return (int) Math.round(percent / 100 * (AXIS - 1));
    }
}
