package io.lorahub.serve;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.UploadForm;
import io.lorahub.testsupport.server.HubProcess;
import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged server is killed while it checks an upload. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class InterruptedCheckIT {

    /** Large enough that its check takes seconds. */
    private static final String[] MODULES = IntStream.range(0, 4)
            .mapToObj("encoder.block.%d.layer.0.SelfAttention.q"::formatted)
            .toArray(String[]::new);

    @TempDir
    Path data;

    @TempDir
    Path temp;

    @TempDir
    Path adapters;

    @AfterEach
    void forget() {
        RestAssured.reset();
    }

    @Test
    void checks_cut_off_by_kill_9_run_after_the_restart() throws Exception {
        Path large =
                anAdapter().adapting(MODULES).ofShape(2048, 2048).ofRank(256).in(adapters, "large");
        String session;
        String page;
        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            session = FirstMember.session(server);
            page = UploadForm.send(session, large);
            await().pollInterval(Duration.ofMillis(5)).until(this::isReading);
            server.kill();
        }
        assertThat(isReading()).as("the check was cut off").isTrue();

        try (HubProcess server = serve()) {
            RestAssured.baseURI = server.awaitUrl();
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> AsBrowser.given(session).get(page + "/checks").statusCode() == 204);
            assertThat(AsBrowser.given(session).get(page).asString()).contains("value=\"publish\"");
        }
    }

    private HubProcess serve() throws IOException {
        return HubProcess.start(
                Map.of("JAVA_TOOL_OPTIONS", "-Djava.io.tmpdir=" + temp, "LORAHUB_CHECKS_HEARTBEAT", "PT0.5S"),
                "serve",
                "--data",
                data,
                "--port",
                0);
    }

    /** Whether a check is reading the files, or was interrupted while doing so. */
    private boolean isReading() {
        try (Stream<Path> entries = Files.list(temp)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("lorahub-check-"))
                    .anyMatch(path -> Files.exists(path.resolve("adapter_model.safetensors")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
