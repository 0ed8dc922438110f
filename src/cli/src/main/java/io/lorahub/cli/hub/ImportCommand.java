package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.remote.AdapterFetch;
import io.lorahub.remote.AdapterUpload;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.RemoteException;
import io.lorahub.remote.TransferProgress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        sortOptions = false,
        description = {
            "Has your hub fetch an adapter from another hub, such as huggingface.co or another LoraHub, and waits until it"
                    + " is there. The files don't pass through this machine. The hub checks them like an upload; card and"
                    + " licence come from the README. Without --publish it ends as an upload, which you can complete on its"
                    + " page. If you interrupt this command, the import continues.",
            ""
        },
        footer = {
            "",
            "lorahub import ada/un-past",
            "lorahub import ada/un-past@v1.0 --from https://hub.example --publish --visibility public",
            "lorahub import https://huggingface.co/ada/un-past --name lab-a/un-past",
            "lorahub import ada/un-past --subfolder checkpoints/last --publish --licence other --description 'Licence: …'",
            "lorahub import google/flan-t5-small --base-model"
        })
public final class ImportCommand implements Callable<Integer> {

    @Parameters(paramLabel = "OWNER/NAME[@REVISION]|URL", description = "The adapter, or the address of its page.")
    private String from;

    @Option(
            names = "--from",
            paramLabel = "URL",
            description = "The other hub. Default: the first of those that your hub allows.")
    private String other;

    @Option(
            names = "--from-token",
            paramLabel = "TOKEN",
            defaultValue = "${env:LORAHUB_FROM_TOKEN}",
            description =
                    "A token of the other hub, for a private adapter; better in LORAHUB_FROM_TOKEN. Your hub deletes it"
                            + " when the files have arrived.")
    private String token;

    @Option(
            names = "--subfolder",
            paramLabel = "FOLDER",
            description = "The folder of the repository that holds the adapter. Default: its top.")
    private String subfolder;

    @Option(
            names = "--base-model",
            description =
                    "For administrators, with a token of scope administer: it is a base model, which your hub reads, runs once and registers. Of the"
                            + " options for the card, --name, --summary and --licence apply.")
    private boolean baseModel;

    @Option(names = "--publish", description = "Publish it once it has passed its checks.")
    private boolean publish;

    @Mixin
    private CardOptions card;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (isFolder(from)) {
            throw UsageErrors.wrong(
                    card.command(), "%s is a folder; upload it with: lorahub push %s".formatted(from, from));
        }
        HubClient client = hub.client();
        ObjectNode request = new ObjectMapper().createObjectNode().put("from", from);
        if (other != null) request.put("hub", other);
        if (token != null && !token.isBlank()) request.put("token", token);
        if (baseModel) return importBaseModel(request, client);
        request.put("publish", publish);
        if (subfolder != null) request.put("subfolder", subfolder);
        AdapterUpload adapters = new AdapterUpload(client, TransferProgress.SILENT);
        ObjectNode said = card.isNamed() ? card.said(adapters.named(card.name(""))) : card.said();
        request.set("card", said);
        JsonNode ended = new AdapterFetch(client, new TransferOnTerminal(output.err())).fetch(request);
        warnUnverified(ended);
        boolean unchanged = ended.path("state").asText().equals("unchanged");
        if (unchanged) return reportUnchanged(ended, publish ? changed(ended, said, adapters) : Optional.empty());
        return report(ended, client);
    }

    private int importBaseModel(ObjectNode request, HubClient client) {
        card.refuseAllBut(List.of("--name", "--summary", "--licence"), "a base model");
        if (publish || subfolder != null) {
            throw UsageErrors.wrong(
                    card.command(), "--publish and --subfolder are for adapters; leave them out with --base-model.");
        }
        card.describe(request);
        JsonNode ended = new AdapterFetch(client, new TransferOnTerminal(output.err())).fetchBaseModel(request);
        warnUnverified(ended);
        if (output.json()) output.print(ended);
        if (!ended.path("state").asText().equals("done")) throw new RemoteException(failure(ended));
        if (!output.json()) {
            output.out()
                    .printf(
                            "Registered the base model %s from %s.%n",
                            ended.path("name").asText(), source(ended));
        }
        return ExitCode.OK;
    }

    private static String failure(JsonNode ended) {
        return ended.path("state").asText().equals("cancelled")
                ? "The import was cancelled."
                : ended.path("failure").asText();
    }

    private void warnUnverified(JsonNode ended) {
        for (JsonNode file : ended.path("unverified")) {
            output.err()
                    .printf(
                            "%s could not be verified: %s says neither its SHA-256 nor its Git id. Its SHA-256 is %s.%n",
                            file.path("name").asText(),
                            ended.path("hub").asText(),
                            file.path("sha256").asText());
        }
    }

    /** The adapter that has the files already, with the card that the options give it. */
    private static Optional<JsonNode> changed(JsonNode ended, ObjectNode said, AdapterUpload adapters) {
        return AdapterAddress.find(ended.path("adapter").asText()).flatMap(place -> adapters.change(place, said));
    }

    private int reportUnchanged(JsonNode ended, Optional<JsonNode> changed) {
        if (output.json()) output.print(ended);
        else {
            String there = ended.has("adapter")
                    ? "%s %s already has its files"
                            .formatted(
                                    ended.path("adapter").asText(),
                                    ended.path("version").asText())
                    : "an adapter here already has its files";
            String card = changed.map(now -> "only the card was updated (%s)"
                            .formatted(now.path("visibility").asText()))
                    .orElse("nothing was published");
            output.out().printf("Nothing is new in %s: %s, and %s.%n", source(ended), there, card);
        }
        return ExitCode.OK;
    }

    private static boolean isFolder(String text) {
        try {
            return text.matches("[./~].*") || text.split("/").length != 2 && Files.isDirectory(Path.of(text));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private int report(JsonNode ended, HubClient client) {
        String state = ended.path("state").asText();
        String upload = ended.path("upload_page").asText();
        if (output.json()) output.print(ended);
        if (state.equals("done")) {
            if (!output.json()) output.out().println(sentence(ended, client, upload));
            return ExitCode.OK;
        }
        if (state.equals("unpublished")) {
            if (!output.json()) {
                output.out()
                        .printf(
                                "Imported %s, but it could not be published: %s%nFix and publish it at %s%s.%n",
                                source(ended), ended.path("failure").asText(), client.server(), upload);
            }
            return ExitCode.FINDINGS;
        }
        throw new RemoteException(failure(ended));
    }

    private static String source(JsonNode ended) {
        String subfolder = ended.path("subfolder").asText();
        return "%s/%s%s at commit %s"
                .formatted(
                        ended.path("hub").asText(),
                        ended.path("repository").asText(),
                        subfolder.isEmpty() ? "" : "/" + subfolder,
                        ended.path("commit").asText());
    }

    private static String sentence(JsonNode ended, HubClient client, String upload) {
        String source = source(ended);
        return ended.has("adapter")
                ? "Published %s %s from %s: %s/%s"
                        .formatted(
                                ended.path("adapter").asText(),
                                ended.path("version").asText(),
                                source,
                                client.server(),
                                ended.path("adapter").asText())
                : "Imported %s. Publish it at %s%s.".formatted(source, client.server(), upload);
    }
}
