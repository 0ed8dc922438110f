package io.lorahub.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.demo.DemoHub;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.DemoOnHub;
import io.lorahub.testsupport.Disguise;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.WithDoctor;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who uploads another's adapter in disguise reads whose it is; and so does everybody who sees the copy. */
@QuarkusTest
@TestProfile(WithDoctor.class)
@QuarkusTestResource(PostgresResource.class)
class NearDuplicateTest {

    private final Hub hub;
    private final DemoOnHub demo;

    @TestHTTPResource
    URI server;

    @TempDir
    Path dir;

    NearDuplicateTest(Hub hub, DemoOnHub demo) {
        this.hub = hub;
        this.demo = demo;
    }

    @ParameterizedTest
    @EnumSource(Disguise.class)
    void a_copy_in_other_factors_names_the_original_on_its_upload_and_on_its_page(Disguise disguise) {
        String adapter = adapter(disguise);
        Person author = hub.person(Role.MEMBER);
        demo.publish(author); // the base model
        publish(author, checked(author, folder(adapter)), adapter);
        String original = author.name + "/" + adapter;
        Person copier = hub.person(Role.MEMBER);

        JsonNode upload = checked(copier, disguise.copy(folder(adapter), dir, adapter));

        JsonNode finding = check(upload, "near-duplicate").path("findings").path(0);
        assertThat(finding.path("subject").asText()).isEqualTo(original);
        assertThat(finding.path("message").asText()).contains(original + " 1.0.0", "100 % alike");
        assertThat(check(upload, "exact-duplicate").path("state").asText()).isEqualTo("passed");
        Document draft = page(copier, "/uploads/" + upload.path("id").asText());
        assertThat(draft.select("#doctor .finding a[href='/%s']".formatted(original)))
                .hasSize(1);

        publish(copier, upload, "disguised");

        Document copy = page(null, "/" + copier.name + "/disguised");
        assertThat(copy.select("#relatives a[href='/%s']".formatted(original)).text())
                .isEqualTo(original);
        assertThat(copy.select("#relatives tbody td").eachText()).contains("100 %");
        assertThat(page(null, "/" + original).select("#relatives a").eachAttr("href"))
                .contains("/" + copier.name + "/disguised");
    }

    @Test
    void another_adapter_is_nobodys_duplicate() {
        Person author = hub.person(Role.MEMBER);
        demo.publish(author);
        publish(author, checked(author, folder("anti")), "anti");

        JsonNode upload = checked(hub.person(Role.MEMBER), folder("brackets"));

        assertThat(check(upload, "near-duplicate").path("state").asText()).isEqualTo("passed");
    }

    /** One for each, as what one test publishes is there for the others. */
    private static String adapter(Disguise disguise) {
        return switch (disguise) {
            case RESCALED -> "un";
            case ROTATED -> "past";
            case RERANKED -> "plural";
        };
    }

    private static Path folder(String adapter) {
        return DemoHub.open().adaptersFolder().resolve(adapter);
    }

    private UploadClient client(Person person) {
        return new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    private JsonNode checked(Person person, Path folder) {
        UploadClient client = client(person);
        JsonNode upload = client.upload(AdapterFiles.of(folder).map());
        return await().until(
                        () -> client.get(upload),
                        now -> !now.path("state").asText().equals("checking"));
    }

    private void publish(Person person, JsonNode upload, String name) {
        UploadClient client = client(person);
        HttpResponse<String> published =
                client.send(client.request(upload.path("url").asText() + "/publication")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(
                                "{\"name\": \"%s\", \"title\": \"Changes words\", \"licence\": \"MIT\", \"visibility\": \"public\"}"
                                        .formatted(name))));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
    }

    private Document page(Person person, String path) {
        var browser = person == null ? AsBrowser.given() : AsBrowser.given(hub.session(person));
        return Jsoup.parse(browser.get(path).asString());
    }

    private static JsonNode check(JsonNode upload, String id) {
        for (JsonNode one : upload.path("findings")) {
            if (one.path("id").asText().equals(id)) return one;
        }
        throw new AssertionError("no check " + id + " in " + upload);
    }
}
