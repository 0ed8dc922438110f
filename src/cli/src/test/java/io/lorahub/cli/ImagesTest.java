package io.lorahub.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorahub.serve.EmbeddedDatabase;
import io.lorahub.serve.FirstMember;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.s3.S3Settings;
import io.lorahub.storage.s3.S3Store;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.server.S3ProxyServer;
import io.lorahub.testsupport.server.S3Server;
import io.lorahub.testsupport.server.ServerProcess;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The image of {@code docker/Dockerfile}, which docker/test-images has built: web and worker on PostgreSQL and S3. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
@EnabledIfSystemProperty(named = "lorahub.image", matches = ".+")
class ImagesTest {

    private static final String IMAGE = System.getProperty("lorahub.image");
    private static final Pattern FIRST_ADMIN = Pattern.compile("http://\\S+/first-admin/\\S+");

    @TempDir
    Path folder;

    private final List<Container> containers = new ArrayList<>();

    /** @param log what it prints */
    private record Container(String name, Process process, int port, Path log) {

        String printed() throws IOException {
            return Files.readString(log);
        }
    }

    @AfterEach
    void stop() throws Exception {
        RestAssured.reset();
        for (Container container : containers) {
            container.process.descendants().forEach(ProcessHandle::destroy);
            container.process.destroy();
            container.process.waitFor();
            buildah("rm", container.name);
        }
    }

    @Test
    void web_and_worker_compose() throws Exception {
        S3Server s3 = S3ProxyServer.shared();
        try (EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("postgres"))) {
            Map<String, String> environment = new HashMap<>(Map.of(
                    "LORAHUB_DATABASE_URL", database.jdbcUrl(),
                    "LORAHUB_DATABASE_USERNAME", database.username(),
                    "LORAHUB_DATABASE_PASSWORD", database.password(),
                    "LORAHUB_STORAGE_KIND", "s3",
                    "LORAHUB_STORAGE_S3_ENDPOINT", s3.endpoint(),
                    "LORAHUB_STORAGE_S3_BUCKET", "images",
                    "LORAHUB_STORAGE_S3_ACCESS_KEY", s3.accessKey(),
                    "LORAHUB_STORAGE_S3_SECRET_KEY", s3.secretKey()));
            Container web = start("web", environment, "serve", "--no-worker");
            RestAssured.baseURI = "http://127.0.0.1:" + web.port;
            await().atMost(Duration.ofMinutes(4))
                    .until(() -> web.printed().contains("Ctrl-C ends it.") || !web.process.isAlive());
            assertThat(web.process.isAlive()).as(web.printed()).isTrue();
            Container worker = start("worker", environment, "worker");

            assertThat(buildah("run", web.name, "--", "id", "-u").strip()).isEqualTo("10001");
            assertThat(buildah("run", web.name, "--", "ls", "/opt/lorahub/target"))
                    .contains("lorahub.jsa\n");
            assertThat(AsBrowser.given().get("/adapters").asString()).contains("demo/un");
            String session = register(web);
            String run = FirstMember.startRun(session);
            await().atMost(Duration.ofMinutes(4))
                    .until(() -> AsBrowser.given(session)
                            .get("/api/v1/runs/" + run)
                            .path("state")
                            .toString()
                            .equalsIgnoreCase("succeeded"));
            assertThat(AsBrowser.given(session)
                            .get("/api/v1/runs/" + run + "/files/adapter_model.safetensors")
                            .asByteArray())
                    .hasSizeGreaterThan(10_000);
            for (Container container : List.of(web, worker)) {
                // the image's own health check, on this port
                assertThat(buildah(
                                "run",
                                container.name,
                                "--",
                                "curl",
                                "-fsS",
                                "http://127.0.0.1:%d/q/health/ready".formatted(container.port)))
                        .contains("UP");
            }
            S3Store store = new S3Store(new S3Settings(
                    s3.endpoint(), "images", s3.accessKey(), s3.secretKey(), "us-east-1", Duration.ofSeconds(30)));
            assertThat(store.list(ObjectKey.BLOBS).count()).isGreaterThan(20);
        }
    }

    private static String register(Container web) throws IOException {
        Matcher link = FIRST_ADMIN.matcher(web.printed());
        assertThat(link.find()).as(web.printed()).isTrue();
        return FirstMember.session(URI.create(link.group()));
    }

    /** As an engine would: with the image's entry point, user and variables, and an empty volume. */
    private Container start(String role, Map<String, String> environment, String... words) throws Exception {
        String name = buildah("from", "--pull-never", "--name", "lorahub-test-" + role, IMAGE)
                .strip();
        JsonNode config = new ObjectMapper()
                .readTree(buildah("inspect", "--type", "image", IMAGE))
                .at("/OCIv1/config");
        assertThat(config.path("User").asText()).isEqualTo("lorahub");
        int port = ServerProcess.freePort();
        List<String> command = new ArrayList<>(List.of("buildah", "run", "--env", "LORAHUB_PORT=" + port));
        environment.forEach((key, value) -> command.addAll(List.of("--env", key + "=" + value)));
        command.addAll(List.of(name, "--"));
        StreamSupport.stream(config.path("Entrypoint").spliterator(), false)
                .map(JsonNode::asText)
                .forEach(command::add);
        command.addAll(List.of(words));
        Path log = folder.resolve(role + ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Container container = new Container(name, process, port, log);
        containers.add(container);
        return container;
    }

    private static String buildah(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("buildah"));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        assertThat(process.waitFor()).as(command + err).isZero();
        return out;
    }
}
