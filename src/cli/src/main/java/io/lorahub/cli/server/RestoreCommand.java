package io.lorahub.cli.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.backup.Backup;
import io.lorahub.backup.BackupFolder;
import io.lorahub.backup.Restore;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.serve.HubStore;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.LongConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        description = {"Makes a hub of a backup, in an empty data folder, or an empty database and store.", ""},
        footer = {
            "",
            "Set the LORAHUB_DATABASE_ and LORAHUB_STORAGE_ variables as for the new hub, if it has any. A backup of an older",
            "version of LoraHub is upgraded.",
            "Exit status 1: files were left out, with --without-damaged.",
            "",
            "lorahub restore /mnt/backup --data /srv/lorahub"
        })
public final class RestoreCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "DIR", description = "The folder with the backups.")
    private Path folder;

    @Option(
            names = "--backup",
            paramLabel = "NAME",
            description = "Which one, by its name in the folder backups. Default: the newest whole one.")
    private Optional<String> name;

    @Option(
            names = "--check",
            description = "Read the whole backup, compare it with its checksums, and restore nothing.")
    private boolean check;

    @Option(
            names = "--without-damaged",
            description =
                    "If files of the backup are missing or damaged, restore all others. The new hub lists them as "
                            + "missing.")
    private boolean withoutDamaged;

    @Mixin
    private HubDataOptions data;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        BackupFolder backups = BackupFolder.forReading(folder);
        String chosen = name.orElseGet(backups::newest);
        Restore restore = new Restore(backups, chosen);
        if (check) {
            Collection<String> damaged = withProgress(restore, done -> restore.check(true, done));
            return report(restore, chosen, damaged);
        }
        require(restore, restore.check(false, bytes -> {}));
        return report(restore, chosen, data.withNew(hub -> restore(restore, hub)));
    }

    private Collection<String> restore(Restore restore, HubStore hub) {
        restore.requireEmpty(hub.objects(), hub.database());
        Collection<String> damaged = withProgress(restore, done -> restore.copy(hub.objects(), done));
        require(restore, damaged);
        restore.load(hub.database(), damaged);
        return damaged;
    }

    private void require(Restore restore, Collection<String> damaged) {
        if (!damaged.isEmpty() && !withoutDamaged) throw restore.damaged(damaged);
    }

    private <T> T withProgress(Restore restore, Function<LongConsumer, T> work) {
        Backup.Amount all = restore.amount();
        TransferOnTerminal progress = new TransferOnTerminal(output.err());
        progress.begin(TextLines.count(all.objects(), "file"), all.bytes(), 0);
        try {
            return work.apply(progress::moved);
        } finally {
            progress.end();
        }
    }

    private int report(Restore restore, String chosen, Collection<String> damaged) {
        if (check) require(restore, damaged);
        Backup.Amount all = restore.amount();
        if (output.json()) {
            ObjectMapper mapper = new ObjectMapper();
            ObjectNode json = mapper.createObjectNode()
                    .put("backup", chosen)
                    .put("files", all.objects() - damaged.size())
                    .put("bytes", all.bytes());
            json.set("damaged", mapper.valueToTree(damaged));
            json.set("missing", mapper.valueToTree(restore.missing()));
            output.print(json);
        } else {
            output.out()
                    .println("%s %s: the database and %s, %s."
                            .formatted(
                                    check ? "Sound is" : "Restored",
                                    chosen,
                                    TextLines.count(all.objects() - damaged.size(), "file"),
                                    TextLines.bytes(all.bytes())));
            restore.missing()
                    .forEach(sha256 ->
                            output.out().println("Missing or damaged in the hub when the backup was made: " + sha256));
            damaged.forEach(key -> output.out().println("Missing or damaged in the backup: " + key));
            output.out().flush();
        }
        boolean lacks = !damaged.isEmpty() || check && !restore.missing().isEmpty();
        return lacks ? ExitCode.FINDINGS : ExitCode.OK;
    }
}
