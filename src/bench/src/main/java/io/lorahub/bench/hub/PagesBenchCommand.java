package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.Samples;
import io.lorahub.bench.report.TextTable;
import io.lorahub.engine.error.EngineException;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What Lighthouse says of the pages that people see first. */
@Command(
        name = "pages",
        description = {
            "Starts a hub with its demo, composes a mix, and lets Lighthouse load the start page, the list of adapters, an"
                    + " adapter, the run and its result, as a phone and as a desktop computer does. Prints the median of"
                    + " each score. Needs Node.js 18.20 or later, npm and Chromium; Lighthouse is installed into the cache"
                    + " folder at the first call.",
            ""
        })
public final class PagesBenchCommand implements Callable<Integer> {

    private static final int TARGET = 95;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "How often each page is loaded. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--budget",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Evaluations of the run, which its pages show. Default: ${DEFAULT-VALUE}.")
    private int budget;

    @Mixin
    private HubFolder folder;

    @Override
    public Integer call() {
        if (rounds < 1 || budget < 1 || budget > 1000) {
            throw output.wrong("--rounds must be at least 1, --budget from 1 to 1000.");
        }
        Lighthouse lighthouse = Lighthouse.installed(output);
        try (HubUnderTest hub = folder.open()) {
            hub.start(Map.of());
            Map<String, String> pages = pages(hub);
            ObjectNode result = BenchOutput.JSON
                    .createObjectNode()
                    .put("lighthouse", Lighthouse.VERSION)
                    .put("rounds", rounds)
                    .put("budget", budget)
                    .put("processors", Runtime.getRuntime().availableProcessors())
                    .put(
                            "load_before",
                            ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            ArrayNode rows = result.putArray("pages");
            for (Lighthouse.Device device : Lighthouse.Device.values()) {
                pages.forEach((name, path) -> rows.add(measured(lighthouse, hub, device, name, path)));
            }
            output.print(result, text(result));
            return 0;
        } catch (SQLException e) {
            throw new EngineException("The hub's database does not answer: %s".formatted(e.getMessage()), e);
        }
    }

    /** The addresses of the pages by their names, once the run has a result. */
    private Map<String, String> pages(HubUnderTest hub) throws SQLException {
        Map<String, String> pages = new LinkedHashMap<>();
        try (Connection connection = hub.connect()) {
            BenchHubClient client = new BenchHubClient(
                    hub.address(), BenchMember.administrator(connection).token());
            PoolRuns runs = new PoolRuns(connection, client);
            output.say("Composing with %d evaluations".formatted(budget));
            UUID run = runs.start(budget);
            runs.share(run);
            runs.awaitEnd(run);
            pages.put("start", "/");
            pages.put("adapters", "/adapters");
            pages.put("adapter", "/demo/" + PlainSearch.CANDIDATES.get(0));
            pages.put("run", "/runs/" + run);
            pages.put("result", "/runs/%s/result".formatted(run));
        }
        return pages;
    }

    private ObjectNode measured(
            Lighthouse lighthouse, HubUnderTest hub, Lighthouse.Device device, String name, String path) {
        output.say("%s, %s".formatted(name, device.word()));
        List<Lighthouse.Scores> loaded = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            loaded.add(lighthouse.load(hub.address().resolve(path), device));
        }
        ObjectNode row = BenchOutput.JSON.createObjectNode().put("page", name).put("device", device.word());
        row.put(
                "performance",
                Samples.of(loaded, Lighthouse.Scores::performance).median());
        row.put(
                "accessibility",
                Samples.of(loaded, Lighthouse.Scores::accessibility).median());
        row.put(
                "best_practices",
                Samples.of(loaded, Lighthouse.Scores::bestPractices).median());
        row.put("seo", Samples.of(loaded, Lighthouse.Scores::seo).median());
        row.put(
                "first_contentful_paint_seconds",
                Samples.of(loaded, Lighthouse.Scores::firstPaint).median());
        row.put(
                "largest_contentful_paint_seconds",
                Samples.of(loaded, Lighthouse.Scores::largestPaint).median());
        row.put(
                "total_blocking_seconds",
                Samples.of(loaded, Lighthouse.Scores::blocking).median());
        row.put(
                "cumulative_layout_shift",
                Samples.of(loaded, Lighthouse.Scores::layoutShift).median());
        ArrayNode failed = row.putArray("failed_audits");
        loaded.get(rounds - 1).failed().forEach(failed::add);
        return row;
    }

    static String text(JsonNode result) {
        TextTable table = new TextTable(
                "page", "performance", "accessibility", "best practices", "SEO", "FCP, s", "LCP, s", "TBT, ms", "CLS");
        StringBuilder failed = new StringBuilder();
        boolean met = true;
        for (JsonNode page : result.path("pages")) {
            String name =
                    page.path("page").asText() + ", " + page.path("device").asText();
            table.row(List.of(
                    name,
                    number("%.0f", page, "performance", 1),
                    number("%.0f", page, "accessibility", 1),
                    number("%.0f", page, "best_practices", 1),
                    number("%.0f", page, "seo", 1),
                    number("%.1f", page, "first_contentful_paint_seconds", 1),
                    number("%.1f", page, "largest_contentful_paint_seconds", 1),
                    number("%.0f", page, "total_blocking_seconds", 1000),
                    number("%.3f", page, "cumulative_layout_shift", 1)));
            met &= page.path("performance").asDouble() >= TARGET;
            for (JsonNode audit : page.path("failed_audits")) {
                failed.append("%s: %s%n".formatted(name, audit.asText()));
            }
        }
        return """
                Lighthouse %s, the median of %d; a run of %d evaluations; %d processors, load %.1f at the beginning.

                %s
                %sTarget, a performance of at least %d everywhere: %s.
                """.formatted(
                        result.path("lighthouse").asText(),
                        result.path("rounds").asInt(),
                        result.path("budget").asInt(),
                        result.path("processors").asInt(),
                        result.path("load_before").asDouble(),
                        table,
                        failed.isEmpty() ? "" : "What it finds besides performance:\n" + failed + "\n",
                        TARGET,
                        met ? "met" : "not met");
    }

    private static String number(String format, JsonNode page, String key, int factor) {
        return String.format(Locale.ROOT, format, factor * page.path(key).asDouble());
    }
}
