package io.lorahub.bench.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.ModelShape;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.hub.HubFolder;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Upgrades a hub that has work half done, and looks at how all of it ends. */
@Command(
        name = "upgrade",
        description = {
            "Builds the hub of an older commit, gives it runs, uploads, checks, imports and merges, and kills it with all of"
                    + " them waiting or half done. Then starts today's hub on the same database and files, and compares how each"
                    + " piece of work ends with how it would have ended. Exit code 1 if one ended otherwise.",
            ""
        })
public final class UpgradeBenchCommand implements Callable<Integer> {

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--from",
            paramLabel = "COMMIT",
            description = "The older commit. Default: the last one in which each kind of work had a queue of its own.")
    private String from;

    @Mixin
    private HubFolder folder;

    @Override
    public Integer call() {
        OldProgram old = new OldProgram(output);
        String commit = old.commit(from);
        Path program = old.jar(commit);
        RandomModel model =
                RandomModel.of(ModelShape.LLAMA_TINY, true, Upgrade.RANK).prepare(output);
        try (HubUnderTest hub = folder.open()) {
            ObjectNode result = BenchOutput.JSON.createObjectNode().put("from", commit);
            List<Ended> work = new Upgrade(hub, model, output).run(program);
            result.set("work", BenchOutput.JSON.valueToTree(work));
            output.print(result, text(result));
            return work.stream().allMatch(ended -> ended.wrong().isEmpty()) ? 0 : 1;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        } catch (IOException e) {
            throw new EngineException("The hub does not answer: %s".formatted(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EngineException("The measurement was interrupted.", e);
        }
    }

    /**
     * A piece of work.
     *
     * @param killed its state when the older hub was killed
     * @param ended its state at the end
     * @param wrong what isn't as it would have been; empty if nothing is
     */
    record Ended(String work, String killed, String ended, String wrong) {}

    static String text(JsonNode result) {
        TextTable table = new TextTable("work", "when the old hub was killed", "today", "as it would have ended");
        int wrong = 0;
        for (JsonNode row : result.path("work")) {
            String fault = row.path("wrong").asText();
            if (!fault.isEmpty()) wrong++;
            table.row(List.of(
                    row.path("work").asText(),
                    row.path("killed").asText(),
                    row.path("ended").asText(),
                    fault.isEmpty() ? "yes" : "no: " + fault));
        }
        return String.format(
                Locale.ROOT,
                "From the hub of %s to today's.%n%n%s%n%d of %d ended otherwise.",
                result.path("from").asText(),
                table,
                wrong,
                result.path("work").size());
    }
}
