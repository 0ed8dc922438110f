package io.lorahub.cli.server;

import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.database.Migrations;
import io.lorahub.serve.ServeException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "migrate",
        description = {
            "Makes or upgrades the tables of a hub's database, and ends. serve and worker do it at their start, too.",
            ""
        },
        footer = {
            "",
            "Back up first, and stop all processes of the hub: there is no way back.",
            "",
            "lorahub migrate --data /srv/lorahub"
        })
public final class MigrateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Mixin
    private HubDataOptions data;

    @Override
    public Integer call() {
        int applied = data.withNew(hub -> apply(new Migrations(hub.database())));
        command.commandLine().getOut().println("Applied %s.".formatted(TextLines.count(applied, "migration")));
        return ExitCode.OK;
    }

    private static int apply(Migrations migrations) {
        Optional<String> current = migrations.current();
        if (current.isPresent() && !migrations.isKnown(current.get())) {
            throw new ServeException(
                    "A newer version of LoraHub has upgraded this database (V%s), and there is no way back."
                            .formatted(current.get()));
        }
        return migrations.apply();
    }
}
