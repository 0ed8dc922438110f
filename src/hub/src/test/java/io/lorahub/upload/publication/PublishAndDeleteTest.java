package io.lorahub.upload.publication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.LockWaits;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A version is published while its adapter is being deleted: one operation succeeds, and the other is refused. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class PublishAndDeleteTest {

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    private UploadClient client;
    private Person person;
    private String address;
    private JsonNode version;

    PublishAndDeleteTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    /** An adapter, and a version of it that passed its checks. */
    @BeforeEach
    void prepare() {
        person = hub.person(Role.MEMBER);
        client = new UploadClient(server, hub.token(person, Scope.WRITE));
        address = demo.publish(person, "un").get(0);
        version = client.checked(
                AdapterFiles.of(DemoHub.open().adaptersFolder().resolve("past")).map());
        HttpResponse<String> aimed = client.change(version, "{\"adapter\": \"%s\"}".formatted(address));
        assertThat(aimed.statusCode()).as(aimed.body()).isEqualTo(200);
    }

    @Test
    void the_version_comes_first() throws Exception {
        List<HttpResponse<String>> answers = inThisOrder(this::publish, this::delete);

        assertThat(answers.get(0).statusCode()).as(answers.get(0).body()).isEqualTo(201);
        assertThat(answers.get(1).statusCode()).as(answers.get(1).body()).isEqualTo(412);
        assertThat(versions()).isEqualTo(2);
    }

    @Test
    void the_deletion_comes_first() throws Exception {
        List<HttpResponse<String>> answers = inThisOrder(this::delete, this::publish);

        assertThat(answers.get(0).statusCode()).as(answers.get(0).body()).isEqualTo(204);
        assertThat(answers.get(1).statusCode()).as(answers.get(1).body()).isEqualTo(409);
        assertThat(answers.get(1).body()).contains("was deleted");
        assertThat(versions()).isZero();
        assertThat(client.get(version).path("state").asText()).isEqualTo("passed");
    }

    @Test
    void an_upload_for_a_deleted_adapters_name_becomes_a_new_adapter() throws Exception {
        client.change(version, "{\"adapter\": \"\", \"name\": \"un\"}");

        List<HttpResponse<String>> answers = inThisOrder(this::delete, this::publish);

        assertThat(answers.get(0).statusCode()).as(answers.get(0).body()).isEqualTo(204);
        assertThat(answers.get(1).statusCode()).as(answers.get(1).body()).isEqualTo(201);
        assertThat(versions()).isOne();
    }

    @Test
    void an_adapter_that_was_found_by_its_name_stays_until_it_has_its_version() throws Exception {
        client.change(version, "{\"adapter\": \"\", \"name\": \"un\"}");

        List<HttpResponse<String>> answers = inThisOrder(this::publish, this::delete);

        assertThat(answers.get(0).statusCode()).as(answers.get(0).body()).isEqualTo(201);
        assertThat(answers.get(1).statusCode()).as(answers.get(1).body()).isEqualTo(412);
        assertThat(versions()).isEqualTo(2);
    }

    @Test
    void an_upload_whose_adapter_is_gone_says_so_and_can_become_another() {
        assertThat(delete().statusCode()).isEqualTo(204);
        HttpResponse<String> refused = publish();
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains(address + ", which this was meant for, was deleted");
        String page = AsBrowser.given(hub.session(person))
                .get("/uploads/" + version.path("id").asText())
                .asString();
        assertThat(page).contains("This was meant for " + address);

        assertThat(client.publish(
                                version,
                                "{\"adapter\": \"\", \"name\": \"past\", \"title\": \"Un\", \"licence\": \"MIT\"}")
                        .statusCode())
                .isEqualTo(201);
    }

    @RepeatedTest(5)
    void whichever_comes_first_neither_is_a_fault_of_the_hub() {
        CompletableFuture<HttpResponse<String>> publication = CompletableFuture.supplyAsync(this::publish);
        CompletableFuture<HttpResponse<String>> deletion = CompletableFuture.supplyAsync(this::delete);

        // 422 if the deletion was over first: the upload is then for a new adapter, which has no name yet
        assertThat(publication.join().statusCode())
                .as(publication.join().body())
                .isIn(201, 404, 409, 422);
        assertThat(deletion.join().statusCode()).as(deletion.join().body()).isIn(204, 409, 412);
    }

    /** Both begin while the adapter is locked, and wait for it in this order. */
    private List<HttpResponse<String>> inThisOrder(
            Supplier<HttpResponse<String>> first, Supplier<HttpResponse<String>> second) throws Exception {
        QuarkusTransaction.begin();
        Adapter.getEntityManager()
                .createNativeQuery("select id from adapter where id = ?1 for update")
                .setParameter(1, adapter().id)
                .getResultList();
        CompletableFuture<HttpResponse<String>> one = CompletableFuture.supplyAsync(first);
        await().until(() -> LockWaits.count() == 1);
        CompletableFuture<HttpResponse<String>> other = CompletableFuture.supplyAsync(second);
        await().until(() -> LockWaits.count() == 2);
        QuarkusTransaction.rollback();
        return List.of(one.get(), other.get());
    }

    private HttpResponse<String> publish() {
        return client.publish(
                version,
                "{\"notes\": \"Better.\", \"title\": \"Un\", \"licence\": \"MIT\", \"visibility\": \"private\"}");
    }

    private HttpResponse<String> delete() {
        return client.send(client.request("/api/v1/adapters/" + address)
                .header("If-Match", "*")
                .DELETE());
    }

    private Adapter adapter() {
        return Adapter.at(person.name, "un").orElseThrow();
    }

    private long versions() {
        return QuarkusTransaction.requiringNew().call(() -> (Long) Adapter.getEntityManager()
                .createNativeQuery(
                        "select count(*) from adapter_version v join adapter a on a.id = v.adapter_id"
                                + " join publisher p on p.id = a.publisher_id where p.name = ?1",
                        Long.class)
                .setParameter(1, person.name)
                .getSingleResult());
    }
}
