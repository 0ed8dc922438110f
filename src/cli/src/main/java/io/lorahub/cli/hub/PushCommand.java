package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.TransferOnTerminal;
import io.lorahub.remote.AdapterUpload;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.LocalFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.commons.text.WordUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "push",
        sortOptions = false,
        description = {
            "Uploads an adapter to a hub, shows what its checks find, and publishes it if they pass: as a new"
                    + " adapter, which needs a title and a licence (--title and --licence, or a README.md that has them), or"
                    + " as a new version if the adapter exists. After a lost connection or a"
                    + " refusal, run it again: only what is missing is sent. Files that are already the newest version"
                    + " are not sent.",
            ""
        },
        footer = {
            "",
            "lorahub push ./un-past",
            "lorahub push ./un-past --title \"Un- and past\" --licence MIT --visibility public",
            "lorahub push un-past.zip --name lab-a/un-past --version 1.1.0 --notes \"More steps.\""
        })
public final class PushCommand implements Callable<Integer> {

    private static final int MOST = 20;

    /** How many findings of one kind are shown. */
    private static final int ALIKE = 3;

    @Parameters(paramLabel = "DIR|ZIP", description = "The adapter's folder, or a zip of it.")
    private Path path;

    @Mixin
    private CardOptions card;

    @Option(names = "--no-publish", description = "Only upload and check it; you can publish it on its page.")
    private boolean noPublish;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Override
    public Integer call() {
        LocalFiles files = LocalFiles.of(path);
        files.requireAdapter();
        String name = noPublish ? null : card.name(files.folder());
        HubClient client = hub.client();
        AdapterUpload push = new AdapterUpload(client, new TransferOnTerminal(output.err()));
        ObjectNode said = null;
        if (name != null) {
            AdapterAddress place = push.named(name);
            Optional<JsonNode> there = push.adapter(place);
            said = card.said(place);
            if (there.isPresent() && AdapterUpload.isOf(there.get(), files)) {
                return reportUnchanged(there.get(), push.change(place, said), place);
            }
            if (there.isEmpty()) card.requireNone(push.missing(files, said));
            else if (files.hasReadme()) {
                output.text()
                        .println(TextLines.wrapped(
                                "%s keeps its card; README.md is stored with the new version and doesn't change it. Options such as --title and --summary do."
                                        .formatted(place)));
            }
        }
        JsonNode upload = push.send(files, said);
        boolean passed = upload.path("state").asText().equals("passed");
        printFindings(upload);
        JsonNode adapter = passed && said != null ? push.publish(upload, said) : null;
        if (output.json()) {
            output.print(adapter == null ? upload : adapter);
        } else if (adapter != null) {
            output.out()
                    .printf(
                            "Published %s/%s %s (%s): %s%s%n",
                            adapter.path("publisher").asText(),
                            adapter.path("name").asText(),
                            adapter.path("versions").path(0).path("label").asText(),
                            adapter.path("visibility").asText(),
                            client.server(),
                            adapter.path("url").asText());
        } else {
            output.out()
                    .printf(
                            passed ? "Publish it at %s%s.%n" : "Fix it at %s%s, or push it again.%n",
                            client.server(),
                            upload.path("page").asText());
        }
        return passed ? ExitCode.OK : ExitCode.FINDINGS;
    }

    private int reportUnchanged(JsonNode adapter, Optional<JsonNode> changed, AdapterAddress place) {
        if (output.json()) output.print(changed.orElse(adapter));
        else {
            output.out()
                    .printf(
                            "These are the files of %s %s, its newest version; %s.%n",
                            place,
                            adapter.path("versions").path(0).path("label").asText(),
                            changed.map(now -> "no file was sent, and the card was updated (%s)"
                                            .formatted(now.path("visibility").asText()))
                                    .orElse("nothing was sent or changed"));
        }
        return ExitCode.OK;
    }

    /** What the hub's checks found, as {@code inspect} shows what it found. */
    private void printFindings(JsonNode upload) {
        PrintWriter out = output.text();
        AnsiStyle style = output.style();
        int shown = 0;
        for (JsonNode check : upload.path("findings")) {
            String state = check.path("state").asText();
            String note = check.path("note").asText();
            out.println("  " + coloured(state, style) + " "
                    + check.path("title").asText() + (note.isEmpty() ? "" : style.faint(". " + note)));
            // the same problem often repeats in every module
            Map<String, List<JsonNode>> alike = new LinkedHashMap<>();
            for (JsonNode finding : check.path("findings")) {
                alike.computeIfAbsent(finding.path("code").asText(), code -> new ArrayList<>())
                        .add(finding);
            }
            for (List<JsonNode> findings : alike.values()) {
                if (shown++ < MOST) printAlike(findings, out, style);
            }
        }
        if (shown > MOST) out.println("  %d more kinds of findings; --json lists all.".formatted(shown - MOST));
        String failure = upload.path("failure").asText();
        if (!failure.isEmpty()) out.println("  " + style.bad("failed") + "   " + failure);
        out.flush();
    }

    private static void printAlike(List<JsonNode> findings, PrintWriter out, AnsiStyle style) {
        List<JsonNode> some = findings.subList(0, Math.min(ALIKE, findings.size()));
        some.forEach(
                finding -> out.println(indented("- ", finding.path("message").asText())));
        if (findings.size() > ALIKE) {
            out.println(indented("- ", "%d more like these; --json lists all.".formatted(findings.size() - ALIKE)));
        }
        some.stream()
                .map(finding -> finding.path("fix").asText())
                .filter(fix -> !fix.isEmpty())
                .distinct()
                .forEach(fix -> out.println(style.faint(indented("  ", fix))));
    }

    private static String indented(String mark, String text) {
        return "           " + mark
                + WordUtils.wrap(text.replaceAll("\\p{Cntrl}", " "), TextLines.COLUMNS - 14, "\n             ", false);
    }

    private static String coloured(String state, AnsiStyle style) {
        String text = "%-8s".formatted(state);
        return switch (state) {
            case "passed" -> style.good(text);
            case "warned" -> style.caution(text);
            case "failed" -> style.bad(text);
            default -> style.faint(text);
        };
    }
}
