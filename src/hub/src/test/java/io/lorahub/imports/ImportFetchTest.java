package io.lorahub.imports;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.storage.upkeep.SweepBegins;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadedFiles;
import io.lorahub.testsupport.server.OtherHub;
import io.lorahub.testsupport.server.OtherHub.Asked;
import io.lorahub.testsupport.server.OtherHubResource;
import io.lorahub.upload.Draft;
import io.lorahub.upload.Upload;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.enterprise.event.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What arrives from another hub. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class ImportFetchTest extends ImportFixture {

    private final UploadedFiles stored;
    private final Event<SweepBegins> begins;

    ImportFetchTest(Hub hub, AllowedHosts hosts, UploadedFiles stored, Event<SweepBegins> begins) {
        super(hub, hosts);
        this.stored = stored;
        this.begins = begins;
    }

    @Test
    void the_files_of_a_commit_become_an_upload_with_the_readmes_card() {
        JsonNode done = ended(body("ada/past"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(done.path("commit").asText()).isEqualTo(COMMIT);
        assertThat(done.path("fetched").asLong()).isEqualTo(done.path("bytes").asLong());
        JsonNode upload = get(done.path("upload").asText());
        assertThat(upload.path("state").asText()).isEqualTo("checking");
        assertThat(upload.path("folder").asText()).isEqualTo("past");
        assertThat(upload.path("card").path("licence").asText()).isEqualTo("Apache-2.0");
        for (String name : new String[] {CONFIG, WEIGHTS, "README.md"}) {
            assertThat(stored.content(upload, name)).as(name).isEqualTo(files.get(name));
        }
        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(Upload.<Upload>findById(
                                        UUID.fromString(upload.path("id").asText()))
                                .importedFrom
                                .commit())
                        .isEqualTo(COMMIT));
    }

    @Test
    void a_connection_that_is_lost_resumes_where_it_broke() {
        int length = files.get(WEIGHTS).length;
        other.cut(weights(), 1000).once(weights(), exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 1000-%d/%d".formatted(length - 1, length));
            exchange.sendResponseHeaders(206, length - 1000);
            exchange.getResponseBody().write(files.get(WEIGHTS), 1000, 500);
            exchange.getResponseBody().flush();
        });

        JsonNode done = ended(body("ada/past"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(weights())).extracting(Asked::range).containsExactly(null, "bytes=1000-", "bytes=1500-");
        assertThat(stored.content(get(done.path("upload").asText()), WEIGHTS)).isEqualTo(files.get(WEIGHTS));
    }

    @Test
    void a_hub_without_ranges_sends_the_whole_file_again() {
        other.cut(weights(), 1000).once(weights(), exchange -> {
            exchange.sendResponseHeaders(200, files.get(WEIGHTS).length);
            exchange.getResponseBody().write(files.get(WEIGHTS));
        });

        JsonNode done = ended(body("ada/past"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(stored.content(get(done.path("upload").asText()), WEIGHTS)).isEqualTo(files.get(WEIGHTS));
    }

    @Test
    void a_token_is_sent_to_the_hub_only_and_deleted_at_the_end() throws IOException {
        try (OtherHub storage = new OtherHub(hubs.get(1)).at("/blob", files.get(WEIGHTS))) {
            other.status(weights(), 302, "Location", hubs.get(1) + "/blob");

            JsonNode done = ended(body("ada/past").put("token", "hf_secret"));

            assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
            assertThat(done.toString()).doesNotContain("hf_secret");
            assertThat(other.asked(LISTING)).extracting(Asked::authorization).containsExactly("Bearer hf_secret");
            assertThat(storage.asked("/blob"))
                    .extracting(Asked::authorization)
                    .containsOnlyNulls()
                    .hasSize(1);
            assertThat(entry(done).token).isNull();
        }
    }

    @Test
    void a_listed_name_with_a_private_address_is_not_asked() throws IOException {
        try (OtherHub hidden = new OtherHub(hubs.get(2)).with("ada/past", COMMIT, files.map())) {
            JsonNode failed = ended(body(hubs.get(2) + "/ada/past"));

            assertThat(failed.path("failure").asText()).contains("localhost has an address that isn't public");
            assertThat(hidden.asked(LISTING)).isEmpty();
        }
    }

    @Test
    void a_second_import_waits_until_the_first_is_cancelled() {
        CountDownLatch cancelled = new CountDownLatch(1);
        other.once(weights(), exchange -> {
            exchange.sendResponseHeaders(200, files.get(WEIGHTS).length);
            exchange.getResponseBody().write(files.get(WEIGHTS), 0, 1000);
            exchange.getResponseBody().flush();
            OtherHub.await(cancelled);
        });
        String url =
                started(body("ada/past").put("token", "hf_secret")).path("url").asText();
        await().until(() -> !other.asked(weights()).isEmpty());

        assertThat(post(body("ada/past")).statusCode()).isEqualTo(409);
        assertThat(delete(url)).isEqualTo(204);
        cancelled.countDown();

        assertThat(get(url).path("state").asText()).isEqualTo("cancelled");
        assertThat(entry(get(url)).token).isNull();
        assertThat(openUploads()).isZero();
        assertThat(ended(body("ada/past")).path("state").asText()).isEqualTo("done");
    }

    /** Nothing arrives any more, so that only closing the connection ends the read. */
    @Test
    void cancelling_ends_a_read_that_waits_for_bytes() {
        CountDownLatch silent = new CountDownLatch(1);
        other.once(weights(), exchange -> {
            exchange.sendResponseHeaders(200, files.get(WEIGHTS).length);
            exchange.getResponseBody().write(files.get(WEIGHTS), 0, 1000);
            exchange.getResponseBody().flush();
            OtherHub.await(silent);
        });
        JsonNode started = started(body("ada/past"));
        await().until(() -> !other.asked(weights()).isEmpty());

        assertThat(delete(started.path("url").asText())).isEqualTo(204);

        await().untilAsserted(() -> assertThat(queued(started)).isZero());
        silent.countDown();
        assertThat(get(started.path("url").asText()).path("state").asText()).isEqualTo("cancelled");
    }

    @Test
    void cancelling_ends_a_request_that_waits_for_its_answer() {
        CountDownLatch silent = new CountDownLatch(1);
        other.once(LISTING, exchange -> OtherHub.await(silent));
        JsonNode started = started(body("ada/past"));
        await().until(() -> !other.asked(LISTING).isEmpty());

        assertThat(delete(started.path("url").asText())).isEqualTo(204);

        await().untilAsserted(() -> assertThat(queued(started)).isZero());
        silent.countDown();
    }

    /** Whether a thread has the import, or it waits for one. */
    private static long queued(JsonNode view) {
        return QuarkusTransaction.requiringNew().call(() -> (Long) Upload.getEntityManager()
                .createNativeQuery("select count(*) from import_queue where task_instance = ?1", Long.class)
                .setParameter(1, view.path("id").asText())
                .getSingleResult());
    }

    @Test
    void an_import_whose_process_was_killed_continues_with_what_had_arrived() {
        CountDownLatch killed = new CountDownLatch(1);
        other.cut(weights(), 1000).once(weights(), exchange -> OtherHub.await(killed));
        JsonNode started = started(body("ada/past"));
        await().until(() -> other.asked(weights()).size() == 2);

        // the process that had it is gone: its heartbeat and its lease have expired
        QuarkusTransaction.requiringNew().run(() -> {
            Upload.getEntityManager()
                    .createNativeQuery("update upload_file set receiver = null, receiver_until = null")
                    .executeUpdate();
            assertThat(Upload.getEntityManager()
                            .createNativeQuery("update import_queue set picked_by = 'killed', version = version + 1,"
                                    + " last_heartbeat = now() - interval '10 minutes' where task_instance = ?1")
                            .setParameter(1, started.path("id").asText())
                            .executeUpdate())
                    .isOne();
        });

        assertThat(ended(started.path("url").asText()).path("state").asText()).isEqualTo("done");
        killed.countDown();
        assertThat(other.asked(weights())).extracting(Asked::range).last().isEqualTo("bytes=1000-");
    }

    @Test
    void what_the_member_has_is_not_fetched_again() {
        JsonNode first = ended(body("ada/past"));
        assertThat(first.path("reused").asLong()).isZero();
        files.with("README.md", README + "More.\n");
        String next = COMMIT.replace('0', '9');
        other.with("ada/past", next, files.map());

        JsonNode second = ended(body("ada/past"));

        assertThat(second.path("state").asText()).as("%s", second).isEqualTo("done");
        assertThat(second.path("commit").asText()).isEqualTo(next);
        assertThat(second.path("reused").asLong()).isEqualTo(files.get(WEIGHTS).length + files.get(CONFIG).length);
        assertThat(other.asked("/ada/past/resolve/%s/%s".formatted(next, WEIGHTS)))
                .isEmpty();
        assertThat(stored.content(get(second.path("upload").asText()), WEIGHTS)).isEqualTo(files.get(WEIGHTS));
    }

    @Test
    void a_repeated_import_of_the_same_commit_replaces_its_upload_and_keeps_the_card() {
        JsonNode first = ended(body("ada/past"));
        assertThat(first.path("state").asText()).as("%s", first).isEqualTo("done");
        UUID upload = UUID.fromString(first.path("upload").asText().replaceFirst("^.*/", ""));
        QuarkusTransaction.requiringNew()
                .run(() -> Upload.<Upload>findById(upload).card =
                        Draft.titled("My title").json());

        JsonNode second = ended(body("ada/past"));

        assertThat(openUploads()).isOne();
        assertThat(get(second.path("upload").asText())
                        .path("card")
                        .path("title")
                        .asText())
                .isEqualTo("My title");
    }

    @Test
    void an_adapter_in_a_folder_is_imported_from_there() {
        var repository = new TreeMap<String, byte[]>();
        files.map().forEach((name, content) -> repository.put("checkpoints/last/" + name, content));
        repository.put("README.md", "# Of all\n".getBytes(StandardCharsets.UTF_8));
        other.with("ada/past", COMMIT, repository);

        assertThat(ended(body("ada/past")).path("failure").asText())
                .contains("no adapter_config.json at its top, but there is one in checkpoints/last. Name it as");
        JsonNode done = ended(body("ada/past").put("subfolder", "checkpoints/last"));

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(done.path("subfolder").asText()).isEqualTo("checkpoints/last");
        JsonNode upload = get(done.path("upload").asText());
        assertThat(upload.path("folder").asText()).isEqualTo("last");
        for (String name : new String[] {CONFIG, WEIGHTS, "README.md"}) {
            assertThat(stored.content(upload, name)).as(name).isEqualTo(files.get(name));
        }
        QuarkusTransaction.requiringNew()
                .run(() -> assertThat(Upload.<Upload>findById(
                                        UUID.fromString(upload.path("id").asText()))
                                .importedFrom
                                .link())
                        .isEqualTo(hubs.get(0) + "/ada/past/tree/main/checkpoints/last"));
    }

    @Test
    void files_that_are_not_needed_can_have_any_name() {
        var repository = new TreeMap<>(files.map());
        for (String name : new String[] {"logs\\run.txt", "C:x", "\u200d.txt", "n".repeat(300)}) {
            repository.put(name, new byte[] {1});
        }
        other.with("ada/past", COMMIT, repository);

        assertThat(ended(body("ada/past")).path("state").asText()).isEqualTo("done");
    }

    @Test
    void ended_imports_are_forgotten_after_a_month_and_their_uploads_stay() {
        JsonNode old = ended(body("ada/past"));
        other.with(
                "ada/past",
                "9" + COMMIT.substring(1),
                files.with("README.md", "# Other\n").map());
        JsonNode recent = ended(body("ada/past"));
        QuarkusTransaction.requiringNew()
                .run(() -> AdapterImport.update(
                        "endedAt = ?1 where id = ?2",
                        Instant.now().minus(Duration.ofDays(31)),
                        UUID.fromString(old.path("id").asText())));

        begins.fire(new SweepBegins());

        assertThat(get(old.path("url").asText()).path("status").asInt()).isEqualTo(404);
        assertThat(get(recent.path("url").asText()).path("state").asText()).isEqualTo("done");
        assertThat(openUploads()).isEqualTo(2);
    }

    @Test
    void what_another_member_has_is_fetched() {
        ended(body("ada/past"));
        person = hub.person(io.lorahub.account.Role.MEMBER);

        assertThat(ended(body("ada/past")).path("reused").asLong()).isZero();
        assertThat(other.asked(weights())).hasSize(2);
    }

    @Test
    void an_adapter_of_others_gets_no_version() {
        var body = body("ada/past");
        body.putObject("card").put("adapter", "somebody/else");

        assertThat(post(body).statusCode()).isEqualTo(404);
        body.putObject("card").put("publisher", "somebody");
        assertThat(post(body).statusCode()).isEqualTo(422);
    }

    @Test
    void imports_of_others_are_hidden() {
        String url = ended(body("ada/past")).path("url").asText();
        person = hub.person(io.lorahub.account.Role.MEMBER);

        assertThat(get(url).path("status").asInt()).isEqualTo(404);
        assertThat(delete(url)).isEqualTo(404);
        assertThat(get(ImportView.PATH).path("imports")).isEmpty();
    }
}
