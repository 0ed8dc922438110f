package io.lorahub.cli.server;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.storage.upkeep.Scrub;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "verify-store",
        description = {
            "Reads all stored files of a hub, compares them with their SHA-256 and lists those that are missing or "
                    + "damaged, with what uses them. The hub can keep running, and shows what was found.",
            ""
        },
        footer = {
            "",
            "Set the LORAHUB_DATABASE_ and LORAHUB_STORAGE_ variables as for the hub, if it has any.",
            "Exit status 1: a file is missing or damaged.",
            "",
            "lorahub verify-store --data /srv/lorahub"
        })
public final class VerifyStoreCommand implements Callable<Integer> {

    @Spec
    private CommandSpec command;

    @Mixin
    private HubDataOptions data;

    @Option(
            names = "--unread-days",
            paramLabel = "N",
            defaultValue = "0",
            description = "Only files that this command or the nightly check hasn't read for N days, to continue "
                    + "after an interruption. Default 0: all files.")
    private int days;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        if (days < 0) throw UsageErrors.wrong(command, "The days must be 0 or more, not %d.".formatted(days));
        return data.with(hub -> verify(new Scrub(hub.objects(), hub.database())));
    }

    private int verify(Scrub scrub) {
        Duration unread = Duration.ofDays(days);
        Scrub.Amount due = scrub.due(unread);
        TransferOnTerminal progress = new TransferOnTerminal(output.err());
        progress.begin(TextLines.count(due.files(), "stored file"), due.bytes(), 0);
        Scrub.Amount read;
        try {
            read = scrub.run(unread, () -> true, progress::moved);
        } finally {
            progress.end();
        }
        List<Scrub.Damaged> damaged = scrub.damaged();
        if (output.json()) output.print(json(read, damaged));
        else print(read, damaged);
        return damaged.isEmpty() ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private static ObjectNode json(Scrub.Amount read, List<Scrub.Damaged> damaged) {
        ObjectMapper mapper = new ObjectMapper();
        ObjectNode result = mapper.createObjectNode().put("files", read.files()).put("bytes", read.bytes());
        var list = result.putArray("damaged");
        for (Scrub.Damaged file : damaged) {
            list.addObject()
                    .put("sha256", file.sha256())
                    .put("size", file.size())
                    .put("since", file.since().toString())
                    .set("used_by", mapper.valueToTree(file.users()));
        }
        return result;
    }

    private void print(Scrub.Amount read, List<Scrub.Damaged> damaged) {
        PrintWriter out = output.out();
        out.println("Compared %s, %s, with their SHA-256."
                .formatted(TextLines.count(read.files(), "file"), TextLines.bytes(read.bytes())));
        if (damaged.isEmpty()) {
            out.println("No file is missing or damaged.");
        } else {
            out.println("%s missing or damaged:"
                    .formatted(damaged.size() == 1 ? "1 file is" : damaged.size() + " files are"));
            for (Scrub.Damaged file : damaged) {
                out.println();
                out.println(file.sha256() + "  " + TextLines.bytes(file.size()));
                if (file.users().isEmpty()) out.println("  not used yet");
                file.users().forEach(user -> out.println("  " + user));
            }
            out.println();
            out.println("Uploading the same file again repairs it; docs/operate.md says more.");
        }
        out.flush();
    }
}
