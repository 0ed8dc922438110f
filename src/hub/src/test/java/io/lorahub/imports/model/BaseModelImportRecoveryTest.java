package io.lorahub.imports.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.basemodel.BaseModelRecord;
import io.lorahub.basemodel.registration.BaseModelRegistration;
import io.lorahub.imports.source.AllowedHosts;
import io.lorahub.storage.object.ObjectKey;
import io.lorahub.storage.object.ObjectStore;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.server.OtherHub;
import io.lorahub.testsupport.server.OtherHub.Asked;
import io.lorahub.testsupport.server.OtherHubResource;
import io.lorahub.uploadcheck.ModelChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;

/** What happens to an import of a base model while it runs. */
@QuarkusTest
@QuarkusTestResource(PostgresResource.class)
@QuarkusTestResource(OtherHubResource.class)
class BaseModelImportRecoveryTest extends BaseModelImportFixture {

    private final ObjectStore store;

    BaseModelImportRecoveryTest(Hub hub, AllowedHosts hosts, ModelChecks checks, ObjectStore store) {
        super(hub, hosts, checks);
        this.store = store;
    }

    @Test
    void a_lost_connection_continues_where_it_broke() {
        other.cut(WEIGHTS, 1000);

        JsonNode done = ended(body());

        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(WEIGHTS)).extracting(Asked::range).containsExactly(null, "bytes=1000-");
    }

    @Test
    void another_process_continues_with_the_bytes_that_are_here() {
        CountDownLatch killed = new CountDownLatch(1);
        other.cut(WEIGHTS, 1000).once(WEIGHTS, exchange -> OtherHub.await(killed));
        String url = started(body());
        await().until(() -> other.asked(WEIGHTS).size() == 2);

        kill(url);

        assertThat(ended(url).path("state").asText()).isEqualTo("done");
        killed.countDown();
        assertThat(other.asked(WEIGHTS)).extracting(Asked::range).last().isEqualTo("bytes=1000-");
    }

    @Test
    void another_process_goes_on_with_the_files_that_are_missing() throws IOException {
        other.with("ada/base", COMMIT, sharded());
        CountDownLatch killed = new CountDownLatch(1);
        other.once(shard(2), exchange -> OtherHub.await(killed));
        String url = started(body());
        await().until(() -> !other.asked(shard(2)).isEmpty());

        kill(url);

        JsonNode done = ended(url);
        killed.countDown();
        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(shard(1))).hasSize(1);
        assertThat(other.asked(file("config.json"))).hasSize(1);
        // the first machine isn't really dead, and may ask once more
        assertThat(other.asked(shard(2)))
                .extracting(Asked::range)
                .hasSizeGreaterThan(1)
                .containsOnlyNulls();
        assertThat(record().files)
                .containsEntry(name(1), DigestUtils.sha256Hex(sharded().get(name(1))));
        assertThat(stored()).isZero();
    }

    @Test
    void a_part_that_the_store_has_lost_is_fetched_again() {
        CountDownLatch killed = new CountDownLatch(1);
        other.cut(WEIGHTS, 1000).once(WEIGHTS, exchange -> OtherHub.await(killed));
        String url = started(body());
        await().until(() -> other.asked(WEIGHTS).size() == 2);

        store.delete(part());
        kill(url);

        JsonNode done = ended(url);
        killed.countDown();
        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(WEIGHTS)).extracting(Asked::range).last().isNull();
    }

    /** Key of the only part that has arrived. */
    private String part() {
        return QuarkusTransaction.requiringNew().call(() -> (String) BaseModelRecord.getEntityManager()
                .createNativeQuery(
                        "select p.object_key from upload_part p join upload_file f on f.id = p.file_id"
                                + " join upload u on u.id = f.upload_id where u.base_model = ?1",
                        String.class)
                .setParameter(1, name)
                .getSingleResult());
    }

    @Test
    void a_file_that_the_store_has_lost_is_fetched_again() throws IOException {
        other.with("ada/base", COMMIT, sharded());
        CountDownLatch killed = new CountDownLatch(1);
        other.once(shard(2), exchange -> OtherHub.await(killed));
        String url = started(body());
        await().until(() -> !other.asked(shard(2)).isEmpty());

        store.delete(ObjectKey.blob(DigestUtils.sha256Hex(sharded().get(name(1)))));
        kill(url);

        JsonNode done = ended(url);
        killed.countDown();
        assertThat(done.path("state").asText()).as("%s", done).isEqualTo("done");
        assertThat(other.asked(shard(1))).hasSize(2);
    }

    private static String name(int shard) {
        return "model-0000%d-of-00002.safetensors".formatted(shard);
    }

    private static String shard(int shard) {
        return file(name(shard));
    }

    private static String file(String name) {
        return "/ada/base/resolve/%s/%s".formatted(COMMIT, name);
    }

    /** The process seems dead to the others: its heartbeat and its lease have expired. */
    private void kill(String url) {
        QuarkusTransaction.requiringNew().run(() -> {
            BaseModelRecord.getEntityManager()
                    .createNativeQuery(
                            "update upload_file set receiver = null, receiver_until = null where upload_id in"
                                    + " (select id from upload where base_model = ?1)")
                    .setParameter(1, name)
                    .executeUpdate();
            // the rest of another test's import can still be in the queue
            assertThat(BaseModelRecord.getEntityManager()
                            .createNativeQuery("update import_queue set picked_by = 'killed', version = version + 1,"
                                    + " last_heartbeat = now() - interval '10 minutes'"
                                    + " where task_name = 'base-model-import' and task_instance = ?1")
                            .setParameter(1, url.substring(url.lastIndexOf('/') + 1))
                            .executeUpdate())
                    .isOne();
        });
    }

    @Test
    void an_import_can_be_cancelled() {
        CountDownLatch cancelled = new CountDownLatch(1);
        other.once(WEIGHTS, exchange -> OtherHub.await(cancelled));
        String url = started(body());
        await().until(() -> !other.asked(WEIGHTS).isEmpty());
        assertThat(post(body()).statusCode()).isEqualTo(409);

        String id = url.substring(url.lastIndexOf('/') + 1);
        assertThat(AsBrowser.given(hub.session(admin))
                        .post("/admin/base-models/imports/%s/cancel".formatted(id))
                        .statusCode())
                .isEqualTo(303);

        assertThat(get(url).path("state").asText()).isEqualTo("cancelled");
        assertThat(stored()).isZero(); // although the other hub still waits
        cancelled.countDown();
    }

    @Test
    void an_import_is_cancelled_with_its_check() {
        checksPause();
        String url = started(body());
        await().atMost(Duration.ofMinutes(1))
                .until(() -> QuarkusTransaction.requiringNew()
                        .call(() -> BaseModelRegistration.named(name).isPresent()));

        RestAssured.given()
                .auth()
                .oauth2(hub.token(admin, Scope.ADMINISTER))
                .delete(url)
                .then()
                .statusCode(204);

        assertThat(get(url).path("state").asText()).isEqualTo("cancelled");
        assertThat(QuarkusTransaction.requiringNew().call(() -> BaseModelRegistration.named(name)))
                .isEmpty();
    }

    @Test
    void an_import_whose_check_is_cancelled_fails() {
        checksPause();
        String url = started(body());
        await().atMost(Duration.ofMinutes(1))
                .until(() -> QuarkusTransaction.requiringNew()
                        .call(() -> BaseModelRegistration.named(name).isPresent()));

        AsBrowser.given(hub.session(admin))
                .formParam("name", name)
                .post("/admin/base-models/registrations/remove")
                .then()
                .statusCode(303);

        assertThat(ended(url).path("failure").asText()).isEqualTo("Its check was cancelled.");
    }

    @Test
    void of_many_simultaneous_imports_of_one_name_one_begins() {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(1);
        other.once(WEIGHTS, exchange -> OtherHub.await(begun));
        String token = hub.token(admin, Scope.ADMINISTER);
        String session = hub.session(admin);
        List<CompletableFuture<Response>> asked = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> {
                            OtherHub.await(go);
                            return i % 2 == 0
                                    ? post(body(), token)
                                    : AsBrowser.given(session)
                                            .formParams(Map.of("from", "ada/base", "name", name))
                                            .post("/admin/base-models/imports");
                        },
                        runnable -> new Thread(runnable).start()))
                .toList();

        go.countDown();
        List<Response> answers = asked.stream().map(CompletableFuture::join).toList();

        List<Response> refused =
                answers.stream().filter(answer -> answer.statusCode() == 409).toList();
        assertThat(refused)
                .as("%s", answers.stream().map(Response::statusLine).toList())
                .hasSize(7)
                .allSatisfy(answer -> assertThat(answer.asString()).contains(name + " is being imported already"));
        begun.countDown();
        await().atMost(Duration.ofMinutes(2))
                .until(() -> get("/api/v1/base-models/" + name).has("name"));
        assertThat(post(body()).asString()).contains(name + " is registered already");
    }

    @Test
    void a_model_registered_during_the_import_stays() {
        CountDownLatch registered = new CountDownLatch(1);
        other.once(WEIGHTS, exchange -> OtherHub.await(registered));
        String url = started(body());
        await().until(() -> !other.asked(WEIGHTS).isEmpty());

        AsBrowser.given(hub.session(admin))
                .formParams(Map.of("name", name, "licence", "CC0-1.0", "folder", base().toString()))
                .post("/admin/base-models")
                .then()
                .statusCode(303);
        await().atMost(Duration.ofMinutes(2))
                .until(() -> get("/api/v1/base-models/" + name).has("name"));
        registered.countDown();

        assertThat(ended(url).path("failure").asText()).contains(name + " has been registered meanwhile");
        assertThat(get("/api/v1/base-models/" + name).path("licence").asText()).isEqualTo("CC0-1.0");
    }
}
