package io.lorahub.bench.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.process.MemoryWatch;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import io.lorahub.engine.safetensors.SafetensorsFile;
import io.lorahub.remote.AdapterUpload;
import io.lorahub.remote.LocalFiles;
import io.lorahub.remote.Login;
import io.lorahub.remote.TransferProgress;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * A composition through a hub with default settings, from registration to a text that the published mix writes, by the
 * addresses that pages and clients use.
 */
final class LargeRun {

    /** A step, which adds to its row of the result. */
    private interface Step {

        void take(ObjectNode noted) throws IOException, SQLException;
    }

    private static final String BASE = "lorahub/bench-";
    private static final long POLL_NANOS = 250_000_000;
    private static final Set<String> OPEN = Set.of("queued", "running");
    private static final Set<String> UNPUBLISHED = Set.of("receiving", "checking", "passed");

    private final HubUnderTest hub;
    private final RandomModel model;
    private final BenchProgress progress;
    private final int budget;
    private final String strategy;
    private final int rank;
    private final ArrayNode steps = BenchOutput.JSON.createArrayNode();
    private BenchMember member;
    private BenchHubClient client;
    private UUID run;

    LargeRun(HubUnderTest hub, RandomModel model, BenchProgress progress, int budget, String strategy, int rank) {
        this.hub = hub;
        this.model = model;
        this.progress = progress;
        this.budget = budget;
        this.strategy = strategy;
        this.rank = rank;
    }

    /** @return a row for each step, with seconds and the peaks of the hub's process */
    ArrayNode walk() throws SQLException {
        progress.say("Starting a hub with default settings");
        hub.start(Map.of());
        try (Connection connection = hub.connect()) {
            member = BenchMember.administrator(connection);
            client = new BenchHubClient(hub.address(), member.token());
            PoolRuns runs = new PoolRuns(connection, client);
            step("Register the base model", noted -> register());
            step("Upload, check and publish the adapters", noted -> upload());
            step("Compose and watch the live page", this::compose);
            step("Result page", noted -> noted.put("bytes", page("/runs/%s/result".formatted(run))));
            step("Download the lossless adapter", noted -> download("/runs/%s/adapter.zip".formatted(run), noted));
            step("Compress to rank " + rank + " and download", noted -> export(runs, rank, noted));
            step("Make the full model and download", noted -> export(runs, 0, noted));
            step("Publish the mix and download it", this::publish);
            step("Write a text with the mix", this::write);
        }
        return steps;
    }

    private void step(String name, Step step) throws SQLException {
        progress.say(name);
        ObjectNode noted = BenchOutput.JSON.createObjectNode().put("step", name);
        try (MemoryWatch watch = new MemoryWatch(hub.pid())) {
            step.take(noted);
            noted.setAll(watch.measured());
        } catch (IOException e) {
            throw new EngineException("The step \"%s\" failed: %s".formatted(name, e.getMessage()), e);
        }
        steps.add(noted);
    }

    private String base() {
        return BASE + model.shape().word();
    }

    private void register() {
        ObjectNode request = BenchOutput.JSON.createObjectNode();
        request.put("name", base()).put("summary", "Random weights").put("licence", "MIT");
        request.put("folder", model.base().toString());
        JsonNode registration = client.post("/api/v1/base-models", request);
        String url = registration.path("url").asText();
        while (registration.path("state").asText().equals("checking")) {
            LockSupport.parkNanos(POLL_NANOS);
            registration = client.get(url);
        }
        if (!registration.path("state").asText().equals("available")) {
            throw new EngineException("The hub refuses the base model: %s".formatted(registration));
        }
    }

    private void upload() throws IOException {
        var server = new io.lorahub.remote.HubClient(new Login(hub.address(), member.token()));
        AdapterUpload push = new AdapterUpload(server, TransferProgress.SILENT);
        try (Stream<Path> folders = Files.list(model.adapters())) {
            for (Path folder : folders.sorted().toList()) {
                ObjectNode card = BenchOutput.JSON.createObjectNode();
                card.put("name", folder.getFileName().toString()).put("title", "Random");
                card.put("licence", "MIT").put("visibility", "public");
                JsonNode upload = push.send(LocalFiles.of(folder), card);
                if (!upload.path("state").asText().equals("passed")) {
                    throw new EngineException("The hub refuses %s: %s".formatted(folder, upload));
                }
                push.publish(upload, card);
            }
        }
    }

    private void compose(ObjectNode noted) throws IOException {
        ObjectNode request = BenchOutput.JSON.createObjectNode();
        request.put("title", "Large").put("budget", budget).put("strategy", strategy);
        ArrayNode candidates = request.putArray("candidates");
        try (Stream<Path> folders = Files.list(model.adapters())) {
            folders.sorted().forEach(folder -> candidates.add(member.name() + "/" + folder.getFileName()));
        }
        ArrayNode examples = request.putArray("examples");
        for (Example example : model.examples()) {
            examples.addObject().put("input", example.input()).put("output", example.output());
        }
        run = UUID.fromString(client.post("/api/v1/runs", request).path("id").asText());
        // The live page's own stream; it ends by itself with the run.
        try (Stream<String> lines = client.send(
                        client.to("/api/v1/runs/%s/events".formatted(run)), BodyHandlers.ofLines())
                .body()) {
            noted.put("events", lines.filter(line -> line.startsWith("event:")).count());
        }
        JsonNode ended = client.get("/api/v1/runs/" + run);
        if (OPEN.contains(ended.path("state").asText())) {
            throw new EngineException("The stream of events was cut before the run ended: %s".formatted(ended));
        }
        if (!ended.path("state").asText().equals("succeeded")) {
            throw new EngineException("The run has no result: %s".formatted(ended));
        }
        noted.put("evaluations", ended.path("spent").asInt());
    }

    private int page(String path) {
        return client.send(client.to(path), BodyHandlers.ofString()).body().length();
    }

    private void export(PoolRuns runs, int rank, ObjectNode noted) throws SQLException {
        client.send(
                client.to("/runs/%s/result/export".formatted(run))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString("rank=" + rank)),
                BodyHandlers.ofString());
        download("/runs/%s/exports/%s.zip".formatted(run, runs.awaitExport(run, rank)), noted);
    }

    private void download(String path, ObjectNode noted) {
        Path zip = hub.folder().resolve("download.zip");
        try {
            client.send(client.to(path), BodyHandlers.ofFile(zip));
            noted.put("bytes", Files.size(zip));
            tensors(zip).forEach(noted::put);
        } catch (IOException e) {
            throw new EngineException("%s cannot be read: %s".formatted(path, e.getMessage()), e);
        } finally {
            zip.toFile().delete();
        }
    }

    private void publish(ObjectNode noted) {
        ObjectNode card = BenchOutput.JSON.createObjectNode().put("name", "mix").put("visibility", "public");
        JsonNode upload = client.post("/api/v1/runs/%s/publication".formatted(run), card);
        String url = upload.path("url").asText();
        while (UNPUBLISHED.contains(upload.path("state").asText())) {
            LockSupport.parkNanos(POLL_NANOS);
            upload = client.get(url);
        }
        if (!upload.path("state").asText().equals("published")) {
            throw new EngineException("The mix was not published: %s".formatted(upload));
        }
        download("/%s/mix/download/1.0.0.zip".formatted(member.name()), noted);
    }

    private void write(ObjectNode noted) {
        ObjectNode request = BenchOutput.JSON.createObjectNode().put("model", member.name() + "/mix");
        request.put("prompt", model.examples().get(0).input())
                .put("max_tokens", 8)
                .put("temperature", 0);
        JsonNode answer = client.post("/v1/completions", request);
        noted.put("finish_reason", answer.at("/choices/0/finish_reason").asText());
    }

    /** How many tensors each safetensors file of a zip holds, by the file's name. */
    private static Map<String, Integer> tensors(Path zip) throws IOException {
        Map<String, Integer> tensors = new TreeMap<>();
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : file.stream().toList()) {
                if (entry.getName().endsWith(".safetensors")) {
                    String name = Path.of(entry.getName()).getFileName().toString();
                    tensors.put(name, count(file, entry, zip.resolveSibling("download.safetensors")));
                }
            }
        }
        return tensors;
    }

    private static int count(ZipFile file, ZipEntry entry, Path target) throws IOException {
        try (InputStream in = file.getInputStream(entry)) {
            Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
            try (SafetensorsFile tensors = SafetensorsFile.open(target)) {
                return tensors.names().size();
            }
        } finally {
            Files.deleteIfExists(target);
        }
    }
}
