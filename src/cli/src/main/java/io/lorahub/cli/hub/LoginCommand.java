package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.StandardInput;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.Login;
import io.lorahub.remote.RemoteException;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "login",
        description = {
            "Signs in to a hub: stores its access token for search, pull, push, runs and compose --remote.",
            "",
            "Create the token on the hub's page /settings/tokens, then type it or pipe it in. It is stored in a file"
                    + " that only you can read.",
            ""
        },
        footer = {
            "",
            "lorahub login --server https://hub.example.org",
            "lorahub login --server https://hub.example.org < token.txt",
            "",
            "Without a login, set LORAHUB_SERVER and LORAHUB_TOKEN instead, for example in CI."
        })
public final class LoginCommand implements Callable<Integer> {

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() throws IOException {
        Login login = new Login(hub.server(), token());
        if (login.isUnencrypted()) {
            output.err()
                    .println(
                            "lorahub: The connection to this hub isn't encrypted; others on the network can read the token.");
        }
        JsonNode me = new HubClient(login).get("/api/v1/me");
        hub.file().save(login);
        if (output.json()) {
            output.print(me);
        } else {
            output.out()
                    .printf(
                            "Signed in to %s as %s; the token can %s.%n",
                            login.server(),
                            me.path("name").asText(),
                            can(me.path("scope").asText()));
        }
        return ExitCode.OK;
    }

    private static String can(String scope) {
        return switch (scope) {
            case "read" -> "read";
            case "administer" -> "read, write and administer";
            default -> "read and write";
        };
    }

    private String token() throws IOException {
        String typed;
        if (StandardInput.isInteractive()) {
            output.err().printf("Access token of %s, from %s/settings/tokens: ", hub.server(), hub.server());
            output.err().flush();
            char[] secret = System.console().readPassword();
            typed = secret == null ? "" : new String(secret);
        } else {
            String line = StandardInput.reader().readLine();
            typed = line == null ? "" : line;
        }
        String token = typed.strip();
        if (token.isEmpty()) throw new RemoteException("No token was given; type it, or pipe it in.");
        return Login.token(token);
    }
}
