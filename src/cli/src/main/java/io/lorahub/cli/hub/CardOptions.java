package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.adapter.AdapterAddress;
import io.lorahub.adapter.Visibility;
import io.lorahub.adapter.publication.FolderName;
import io.lorahub.cli.terminal.EnumWords;
import io.lorahub.cli.terminal.UsageErrors;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The card of an adapter that is published. */
final class CardOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--name",
            paramLabel = "[PUBLISHER/]NAME",
            description =
                    "Name on the hub; default: that of the folder or zip, or for an import that of the repository. If"
                            + " the adapter exists, it gets a new version.")
    private String name;

    @Option(names = "--version", paramLabel = "LABEL", description = "Such as 1.0.0; default: the next version number.")
    private String version;

    @Option(
            names = "--visibility",
            paramLabel = "WHO",
            converter = EnumWords.Visibilities.class,
            description = "public, unlisted or private. Default: unchanged; private for a new adapter.")
    private Visibility visibility;

    @Option(names = "--notes", paramLabel = "TEXT", description = "What is new in this version.")
    private String notes;

    @Option(
            names = "--title",
            paramLabel = "TEXT",
            description = "The title. By default, the card stays unchanged; a new adapter's comes from its README.")
    private String title;

    @Option(names = "--summary", paramLabel = "TEXT", description = "What it does, in a sentence.")
    private String summary;

    @Option(
            names = "--licence",
            paramLabel = "SPDX",
            description = "Such as MIT or Apache-2.0; other for one that isn't listed.")
    private String licence;

    @Option(
            names = "--description",
            paramLabel = "TEXT",
            description = "The description, as Markdown. With the licence other, it names the licence.")
    private String description;

    @Option(names = "--task", paramLabel = "TAG", description = "A task tag; can be repeated.")
    private List<String> tasks = List.of();

    @Option(names = "--language", paramLabel = "TAG", description = "Such as en; can be repeated.")
    private List<String> languages = List.of();

    /** Instead of the standard options, whose --version is the program's. */
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help message and exit.")
    private boolean help;

    /** As {@code [publisher/]name}. @param folder of the files, or their zip */
    String name(String folder) {
        if (name != null) return name;
        return FolderName.asName(folder)
                .orElseThrow(() -> UsageErrors.wrong(
                        command, "No name can be made from \"%s\"; give one with --name.".formatted(folder)));
    }

    /** @param missing fields that a new adapter needs and that were not given */
    void requireNone(List<String> missing) {
        if (missing.isEmpty()) return;
        String fields = missing.stream().map("a %s"::formatted).collect(Collectors.joining(" and "));
        String options = missing.stream()
                .map(field -> field.equals("title") ? "--title TEXT" : "--licence SPDX, such as MIT")
                .collect(Collectors.joining(" and "));
        throw UsageErrors.wrong(
                command,
                "A new adapter needs %s: give %s, or a README.md in the folder that has %s."
                        .formatted(fields, options, missing.size() == 1 ? "it" : "them"));
    }

    /** @param what that has no card, for the message */
    void refuseAllBut(List<String> allowed, String what) {
        Object[] others = {
            "--name",
            name,
            "--version",
            version,
            "--visibility",
            visibility,
            "--notes",
            notes,
            "--title",
            title,
            "--summary",
            summary,
            "--description",
            description,
            "--licence",
            licence,
            "--task",
            tasks.isEmpty() ? null : tasks,
            "--language",
            languages.isEmpty() ? null : languages
        };
        for (int i = 0; i < others.length; i += 2) {
            if (others[i + 1] != null && !allowed.contains((String) others[i])) {
                throw UsageErrors.wrong(command, "%s doesn't apply to %s; leave it out.".formatted(others[i], what));
            }
        }
    }

    /** Adds name, summary and licence, if they are given. */
    void describe(ObjectNode request) {
        put(request, "name", name);
        put(request, "summary", summary);
        put(request, "licence", licence);
    }

    boolean isNamed() {
        return name != null;
    }

    /** As the API takes it, with the place. */
    ObjectNode said(AdapterAddress place) {
        ObjectNode said = said();
        put(said, "publisher", place.publisher());
        put(said, "name", place.name());
        put(said, "adapter", ""); // the name decides, even if an earlier try had another target
        return said;
    }

    /** As the API takes it. */
    ObjectNode said() {
        ObjectNode said = new ObjectMapper().createObjectNode();
        put(said, "version", version);
        if (visibility != null) said.put("visibility", visibility.word());
        put(said, "notes", notes);
        put(said, "title", title);
        put(said, "summary", summary);
        put(said, "description", description);
        put(said, "licence", licence);
        if (!tasks.isEmpty()) tasks.forEach(said.withArray("tags")::add);
        if (!languages.isEmpty()) languages.forEach(said.withArray("languages")::add);
        return said;
    }

    private static void put(ObjectNode said, String field, String value) {
        if (value != null) said.put(field, value);
    }

    CommandSpec command() {
        return command;
    }
}
