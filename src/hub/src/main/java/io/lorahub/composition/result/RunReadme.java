package io.lorahub.composition.result;

import io.lorahub.composition.AdapterWeights;
import io.lorahub.composition.CompositionRun;
import io.lorahub.composition.RunFormat;
import io.lorahub.composition.RunResult;
import io.lorahub.composition.RunResults;
import io.lorahub.composition.WeightBar;
import io.lorahub.composition.task.TaskRequest;
import io.lorahub.composition.task.TaskResult;
import io.lorahub.composition.task.WorkerTask;
import io.lorahub.composition.task.WorkerTasks;
import io.lorahub.engine.model.family.Architecture;
import io.lorahub.engine.preset.ExportPreset;
import io.lorahub.engine.preset.ServingCommands;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The README.md of a run's zips: what the files are, how to load them, what they were made of, and how good the mix is. It
 * is written anew for each download, always the same for the same run.
 */
@ApplicationScoped
public class RunReadme {

    public static final String FILE = "README.md";

    private final RunResults results;
    private final WorkerTasks tasks;

    RunReadme(RunResults results, WorkerTasks tasks) {
        this.results = results;
        this.tasks = tasks;
    }

    /** @param folder that the zip contains */
    public String ofAdapter(CompositionRun run, String folder) {
        int rank = results.of(run).export.rank();
        return text(run, "peft", "PEFT loads this folder:", peft(run, folder, rank));
    }

    /**
     * @param made   files that were requested of the run
     * @param folder that the zip contains
     */
    public String of(CompositionRun run, WorkerTask made, String folder) {
        TaskResult result = tasks.answer(made).orElseThrow();
        if (result instanceof TaskResult.Convert converted) {
            TaskRequest.Convert question =
                    made.question(TaskRequest.Convert.class).orElseThrow();
            String program = ExportPreset.named(question.program()).title();
            return text(run, "", "Files for %s:".formatted(program), code("sh", converted.command()));
        }
        TaskResult.Export export = (TaskResult.Export) result;
        if (export.rank() == 0) {
            String python = "from transformers import %1$s\n\nmodel = %1$s.from_pretrained(%2$s)"
                    .formatted(modelClass(run), ServingCommands.python(folder));
            String what = "This is %s with the mix merged in, as a model of its own. transformers loads this folder:"
                    .formatted(run.baseModel.name);
            return text(run, "transformers", what, code("python", python));
        }
        String what = "Compressed to rank %d: the update is %s. PEFT loads this folder:"
                .formatted(export.rank(), RunFormat.change(export.relativeError()));
        return text(run, "peft", what, peft(run, folder, export.rank()));
    }

    private static String peft(CompositionRun run, String folder, int rank) {
        ServingCommands commands = new ServingCommands(run.baseModel.name, run.title, folder, rank, architecture(run));
        return code("python", commands.of(ExportPreset.PEFT));
    }

    private static String modelClass(CompositionRun run) {
        return architecture(run) == Architecture.ENCODER_DECODER ? "AutoModelForSeq2SeqLM" : "AutoModelForCausalLM";
    }

    private static Architecture architecture(CompositionRun run) {
        return run.baseModel.modelType.equals("t5") ? Architecture.ENCODER_DECODER : Architecture.DECODER_ONLY;
    }

    private static String code(String language, String text) {
        return "```%s\n%s\n```".formatted(language, text);
    }

    /** @param library as hubs of models name it; empty for none */
    private String text(CompositionRun run, String library, String what, String code) {
        StringBuilder text =
                new StringBuilder("---\nbase_model: %s\n".formatted(ServingCommands.python(run.baseModel.name)));
        if (!library.isEmpty()) text.append("library_name: %s\n".formatted(library));
        text.append("tags:\n- lora\n- merge\n---\n\n# %s\n\n".formatted(run.title));
        if (!run.description.isBlank()) text.append(run.description.strip()).append("\n\n");
        RunResult result = results.of(run);
        text.append("A mix of existing adapters for %s, whose weights LoraHub found from %d examples%s.\n\n"
                .formatted(
                        run.baseModel.name,
                        run.spec.examples().size(),
                        result.isTrained() ? " and which it then trained on them" : ""));
        text.append(what).append("\n\n").append(code).append("\n\n");
        text.append(weights(run, result)).append(prompt(run));
        text.append("## How good it is\n\n%s\n\n".formatted(result.verdict));
        return text.append("recipe.json has the examples and all settings.\n").toString();
    }

    /** The adapters that the mix contains, each with its weights. */
    private static String weights(CompositionRun run, RunResult result) {
        List<String> groups = run.spec.groups().names();
        String heads = groups.size() == 1 ? "weight |" : String.join(" | ", groups) + " |";
        List<AdapterWeights> used =
                AdapterWeights.of(run, ResultView.weights(run, result), AdapterWeights.norms(run.candidates)).stream()
                        .filter(adapter -> adapter.bars().stream().anyMatch(bar -> bar.weight() != 0))
                        .toList();
        return "## Made of\n\n| adapter | %s\n|---|%s\n%s\n"
                .formatted(
                        heads,
                        "--:|".repeat(groups.size()),
                        used.stream().map(RunReadme::row).collect(Collectors.joining()));
    }

    private static String row(AdapterWeights adapter) {
        return "| %s | %s |\n"
                .formatted(
                        adapter.candidate().addressWithVersion(),
                        adapter.bars().stream()
                                .map(WeightBar::weight)
                                .map("%+.3f"::formatted)
                                .collect(Collectors.joining(" | ")));
    }

    /** How inputs are written for the mix; empty for a base model that has no choice. */
    private static String prompt(CompositionRun run) {
        if (run.spec.prompt() == null) return "";
        String format = run.spec.hasOwnPrompt()
                ? "The examples were written in this format:\n\n" + indented(run.spec.prompt())
                : "The examples were written in the prompt format %s.".formatted(run.spec.prompt());
        String system = run.spec.system() == null ? "" : " The system text was:\n\n" + indented(run.spec.system());
        return "## Prompt format\n\n%s%s\n\n".formatted(format, system);
    }

    /** A code block, in which nothing is Markdown. */
    private static String indented(String text) {
        return text.lines().map(line -> "    " + line).collect(Collectors.joining("\n"));
    }
}
