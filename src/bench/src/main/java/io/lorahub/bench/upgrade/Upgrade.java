package io.lorahub.bench.upgrade;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.lorahub.bench.engine.RandomModel;
import io.lorahub.bench.hub.BenchHubClient;
import io.lorahub.bench.hub.BenchMember;
import io.lorahub.bench.hub.HubUnderTest;
import io.lorahub.bench.hub.OtherHub;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.bench.report.BenchProgress;
import io.lorahub.bench.upgrade.UpgradeBenchCommand.Ended;
import io.lorahub.demo.DemoHub;
import io.lorahub.engine.error.EngineException;
import io.lorahub.engine.learning.Example;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;

/** A hub of an older program that is killed with work half done, and today's, which ends it. */
final class Upgrade {

    /** Of the adapters: half of a file is more than a hub can lose. */
    static final int RANK = 64;

    private static final String BASE = "lorahub/bench-llama-tiny";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String MODEL = "model.safetensors";
    private static final String IMPORTED = "imported";
    private static final String STATE = "/state";
    private static final String CONFIG = "adapter_config.json";
    private static final int WAITING = 20;
    private static final int LONG = 2;
    private static final int LONG_BUDGET = 100;
    private static final int SHORT_BUDGET = 40;
    private static final int CHECKS = 6;
    private static final int MERGES = 3;
    private static final int PIECE = 1 << 18;
    private static final int LOSABLE = 4 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Set<String> OPEN = Set.of("queued", "running", "waiting", "fetching", "checking", "receiving");
    private static final List<String> RUN =
            List.of(STATE, "/spent", "/result/weights", "/result/objective", "/result/loss", "/files/" + WEIGHTS);
    /** Not the size of its files, which name the version that made them. */
    private static final List<String> MERGE = List.of(STATE, "/rank", "/lossless_rank");

    /**
     * Work that the old hub begins and today's ends.
     *
     * @param group what it is called in the table
     * @param table that holds its state
     * @param url of it in the API, which ends with its id, or with its name if it has one
     * @param expected what the API says at its end, by JSON pointers
     */
    private record Work(String group, String table, String url, Map<String, JsonNode> expected) {

        String key() {
            return table.equals("base_model_registration") ? "name" : "id";
        }

        String id() {
            return url.substring(url.lastIndexOf('/') + 1);
        }
    }

    private final HubUnderTest hub;
    private final RandomModel model;
    private final BenchProgress progress;
    private final CountDownLatch half = new CountDownLatch(2);
    private final CountDownLatch upgraded = new CountDownLatch(1);
    private final Map<String, Long> sent = new ConcurrentHashMap<>();
    private final List<Work> begun = new ArrayList<>();
    private OtherHub other;
    private BenchMember member;
    private BenchHubClient client;

    Upgrade(HubUnderTest hub, RandomModel model, BenchProgress progress) {
        this.hub = hub;
        this.model = model;
        this.progress = progress;
    }

    List<Ended> run(Path program) throws IOException, SQLException, InterruptedException {
        try (OtherHub repositories = OtherHub.start(this::repository);
                Connection connection = hub.connect()) {
            other = repositories;
            Map<String, String> settings = Map.of(
                    "LORAHUB_DEMO_LOAD", "true",
                    "LORAHUB_COMPOSITION_QUEUED", "1000",
                    "LORAHUB_IMPORTS_HOSTS", other.host());
            progress.say("Running the work on the old hub without an interruption");
            hub.use(program);
            hub.start(settings, "--no-worker");
            member = BenchMember.administrator(connection);
            client = new BenchHubClient(hub.address(), member.token());
            List<Map<String, JsonNode>> ends = uninterrupted();
            progress.say("Starting the same work once more, and killing the old hub");
            String upload = interrupted(ends);
            hub.kill();
            Map<Work, String> killed = new LinkedHashMap<>();
            for (Work work : begun)
                killed.put(
                        work,
                        hub.ask("select state from %s where '%s' like '%%/' || %s"
                                .formatted(work.table(), work.url(), work.key())));
            progress.say("Letting today's hub end it");
            upgraded.countDown();
            hub.use(HubUnderTest.program());
            hub.start(settings);
            client = new BenchHubClient(hub.address(), member.token());
            return ended(upload, killed);
        }
    }

    /** What the other hub has: files of weights stop in the middle until the old hub is dead. */
    private OtherHub.Repository repository(String name) {
        Map<String, byte[]> files = new TreeMap<>();
        Path folder = name.equals("adapter") ? adapter(CHECKS + LONG + 1) : model.base();
        try (Stream<Path> paths = Files.list(folder)) {
            for (Path path : paths.toList()) {
                files.put(path.getFileName().toString(), changed(path));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be read.".formatted(folder), e);
        }
        return new OtherHub.Repository(files, PIECE, (file, offset) -> {
            if (!file.endsWith(".safetensors")) return;
            int middle = files.get(file).length / 2;
            if (offset >= middle && offset < middle + PIECE) half.countDown();
            if (offset >= middle) upgraded.await();
            sent.merge(file, (long) PIECE, Long::sum);
        });
    }

    /** The file with one weight changed a little, because what the hub has already isn't fetched. */
    private static byte[] changed(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (file.toString().endsWith(".safetensors")) bytes[bytes.length - 2] ^= 1;
        return bytes;
    }

    private Path adapter(int number) {
        return model.adapters().resolve("random-%02d".formatted(number));
    }

    /** @return how the runs end, the long ones first, and then a merge */
    private List<Map<String, JsonNode>> uninterrupted() throws IOException, InterruptedException {
        hub.startWorker();
        hub.startWorker();
        end(register(BASE, model.base()));
        for (int i = 0; i < LONG; i++) {
            String upload = upload(adapter(i), false);
            end(upload);
            ObjectNode card = card("random-%02d".formatted(i)).put("visibility", "public");
            client.post(upload + "/publication", card);
        }
        List<String> runs = runs();
        String merge = merge();
        List<Map<String, JsonNode>> ends = new ArrayList<>();
        for (String run : runs) ends.add(said(end(run), RUN));
        ends.add(said(end(merge), MERGE));
        hub.stopWorkers();
        return ends;
    }

    private static ObjectNode card(String name) {
        return BenchOutput.JSON
                .createObjectNode()
                .put("name", name)
                .put("title", "Random")
                .put("licence", "MIT");
    }

    /** Long ones first, which are a little different from each other, as are the short ones. */
    private List<String> runs() {
        List<String> urls = new ArrayList<>();
        for (int i = 0; i < LONG; i++) {
            urls.add(start(
                    LONG_BUDGET,
                    i,
                    i == 0 ? "random" : "cma-es",
                    List.of("bench/random-00", "bench/random-01"),
                    model.examples()));
        }
        List<String> candidates = List.of("demo/un", "demo/past", "demo/re", "demo/plural");
        for (int i = 0; i < WAITING; i++) {
            urls.add(start(
                    SHORT_BUDGET,
                    i,
                    i % 2 == 0 ? "margins" : "random",
                    candidates,
                    DemoHub.open().task("un-past").fewShot(1 + i % 5)));
        }
        return urls;
    }

    private String start(int budget, int seed, String strategy, List<String> candidates, List<Example> examples) {
        ObjectNode run = BenchOutput.JSON.createObjectNode();
        run.put("title", "bench").put("budget", budget).put("seed", seed).put("strategy", strategy);
        ArrayNode addresses = run.putArray("candidates");
        candidates.forEach(addresses::add);
        ArrayNode list = run.putArray("examples");
        for (Example example : examples) {
            list.addObject().put("input", example.input()).put("output", example.output());
        }
        return "/api/v1/runs/" + client.post("/api/v1/runs", run).path("id").asText();
    }

    private String merge() {
        ObjectNode merge = BenchOutput.JSON.createObjectNode();
        merge.put("method", "ties").put("density", 0.5).put("rank", 8);
        ArrayNode candidates = merge.putArray("candidates");
        for (String adapter : List.of("demo/un", "demo/past")) {
            candidates.addObject().put("adapter", adapter).put("weight", 1);
        }
        return "/api/v1/merges/"
                + client.post("/api/v1/merges", merge).path("id").asText();
    }

    /** @return the upload of which half has been sent */
    private String interrupted(List<Map<String, JsonNode>> ends) throws IOException, InterruptedException {
        ObjectNode adapter = other.request("adapter").put("publish", true);
        adapter.set("card", card(IMPORTED).put("visibility", "public"));
        begin("import", "adapter_import", post("/api/v1/imports", adapter), state("done"));
        ObjectNode base = other.request("base").put("name", "lorahub/" + IMPORTED);
        base.put("licence", "MIT").put("summary", "Random weights");
        begin("import of a base model", "base_model_import", post("/api/v1/base-model-imports", base), state("done"));
        half.await();
        String upload = upload(adapter(LONG + CHECKS), true);
        List<String> runs = runs();
        for (int i = 0; i < runs.size(); i++) {
            begin(i < LONG ? "run that a worker has" : "run in the queue", "composition_run", runs.get(i), ends.get(i));
        }
        hub.startWorker();
        hub.startWorker();
        for (String run : runs.subList(0, LONG)) {
            await(
                    "a worker to begin the run",
                    () -> client.get(run).path("spent").asInt() > 0);
        }
        begin(
                "check of a base model",
                "base_model_registration",
                register("lorahub/checked", model.base()),
                state("available"));
        for (int i = 0; i < CHECKS; i++) {
            begin("check of an upload", "upload", upload(adapter(LONG + i), false), state("passed"));
        }
        await("a process to begin a check", () -> number("select count(*) from upload_check_queue where picked") > 0);
        for (int i = 0; i < MERGES; i++) begin("merge", "worker_task", merge(), ends.get(ends.size() - 1));
        return upload;
    }

    private void begin(String group, String table, String url, Map<String, JsonNode> expected) {
        begun.add(new Work(group, table, url, expected));
    }

    private String post(String path, ObjectNode body) {
        return client.post(path, body).path("url").asText();
    }

    private String register(String name, Path folder) {
        ObjectNode model = BenchOutput.JSON.createObjectNode().put("name", name);
        model.put("summary", "Random weights").put("licence", "MIT").put("folder", folder.toString());
        return post("/api/v1/base-models", model);
    }

    /** @return its address in the API */
    private String upload(Path adapter, boolean half) throws IOException {
        ObjectNode files = BenchOutput.JSON.createObjectNode();
        ArrayNode list = files.putArray("files");
        for (String name : List.of(CONFIG, WEIGHTS)) {
            list.addObject().put("name", "adapter/" + name).put("size", Files.size(adapter.resolve(name)));
        }
        JsonNode upload = client.post("/api/v1/uploads", files).path("uploads").path(0);
        for (JsonNode file : upload.path("files")) {
            byte[] bytes = Files.readAllBytes(adapter.resolve(file.path("name").asText()));
            send(file.path("url").asText(), Arrays.copyOf(bytes, half ? bytes.length / 2 : bytes.length), 0);
        }
        return upload.path("url").asText();
    }

    private void send(String file, byte[] bytes, int offset) {
        client.send(
                client.to(file)
                        .header("Content-Type", "application/partial-upload")
                        .header("Upload-Offset", String.valueOf(offset))
                        .method("PATCH", BodyPublishers.ofByteArray(bytes)),
                BodyHandlers.discarding());
    }

    private List<Ended> ended(String upload, Map<Work, String> killed) throws IOException, InterruptedException {
        List<Ended> rows = new ArrayList<>();
        rows.add(rest(upload));
        Map<String, List<Work>> groups =
                begun.stream().collect(Collectors.groupingBy(Work::group, LinkedHashMap::new, Collectors.toList()));
        for (Map.Entry<String, List<Work>> group : groups.entrySet()) {
            List<String> states = new ArrayList<>();
            List<String> wrong = new ArrayList<>();
            for (Work work : group.getValue()) {
                JsonNode end = end(work.url());
                states.add(end.path("state").asText());
                said(end, work.expected().keySet()).forEach((field, value) -> {
                    if (!value.equals(work.expected().get(field))) {
                        wrong.add("%s%s is %s, not %s"
                                .formatted(
                                        work.id(), field, value, work.expected().get(field)));
                    }
                });
                if (work.table().equals("composition_run")) log(work).ifPresent(wrong::add);
            }
            List<String> before = group.getValue().stream().map(killed::get).toList();
            rows.add(new Ended(group.getKey(), counted(before), counted(states), String.join("; ", wrong)));
        }
        rows.add(imported());
        rows.add(left());
        return rows;
    }

    /** Sends the rest of the upload of which half had been sent. */
    private Ended rest(String upload) throws IOException, InterruptedException {
        long missing = 0;
        for (JsonNode file : client.get(upload).path("files")) {
            byte[] bytes = Files.readAllBytes(
                    adapter(LONG + CHECKS).resolve(file.path("name").asText()));
            int offset = file.path("offset").asInt();
            missing += bytes.length / 2 - offset;
            send(file.path("url").asText(), Arrays.copyOfRange(bytes, offset, bytes.length), offset);
        }
        String state = end(upload).path("state").asText();
        String wrong = missing > 0 ? "%,d bytes were lost".formatted(missing) : "";
        return new Ended("upload", "half sent", state, state.equals("passed") ? wrong : "it isn't passed");
    }

    /** An evaluation is in a run's log once. */
    private Optional<String> log(Work run) {
        String evaluations = "from composition_evaluation where run_id = '%s'".formatted(run.id());
        long gaps = number("select max(number) - min(number) + 1 - count(*) " + evaluations);
        return gaps == 0
                ? Optional.empty()
                : Optional.of("the log of %s lacks %d evaluations".formatted(run.id(), gaps));
    }

    /**
     * The imported adapter has one version, of the other hub's file, and little of it was fetched twice. A base model's file
     * that a hub from before V65 had half fetched begins again.
     */
    private Ended imported() throws IOException {
        byte[] file = changed(adapter(LONG + CHECKS + 1).resolve(WEIGHTS));
        String versions =
                "from adapter_version v join adapter a on a.id = v.adapter_id where a.name = '%s'".formatted(IMPORTED);
        String sha256 = hub.ask(
                "select string_agg(f.sha256, ',') from version_file f where f.name = '%s' and f.version_id in (select v.id %s)"
                        .formatted(WEIGHTS, versions));
        List<String> wrong = new ArrayList<>();
        if (!DigestUtils.sha256Hex(file).equals(sha256)) wrong.add("its versions have the files " + sha256);
        long twice = fetchedTwice(file.length, WEIGHTS);
        if (twice > 2 * LOSABLE) wrong.add("%,d bytes were fetched twice".formatted(twice));
        return new Ended(
                "version of the import",
                "none",
                "%d; fetched twice: %,d bytes, of the base model %,d"
                        .formatted(
                                number("select count(*) " + versions),
                                twice,
                                fetchedTwice(Files.size(model.weights()), MODEL)),
                String.join("; ", wrong));
    }

    /** What was sent to the old hub when it died counts, too. */
    private long fetchedTwice(long size, String file) {
        return Math.max(0, sent.get(file) - size);
    }

    /** Nothing stays in the queues but what recurs. */
    private Ended left() throws InterruptedException {
        await("the queues to be empty", () -> hub.jobs() == 0);
        return new Ended("jobs in the queues", "", "0", "");
    }

    private static Map<String, JsonNode> state(String state) {
        return Map.of(STATE, TextNode.valueOf(state));
    }

    private static Map<String, JsonNode> said(JsonNode view, Iterable<String> fields) {
        Map<String, JsonNode> said = new LinkedHashMap<>();
        for (String field : fields) said.put(field, view.at(field));
        return said;
    }

    /** Such as "20 queued". */
    private static String counted(List<String> states) {
        Map<String, Long> counts = states.stream()
                .collect(Collectors.groupingBy(
                        state -> state.toLowerCase(Locale.ROOT), TreeMap::new, Collectors.counting()));
        return counts.entrySet().stream()
                .map(count -> count.getValue() + " " + count.getKey())
                .collect(Collectors.joining(", "));
    }

    /** What the API says of work at its end. */
    private JsonNode end(String url) throws InterruptedException {
        JsonNode[] view = new JsonNode[1];
        await(url, () -> {
            view[0] = client.get(url);
            return !OPEN.contains(view[0].path("state").asText());
        });
        return view[0];
    }

    private static void await(String what, BooleanSupplier happens) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!happens.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new EngineException("Waited for %s for %d minutes.".formatted(what, PATIENCE.toMinutes()));
            }
            Thread.sleep(50);
        }
    }

    private long number(String sql) {
        return Long.parseLong(hub.ask(sql));
    }
}
