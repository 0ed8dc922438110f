package io.lorahub.upload.readme;

import static io.lorahub.testsupport.AdapterFiles.CONFIG;
import static io.lorahub.testsupport.AdapterFiles.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.WithUploadChecks;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The README.md of an upload as the beginning of a card. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class UploadedReadmeTest {

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    private UploadClient client;

    UploadedReadmeTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @BeforeEach
    void signIn() {
        Person person = hub.person(Role.MEMBER);
        demo.publish(person);
        client = new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    @Test
    void the_card_begins_with_what_the_README_says() {
        JsonNode upload = checked(
                demoAdapter("un")
                        .with(
                                "README.md",
                                "---\nlicense: mit\ntags: [spelling]\nlanguage: en\n---\n# Prefix un-\n\nPuts un before a word."));

        JsonNode card = upload.path("card");
        assertThat(card.path("title").asText()).isEqualTo("Prefix un-");
        assertThat(card.path("summary").asText()).isEqualTo("Puts un before a word.");
        HttpResponse<String> published = client.publish(upload, "{\"name\": \"un-with-readme\"}");
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        JsonNode adapter = UploadClient.json(published);
        assertThat(adapter.path("licence").asText()).isEqualTo("MIT");
        assertThat(adapter.path("visibility").asText()).isEqualTo("private");
        assertThat(adapter.path("versions").get(0).path("files").findValuesAsText("name"))
                .contains("README.md");
    }

    @Test
    void a_README_that_does_not_fit_hinders_nothing_and_is_warned_of() {
        AdapterFiles awkward = demoAdapter("un").with("README.md", "---\nlanguage: multilingual\n---\n# Un");
        publishesWithWarning(checked(awkward), "awkward");

        AdapterFiles files = demoAdapter("re");
        JsonNode large = client.announced(Map.of(
                CONFIG,
                (long) files.get(CONFIG).length,
                WEIGHTS,
                (long) files.get(WEIGHTS).length,
                "README.md",
                1_200_000L));
        for (String name : List.of(CONFIG, WEIGHTS)) {
            assertThat(client.append(UploadClient.file(large, name), 0, files.get(name))
                            .statusCode())
                    .isEqualTo(204);
        }
        publishesWithWarning(client.awaitChecks(large), "large");
    }

    private void publishesWithWarning(JsonNode upload, String name) {
        assertThat(upload.path("state").asText()).isEqualTo("passed");
        assertThat(state(upload, "readme")).isEqualTo("warned");
        HttpResponse<String> published =
                client.publish(upload, "{\"name\": \"%s\", \"title\": \"Un\", \"licence\": \"MIT\"}".formatted(name));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
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
