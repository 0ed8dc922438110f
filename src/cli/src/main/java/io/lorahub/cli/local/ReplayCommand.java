package io.lorahub.cli.local;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.hub.HubOptions;
import io.lorahub.cli.local.options.CandidateOptions;
import io.lorahub.cli.local.options.ExampleOptions;
import io.lorahub.cli.local.options.GenerationOptions;
import io.lorahub.cli.local.options.PredictionOptions;
import io.lorahub.cli.terminal.ConsoleProgress;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.SlowWork;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.learning.LearnedMix;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.LearningSession;
import io.lorahub.engine.learning.export.Refinement;
import io.lorahub.engine.learning.recipe.RecipeChanges;
import io.lorahub.engine.learning.recipe.WrittenRecipe;
import io.lorahub.engine.model.Compute;
import io.lorahub.engine.prompt.PromptChoice;
import io.lorahub.examples.ExamplesFile;
import io.lorahub.remote.HubClient;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "replay",
        description = {
            "Runs a recipe.json again, and reports whether it ends at the same weights and, if not, what has changed."
                    + " Adapters and base model are identified by their SHA-256; missing ones are"
                    + " downloaded from the hub that wrote the recipe, and kept in your cache.",
            ""
        },
        footer = {
            "",
            "lorahub replay merged/recipe.json",
            "lorahub replay recipe.json --adapters my-adapters --base flan-t5-small"
        })
public final class ReplayCommand implements Callable<Integer> {

    private static final int SHOWN = 2;

    private static final String SAME_REFINED = "Refined, it becomes the same adapter.";

    private static final String OTHER_REFINED = "Refined, it becomes another adapter than the recipe's.";

    @Parameters(paramLabel = "RECIPE", description = "The recipe.json beside a merged adapter.")
    private Path recipe;

    @Option(
            names = "--base",
            paramLabel = "DIR",
            description = "The base model, if it has moved: its folder, or its name in this machine's"
                    + " Hugging Face cache.")
    private String base;

    @Mixin
    private CandidateOptions candidates;

    @Mixin
    private ExampleOptions examples;

    @Option(
            names = "--prompt",
            paramLabel = "FORMAT",
            description = "Another prompt format than the recipe's: chat, plain, or a text with {input} and {output}.")
    private String prompt;

    @Option(
            names = "--system",
            paramLabel = "TEXT",
            description = "Another system message of a chat than the recipe's.")
    private String system;

    @Mixin
    private PredictionOptions predictions;

    @Mixin
    private GenerationOptions generation;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        PromptChoice instead = UsageErrors.checked(command, () -> PromptChoice.of(prompt, system));
        int maxNewTokens = generation.maxNewTokens();
        WrittenRecipe written = WrittenRecipe.read(recipe);
        List<Example> rows = rows(written);
        Optional<HubClient> named = hub.clientOr(written.hub(), "recipe");
        RecipeFiles files = new RecipeFiles(candidates.places(), named, output.err());
        Path model = base == null ? files.base(written) : BaseModelResolver.find(base);
        List<Path> adapters = files.adapters(written);
        try (LearningSession session = written.open(model, adapters, Compute.DEFAULT, instead)) {
            List<String> changes = RecipeChanges.since(written, session, rows);
            changes.forEach(change -> output.err().println("lorahub: " + change));
            LearningRun run = new LearningRun(session, session.encode(rows), written.settings());
            LearnedMix learned;
            try (ConsoleProgress progress =
                    ConsoleProgress.of(written.settings().budget(), output.err())) {
                run.listen(progress);
                session.listen(progress);
                learned = run.run();
            }
            Optional<Predictions> shown = predictions.asked()
                    ? Optional.of(Predictions.of(session, learned.vector(), rows, maxNewTokens))
                    : Optional.empty();
            boolean sameMix = learned.everyWeight().equals(written.weights());
            Optional<Boolean> sameRefined = written.refined()
                    .filter(refined -> sameMix)
                    .map(refined -> {
                        try (SlowWork work = new SlowWork(output.err())) {
                            Refinement refinement = new Refinement(refined.steps(), refined.rate());
                            int examples = refined.examples().size();
                            return Refinement.repeat(
                                            session,
                                            learned.vector(),
                                            refined,
                                            WrittenAdapter.progress(work, refinement, examples))
                                    .equals(refined.sha256());
                        }
                    });
            boolean same = sameMix && sameRefined.orElse(true);
            if (output.json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.put("same", same).set("changes", new ObjectMapper().valueToTree(changes));
                node.set("weights", new ObjectMapper().valueToTree(learned.weights()));
                if (!learned.layerWeights().isEmpty()) {
                    node.set("layer_weights", new ObjectMapper().valueToTree(learned.layerWeights()));
                }
                node.put("objective", learned.objective());
                sameRefined.ifPresent(equal -> node.put("same_refined", equal));
                shown.ifPresent(p -> p.addTo(node));
                output.print(node);
            } else {
                shown.ifPresent(p -> p.print(output.out(), output.style()));
                output.out().println(sameMix ? sameEnd(learned) : mismatch(written, learned));
                sameRefined.ifPresent(equal -> output.out().println(equal ? SAME_REFINED : OTHER_REFINED));
            }
            return same ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }

    private static String sameEnd(LearnedMix learned) {
        return "The run ends at the same weights, whose objective is %.4f.".formatted(learned.objective());
    }

    private List<Example> rows(WrittenRecipe written) {
        if (examples.examples().isPresent())
            return ExamplesFile.read(examples.examples().get());
        if (!written.examples().isEmpty()) return written.examples();
        throw UsageErrors.wrong(command, "The recipe doesn't contain its examples; give them with --examples FILE.");
    }

    private static String mismatch(WrittenRecipe recipe, LearnedMix learned) {
        String before = recipe.objective().isPresent()
                ? ", where the recipe has " + number(recipe.objective().getAsDouble())
                : "";
        return "The run ends at different weights, whose objective is %s%s.%nMost different: %s."
                .formatted(number(learned.objective()), before, differences(recipe, learned));
    }

    private static String differences(WrittenRecipe recipe, LearnedMix learned) {
        Map<String, Double> before = recipe.weights();
        return learned.everyWeight().entrySet().stream()
                .sorted(Comparator.comparingDouble(
                        weight -> -Math.abs(weight.getValue() - before.getOrDefault(weight.getKey(), 0.0))))
                .limit(SHOWN)
                .filter(weight -> !weight.getValue().equals(before.get(weight.getKey())))
                .map(weight -> pair(weight.getKey(), weight.getValue(), before.getOrDefault(weight.getKey(), 0.0)))
                .collect(Collectors.joining("; "));
    }

    /** With all digits if four digits look the same. */
    private static String pair(String name, double now, double before) {
        boolean apart = !number(now).equals(number(before));
        return "%s %s, in the recipe %s".formatted(name, apart ? number(now) : now, apart ? number(before) : before);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.4f", value);
    }
}
