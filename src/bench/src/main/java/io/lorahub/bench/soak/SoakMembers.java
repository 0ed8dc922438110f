package io.lorahub.bench.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorahub.bench.hub.BenchMember;
import io.lorahub.bench.hub.OtherHub;
import io.lorahub.bench.hub.PoolRuns;
import io.lorahub.bench.hub.XetShard;
import io.lorahub.bench.report.BenchOutput;
import io.lorahub.demo.DemoHub;
import io.lorahub.remote.AdapterFetch;
import io.lorahub.remote.AdapterUpload;
import io.lorahub.remote.HubClient;
import io.lorahub.remote.HubErrorException;
import io.lorahub.remote.LocalFiles;
import io.lorahub.remote.Login;
import io.lorahub.remote.RemoteException;
import io.lorahub.remote.RemoteRun;
import io.lorahub.remote.TransferProgress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * Members who each do one kind of work over and over, as the command line and hf_xet do it. What fails because the hub doesn't
 * answer, or says that it can't now, is tried again until it is done.
 */
final class SoakMembers {

    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";

    /** After which a request is repeated: the hub or its connection isn't there, or is too busy. */
    private static final Set<Integer> PASSING = Set.of(408, 409, 425, 429, 500, 502, 503, 504);

    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Duration THINKING = Duration.ofSeconds(2);

    /** So that a transfer takes seconds, in which something can happen. */
    private static final Duration PIECE_TIME = Duration.ofMillis(100);

    private static final int PIECE = 1 << 14;
    private static final int EVALUATIONS = 400;
    private static final int SEEDS = 3;
    private static final Set<String> OPEN = Set.of("waiting", "fetching", "checking");

    private final SoakHub hub;
    private final Path folder;
    private final long seed;
    private final Collection<Work> works = new ConcurrentLinkedQueue<>();
    private final Collection<String> errors = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final Map<String, Map<String, byte[]>> adapters = new ConcurrentHashMap<>();

    /** The weights of an undisturbed run, by its seed. */
    private final Map<Integer, String> expected = new ConcurrentHashMap<>();

    private volatile boolean ending;

    SoakMembers(SoakHub hub, Path folder, long seed) {
        this.hub = hub;
        this.folder = folder;
        this.seed = seed;
    }

    /** A try of one piece of work. It knows what earlier ones have reached. */
    @FunctionalInterface
    private interface Try {

        /** @return what was made, see {@link Work#done} */
        String run(HubClient client) throws IOException, InterruptedException;
    }

    @FunctionalInterface
    private interface Job {
        Try begin(BenchMember member, Work work, int number) throws IOException;
    }

    /** Work that the hub has ended otherwise than it should. */
    private static final class LostException extends RuntimeException {
        LostException(String why) {
            super(why);
        }
    }

    /** What the other hub has, from which this one imports. */
    OtherHub.Repository repository(String name) {
        return new OtherHub.Repository(adapter(name), PIECE, (file, offset) -> Thread.sleep(PIECE_TIME.toMillis()));
    }

    /** Undisturbed runs, with which later ones are compared. */
    void calmRuns(BenchMember member) throws IOException, InterruptedException {
        for (int i = 0; i < SEEDS; i++) {
            run(member, new Work(Work.Kind.RUN, "calm-" + i), i).run(client(member));
        }
    }

    void upload(BenchMember member) {
        repeat(member, Work.Kind.UPLOAD, this::upload);
    }

    void uploadByXet(BenchMember member) {
        repeat(member, Work.Kind.XET, this::xet);
    }

    void importFrom(BenchMember member, OtherHub other) {
        repeat(member, Work.Kind.IMPORT, (owner, work, number) -> imported(other, work));
    }

    void compose(BenchMember member) {
        repeat(member, Work.Kind.RUN, this::run);
    }

    private HubClient client(BenchMember member) {
        return new HubClient(new Login(hub.address(), member.token()));
    }

    private void repeat(BenchMember member, Work.Kind kind, Job job) {
        start(member.name(), () -> {
            for (int number = 1; !ending; number++) {
                String name = "%s-%d".formatted(member.name(), number);
                Work work = new Work(kind, kind == Work.Kind.RUN ? name : member.name() + "/" + name);
                works.add(work);
                end(work, job.begin(member, work, number), member);
                adapters.remove(name(work));
                Thread.sleep(THINKING.toMillis());
            }
        });
    }

    /** Returns when it has ended; what never does keeps its thread. */
    private void end(Work work, Try attempt, BenchMember member) throws IOException, InterruptedException {
        while (!work.hasEnded()) {
            try {
                work.done(attempt.run(client(member))); // a connection of its own, to any of the web processes
            } catch (LostException e) {
                work.lost(e.getMessage());
            } catch (HubErrorException e) {
                if (e.status() == 500)
                    errors.add("%s was answered with 500: %s".formatted(work.name(), e.getMessage()));
                if (PASSING.contains(e.status())) work.retry(e.getMessage());
                else work.lost("refused: " + e.getMessage());
            } catch (RemoteException e) {
                work.retry(e.getMessage());
            }
            if (!work.hasEnded()) Thread.sleep(AGAIN.toMillis());
        }
    }

    private interface Body {
        void run() throws IOException, InterruptedException;
    }

    private void start(String name, Body body) {
        Thread thread = new Thread(
                () -> {
                    try {
                        body.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    /** As {@code lorahub push}, which can be run again. */
    private Try upload(BenchMember member, Work work, int number) throws IOException {
        String name = name(work);
        Path files = Files.createDirectories(folder.resolve(name));
        for (Map.Entry<String, byte[]> file : adapter(name).entrySet()) {
            Files.write(files.resolve(file.getKey()), file.getValue());
        }
        return client -> {
            AdapterUpload push = new AdapterUpload(client, new SlowTransfer());
            LocalFiles local = LocalFiles.of(files);
            Optional<JsonNode> there = push.adapter(push.named(name));
            if (there.isEmpty() || !AdapterUpload.isOf(there.get(), local)) {
                ObjectNode card = card(name);
                JsonNode upload = push.send(local, card);
                if (!upload.path("state").asText().equals("passed")) throw new LostException(upload.toString());
                push.publish(upload, card);
            }
            return sha256(name);
        };
    }

    private static final class SlowTransfer implements TransferProgress {

        @Override
        public void begin(String what, long size, long done) {
            // nobody watches
        }

        @Override
        public void moved(long bytes) {
            if (bytes <= 0) return;
            try {
                Thread.sleep(PIECE_TIME.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void end() {
            // nobody watches
        }
    }

    /** As {@code hf upload} with hf_xet: pieces, then a shard, then the commit. A client that fails begins again. */
    private Try xet(BenchMember member, Work work, int number) {
        String name = name(work);
        String repository = "/api/models/" + work.name();
        byte[] weights = adapter(name).get(WEIGHTS);
        String sha256 = sha256(name);
        return client -> {
            ObjectNode create = BenchOutput.JSON.createObjectNode().put("name", name);
            create.put("type", "model").put("private", false);
            try {
                client.post("/api/repos/create", create);
            } catch (HubErrorException e) {
                if (e.status() != 409) throw e; // it is there
            }
            String address = client.get(repository + "/xet-write-token/main")
                    .path("casUrl")
                    .asText();
            String xet = URI.create(address).getPath() + "/v1";
            String xorb = DigestUtils.sha256Hex(name);
            send(client, xet + "/xorbs/default/" + xorb, "application/octet-stream", XetShard.xorb(weights));
            XetShard.Segment all = new XetShard.Segment(xorb, weights.length, 0, XetShard.chunks(weights.length));
            byte[] shard = XetShard.shard(List.of(new XetShard.XetFile(sha256, List.of(all))));
            send(client, xet + "/shards", "application/octet-stream", shard);
            String commit = """
                    {"key": "header", "value": {"summary": "Add it", "description": ""}}
                    {"key": "file", "value": {"content": "%s", "path": "%s", "encoding": "base64"}}
                    {"key": "lfsFile", "value": {"path": "%s", "algo": "sha256", "oid": "%s", "size": %d}}
                    """.formatted(
                            Base64.getEncoder().encodeToString(adapter(name).get(CONFIG)),
                            CONFIG,
                            WEIGHTS,
                            sha256,
                            weights.length);
            send(client, repository + "/commit/main", "application/x-ndjson", commit.getBytes());
            return sha256;
        };
    }

    private static void send(HubClient client, String path, String type, byte[] body) {
        HttpResponse<byte[]> answer = client.send(
                client.request(path).header("Content-Type", type).POST(BodyPublishers.ofByteArray(body)),
                BodyHandlers.ofByteArray());
        if (answer.statusCode() >= 400) throw client.refusal(answer.statusCode(), answer.body(), path);
    }

    /** A member has one import at a time, so an earlier try's is found by its name. */
    private Try imported(OtherHub other, Work work) {
        String name = name(work);
        ObjectNode request = other.request(name).put("publish", true);
        request.set("card", card(name));
        return client -> {
            JsonNode begun = null;
            for (JsonNode one : client.get("/api/v1/imports").path("imports")) {
                if (one.path("repository").asText().equals("other/" + name)) begun = one;
            }
            AdapterFetch fetch = new AdapterFetch(client, TransferProgress.SILENT);
            JsonNode end = begun == null ? fetch.fetch(request) : followed(client, begun);
            if (!end.path("state").asText().equals("done")) throw new LostException(end.toString());
            return sha256(name);
        };
    }

    private static JsonNode followed(HubClient client, JsonNode begun) throws InterruptedException {
        JsonNode now = begun;
        while (OPEN.contains(now.path("state").asText())) {
            Thread.sleep(AGAIN.toMillis());
            now = client.get(begun.path("url").asText());
        }
        return now;
    }

    private Try run(BenchMember member, Work work, int number) {
        ObjectNode request =
                PoolRuns.request(EVALUATIONS).put("title", work.name()).put("seed", number % SEEDS);
        String key = UUID.randomUUID().toString();
        String[] id = new String[1];
        return client -> {
            if (id[0] == null) {
                id[0] = client.post("/api/v1/runs", request, key).path("id").asText();
                watch(id[0]);
            }
            JsonNode end = RemoteRun.of(client, id[0]).follow(new RemoteRun.Listener() {
                @Override
                public void moved(JsonNode run) {
                    // its live page is watched
                }

                @Override
                public void lost(String why) {
                    work.retry(why);
                }
            });
            if (!end.path("state").asText().equals("succeeded")) throw new LostException(end.toString());
            String weights = end.at("/result/weights").toString();
            String undisturbed = expected.putIfAbsent(number % SEEDS, weights);
            if (undisturbed != null && !weights.equals(undisturbed)) {
                throw new LostException("%s has the weights %s, undisturbed %s".formatted(id[0], weights, undisturbed));
            }
            return id[0];
        };
    }

    /** Somebody else watches its page. */
    private void watch(String run) {
        hub.database().ask("update composition_run set shared = true where id = '%s' returning 1".formatted(run));
        Work work = new Work(Work.Kind.LIVE, run);
        works.add(work);
        start("live-" + run, () -> work.done(new LivePage(hub.address(), run, work::retry).watch()));
    }

    private static String name(Work work) {
        return work.name().substring(work.name().indexOf('/') + 1);
    }

    private static ObjectNode card(String name) {
        return BenchOutput.JSON
                .createObjectNode()
                .put("name", name)
                .put("title", "Adapter " + name)
                .put("licence", "MIT")
                .put("visibility", "public");
    }

    private String sha256(String name) {
        return DigestUtils.sha256Hex(adapter(name).get(WEIGHTS));
    }

    /** A demo adapter with other weights, which are like those of no other. */
    private Map<String, byte[]> adapter(String name) {
        return adapters.computeIfAbsent(name, n -> {
            Path demo = DemoHub.open().adaptersFolder().resolve("un");
            try {
                ByteBuffer weights = ByteBuffer.wrap(Files.readAllBytes(demo.resolve(WEIGHTS)))
                        .order(ByteOrder.LITTLE_ENDIAN);
                SplittableRandom random = new SplittableRandom(seed ^ name.hashCode());
                weights.position(Long.BYTES + (int) weights.getLong(0));
                while (weights.remaining() >= Float.BYTES) {
                    weights.putFloat((float) (random.nextDouble() - 0.5) / 10);
                }
                return Map.of(CONFIG, Files.readAllBytes(demo.resolve(CONFIG)), WEIGHTS, weights.array());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Lets all end what they have begun. Afterwards, what hasn't ended is stuck. */
    void end(Duration longest) throws InterruptedException {
        ending = true;
        long end = System.nanoTime() + longest.toNanos();
        for (int i = 0; i < threads.size(); i++) { // watchers are still added
            threads.get(i).join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
    }

    /** Answers that a hub must not give. */
    Collection<String> errors() {
        return errors;
    }

    Collection<Work> works() {
        return works;
    }
}
