package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.remote.RemoteRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs on a hub, started by compose --remote or in a browser. */
@Command(
        name = "runs",
        description = {"Lists, follows, cancels and downloads your composition runs on a hub.", ""},
        synopsisSubcommandLabel = "COMMAND",
        footer = {"", "lorahub runs list", "lorahub runs watch ID", "lorahub runs download ID -o merged"},
        subcommands = {
            RunsCommand.Listing.class,
            RunsCommand.Watch.class,
            RunsCommand.Cancel.class,
            RunsCommand.Download.class
        })
public final class RunsCommand implements Runnable {

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw UsageErrors.wrong(command, "Choose what to do with your runs: list, watch, cancel or download.");
    }

    private abstract static class OnHub implements Callable<Integer> {

        static final ObjectMapper JSON = new ObjectMapper();

        @Mixin
        HubOptions hub;

        @Mixin
        OutputOptions output;

        int print(JsonNode json, String text) {
            if (output.json()) output.print(json);
            else output.out().println(text);
            return ExitCode.OK;
        }
    }

    private abstract static class OfRun extends OnHub {

        @Parameters(paramLabel = "ID", description = "The run's ID, as runs list shows it.")
        String id;

        @Spec
        CommandSpec command;

        RemoteRun run() {
            requireId();
            return RemoteRun.of(hub.client(), id);
        }

        void requireId() {
            if (id.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) return;
            throw UsageErrors.wrong(
                    command,
                    "\"%s\" isn't the ID of a run, such as 0b9d6f1e-3c5a-4e7b-9a51-2f8c7d6e5b4a; lorahub runs list shows yours."
                            .formatted(id));
        }
    }

    @Command(
            name = "list",
            description = {"Lists your 50 newest runs.", ""})
    static final class Listing extends OnHub {

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only runs that are queued, running, paused, succeeded, failed or cancelled.")
        private Optional<String> state;

        @Override
        public Integer call() {
            JsonNode runs = RemoteRun.list(hub.client(), state);
            String lines = StreamSupport.stream(runs.spliterator(), false)
                    .map(Listing::line)
                    .collect(Collectors.joining("\n"));
            if (runs.size() == RemoteRun.PAGE) {
                output.err()
                        .println("These are the newest %d; all are on %s/runs."
                                .formatted(RemoteRun.PAGE, hub.client().server()));
            }
            return print(JSON.createObjectNode().set("runs", runs), runs.isEmpty() ? "You have no such runs." : lines);
        }

        private static String line(JsonNode run) {
            return String.format(
                    Locale.ROOT,
                    "%s  %-9s  %4d of %d  %s",
                    run.path("id").asText(),
                    run.path("state").asText(),
                    run.path("spent").asInt(),
                    run.path("budget").asInt(),
                    run.path("title").asText().replaceAll("\\s+", " "));
        }
    }

    @Command(
            name = "watch",
            description = {
                "Follows a run to its end and shows the result. The exit status is that of compose --remote.",
                ""
            })
    static final class Watch extends OfRun {

        @Mixin
        private AcceptOptions accept;

        @Override
        public Integer call() {
            requireId();
            return new RemoteComposition(hub.client(), output, accept).watch(id);
        }
    }

    @Command(
            name = "cancel",
            description = {"Cancels a run. If it is running, it ends after the current point.", ""})
    static final class Cancel extends OfRun {

        @Override
        public Integer call() {
            JsonNode run = run().cancel();
            boolean ended = run.path("state").asText().equals("cancelled");
            return print(run, ended ? "Cancelled." : "It will end after the current point.");
        }
    }

    @Command(
            name = "download",
            description = {"Downloads the merged adapter of a run and its recipe.json into a folder.", ""})
    static final class Download extends OfRun {

        @Option(
                names = {"-o", "--output"},
                paramLabel = "DIR",
                required = true,
                description = "The folder to create.")
        private Path folder;

        @Override
        public Integer call() {
            List<String> files = run().download(folder, new TransferOnTerminal(output.err()));
            JsonNode json =
                    JSON.createObjectNode().put("folder", folder.toString()).set("files", JSON.valueToTree(files));
            return print(json, "The result is in %s: %s.".formatted(folder, String.join(", ", files)));
        }
    }
}
