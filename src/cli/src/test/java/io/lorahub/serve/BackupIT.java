package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.server.HubProcess;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A running hub is backed up while it works, is lost, and goes on elsewhere. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class BackupIT {

    private static final int SIZE = 10_000_000;
    private static final int SENT = 6_000_000;
    private static final byte[] WEIGHTS = new byte[SIZE];

    static {
        new Random(1).nextBytes(WEIGHTS);
    }

    @TempDir
    Path folder;

    private String session;

    @AfterEach
    void forget() {
        RestAssured.reset();
    }

    @Test
    void a_hub_that_is_lost_goes_on_elsewhere() throws Exception {
        Map<String, String> before;
        String upload;
        List<String> pages;
        try (HubProcess hub = serve("lost")) {
            RestAssured.baseURI = hub.awaitUrl();
            session = FirstMember.session(hub);
            upload = announce(SIZE);
            assertThat(append(upload, 0, SENT).statusCode()).isEqualTo(204);
            String run = FirstMember.startRun(session);

            AtomicBoolean stopped = new AtomicBoolean();
            AtomicInteger uploads = new AtomicInteger();
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> {
                while (!stopped.get()) {
                    send(100_000 + uploads.get());
                    uploads.incrementAndGet();
                }
            });
            await().atMost(1, TimeUnit.MINUTES).until(() -> uploads.get() > 0);
            int sent = uploads.get();
            JsonNode first = backup();
            await().atMost(1, TimeUnit.MINUTES).until(() -> uploads.get() > sent + 1);
            stopped.set(true);
            sender.join();
            assertThat(first.path("missing")).isEmpty();

            killed("backup", folder.resolve("backups"), "--data", folder.resolve("lost"));
            assertThat(result("restore", folder.resolve("backups"), "--check").path("backup"))
                    .isEqualTo(first.path("backup"));

            await().atMost(2, TimeUnit.MINUTES)
                    .until(() -> AsBrowser.given(session)
                            .get("/api/v1/runs/" + run)
                            .path("state")
                            .toString()
                            .equalsIgnoreCase("succeeded"));
            pages = List.of(
                    "/adapters",
                    "/demo/un",
                    "/runs/" + run,
                    "/api/v1/adapters/demo/un",
                    "/api/v1/runs/" + run + "/files/adapter_model.safetensors",
                    "/api/v1/uploads");
            before = contents(pages);
            Set<Path> there = objects();
            JsonNode second = backup();
            assertThat(second.path("missing")).isEmpty();
            assertThat(second.path("files").asInt())
                    .isGreaterThan(first.path("files").asInt());
            Set<Path> copied = objects();
            copied.removeAll(
                    there); // of which some can be pruned, such as a finished upload's that the killed backup had
            // copied
            assertThat(second.path("copied_files").asLong())
                    .isPositive()
                    .isEqualTo(copied.size())
                    .isLessThan(second.path("files").asLong() - 20); // the demo hub's were there
            hub.kill();
        }
        JsonNode restored = result("restore", folder.resolve("backups"), "--data", folder.resolve("found"));
        assertThat(restored.path("damaged")).isEmpty();
        try (HubProcess hub = serve("found")) {
            RestAssured.baseURI = hub.awaitUrl();
            assertThat(contents(pages)).isEqualTo(before);
            byte[] weights = AsBrowser.given()
                    .get("/api/v1/adapters/demo/un/versions/1.0.0/files/adapter_model.safetensors")
                    .asByteArray();
            assertThat(before.get("/api/v1/adapters/demo/un")).contains(DigestUtils.sha256Hex(weights));
            assertThat(AsBrowser.given(session).head(upload).header("Upload-Offset"))
                    .isEqualTo(Integer.toString(SENT));
            assertThat(append(upload, SENT, SIZE - SENT).statusCode()).isEqualTo(204);
            send(200_000);
        }
    }

    private HubProcess serve(String data) throws IOException {
        return HubProcess.start(
                Map.of("LORAHUB_UPLOAD_OPEN_PER_MEMBER", "10000"),
                "serve",
                "--data",
                folder.resolve(data),
                "--port",
                0);
    }

    private JsonNode backup() throws Exception {
        return result("backup", folder.resolve("backups"), "--data", folder.resolve("lost"));
    }

    /** Ends while it copies objects, or writes rows. */
    private void killed(Object... words) throws Exception {
        Path backups = folder.resolve("backups/backups");
        long whole = count(backups);
        try (HubProcess process = HubProcess.start(Map.of(), words)) {
            await().atMost(1, TimeUnit.MINUTES)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> count(backups) > whole);
            process.kill();
        }
    }

    /** Without what the killed backup had begun to copy. */
    private Set<Path> objects() throws IOException {
        Set<Path> objects = new HashSet<>();
        for (String prefix : List.of("blobs", "staging")) {
            try (Stream<Path> files = Files.walk(folder.resolve("backups").resolve(prefix))) {
                files.filter(file -> Files.isRegularFile(file)
                                && file.getFileName().toString().matches("[0-9a-f-]{36,64}"))
                        .forEach(objects::add);
            }
        }
        return objects;
    }

    private static long count(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.count();
        }
    }

    /** What a command prints as JSON. */
    private static JsonNode result(Object... words) throws Exception {
        try (HubProcess process = HubProcess.start(
                Map.of(), Stream.concat(Stream.of(words), Stream.of("--json")).toArray())) {
            String out = process.out();
            assertThat(process.awaitExit()).as(process.err()).isZero();
            return new ObjectMapper().readTree(out);
        }
    }

    /** Hashes of what these addresses answer, without what names the process. */
    private Map<String, String> contents(List<String> paths) {
        Map<String, String> contents = new LinkedHashMap<>();
        for (String path : paths) {
            Response answer = AsBrowser.given(session).get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            contents.put(
                    path,
                    path.endsWith(".safetensors")
                            ? DigestUtils.sha256Hex(answer.asByteArray())
                            : answer.asString()
                                    .replace(RestAssured.baseURI, "")
                                    .replaceAll(">[^<]*</time>", "></time>")); // "2 minutes ago"
        }
        return contents;
    }

    /** A whole upload, whose content nobody else has. */
    private void send(int size) {
        assertThat(append(announce(size), 0, size).statusCode()).isEqualTo(204);
    }

    private String announce(int size) {
        return AsBrowser.given(session)
                .contentType("application/json")
                .body("{\"files\":[{\"name\":\"adapter_config.json\",\"size\":400},"
                        + "{\"name\":\"adapter_model.safetensors\",\"size\":%d}]}".formatted(size))
                .post("/api/v1/uploads")
                .then()
                .statusCode(201)
                .extract()
                .path("uploads[0].files.find { it.name == 'adapter_model.safetensors' }.url");
    }

    private Response append(String file, int offset, int length) {
        byte[] bytes = new byte[length];
        System.arraycopy(WEIGHTS, offset, bytes, 0, length);
        return AsBrowser.given(session)
                .contentType("application/partial-upload")
                .header("Upload-Offset", offset)
                .body(bytes)
                .patch(file);
    }
}
