package io.lorahub.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.server.HubProcess;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A base model is registered through a packaged web process without a worker, and workers check it. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class BaseModelCheckIT {

    private static final String NAME = "tiny/llama";
    private static final Path MAPS = Path.of("/proc/self/maps");

    @TempDir
    Path data;

    @TempDir
    Path objects;

    @TempDir
    Path first;

    @TempDir
    Path second;

    @AfterEach
    void forget() {
        RestAssured.reset();
    }

    @Test
    void a_killed_workers_check_is_taken_up_by_another_and_the_web_process_computes_nothing() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(data.resolve("postgres"));
                HubProcess web = HubProcess.start(environment(database, data), "serve", "--no-worker", "--port", 0)) {
            RestAssured.baseURI = web.awaitUrl();
            String session = FirstMember.session(web);
            assertThat(AsBrowser.given(session)
                            .formParam("name", NAME)
                            .formParam(
                                    "folder",
                                    Reference.path("causal/models/llama").toString())
                            .post("/admin/base-models")
                            .statusCode())
                    .isEqualTo(303);

            HubProcess killed = HubProcess.start(environment(database, first), "worker");
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> isReading(first));
            killed.kill();
            assertThat(page(session)).contains("A worker reads every tensor");

            try (HubProcess worker = HubProcess.start(environment(database, second), "worker")) {
                await().atMost(Duration.ofMinutes(3)).until(() -> page(session).contains("continues with"));
                assertThat(page(session)).contains("<dd>llama</dd>");
                assertThat(worker.isRunning()).isTrue();
            }
            if (Files.exists(MAPS)) {
                assertThat(Files.readString(Path.of("/proc", Long.toString(web.pid()), "maps")))
                        .contains("libjvm.so")
                        .doesNotContain("libtorch", "libtokenizers");
            }
        }
    }

    private Map<String, String> environment(EmbeddedDatabase database, Path temp) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LORAHUB_DATABASE_URL", database.jdbcUrl());
        environment.put("LORAHUB_DATABASE_USERNAME", database.username());
        environment.put("LORAHUB_DATABASE_PASSWORD", database.password());
        environment.put("LORAHUB_DATA", temp.resolve("data").toString());
        environment.put("LORAHUB_STORAGE_DIRECTORY", objects.toString());
        environment.put("LORAHUB_DEMO_LOAD", "false");
        environment.put("LORAHUB_CHECKS_HEARTBEAT", "PT0.5S");
        environment.put("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temp);
        return environment;
    }

    /** Whether a check is reading the files, or was interrupted while doing so. */
    private static boolean isReading(Path temp) {
        try (Stream<Path> entries = Files.list(temp)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("lorahub-check-"))
                    .anyMatch(path -> Files.exists(path.resolve("tokenizer.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String page(String session) {
        return AsBrowser.given(session).get("/base-models/" + NAME).asString();
    }
}
