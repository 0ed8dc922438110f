package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.remote.AdapterDownload;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "pull",
        description = {
            "Downloads an adapter from a hub into a folder, with its card as README.md, and checks its SHA-256. After an interruption, run it"
                    + " again: it continues where it stopped.",
            ""
        },
        footer = {"", "lorahub pull demo/un", "lorahub pull demo/un@1.0.0 -o adapters/un"})
public final class PullCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Parameters(paramLabel = "PUBLISHER/NAME[@VERSION]", description = "The adapter; by default its newest version.")
    private String adapter;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "DIR",
            description = "The folder to create; default: the adapter's name, in the current folder.")
    private Path folder;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        AdapterAddress name = name();
        Path target = folder == null ? Path.of(name.name()) : folder;
        AdapterDownload.Result pulled =
                new AdapterDownload(hub.client(), new TransferOnTerminal(output.err())).into(target, name);
        if (output.json()) {
            output.print(json(pulled));
        } else {
            output.out()
                    .printf(
                            pulled.fetched() == 0 ? "%s %s is already in %s.%n" : "%s %s is in %s.%n",
                            pulled.adapter(),
                            pulled.version(),
                            pulled.folder());
        }
        return ExitCode.OK;
    }

    private AdapterAddress name() {
        try {
            return AdapterAddress.of(adapter);
        } catch (IllegalArgumentException e) {
            throw UsageErrors.wrong(command, e.getMessage());
        }
    }

    private static ObjectNode json(AdapterDownload.Result pulled) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode node = mapper.createObjectNode();
        node.put("adapter", pulled.adapter());
        node.put("version", pulled.version());
        node.put("folder", pulled.folder().toString());
        node.put("fetched", pulled.fetched());
        ObjectNode hashes = node.putObject("sha256");
        pulled.files().forEach(file -> hashes.put(file.name(), file.sha256()));
        return node;
    }
}
