package io.lorahub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.remote.RemoteRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs on a hub, after compose --remote or a browser has started them. */
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
final class RunsCommand implements Runnable {

    @Spec
    private CommandSpec command;

    @Override
    public void run() {
        throw Usage.wrong(command, "Say what to do with your runs: list, watch, cancel or download.");
    }

    @Command(
            name = "list",
            description = {"Lists your runs, newest first.", ""})
    static final class Listing implements Callable<Integer> {

        @Option(
                names = "--state",
                paramLabel = "STATE",
                description = "Only those that are queued, running, paused, succeeded, failed or cancelled.")
        private Optional<String> state;

        @Mixin
        private HubOptions hub;

        @Mixin
        private OutputOptions output;

        @Override
        public Integer call() {
            JsonNode runs = RemoteRun.list(hub.client(), state);
            if (output.json()) {
                output.print(new ObjectMapper().createObjectNode().set("runs", runs));
                return ExitCode.OK;
            }
            if (runs.isEmpty()) output.out().println("You have no such run.");
            for (JsonNode run : runs) {
                output.out()
                        .println(String.format(
                                Locale.ROOT,
                                "%s  %-9s  %4d of %d  %s",
                                run.path("id").asText(),
                                run.path("state").asText(),
                                run.path("spent").asInt(),
                                run.path("budget").asInt(),
                                run.path("title").asText().replaceAll("\\s+", " ")));
            }
            output.out().flush();
            return ExitCode.OK;
        }
    }

    @Command(
            name = "watch",
            description = {"Follows a run to its end, and shows what came out.", ""})
    static final class Watch implements Callable<Integer> {

        @Parameters(paramLabel = "ID", description = "The run, as runs list shows it.")
        private String id;

        @Mixin
        private HubOptions hub;

        @Mixin
        private OutputOptions output;

        @Override
        public Integer call() {
            return new RemoteComposition(hub.client(), output).watch(id);
        }
    }

    @Command(
            name = "cancel",
            description = {"Cancels a run. One that is computed ends after the evaluation under way.", ""})
    static final class Cancel implements Callable<Integer> {

        @Parameters(paramLabel = "ID", description = "The run, as runs list shows it.")
        private String id;

        @Mixin
        private HubOptions hub;

        @Mixin
        private OutputOptions output;

        @Override
        public Integer call() {
            JsonNode run = RemoteRun.of(hub.client(), id).cancel();
            if (output.json()) {
                output.print(run);
            } else {
                boolean ended = run.path("state").asText().equals("cancelled");
                output.out().println(ended ? "Cancelled." : "It ends after the evaluation under way.");
                output.out().flush();
            }
            return ExitCode.OK;
        }
    }

    @Command(
            name = "download",
            description = {"Fetches the merged adapter of a run into a folder, with its recipe.json.", ""})
    static final class Download implements Callable<Integer> {

        @Parameters(paramLabel = "ID", description = "The run, as runs list shows it.")
        private String id;

        @Option(
                names = {"-o", "--output"},
                paramLabel = "DIR",
                required = true,
                description = "The folder to make.")
        private Path folder;

        @Mixin
        private HubOptions hub;

        @Mixin
        private OutputOptions output;

        @Override
        public Integer call() {
            List<String> files = RemoteRun.of(hub.client(), id).download(folder, new TransferOnTerminal(output.err()));
            if (output.json()) {
                ObjectMapper mapper = new ObjectMapper();
                output.print(mapper.createObjectNode()
                        .put("folder", folder.toString())
                        .set("files", mapper.valueToTree(files)));
            } else {
                output.out().println("The result is in %s: %s.".formatted(folder, String.join(", ", files)));
                output.out().flush();
            }
            return ExitCode.OK;
        }
    }
}
