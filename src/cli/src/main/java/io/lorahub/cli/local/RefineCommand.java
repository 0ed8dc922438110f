package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.local.options.DemoOptions;
import io.lorahub.cli.local.options.FolderOptions;
import io.lorahub.cli.local.options.GenerationOptions;
import io.lorahub.cli.local.options.ModelOptions;
import io.lorahub.cli.local.options.TaskExampleOptions;
import io.lorahub.cli.terminal.ControlsTable;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.Accuracy;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.ExampleSet;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.LearningSettings;
import io.lorahub.engine.learning.Scorer;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.learning.recipe.WrittenScore;
import io.lorahub.engine.lora.LoraAdapter;
import io.lorahub.engine.lora.merge.KeptModules;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "refine",
        sortOptions = false,
        abbreviateSynopsis = true,
        description = {
            "Trains an adapter a little further on a handful of examples and writes it with the same rank: best of all the"
                    + " mix that compose has written for them. Modules that it replaces as a whole stay as they are.",
            ""
        },
        footer = {"", "lorahub compose --demo un-past --out mix", "lorahub refine mix --demo un-past --out refined"})
public final class RefineCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ADAPTER", description = "The adapter: a folder or a zip.")
    private Path adapter;

    @Mixin
    private DemoOptions demo;

    @Mixin
    private TaskExampleOptions examples;

    @Option(
            names = "--steps",
            paramLabel = "N",
            description =
                    "At most so many steps of gradient descent, each on up to 16 examples: as many as help those that are"
                            + " left out in turn. Default: ${DEFAULT-VALUE}.")
    private int steps = Refinement.DEFAULT.steps();

    @Option(names = "--rate", paramLabel = "R", description = "Learning rate of Adam. Default: ${DEFAULT-VALUE}.")
    private double rate = Refinement.DEFAULT.rate();

    @Mixin
    private FolderOptions write;

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
        Refinement refinement = UsageErrors.checked(command, () -> new Refinement(steps, rate));
        Path folder = write.requireFolder();
        write.requireFree();
        List<Example> fewShot = examples.fewShot(demo);
        Optional<List<Example>> tested = examples.heldOut(demo);
        Map<String, Path> paths = Map.of(LoraAdapter.nameOf(adapter), adapter);
        try (LearningSession session = ModelSessions.openToUse(model, demo, paths, output.err());
                SlowWork work = new SlowWork(output.err())) {
            session.listen(work);
            session.begin("tokenizing examples");
            ExampleSet set = session.encode(fewShot);
            Optional<ExampleSet> heldOutSet = tested.map(session::encode);
            KeptModules kept = session.kept(new double[] {1});
            String scored = tested.isPresent() ? "held-out examples" : "examples";
            session.begin("the adapter, " + scored);
            WrittenScore before = score(session, set, heldOutSet);
            Refinement.Training made = refinement.write(
                    session, set, folder, write.overwrite(), WrittenAdapter.progress(work, refinement, set.size()));
            session.begin("the written adapter, " + scored);
            WrittenScore after = WrittenScore.of(
                    session, folder, kept, set, heldOutSet, LearningSettings.DEFAULT, generation.maxNewTokens());
            if (output.json()) output.print(json(folder, made, before, after));
            else print(folder, made, before, after);
        }
        return ExitCode.OK;
    }

    /** Of the adapter as it is. */
    private WrittenScore score(LearningSession session, ExampleSet set, Optional<ExampleSet> heldOutSet) {
        double[] alone = {1};
        try (Scorer scorer = session.scorer(set)) {
            return new WrittenScore(
                    scorer.losses(List.of(alone))[0],
                    heldOutSet.map(held -> Accuracy.of(
                            session.generation()
                                    .generate(session.bank(), held.inputs(), alone, generation.maxNewTokens()),
                            held.examples())),
                    List.of());
        }
    }

    private ObjectNode json(Path folder, Refinement.Training made, WrittenScore before, WrittenScore after) {
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("steps", made.steps()).put("rate", rate).put("folder", folder.toString());
        add(node.putObject("before"), before);
        add(node.putObject("after"), after);
        return node;
    }

    private static void add(ObjectNode node, WrittenScore score) {
        node.put("loss", score.loss());
        score.heldOut().ifPresent(accuracy -> ComposeResult.accuracy(node, accuracy));
    }

    private void print(Path folder, Refinement.Training made, WrittenScore before, WrittenScore after) {
        ControlsTable.print(
                output.out(),
                output.style(),
                List.of(
                        new ControlsTable.Row("Refined", after.loss(), after.loss(), after.heldOut()),
                        new ControlsTable.Row(
                                LoraAdapter.nameOf(adapter), before.loss(), before.loss(), before.heldOut())));
        output.out().println();
        output.out()
                .println(
                        TextLines.wrapped(
                                "Written to %s after %s.%s"
                                        .formatted(
                                                folder,
                                                TextLines.count(made.steps(), "step"),
                                                after.heldOut().isPresent()
                                                        ? ""
                                                        : " Whether it is better on other inputs isn't known: give some with --held-out.")));
        output.out().flush();
    }
}
