package io.lorahub.cli.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.backup.Backup;
import io.lorahub.backup.BackupFolder;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.serve.HubStore;
import io.lorahub.storage.upkeep.Scrub;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "backup",
        description = {
            "Copies a hub's database and files into a folder, while the hub runs or without it. Files that the folder has "
                    + "already are not read again.",
            ""
        },
        footer = {
            "",
            "Set the LORAHUB_DATABASE_ and LORAHUB_STORAGE_ variables as for the hub, if it has any. Use a folder for one hub only,",
            "on another disk. The key of second factors is not part of a backup (docs/operate.md).",
            "Exit status 1: the hub has a missing or damaged file; everything else was copied.",
            "",
            "lorahub backup /mnt/backup --data /srv/lorahub"
        })
public final class BackupCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Parameters(index = "0", paramLabel = "DIR", description = "The folder with the backups; made if it is missing.")
    private Path folder;

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "7",
            description = "How many backups to keep; older ones are deleted. Files that several need are there once. "
                    + "Default 7.")
    private int keep;

    @Mixin
    private HubDataOptions data;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (keep < 1) throw UsageErrors.wrong(command, "--keep must be 1 or more, not %d.".formatted(keep));
        return data.with(this::backup);
    }

    private int backup(HubStore hub) {
        BackupFolder backups = BackupFolder.forWriting(folder);
        Backup.Result result;
        Scrub scrub = new Scrub(hub.objects(), hub.database());
        try (Backup backup = new Backup(hub.objects(), hub.database(), backups)) {
            scrub.requireStoreOfDatabase();
            Backup.Amount all = backup.dump();
            TransferOnTerminal progress = new TransferOnTerminal(output.err());
            progress.begin(TextLines.count(all.objects(), "stored file"), all.bytes(), 0);
            try {
                result = backup.copy(progress::moved);
            } finally {
                progress.end();
            }
            backup.prune(keep);
        }
        if (output.json()) output.print(json(result, scrub));
        else print(result, scrub);
        return result.missing().isEmpty() && kept(result, scrub).isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    /** SHA-256 of files that the hub knows to be damaged, and which the folder has from an earlier backup. */
    private static List<String> kept(Backup.Result result, Scrub scrub) {
        return scrub.damaged().stream()
                .map(Scrub.Damaged::sha256)
                .filter(sha256 -> !result.missing().contains(sha256))
                .toList();
    }

    private static ObjectNode json(Backup.Result result, Scrub scrub) {
        ObjectNode json = new ObjectMapper()
                .createObjectNode()
                .put("backup", result.name())
                .put("files", result.all().objects())
                .put("bytes", result.all().bytes())
                .put("copied_files", result.copied().objects())
                .put("copied_bytes", result.copied().bytes());
        list(json.putArray("missing"), result.missing(), scrub);
        list(json.putArray("kept"), kept(result, scrub), scrub);
        return json;
    }

    private static void list(ArrayNode list, List<String> hashes, Scrub scrub) {
        for (String sha256 : hashes) {
            ArrayNode users = list.addObject().put("sha256", sha256).putArray("used_by");
            scrub.users(sha256).forEach(users::add);
        }
    }

    private void print(Backup.Result result, Scrub scrub) {
        PrintWriter out = output.out();
        out.println("Backup %s in %s: the database and %s, %s; %s of them, %s, copied now."
                .formatted(
                        result.name(),
                        folder,
                        TextLines.count(result.all().objects(), "file"),
                        TextLines.bytes(result.all().bytes()),
                        result.copied().objects(),
                        TextLines.bytes(result.copied().bytes())));
        list(out, "Missing or damaged in the hub: ", result.missing(), scrub);
        list(out, "Damaged in the hub, and in the folder from an earlier backup: ", kept(result, scrub), scrub);
        out.flush();
    }

    private static void list(PrintWriter out, String fault, List<String> hashes, Scrub scrub) {
        for (String sha256 : hashes) {
            out.println(fault + sha256);
            scrub.users(sha256).forEach(user -> out.println("  " + user));
        }
    }
}
