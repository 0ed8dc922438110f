package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.WriteOptions;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.export.ExportReport;
import io.lorahub.engine.learning.export.MergeExport;
import io.lorahub.engine.learning.recipe.Recipe;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.conversion.PlainLora;
import io.lorahub.engine.model.BaseModel;
import io.lorahub.engine.model.ComposedWeights;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "convert",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Turns a DoRA adapter, or a PiSSA, OLoRA, CorDA or LoRA-GA adapter with its initial factors, into a plain LoRA"
                    + " adapter. Without --rank or --max-error nothing is lost; a DoRA adapter then has"
                    + " the full rank of the model's weights.",
            ""
        },
        footer = {
            "",
            "lorahub convert my-dora --base flan-t5-small --max-error 0.01 --out plain",
            "lorahub convert my-pissa --initial my-pissa/pissa_init --base flan-t5-small --out plain"
        })
public final class ConvertCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ADAPTER", description = "The adapter: a folder or a zip.")
    private Path adapter;

    @Option(
            names = "--initial",
            paramLabel = "DIR",
            description = "The adapter as it was saved before training, with its initial factors.")
    private Path initial;

    @Mixin
    private WriteOptions write;

    @Mixin
    private ModelOptions model;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        Path folder = write.requireFolder();
        if (model.composition() != ComposedWeights.EXACT) {
            throw UsageErrors.wrong(command, "A conversion has no --composition; leave it out.");
        }
        write.how();
        write.requireFree();
        try (LearningSession session = session()) {
            double[] weights = initial == null ? new double[] {1} : new double[] {1, -1};
            ExportReport report = MergeExport.write(
                    session, weights, List.of(), write.how(), r -> Recipe.ofFixed(session, weights), folder);
            WrittenAdapter written =
                    new WrittenAdapter(folder, write.how(), report, WrittenAdapter.OWN_TEXTS, session.kept(weights));
            if (output.json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.set("written", written.json());
                output.print(node);
            } else {
                written.print(output.out());
            }
        }
        return ExitCode.OK;
    }

    private LearningSession session() {
        boolean changedBase = PlainLora.changedBase(adapter);
        boolean dora = PlainLora.isDora(adapter);
        if (dora && changedBase) {
            throw new EngineException("An adapter that is DoRA and was initialised by PiSSA can't be converted.");
        }
        if (!dora && !changedBase) {
            try (LoraAdapter plain = LoraAdapter.load(adapter)) { // or all reasons why it can't be read
                throw new EngineException("%s is a plain LoRA adapter already.".formatted(plain.name()));
            }
        }
        if (changedBase && initial == null) {
            throw UsageErrors.wrong(
                    command,
                    "This adapter only fits the base weights that its initialisation changed. Give the factors that were saved before training with --initial DIR; without them it can't be converted.");
        }
        if (!changedBase && initial != null) {
            throw UsageErrors.wrong(
                    command,
                    "--initial is for adapters whose initialisation changed the base weights, as PiSSA's does.");
        }
        try (SlowWork work = new SlowWork(output.err())) {
            work.at("loading the adapter");
            return changedBase ? difference(work) : dora(work);
        }
    }

    private LearningSession difference(SlowWork work) {
        LoraAdapter trained = PlainLora.factors("trained", adapter);
        LoraAdapter first;
        Path base;
        try {
            first = PlainLora.factors("initial", initial);
        } catch (RuntimeException e) {
            trained.close();
            throw e;
        }
        try {
            PlainLora.requireInitial(trained, first);
            base = BaseModelResolver.locate(model.base(), List.of(trained));
        } catch (RuntimeException e) {
            trained.close();
            first.close();
            throw e;
        }
        work.at("loading the base model");
        return LearningSession.open(
                base, List.of(trained, first), ComposedWeights.EXACT, model.compute(), model.prompt());
    }

    private LearningSession dora(SlowWork work) {
        LoraAdapter factors = PlainLora.doraFactors("converted", adapter);
        Path folder;
        LoraAdapter plain;
        try {
            folder = BaseModelResolver.locate(model.base(), List.of(factors));
            work.at("converting");
            try (BaseModel base = BaseModel.open(folder)) {
                plain = PlainLora.dora(factors, base.weights(), base.config()::isTransposed);
            }
        } catch (RuntimeException e) {
            factors.close();
            throw e;
        }
        work.at("loading the base model");
        return LearningSession.open(folder, List.of(plain), ComposedWeights.EXACT, model.compute(), model.prompt());
    }
}
