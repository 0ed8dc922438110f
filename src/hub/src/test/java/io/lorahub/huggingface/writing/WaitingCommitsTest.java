package io.lorahub.huggingface.writing;

import static io.lorahub.huggingface.writing.RepositoryClient.adding;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.upload.Upload;
import io.lorahub.upload.UploadState;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Commits that wait for the checks of their adapter, which never begin by themselves in this application. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
class WaitingCommitsTest extends RepositoryFixture {

    /** Less than the time after which a commit looks without having been notified. */
    private static final Duration SOON = Duration.ofSeconds(20);

    WaitingCommitsTest(Hub hub) {
        super(hub);
    }

    @Test
    void a_commit_holds_no_thread_while_it_waits_and_is_answered_when_the_checks_end() throws Exception {
        String body = adding(adapter());
        CompletableFuture<Response> answer = CompletableFuture.supplyAsync(() -> repository.commit(body));
        UUID upload = checking();
        await().atMost(SOON).until(() -> ourThreads().isEmpty());
        assertThat(answer).isNotDone();

        QuarkusTransaction.requiringNew()
                .run(() -> Upload.locked(upload).orElseThrow().fail("The checks took too much memory."));

        Response refused = answer.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.asString()).contains("The checks took too much memory.");
        assertThat(state(upload)).isEqualTo(UploadState.CANCELLED);
    }

    @Test
    void a_commit_ends_when_its_client_leaves() throws IOException {
        byte[] body = (RepositoryClient.HEADER + adding(adapter())).getBytes(UTF_8);
        UUID upload;
        try (Socket client = new Socket("localhost", RestAssured.port)) {
            client.getOutputStream().write("""
                            POST /api/models/%s/commit/main HTTP/1.1\r
                            Host: localhost:%d\r
                            Authorization: Bearer %s\r
                            Content-Type: application/x-ndjson\r
                            Content-Length: %d\r
                            \r
                            """.formatted(repository.id(), RestAssured.port, token, body.length)
                    .getBytes(UTF_8));
            client.getOutputStream().write(body);
            upload = checking();
        }

        await().atMost(SOON).until(() -> state(upload) == UploadState.CANCELLED);
        assertThat(repository.adapter().statusCode()).isEqualTo(404);
    }

    /** The upload of the commit, once it waits for its checks. */
    private UUID checking() {
        return await().atMost(SOON)
                .until(
                        () -> QuarkusTransaction.requiringNew()
                                .call(() ->
                                        Upload.<Upload>list("person = ?1 and state = ?2", owner, UploadState.CHECKING)
                                                .stream()
                                                .map(upload -> upload.id)
                                                .toList()),
                        ids -> !ids.isEmpty())
                .get(0);
    }

    private static UploadState state(UUID upload) {
        return QuarkusTransaction.requiringNew()
                .call(() -> Upload.<Upload>findById(upload).getState());
    }

    /** Threads that do something for a client of the Hugging Face Hub. */
    private static List<Thread> ourThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> thread.getKey() != Thread.currentThread())
                .filter(thread -> Arrays.stream(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("io.lorahub.huggingface.")
                                && !frame.getClassName().contains("Test")
                                && !frame.getClassName().contains("RepositoryClient")))
                .map(Map.Entry::getKey)
                .toList();
    }
}
