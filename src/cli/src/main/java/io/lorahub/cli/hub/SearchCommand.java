package io.lorahub.cli.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.browse.search.Sort;
import io.lorahub.cli.terminal.AnsiStyle;
import io.lorahub.cli.terminal.EnumWords;
import io.lorahub.cli.terminal.ExitCode;
import io.lorahub.cli.terminal.OutputOptions;
import io.lorahub.cli.terminal.TextLines;
import io.lorahub.cli.terminal.UsageErrors;
import io.lorahub.remote.HubClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "search",
        sortOptions = false,
        description = {"Searches a hub for adapters. Only public adapters are searched.", ""},
        footer = {"", "lorahub search un --task prefix --base lorahub/demo-base"})
public final class SearchCommand implements Callable<Integer> {

    private static final int MOST = 100;
    private static final int NAME = 27;
    private static final int TITLE = 25;
    private static final String ROW = "%-" + NAME + "s  %-" + TITLE + "s  %4s  %9s  %5s%n";

    @Parameters(paramLabel = "WORD", arity = "0..*", description = "What to search for; by default all adapters.")
    private List<String> words = List.of();

    @Option(names = "--base", paramLabel = "MODEL", description = "For this base model.")
    private List<String> base = List.of();

    @Option(names = "--task", paramLabel = "TAG", description = "With this task tag.")
    private List<String> task = List.of();

    @Option(names = "--licence", paramLabel = "SPDX", description = "Under this licence, such as MIT.")
    private List<String> licence = List.of();

    @Option(names = "--rank", paramLabel = "N", description = "Of this rank.")
    private List<String> rank = List.of();

    @Option(names = "--module", paramLabel = "NAME", description = "Adapting this module, such as q.")
    private List<String> module = List.of();

    @Option(names = "--publisher", paramLabel = "NAME", description = "From this publisher.")
    private List<String> publisher = List.of();

    @Option(names = "--language", paramLabel = "TAG", description = "For this language, such as en.")
    private List<String> language = List.of();

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            converter = EnumWords.Sorts.class,
            completionCandidates = EnumWords.Sorts.class,
            description = "relevance, downloads, likes, newest or trending.")
    private Sort sort;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "24",
            description = "How many to show, up to " + MOST + " (default ${DEFAULT-VALUE}).")
    private int limit;

    @Mixin
    private HubOptions hub;

    @Mixin
    private OutputOptions output;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() {
        if (limit < 1 || limit > MOST) {
            throw UsageErrors.wrong(command, "--limit must be from 1 to %d, but is %d.".formatted(MOST, limit));
        }
        JsonNode results = hub.client().get(address());
        if (output.json()) output.print(results);
        else print(results);
        return ExitCode.OK;
    }

    private String address() {
        List<String> query = new ArrayList<>();
        query.add("limit=" + limit);
        if (!words.isEmpty()) query.add("q=" + HubClient.segment(String.join(" ", words)));
        if (sort != null) query.add("sort=" + sort.parameter());
        Map.of(
                        "base", base,
                        "tag", task,
                        "licence", licence,
                        "rank", rank,
                        "module", module,
                        "publisher", publisher,
                        "language", language)
                .forEach((name, values) -> values.forEach(value -> query.add(name + "=" + HubClient.segment(value))));
        return "/api/v1/adapters?" + String.join("&", query);
    }

    /** One adapter per line. */
    private void print(JsonNode results) {
        PrintWriter out = output.out();
        AnsiStyle style = output.style();
        JsonNode items = results.path("items");
        if (items.isEmpty()) {
            out.println("Nothing was found; try fewer words or fewer filters.");
            out.println("Only public adapters are searched.");
            return;
        }
        out.print(style.faint(ROW.formatted("ADAPTER", "TITLE", "RANK", "DOWNLOADS", "LIKES")));
        for (JsonNode item : items) {
            // a long name gets its own line, so that it can be copied
            String name = clean(item, "publisher") + "/" + clean(item, "name");
            if (name.length() > NAME) out.println(style.strong(name));
            out.printf(
                    ROW.replaceFirst("%-" + NAME + "s", "%s"),
                    name.length() > NAME ? " ".repeat(NAME) : style.strong(("%-" + NAME + "s").formatted(name)),
                    TextLines.shortened(clean(item, "title"), TITLE),
                    item.path("rank").asText(),
                    item.path("downloads").asText(),
                    item.path("likes").asText());
        }
        int total = results.path("total").asInt(items.size());
        if (total > items.size()) {
            out.println();
            String more = results.path("at_least").toString().contains("\"total\"") ? "more than " : "";
            out.println(style.faint("%d of %s%d; raise --limit to see more, or narrow them down with filters."
                    .formatted(items.size(), more, total)));
        }
        out.flush();
    }

    /** Text by others: control characters are left out. */
    private static String clean(JsonNode item, String field) {
        return item.path(field).asText().replaceAll("\\p{Cntrl}", "");
    }
}
