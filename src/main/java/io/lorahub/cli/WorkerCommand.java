package io.lorahub.cli;

import io.lorahub.serve.Server;
import io.lorahub.serve.ServerRole;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "worker",
        description = {"Does jobs of a hub whose pages another process serves, on the same database and store.", ""},
        footer = {
            "",
            "The hub's PostgreSQL: LORAHUB_DATABASE_URL (postgresql://host:5432/name),",
            "LORAHUB_DATABASE_USERNAME and LORAHUB_DATABASE_PASSWORD. Where the hub keeps its",
            "files in S3, the same LORAHUB_STORAGE_… variables as the hub's; else the same",
            "--data. SIGTERM ends it after the evaluation under way, and others go on.",
            "",
            "lorahub worker --device gpu:0 --slots 2"
        })
final class WorkerCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Mixin
    private ServerAddressOptions address;

    @Option(
            names = "--port",
            paramLabel = "N",
            defaultValue = "${env:LORAHUB_PORT:-0}",
            description = "The port to say at whether it lives; 0 is any that is free. LORAHUB_PORT; default 0.")
    private int port;

    @Mixin
    private WorkerOptions options;

    @Override
    public Integer call() {
        if (System.getenv("LORAHUB_DATABASE_URL") == null) {
            throw new ParameterException(
                    command.commandLine(), "Set LORAHUB_DATABASE_URL to the PostgreSQL of the hub to work for.");
        }
        new Server(address.with(port, Optional.empty(), ServerRole.WORKER).with(options.settings())).run();
        return ExitCode.OK;
    }
}
