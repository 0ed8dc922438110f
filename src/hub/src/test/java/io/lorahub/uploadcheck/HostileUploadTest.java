package io.lorahub.uploadcheck;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Role;
import io.lorahub.childprocess.ChildProcesses;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Settings;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files made to break the checks, sent to a whole hub, which keeps working. */
@QuarkusTest
@WithUploadChecks
@Settings({"lorahub.checks.memory=128M", "lorahub.checks.deadline=30s"})
@QuarkusTestResource(PostgresResource.class)
class HostileUploadTest {

    private static final int SEED = 98_000;

    private final Hub hub;
    private final ChildProcesses processes;

    @TestHTTPResource
    URI server;

    @TempDir
    Path dir;

    private UploadClient client;

    HostileUploadTest(Hub hub, ChildProcesses processes) {
        this.hub = hub;
        this.processes = processes;
    }

    /** Those that are there were started with other limits. */
    @BeforeEach
    @AfterEach
    void endProcesses() {
        for (ProcessHandle process : processes.handles()) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    @BeforeEach
    void signIn() {
        client = new UploadClient(server, hub.token(hub.person(Role.MEMBER), Scope.WRITE));
    }

    @Test
    void a_header_of_millions_of_keys_fails_its_upload_only() throws Exception {
        byte[] weights = header(7_300_000);
        Map<String, byte[]> files =
                AdapterFiles.of(anAdapter().in(dir, "hostile")).map();
        files.put(AdapterFiles.WEIGHTS, weights);
        JsonNode hostile = client.upload(files);

        JsonNode sound = client.checked(
                AdapterFiles.of(anAdapter().seeded(SEED).in(dir, "sound")).map());
        assertThat(sound.path("state").asText()).isEqualTo("passed");
        answersStatus();

        assertThat(awaitChecks(hostile).path("state").asText()).isEqualTo("failed");
    }

    @Test
    void five_thousand_nested_patterns_end_within_their_time() {
        String patterns = IntStream.range(0, 5_000)
                .mapToObj("\"(a*)*(b*)*(.*.*)*q%d\": 4"::formatted)
                .reduce((a, b) -> a + "," + b)
                .orElseThrow();
        Path folder = anAdapter()
                .seeded(SEED + 1)
                .with("rank_pattern", "{" + patterns + "}")
                .in(dir, "patterns");

        assertThat(awaitChecks(client.upload(AdapterFiles.of(folder).map()))
                        .path("state")
                        .asText())
                .isNotEqualTo("checking");
    }

    @Test
    void twenty_thousand_modules_are_compared_with_others_in_bounded_time() {
        String[] modules = IntStream.range(0, 20_000)
                .mapToObj("encoder.block.%d.layer.0.SelfAttention.q"::formatted)
                .toArray(String[]::new);
        Path folder = anAdapter()
                .seeded(SEED + 2)
                .ofRank(1)
                .ofShape(4, 4)
                .adapting(modules)
                .with("target_modules", "[\"q\"]")
                .in(dir, "modules");

        JsonNode upload = awaitChecks(client.upload(AdapterFiles.of(folder).map()));

        assertThat(upload.path("state").asText()).isNotEqualTo("checking");
    }

    @Test
    void discarding_an_upload_ends_its_check_while_others_pass() throws Exception {
        client.checked(
                AdapterFiles.of(anAdapter().seeded(SEED + 3).in(dir, "first")).map());
        ProcessHandle process = processes.handles().get(0);
        CheckProcessesTest.hang(process);
        JsonNode stuck = client.upload(
                AdapterFiles.of(anAdapter().seeded(SEED + 4).in(dir, "stuck")).map());
        await().until(() -> processes.isBusy(process));

        JsonNode other = client.checked(
                AdapterFiles.of(anAdapter().seeded(SEED + 5).in(dir, "other")).map());
        assertThat(other.path("state").asText()).isEqualTo("passed");
        answersStatus();
        assertThat(process.isAlive()).isTrue();

        assertThat(client.delete(stuck).statusCode()).isEqualTo(204);

        process.onExit().get(1, TimeUnit.MINUTES);
        assertThat(client.checked(AdapterFiles.of(anAdapter().seeded(SEED + 6).in(dir, "last"))
                                .map())
                        .path("state")
                        .asText())
                .isEqualTo("passed");
    }

    private JsonNode awaitChecks(JsonNode upload) {
        return await().atMost(Duration.ofMinutes(8))
                .until(
                        () -> client.get(upload),
                        now -> !now.path("state").asText().equals("checking"));
    }

    private void answersStatus() throws Exception {
        HttpRequest status = HttpRequest.newBuilder(server.resolve("/status"))
                .timeout(Duration.ofSeconds(30))
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(status, BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    private static byte[] header(int keys) {
        StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"");
        for (int i = 0; i < keys; i++)
            json.append(",\"").append(Integer.toString(i, 36)).append("\":\"\"");
        byte[] text = json.append("}}").toString().getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(Long.BYTES + text.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(text.length)
                .put(text)
                .array();
    }
}
