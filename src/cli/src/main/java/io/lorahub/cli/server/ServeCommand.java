package io.lorahub.cli.server;

import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.serve.Server;
import io.lorahub.serve.ServerRole;
import io.lorahub.settings.features.FeatureSettings;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "serve",
        description = {
            "Runs the hub: pages, API and a worker. It brings its own PostgreSQL and keeps files in a directory.",
            ""
        },
        footer = {
            "",
            "For a PostgreSQL of your own, set LORAHUB_DATABASE_URL (postgresql://host:5432/name),",
            "LORAHUB_DATABASE_USERNAME and LORAHUB_DATABASE_PASSWORD.",
            "",
            "lorahub serve --port 9000 --data /srv/lorahub"
        })
public final class ServeCommand implements Callable<Integer> {

    @Mixin
    private ServerAddressOptions address;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "${env:LORAHUB_PORT:-8080}",
            description = "The port to listen on; 0 picks a free one. LORAHUB_PORT; default 8080.")
    private int port;

    @Option(
            names = "--public-url",
            paramLabel = "URL",
            defaultValue = "${env:LORAHUB_PUBLIC_URL}",
            description = "The address at which others reach the hub, such as https://hub.example.org. "
                    + "LORAHUB_PUBLIC_URL.")
    private Optional<String> publicUrl;

    @Option(names = "--no-worker", description = "Leave the jobs to separate processes: lorahub worker.")
    private boolean noWorker;

    @Override
    public Integer call() {
        new Server(address.with(port, publicUrl, noWorker ? ServerRole.WEB : ServerRole.ALL), FeatureSettings.ALL)
                .run();
        return ExitCode.OK;
    }
}
