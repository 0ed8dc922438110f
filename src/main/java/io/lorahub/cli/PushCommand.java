package io.lorahub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.LocalFiles;
import io.lorahub.remote.Push;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "push",
        sortOptions = false,
        description = {
            "Sends an adapter to a hub, says what its doctor finds, and publishes it if that is nothing bad. After a"
                    + " broken connection, run it again: only what is missing is sent.",
            ""
        },
        footer = {
            "",
            "lorahub push un-past --name un-past --visibility public",
            "lorahub push un-past.zip --name lab-a/un-past --version 1.1.0 --notes \"More steps.\""
        })
final class PushCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "DIR|ZIP", description = "The adapter's folder, or a zip of it.")
    private Path path;

    @Mixin
    private CardOptions card;

    @Option(names = "--no-publish", description = "Only send and check it; it can be published on its page.")
    private boolean noPublish;

    /** Not the usual ones, of which --version is the program's. */
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (!noPublish && !card.hasName()) {
            throw Usage.wrong(command, "Give the adapter a --name, or say --no-publish.");
        }
        HubClient client = hub.client();
        Push push = new Push(client, new TransferOnTerminal(output.err()));
        JsonNode upload = push.send(LocalFiles.of(path));
        boolean passed = upload.path("state").asText().equals("passed");
        new DoctorText(output.text(), output.style()).print(upload);
        JsonNode adapter = passed && !noPublish ? push.publish(upload, card.said()) : null;
        if (output.json()) {
            output.print(adapter == null ? upload : adapter);
        } else if (adapter != null) {
            output.out()
                    .printf(
                            "Published %s/%s %s (%s): %s%s%n",
                            adapter.path("publisher").asText(),
                            adapter.path("name").asText(),
                            adapter.path("versions").path(0).path("label").asText(),
                            adapter.path("visibility").asText(),
                            client.server(),
                            adapter.path("url").asText());
        } else {
            output.out()
                    .printf(
                            passed ? "Publish it at %s%s.%n" : "Mend it at %s%s, or send it again.%n",
                            client.server(),
                            upload.path("page").asText());
        }
        return passed ? ExitCode.OK : ExitCode.FINDINGS;
    }
}
