package io.lorahub.cli.local;

import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.inspection.CheckResult;
import io.lorahub.engine.inspection.Checks;
import io.lorahub.engine.inspection.Inspection;
import io.lorahub.engine.inspection.InspectionJson;
import io.lorahub.engine.inspection.ModelSummary;
import io.lorahub.engine.lora.AdapterSummary;
import io.lorahub.engine.lora.config.CheckFinding;
import io.lorahub.engine.lora.config.CheckFinding.Severity;
import io.lorahub.engine.model.family.ModelFamilies;
import io.lorahub.engine.names.EnumNames;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.commons.text.WordUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "inspect",
        description = {"Describes an adapter or a base model, and lists its problems and how to fix them.", ""},
        footer = {"", "lorahub inspect DIR", "lorahub inspect adapter.zip --base DIR --json"})
public final class InspectCommand implements Callable<Integer> {

    private static final String NO_BASE = "Needs --base, the base model to compare with.";

    private static final int ALIKE = 2;

    @Parameters(
            paramLabel = "PATH",
            description = "The folder, zip, or one of the files of an adapter or a base model.")
    private Path path;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description =
                    "A base model that the adapter should fit: its folder, or its name in the Hugging Face cache.")
    private String base;

    @Option(names = "--strict", description = "Treat warnings as errors.")
    private boolean strict;

    @Mixin
    private OutputOptions output;

    private PrintWriter out;
    private AnsiStyle style;

    @Override
    public Integer call() {
        if (!Files.exists(path)) throw new EngineException("%s doesn't exist.".formatted(path));
        Inspection inspection = base == null ? Inspection.of(path) : Inspection.of(path, BaseModelResolver.find(base));
        String whyNoBase = base == null ? NO_BASE : "";
        boolean warned = inspection.findings().stream().anyMatch(f -> f.severity() == Severity.WARNING);
        boolean sound = inspection.sound() && !(strict && warned);
        if (output.json()) {
            output.print(InspectionJson.of(inspection, sound, whyNoBase));
        } else {
            print(inspection, whyNoBase);
        }
        return sound ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private void print(Inspection inspection, String whyNoBase) {
        out = output.out();
        style = output.style();
        out.println(style.strong(inspection.path() + what(inspection)));
        inspection.adapter().ifPresent(this::print);
        inspection.model().ifPresent(this::print);
        if (inspection.kind() == Inspection.Kind.ADAPTER) print(Checks.of(inspection, whyNoBase));
        for (Severity severity : Severity.values()) print(severity, inspection.findings());
        if (inspection.sound()) {
            boolean warned = inspection.findings().stream().anyMatch(f -> f.severity() == Severity.WARNING);
            out.println();
            String judged = warned ? "Usable; see the warnings." : "Sound.";
            boolean foreign = inspection.adapter().filter(a -> !isKnown(a)).isPresent();
            boolean alone = inspection.kind() == Inspection.Kind.ADAPTER && !whyNoBase.isEmpty();
            if (foreign) {
                out.println(style.caution(TextLines.wrapped(
                        judged + " But LoraHub runs no model with these modules, so it cannot compose the adapter.")));
            } else {
                out.println(
                        style.good(alone ? judged + " Use --base DIR to check that it fits its base model." : judged));
            }
        }
        out.flush();
    }

    private static boolean isKnown(AdapterSummary adapter) {
        return adapter.layers.stream().anyMatch(layer -> ModelFamilies.mayHave(layer.module()));
    }

    private static String what(Inspection inspection) {
        return switch (inspection.kind()) {
            case ADAPTER -> ": LoRA adapter";
            case BASE_MODEL -> ": base model";
            case UNKNOWN -> "";
        };
    }

    private void print(AdapterSummary adapter) {
        adapter.baseModel.ifPresent(b -> row("trained on", b));
        row("rank, alpha", joined(adapter.ranks) + ", " + joined(adapter.alphas));
        row("adapts", "%s in %d modules".formatted(joined(adapter.targets), adapter.modules));
        row("size", size(adapter.parameters, adapter.bytes, adapter.dtypes));
        double largest = adapter.layers.stream()
                .mapToDouble(AdapterSummary.Layer::norm)
                .max()
                .orElse(0);
        double smallest = adapter.layers.stream()
                .mapToDouble(AdapterSummary.Layer::norm)
                .min()
                .orElse(0);
        row("size of ΔW", String.format(Locale.ROOT, "norms from %.3g to %.3g", smallest, largest));
    }

    private void print(ModelSummary model) {
        row("family", model.modelType());
        row("shape", model.config().summary());
        row(
                "size",
                size(
                        model.tensors().parameters(),
                        model.tensors().bytes(),
                        model.tensors().dtypes()));
    }

    private void print(List<CheckResult> checks) {
        out.println();
        for (CheckResult check : checks) {
            String state = "%-8s".formatted(EnumNames.of(check.state()));
            String line = "  " + colour(check.state(), state) + " " + check.title();
            out.println(check.note().isEmpty() ? line : line + style.faint(". " + check.note()));
        }
    }

    private String colour(CheckResult.State state, String text) {
        return switch (state) {
            case PASSED -> style.good(text);
            case WARNED -> style.caution(text);
            case FAILED -> style.bad(text);
            case SKIPPED, PENDING -> style.faint(text);
        };
    }

    private void row(String name, String value) {
        out.println("  " + style.faint("%-12s".formatted(name)) + " " + value);
    }

    private static String size(long parameters, long bytes, Collection<String> dtypes) {
        return String.format(
                Locale.ROOT, "%,d parameters, %s, %s", parameters, String.join(" ", dtypes), TextLines.bytes(bytes));
    }

    private static String joined(Collection<?> values) {
        return values.stream()
                .map(v -> v instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1e15
                        ? Long.toString(d.longValue())
                        : v.toString())
                .collect(Collectors.joining(" "));
    }

    private void print(Severity severity, List<CheckFinding> all) {
        List<CheckFinding> findings =
                all.stream().filter(f -> f.severity() == severity).toList();
        if (findings.isEmpty()) return;
        out.println();
        out.println(heading(severity, findings.size()));
        // the same problem often repeats in every module
        findings.stream()
                .collect(Collectors.groupingBy(CheckFinding::code, LinkedHashMap::new, Collectors.toList()))
                .values()
                .forEach(this::printAlike);
    }

    private void printAlike(List<CheckFinding> findings) {
        findings.stream().limit(ALIKE).forEach(f -> out.println(indented("- ", f.message())));
        if (findings.size() > ALIKE) {
            out.println(indented("- ", "%d more like these; --json lists all.".formatted(findings.size() - ALIKE)));
        }
        findings.stream()
                .limit(ALIKE)
                .map(CheckFinding::fix)
                .filter(f -> !f.isEmpty())
                .distinct()
                .forEach(f -> out.println(style.faint(indented("  ", f))));
    }

    private String heading(Severity severity, int count) {
        String text = count + " " + EnumNames.of(severity) + (count > 1 && severity != Severity.INFO ? "s" : "");
        return switch (severity) {
            case ERROR -> style.bad(text);
            case WARNING -> style.caution(text);
            case INFO -> style.faint(count > 1 ? count + " remarks" : "1 remark");
        };
    }

    private static String indented(String mark, String text) {
        return "  " + mark + WordUtils.wrap(text, TextLines.COLUMNS - 6, "\n    ", false);
    }
}
