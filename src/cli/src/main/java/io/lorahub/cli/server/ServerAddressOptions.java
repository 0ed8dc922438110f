package io.lorahub.cli.server;

import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.serve.ServerOptions;
import io.lorahub.serve.ServerRole;
import io.lorahub.xdg.UserFolders;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What {@code serve} and {@code worker} have in common. */
final class ServerAddressOptions {

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:LORAHUB_DATA}",
            description = "The data folder. LORAHUB_DATA; else lorahub in XDG_DATA_HOME or ~/.local/share.")
    private Optional<Path> data;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "${env:LORAHUB_HOST:-127.0.0.1}",
            description =
                    "The address to listen on; 0.0.0.0 is all of this machine's. LORAHUB_HOST; " + "default 127.0.0.1.")
    private String host;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    ServerOptions with(int port, Optional<String> publicUrl, ServerRole role) {
        if (port < 0 || port > 65_535) {
            throw UsageErrors.wrong(command, "The port must be from 0 to 65535, not %d.".formatted(port));
        }
        return new ServerOptions(data.orElseGet(UserFolders::data), host, port, publicUrl, role);
    }
}
