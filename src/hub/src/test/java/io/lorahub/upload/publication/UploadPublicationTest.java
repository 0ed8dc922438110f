package io.lorahub.upload.publication;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Publisher;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.Reference;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From files to a published adapter, as a program does it. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class UploadPublicationTest {

    private static final String CARD = """
            {"name": "un", "title": "Prefix un-", "licence": "MIT", "visibility": "public", "tags": ["Spelling"]}""";

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    private Person person;
    private UploadClient client;

    UploadPublicationTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void signIn() {
        person = hub.person(Role.MEMBER);
        demo.publish(person);
        client = new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    @Test
    void a_sound_adapter_passes_and_is_published_byte_for_byte() throws Exception {
        AdapterFiles un = demoAdapter("past");
        JsonNode upload = checked(un);
        assertThat(upload.path("state").asText()).isEqualTo("passed");
        assertThat(upload.path("facts").path("base_model").asText()).isEqualTo("lorahub/demo-base");
        assertThat(state(upload, "base-shapes")).isEqualTo("passed");

        HttpResponse<String> published = client.publish(upload, CARD);

        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        assertThat(published.headers().firstValue("Location").orElseThrow())
                .endsWith("/api/v1/adapters/" + person.name + "/un");
        JsonNode adapter = UploadClient.json(published);
        assertThat(adapter.path("versions").get(0).path("label").asText()).isEqualTo("1.0.0");
        for (JsonNode file : adapter.path("versions").get(0).path("files")) {
            byte[] got = java.net.http.HttpClient.newHttpClient()
                    .send(client.request(file.path("url").asText()).build(), BodyHandlers.ofByteArray())
                    .body();
            assertThat(got).isEqualTo(un.get(file.path("name").asText()));
        }
        JsonNode after = client.get(upload);
        assertThat(after.path("state").asText()).isEqualTo("published");
        assertThat(after.path("adapter").asText()).isEqualTo(person.name + "/un");
        assertThat(client.publish(upload, CARD).statusCode()).isEqualTo(409);
    }

    @Test
    void publishing_again_under_a_name_creates_the_next_version() {
        assertThat(client.publish(checked(demoAdapter("un")), CARD).statusCode())
                .isEqualTo(201);

        JsonNode again = UploadClient.json(client.publish(
                checked(demoAdapter("re").with("README.md", "# Another title")),
                "{\"name\": \"un\", \"notes\": \"Better.\", \"licence\": \"Apache-2.0\"}"));

        assertThat(again.path("title").asText()).isEqualTo("Prefix un-");
        assertThat(again.path("licence").asText()).isEqualTo("Apache-2.0");
        assertThat(again.path("visibility").asText()).isEqualTo("public");
        assertThat(again.path("tags").toString()).isEqualTo("[\"spelling\"]");
        assertThat(again.path("versions").get(0).path("label").asText()).isEqualTo("1.1.0");
        assertThat(again.path("versions").get(0).path("notes").asText()).isEqualTo("Better.");
    }

    @Test
    void the_very_same_files_are_no_new_version() {
        AdapterFiles un = demoAdapter("un");
        assertThat(client.publish(checked(un), CARD).statusCode()).isEqualTo(201);
        JsonNode again = checked(un);

        HttpResponse<String> refused = client.publish(again, "{\"name\": \"un\", \"notes\": \"Better.\"}");

        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
        assertThat(UploadClient.json(refused).path("detail").asText())
                .contains(
                        "the files of %s/un 1.0.0".formatted(person.name),
                        "/%s/un?version=1.0.0".formatted(person.name));
        assertThat(client.get(again).path("state").asText()).isEqualTo("passed");
    }

    @Test
    void an_upload_for_an_adapter_becomes_its_next_version() {
        assertThat(client.publish(checked(demoAdapter("un")), CARD).statusCode())
                .isEqualTo(201);
        JsonNode upload = checked(demoAdapter("re"));
        assertThat(client.change(upload, "{\"adapter\": \"%s/un\"}".formatted(person.name))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> published = client.publish(upload, "{\"notes\": \"Better.\"}");

        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        JsonNode adapter = UploadClient.json(published);
        assertThat(adapter.path("title").asText()).isEqualTo("Prefix un-");
        assertThat(adapter.path("visibility").asText()).isEqualTo("public");
        assertThat(adapter.path("versions").get(0).path("label").asText()).isEqualTo("1.1.0");
        assertThat(adapter.path("versions").get(0).path("notes").asText()).isEqualTo("Better.");
    }

    @Test
    void who_has_left_the_publisher_no_longer_reads_the_card_of_its_adapter() {
        Adapter theirs = hub.adapter(hub.person(Role.MEMBER), Visibility.PRIVATE);
        long publisher = theirs.publisher.id;
        QuarkusTransaction.requiringNew()
                .run(() -> Publisher.<Publisher>findById(publisher).members.add(Person.findById(person.id)));
        JsonNode upload = checked(demoAdapter("un"));
        assertThat(client.change(upload, "{\"adapter\": \"%s\"}".formatted(theirs.address()))
                        .statusCode())
                .isEqualTo(200);
        assertThat(client.get(upload).path("card").path("title").asText()).isEqualTo(theirs.title);

        QuarkusTransaction.requiringNew()
                .run(() -> Publisher.<Publisher>findById(publisher)
                        .members
                        .removeIf(member -> member.id.equals(person.id)));

        JsonNode left = client.get(upload);
        assertThat(left.path("state").asText()).isEqualTo("passed");
        assertThat(left.path("card").has("title")).isFalse();
        assertThat(client.publish(upload, "{\"notes\": \"Mine.\"}").statusCode())
                .isEqualTo(403);
    }

    @Test
    void all_that_is_missing_is_said_at_once_and_nothing_is_published() {
        JsonNode upload = checked(demoAdapter("un"));

        HttpResponse<String> answer = client.publish(
                upload,
                "{\"name\": \"No Name\", \"version\": \"one\", \"licence\": \"mine\", \"training_data\": \"%s\"}"
                        .formatted("x".repeat(4001)));

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(UploadClient.json(answer).path("causes").findValuesAsText("field"))
                .contains("name", "version", "title", "licence", "training_data");
        assertThat(client.get(upload).path("state").asText()).isEqualTo("passed");
        assertThat(client.publish(upload, "{\"visibility\": \"secret\"}").statusCode())
                .isEqualTo(422);
    }

    @Test
    void a_faulty_one_says_what_to_do_and_is_fixed_by_another_file() {
        AdapterFiles faulty = demoAdapter("gerund").replacing("\"r\": 8", "\"r\": 4");
        JsonNode upload = checked(faulty);
        assertThat(upload.path("state").asText()).isEqualTo("failed");
        assertThat(state(upload, "ranks")).isEqualTo("failed");
        HttpResponse<String> refused = client.publish(upload, CARD);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(UploadClient.json(refused).path("detail").asText()).isEqualTo("The checks found 24 faults.");
        assertThat(UploadClient.json(refused).path("causes").findValuesAsText("message"))
                .hasSize(4)
                .last()
                .isEqualTo("There are 21 more faults like these.");
        assertThat(UploadClient.json(refused)
                        .path("causes")
                        .get(0)
                        .path("field")
                        .asText())
                .isEqualTo("files");

        byte[] config = demoAdapter("gerund").get(CONFIG);
        JsonNode corrected = UploadClient.json(client.announceMore(upload, Map.of(CONFIG, (long) config.length)));
        assertThat(client.append(UploadClient.file(corrected, CONFIG), 0, config)
                        .statusCode())
                .isEqualTo(204);

        assertThat(client.awaitChecks(upload).path("state").asText()).isEqualTo("passed");
        assertThat(client.publish(upload, CARD).statusCode()).isEqualTo(201);
    }

    @Test
    void a_base_model_that_is_a_folder_of_somebody_is_fixed_by_naming_it() {
        JsonNode upload = checked(demoAdapter("un").replacing("lorahub/demo-base", "/home/lab/models/base"));
        assertThat(state(upload, "base-model")).isEqualTo("failed");

        assertThat(client.change(upload, "{\"base_model\": \"lorahub/demo-base\"}")
                        .statusCode())
                .isEqualTo(200);

        JsonNode corrected = client.awaitChecks(upload);
        assertThat(corrected.path("state").asText()).isEqualTo("passed");
        assertThat(corrected.path("facts").path("base_model").asText()).isEqualTo("lorahub/demo-base");
        assertThat(state(corrected, "base-shapes")).isEqualTo("passed");
    }

    @Test
    void pickled_weights_are_converted_and_not_offered() {
        JsonNode upload = checked(AdapterFiles.of(Reference.path("adapters/bin")));

        assertThat(upload.path("files").findValuesAsText("name")).containsExactlyInAnyOrder(CONFIG, WEIGHTS);
        assertThat(upload.toString()).contains("was converted to adapter_model.safetensors");
        assertThat(client.head(upload.path("url").asText() + "/files/adapter_model.bin")
                        .statusCode())
                .isEqualTo(404);
    }

    @Test
    void the_same_weights_of_another_member_are_named() {
        UploadClient other = new UploadClient(server, hub.token(hub.person(Role.MEMBER), Scope.WRITE));
        AdapterFiles plural = demoAdapter("plural");
        assertThat(client.publish(checked(plural), CARD).statusCode()).isEqualTo(201);

        JsonNode copy = other.checked(plural.map());

        assertThat(state(copy, "exact-duplicate")).isEqualTo("warned");
        assertThat(copy.toString()).contains(person.name + "/un");
        HttpResponse<String> published = other.publish(copy, CARD);
        assertThat(published.statusCode()).isEqualTo(422);
        assertThat(UploadClient.json(published)
                        .path("causes")
                        .get(0)
                        .path("field")
                        .asText())
                .isEqualTo("visibility");
    }

    @Test
    void a_change_of_an_older_state_is_refused() {
        JsonNode upload = checked(demoAdapter("un"));
        HttpResponse<String> answer =
                client.send(client.request(upload.path("url").asText())
                        .header("Content-Type", "application/json")
                        .header("If-Match", "\"0\"")
                        .method("PATCH", BodyPublishers.ofString("{\"title\": \"Un\"}")));
        assertThat(answer.statusCode()).isEqualTo(412);
    }

    @Test
    void nobody_else_sees_changes_or_publishes_it() {
        JsonNode upload = checked(demoAdapter("un"));
        UploadClient other = new UploadClient(server, hub.token(hub.person(Role.ADMIN), Scope.ADMINISTER));
        String url = upload.path("url").asText();

        assertThat(other.send(other.request(url).GET()).statusCode()).isEqualTo(404);
        for (String path : new String[] {"/publication", "/checks"}) {
            assertThat(other.send(other.request(url + path)
                                    .header("Content-Type", "application/json")
                                    .POST(BodyPublishers.ofString("{}")))
                            .statusCode())
                    .isEqualTo(404);
        }
        assertThat(other.send(other.request(url)
                                .header("Content-Type", "application/json")
                                .method("PATCH", BodyPublishers.ofString("{}")))
                        .statusCode())
                .isEqualTo(404);
    }

    private static AdapterFiles demoAdapter(String name) {
        return AdapterFiles.of(DemoHub.open().adaptersFolder().resolve(name)).unique();
    }

    private JsonNode checked(AdapterFiles files) {
        return client.checked(files.map());
    }

    private static String state(JsonNode upload, String check) {
        return UploadClient.check(upload, check).path("state").asText();
    }
}
