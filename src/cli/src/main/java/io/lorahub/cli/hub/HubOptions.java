package io.lorahub.cli.hub;

import io.lorahub.remote.HubClient;
import io.lorahub.remote.Login;
import io.lorahub.remote.LoginFile;
import io.lorahub.xdg.UserFolders;
import java.net.URI;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The hub that a command talks to, and the token. */
public final class HubOptions {

    @Option(
            names = "--server",
            paramLabel = "URL",
            defaultValue = "${env:LORAHUB_SERVER}",
            description =
                    "The hub's address. Default: LORAHUB_SERVER, else the last login's, else http://localhost:8080.")
    private Optional<String> server;

    /** For CI, where no user has logged in. */
    @Option(
            names = "--token",
            hidden = true,
            defaultValue = "${env:LORAHUB_TOKEN}",
            description = "An access token. LORAHUB_TOKEN is safer: other users can see command lines.")
    private Optional<String> token;

    private final LoginFile file = new LoginFile(UserFolders.config());

    public LoginFile file() {
        return file;
    }

    URI server() {
        return server.map(Login::server).or(file::server).orElse(Login.DEFAULT_SERVER);
    }

    /**
     * The hub of the command line, else the one that a file names, else that of the last login. The token goes only to
     * a hub that the user named by an option, the environment or a login, because anyone could have written the file.
     */
    public Optional<HubClient> clientOr(Optional<String> named, String file) {
        if (server.isPresent() || named.isEmpty())
            return server.map(Login::server).or(this.file::server).map(this::client);
        URI hub = Login.server(named.get());
        boolean signedIn = this.file.server().filter(hub::equals).isPresent()
                || this.file.token(hub).isPresent();
        return Optional.of(signedIn ? client(hub) : HubClient.withoutToken(hub, file));
    }

    public HubClient client() {
        return client(server());
    }

    HubClient client(URI hub) {
        Optional<String> given = token.map(String::strip);
        return new HubClient(
                new Login(hub, given.map(Login::token).or(() -> file.token(hub)).orElse("")));
    }
}
