package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.process.JavaProcess;
import io.lorahub.bench.process.ProcessMemory;
import io.lorahub.bench.reference.UnavailableException;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.report.Samples;
import io.lorahub.demo.MarketplaceRows;
import io.lorahub.engine.names.EnumNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills a hub and measures it, one thing after the other. */
final class WebMeasurement {

    private static final long SEED = 1;
    private static final String LIST = "/api/v1/adapters";
    private static final int DEEP_PAGES = 10;
    private static final Pattern NEXT = Pattern.compile("<https?://[^/]+" + LIST + "([^>]*)>; rel=\"next\"");

    private final HubUnderTest hub;
    private final BenchProgress progress;
    private final ObjectNode result = BenchOutput.JSON.createObjectNode();

    WebMeasurement(HubUnderTest hub, BenchProgress progress) {
        this.hub = hub;
        this.progress = progress;
    }

    ObjectNode measure(Plan plan) throws SQLException {
        result.put("adapters", plan.adapters()).put("rate", plan.rate());
        result.put("processors", Runtime.getRuntime().availableProcessors());
        result.put("load_before", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        progress.say("Making a hub with %,d adapters".formatted(plan.adapters()));
        plan.program().ifPresent(hub::use);
        hub.start(); // creates the tables
        hub.stop();
        BenchMember member;
        try (Connection connection = hub.connect()) {
            member = fill(connection, plan.adapters());
        }
        result.put("start_seconds", hub.start());
        JavaProcess.liveHeap(hub.pid()).ifPresent(bytes -> result.put("heap_at_start", bytes));
        BenchHubClient client = new BenchHubClient(hub.address(), member.token());
        result.set("weights", new PageWeights(new BenchHubClient(hub.address(), "")).measure(pages(client)));
        try (Connection connection = hub.connect()) {
            visits(plan, connection, client);
            transfers(plan, connection, client, member);
        }
        snapshotDownload(plan, member);
        if (plan.plans().isPresent()) writePlans(plan.plans().get());
        return result;
    }

    /** PostgreSQL's plan of each query of one page of each kind, as it was executed. */
    private void writePlans(Path file) throws SQLException {
        hub.stop();
        try (Connection connection = hub.connect();
                Statement statement = connection.createStatement()) {
            for (String setting : List.of(
                    "session_preload_libraries = auto_explain",
                    "auto_explain.log_min_duration = 0",
                    "auto_explain.log_analyze = on",
                    "auto_explain.log_buffers = on")) {
                statement.execute("alter database postgres set " + setting);
            }
        }
        hub.start();
        try (Connection connection = hub.connect()) {
            BenchHubClient client = new BenchHubClient(hub.address(), "");
            PageTraffic traffic = new PageTraffic(connection, deepPages(client), SEED);
            StringBuilder plans = new StringBuilder();
            for (int round = 0; round < 2; round++) { // the first one reads what isn't in memory
                plans.setLength(0);
                for (PageTraffic.Kind kind : PageTraffic.Kind.values()) {
                    String path = traffic.next().path();
                    long before = Files.size(hub.databaseLog());
                    client.send(client.to(path), BodyHandlers.discarding());
                    byte[] log = Files.readAllBytes(hub.databaseLog());
                    plans.append("# ")
                            .append(EnumNames.of(kind))
                            .append(' ')
                            .append(path)
                            .append('\n');
                    plans.append(new String(log, (int) before, (int) (log.length - before), StandardCharsets.UTF_8));
                }
            }
            Files.writeString(file, plans);
        } catch (IOException e) {
            throw new UncheckedIOException("The plans cannot be written to %s.".formatted(file), e);
        }
    }

    private BenchMember fill(Connection connection, int adapters) throws SQLException {
        connection.setAutoCommit(false);
        ManyAdapters.add(connection, adapters, SEED, progress);
        MarketplaceRows.registerBaseModels(connection);
        BenchMember member = BenchMember.add(connection);
        connection.commit();
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("vacuum analyze");
            statement.execute("checkpoint");
        }
        return member;
    }

    private static List<String> pages(BenchHubClient client) {
        JsonNode first = client.get(LIST + "?limit=1").path("items").get(0);
        String adapter = first.path("url").asText();
        return List.of(
                "/",
                "/adapters",
                "/adapters?q=" + first.path("title").asText().split(" ")[0],
                adapter,
                "/" + first.path("publisher").asText(),
                "/base-models",
                "/candidates",
                "/signin");
    }

    private void visits(Plan plan, Connection connection, BenchHubClient client) throws SQLException {
        OpenLoop loop = new OpenLoop(hub.address(), new PageTraffic(connection, deepPages(client), SEED));
        progress.say("Warming up for %d s".formatted(plan.warmUp().toSeconds()));
        loop.run(plan.rate(), plan.warmUp());
        Optional<Long> before = JavaProcess.liveHeap(hub.pid());
        progress.say("%.0f pages a second for %d s"
                .formatted(plan.rate(), plan.time().toSeconds()));
        Duration computed = hub.computed();
        Collection<OpenLoop.Answer> answers = loop.run(plan.rate(), plan.time());
        result.put("processor_seconds_per_page", hub.computed().minus(computed).toMillis() / 1e3 / answers.size());
        result.put("load_after", ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        result.set("pages", latencies(answers));
        ObjectNode memory = result.putObject("memory");
        before.ifPresent(bytes -> memory.put("heap_before_pages", bytes));
        JavaProcess.liveHeap(hub.pid()).ifPresent(bytes -> memory.put("heap_after_pages", bytes));
        ProcessMemory.of(hub.pid()).ifPresent(m -> memory.put("peak_bytes_pages", m.peak()));
    }

    /** Later pages of every sort order, following the API's links. */
    private static List<String> deepPages(BenchHubClient client) {
        List<String> addresses = new ArrayList<>();
        for (String sort : List.of("trending", "downloads", "likes", "newest")) {
            String query = "?sort=" + sort;
            for (int page = 0; page < DEEP_PAGES; page++) {
                HttpResponse<Void> answer = client.send(client.to(LIST + query), BodyHandlers.discarding());
                Matcher next = NEXT.matcher(String.join(", ", answer.headers().allValues("Link")));
                if (!next.find()) break;
                query = next.group(1);
                addresses.add("/adapters" + query);
            }
        }
        return addresses;
    }

    private static ArrayNode latencies(Collection<OpenLoop.Answer> answers) {
        ArrayNode kinds = BenchOutput.JSON.createArrayNode();
        for (PageTraffic.Kind kind : PageTraffic.Kind.values()) {
            List<OpenLoop.Answer> own =
                    answers.stream().filter(answer -> answer.kind() == kind).toList();
            Samples seconds =
                    Samples.of(own.stream().map(OpenLoop.Answer::seconds).toList());
            OpenLoop.Answer slowest = own.stream()
                    .max(Comparator.comparingDouble(OpenLoop.Answer::seconds))
                    .orElseThrow();
            kinds.addObject()
                    .put("kind", EnumNames.of(kind))
                    .put("requests", own.size())
                    .put("failed", own.stream().filter(answer -> !answer.good()).count())
                    .put("p50_seconds", seconds.median())
                    .put("p95_seconds", seconds.quantile(0.95))
                    .put("p99_seconds", seconds.quantile(0.99))
                    .put("slowest_seconds", slowest.seconds())
                    .put("slowest", slowest.path());
        }
        return kinds;
    }

    private void transfers(Plan plan, Connection connection, BenchHubClient client, BenchMember member) {
        Path adapter = LargeAdapter.write(adapterFolder(), plan.bytes());
        ObjectNode memory = (ObjectNode) result.path("memory");
        ProcessMemory.resetPeak(hub.pid());
        ProcessMemory.of(hub.pid()).ifPresent(m -> memory.put("own_bytes_before_transfers", m.anonymous()));
        result.set("transfers", new Transfers(client, member, connection, adapter).measure(plan.rounds(), progress));
        ProcessMemory.of(hub.pid()).ifPresent(m -> memory.put("own_bytes_after_transfers", m.anonymous()));
        ProcessMemory.of(hub.pid()).ifPresent(m -> memory.put("peak_bytes_transfers", m.peak()));
        JavaProcess.liveHeap(hub.pid()).ifPresent(bytes -> memory.put("heap_after_transfers", bytes));
    }

    private Path adapterFolder() {
        return hub.folder().resolve("adapter");
    }

    private void snapshotDownload(Plan plan, BenchMember member) {
        if (plan.python().isEmpty()) {
            result.put("snapshot_download_missing", "--python DIR measures it.");
            return;
        }
        progress.say("snapshot_download, %d rounds".formatted(plan.rounds()));
        Path file = adapterFolder().resolve(LargeAdapter.WEIGHTS);
        try {
            result.set(
                    "snapshot_download",
                    SnapshotDownload.measure(plan.python().get(), hub.address(), member, file, plan.rounds()));
        } catch (UnavailableException e) {
            result.put("snapshot_download_missing", e.getMessage());
        }
    }

    /**
     * How much of the hub to measure.
     *
     * @param rate   pages a second
     * @param bytes  of the file that is transferred
     * @param rounds transfers of each kind
     * @param python folder of a Python environment with huggingface_hub, whose snapshot_download is measured too
     * @param program of another build; empty for this one
     * @param plans file for the plans of the pages' queries
     */
    record Plan(
            int adapters,
            double rate,
            Duration time,
            long bytes,
            int rounds,
            Optional<Path> python,
            Optional<Path> program,
            Optional<Path> plans) {

        /** Until the JIT has compiled the hot code. */
        Duration warmUp() {
            return time.dividedBy(3);
        }
    }
}
