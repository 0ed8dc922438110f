package io.lorahub.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.engine.learning.Learned;
import io.lorahub.engine.learning.LearningRun;
import io.lorahub.engine.learning.Session;
import io.lorahub.engine.learning.WrittenRecipe;
import io.lorahub.engine.model.Compute;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "replay",
        description = {
            "Runs a recipe.json again and says whether it ends at the same weights, and what has changed where it does"
                    + " not.",
            ""
        },
        footer = {"", "lorahub replay merged/recipe.json"})
final class ReplayCommand implements Callable<Integer> {

    @Parameters(paramLabel = "RECIPE", description = "The recipe.json beside a merged adapter.")
    private Path recipe;

    @Option(names = "--base", paramLabel = "DIR", description = "The base model, where it is not where it was.")
    private Path base;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        WrittenRecipe written = WrittenRecipe.read(recipe);
        try (Session session = written.open(Optional.ofNullable(base), Compute.DEFAULT)) {
            List<String> changes = written.changes(session);
            changes.forEach(change -> output.err().println("lorahub: " + change));
            LearningRun run = new LearningRun(session, session.encode(written.examples()), written.settings());
            Learned learned;
            try (Progress progress = Progress.of(written.settings().budget(), output.err())) {
                run.listen(progress);
                learned = run.run();
            }
            boolean same = learned.weights().equals(written.weights());
            if (output.json()) {
                ObjectNode node = new ObjectMapper().createObjectNode();
                node.put("same", same).set("changes", new ObjectMapper().valueToTree(changes));
                node.set("weights", new ObjectMapper().valueToTree(learned.weights()));
                output.print(node.put("objective", learned.objective()));
            } else {
                output.out()
                        .println(
                                same
                                        ? "The run ends at the same weights, objective %.4f."
                                                .formatted(learned.objective())
                                        : "The run ends at other weights, objective %.4f."
                                                .formatted(learned.objective()));
            }
            return same ? ExitCode.OK : ExitCode.FINDINGS;
        }
    }
}
