package io.lorahub.cli;

import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Control;
import io.lorahub.engine.learning.KnownControls;
import java.io.PrintWriter;
import java.util.Locale;

/** A mix beside its controls, with 95 % intervals as lines. */
record ControlsTable(PrintWriter out, AnsiStyle style) {

    private static final int LABEL = 24;
    private static final int AXIS = 21;

    /** Of those that are known. */
    void print(KnownControls controls) {
        boolean tested = controls.composed().flatMap(Control::heldOut).isPresent();
        out.println(style.faint(
                tested
                        ? "%-26s %8s %7s  %-13s 0 %%      50     100 %%".formatted("", "loss", "right", "95 % interval")
                        : "%-26s %8s %10s".formatted("", "loss", "objective")));
        controls.composed().ifPresent(c -> print("Composed", c, tested, true));
        controls.bestSingle().ifPresent(c -> print("Best single: " + c.name(), c, tested, false));
        controls.uniform().ifPresent(c -> print("Uniform mix", c, tested, false));
        controls.base().ifPresent(c -> print("Base model", c, tested, false));
    }

    private void print(String label, Control control, boolean tested, boolean main) {
        String name = "  %-24s".formatted(TextLines.shortened(label, LABEL));
        String rest = control.heldOut()
                .map(a -> " %8s %s".formatted(TextLines.number(control.loss()), tested(a)))
                .orElseGet(() -> " %8s".formatted(TextLines.number(control.loss()))
                        + (tested ? "" : " %10s".formatted(TextLines.number(control.objective()))));
        out.println(main ? style.strong(name) + rest : name + rest);
    }

    private String tested(Accuracy accuracy) {
        String interval = String.format(Locale.ROOT, "%.1f to %.1f", accuracy.low(), accuracy.high());
        return String.format(Locale.ROOT, "%5.0f %%  %-13s ", accuracy.exactMatch(), interval)
                + style.bar(line(accuracy));
    }

    private static String line(Accuracy accuracy) {
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
