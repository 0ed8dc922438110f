package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.ExampleOptions;
import io.lorahub.cli.local.options.GenerationOptions;
import io.lorahub.cli.local.options.MergeOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.PredictionOptions;
import io.lorahub.cli.local.options.WeightOptions;
import io.lorahub.cli.local.options.WriteOptions;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.export.ExportOptions;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.lora.merge.MergeMethod;
import io.lorahub.engine.lora.merge.MergeOperator;
import io.lorahub.examples.ExamplesFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "merge",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {"Writes a fixed mix of adapters as one adapter that PEFT can load.", ""},
        footer = {
            "",
            "lorahub merge --adapters DIR --adapter un=0.7 --adapter past=1 --out merged",
            "lorahub merge --adapters DIR --adapter un=0.7 --adapter past=1 --method ties --density 0.5 --out merged"
        })
public final class MergeCommand implements Callable<Integer> {

    @Mixin
    private DemoOptions demo;

    @Mixin
    private CandidateOptions candidates;

    @Mixin
    private WeightOptions weights;

    @Mixin
    private MergeOptions merge;

    @Mixin
    private WriteOptions write;

    @Mixin
    private ExampleOptions examples;

    @Mixin
    private PredictionOptions predictions;

    @Mixin
    private ModelOptions model;

    @Mixin
    private GenerationOptions generation;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        Path folder = write.requireFolder();
        MergeOperator operator = merge.operator(model.composition());
        ExportOptions how = write.how().by(operator);
        write.requireFree();
        int maxNewTokens = generation.maxNewTokens();
        List<Example> rows = rows();
        try (Mixture mixture = Mixture.toMerge(model, demo, candidates, weights, command)) {
            new ComposeWarnings(output.err()).aboutAdapters(mixture.session());
            ExportReport report = MergeExport.write(
                    mixture.session(),
                    mixture.weights(),
                    rows,
                    how,
                    r -> operator.method() == MergeMethod.CAT
                            ? Recipe.ofFixed(mixture.session(), mixture.weights())
                            : Recipe.ofMerged(mixture.session(), mixture.weights(), operator, r.rank()),
                    folder);
            WrittenAdapter written = new WrittenAdapter(
                    folder,
                    how,
                    report,
                    rows.isEmpty() ? WrittenAdapter.OWN_TEXTS : "the examples",
                    mixture.session().kept(mixture.weights()));
            Optional<Predictions> shown = predictions.asked()
                    ? Optional.of(written.predictions(mixture.session(), rows, maxNewTokens))
                    : Optional.empty();
            if (output.json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.set("weights", new ObjectMapper().valueToTree(mixture.byName()));
                node.set("merge", Recipe.parameters(operator));
                node.set("written", written.json());
                shown.ifPresent(p -> p.addTo(node));
                output.print(node);
            } else {
                shown.ifPresent(p -> p.print(output.out(), output.style()));
                written.print(output.out());
            }
        }
        return ExitCode.OK;
    }

    /** Examples to compare on. Those of a demo task are read only for predictions. */
    private List<Example> rows() {
        if (examples.examples().isPresent()) {
            return ExamplesFile.read(examples.examples().get());
        }
        if (!predictions.asked()) return List.of();
        return demo.task()
                .map(t -> demo.drawGiven() ? t.fewShot(demo.draw()) : t.heldOut())
                .orElseThrow(() -> UsageErrors.wrong(
                        command, "--predictions needs inputs; give them with --examples FILE, or use --demo TASK."));
    }
}
