package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "logout",
        description = {
            "Deletes the stored access token of a hub. To make it invalid, revoke it on the hub's page /settings/tokens.",
            ""
        })
public final class LogoutCommand implements Callable<Integer> {

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        URI server = hub.server();
        boolean forgotten = hub.file().forget(server);
        if (output.json()) {
            output.print(new ObjectMapper()
                    .createObjectNode()
                    .put("server", server.toString())
                    .put("deleted", forgotten));
            return ExitCode.OK;
        }
        output.text()
                .println(
                        forgotten
                                ? "Deleted the token for %s.".formatted(server)
                                : "There was no token for %s.".formatted(server));
        return ExitCode.OK;
    }
}
