package io.lorahub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.browse.Sort;
import io.lorahub.remote.HubClient;
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
        description = {"Finds adapters on a hub. Only public adapters are searched.", ""},
        footer = {"", "lorahub search prefix un --task spelling --base lorahub/demo-base"})
final class SearchCommand implements Callable<Integer> {

    private static final int MOST = 100;

    @Parameters(paramLabel = "WORD", arity = "0..*", description = "What to look for; all adapters if there is none.")
    private List<String> words = List.of();

    @Option(names = "--base", paramLabel = "MODEL", description = "Made for this base model.")
    private List<String> base = List.of();

    @Option(names = "--task", paramLabel = "TAG", description = "With this task tag.")
    private List<String> task = List.of();

    @Option(names = "--licence", paramLabel = "SPDX", description = "Under this licence, such as MIT.")
    private List<String> licence = List.of();

    @Option(names = "--rank", paramLabel = "N", description = "Of this rank.")
    private List<String> rank = List.of();

    @Option(names = "--module", paramLabel = "NAME", description = "Adapting this module, such as q.")
    private List<String> module = List.of();

    @Option(names = "--publisher", paramLabel = "NAME", description = "Of this publisher.")
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
            throw UsageException.wrong(command, "--limit must be from 1 to %d, but is %d.".formatted(MOST, limit));
        }
        JsonNode found = hub.client().get(address());
        if (output.json()) output.print(found);
        else new SearchTable(output.out(), output.style()).print(found);
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
}
