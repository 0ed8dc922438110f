package io.lorahub.cli.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.BaseModelResolver;
import io.lorahub.cli.local.options.FolderOptions;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.extract.Extraction;
import io.lorahub.engine.extract.ExtractionReport;
import io.lorahub.engine.extract.ExtractionReport.ModuleError;
import io.lorahub.engine.model.BaseModel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "extract",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Makes an adapter out of a fine-tuned model: its difference from the base model, each linear layer approximated by the"
                    + " largest singular values.",
            ""
        },
        footer = {"", "lorahub extract --base models/llama --model models/llama-tuned --rank 16 --out llama-tuned-lora"
        })
public final class ExtractCommand implements Callable<Integer> {

    /** Number of modules and tensors that are listed; --json lists all. */
    private static final int SHOWN = 5;

    @Option(
            names = "--base",
            required = true,
            paramLabel = "DIR",
            description = "The base model: its folder, or its name in this machine's Hugging Face cache.")
    private String base;

    @Option(
            names = "--model",
            required = true,
            paramLabel = "DIR",
            description = "The fine-tuned model: its folder, or its name in this machine's Hugging Face cache.")
    private String model;

    @Option(names = "--rank", required = true, paramLabel = "N", description = "The rank of the adapter.")
    private int rank;

    @Option(
            names = "--modules",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Only these linear layers: names or last parts of names, such as q_proj,v_proj. Default: all but the"
                            + " output layer.")
    private List<String> modules = List.of();

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write.")
    private Path out;

    @Option(names = "--overwrite", description = "Replace the folder if it exists.")
    private boolean overwrite;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        if (rank < 1) throw UsageErrors.wrong(command, "--rank must be at least 1, but is %d.".formatted(rank));
        if (overwrite) FolderOptions.requireModelFiles(out);
        try (BaseModel before = BaseModel.open(BaseModelResolver.find(base));
                BaseModel after = BaseModel.open(BaseModelResolver.findModel(model))) {
            ExtractionReport report = Extraction.write(before, base, after, rank, modules, overwrite, out);
            if (output.json()) {
                output.print(json(report));
            } else {
                print(report);
            }
        }
        return ExitCode.OK;
    }

    private void print(ExtractionReport report) {
        say("Written to %s: rank %d in %s. It leaves out %s of the change of these layers."
                .formatted(
                        out,
                        report.rank(),
                        TextLines.count(report.modules().size(), "module"),
                        percent(report.error())));
        output.out().println("Largest errors:");
        report.modules().stream()
                .limit(SHOWN)
                .forEach(m -> output.out().printf("  %-8s %s%n", percent(m.error()), m.name()));
        if (!report.others().isEmpty()) {
            int more = report.others().size() - SHOWN;
            say("%s also differ%s from the base model, but can't be in the adapter or weren't chosen: %s%s."
                    .formatted(
                            TextLines.count(report.others().size(), "tensor"),
                            report.others().size() == 1 ? "s" : "",
                            String.join(
                                    ", ", report.others().stream().limit(SHOWN).toList()),
                            more > 0 ? " and %d more (--json lists all)".formatted(more) : ""));
        }
        output.out().flush();
    }

    private void say(String text) {
        output.out().println(TextLines.wrapped(text));
    }

    private static String percent(double share) {
        return TextLines.percent(share);
    }

    private ObjectNode json(ExtractionReport report) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("folder", out.toString());
        json.put("rank", report.rank());
        json.put("relative_error", report.error());
        ArrayNode list = json.putArray("modules");
        for (ModuleError module : report.modules()) {
            list.addObject()
                    .put("name", module.name())
                    .put("norm", module.norm())
                    .put("relative_error", module.error());
        }
        report.others().forEach(json.putArray("not_extracted")::add);
        return json;
    }
}
