package io.lorahub.upload.check;

import static io.lorahub.testsupport.AdapterBuilder.anAdapter;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorahub.account.AccessToken.Scope;
import io.lorahub.account.Person;
import io.lorahub.account.Role;
import io.lorahub.adapter.Adapter;
import io.lorahub.adapter.Visibility;
import io.lorahub.testsupport.AdapterFiles;
import io.lorahub.testsupport.AsBrowser;
import io.lorahub.testsupport.Hub;
import io.lorahub.testsupport.PostgresResource;
import io.lorahub.testsupport.UploadClient;
import io.lorahub.testsupport.WithUploadChecks;
import io.lorahub.testsupport.hostile.Disguise;
import io.quarkus.narayana.jta.QuarkusTransaction;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Members who upload a disguised copy of an adapter are told whose it is, and so is everybody who sees the copy. */
@QuarkusTest
@WithUploadChecks
@QuarkusTestResource(PostgresResource.class)
class NearDuplicateTest {

    private final Hub hub;

    @TestHTTPResource
    URI server;

    @TempDir
    Path dir;

    NearDuplicateTest(Hub hub) {
        this.hub = hub;
    }

    @ParameterizedTest
    @EnumSource(Disguise.class)
    void a_copy_in_other_factors_names_the_original_on_its_upload_and_on_its_page(Disguise disguise) {
        Person author = hub.person(Role.MEMBER);
        Path files = adapter(author);
        publish(author, checked(author, files), "past");
        String original = author.name + "/past";
        Person copier = hub.person(Role.MEMBER);

        JsonNode upload = checked(copier, disguise.copy(files, dir, "disguised"));

        JsonNode finding =
                UploadClient.check(upload, "near-duplicate").path("findings").path(0);
        assertThat(finding.path("subject").asText()).isEqualTo(original);
        assertThat(finding.path("message").asText()).contains(original + " 1.0.0", "100\u00a0% alike");
        assertThat(UploadClient.check(upload, "exact-duplicate").path("state").asText())
                .isEqualTo("passed");
        Document draft = page(copier, "/uploads/" + upload.path("id").asText());
        assertThat(draft.select("#checks .finding a[href='/%s']".formatted(original)))
                .hasSize(1);

        publish(copier, upload, "disguised");

        Document copy = page(null, "/" + copier.name + "/disguised");
        assertThat(copy.select("#similar a[href='/%s']".formatted(original)).text())
                .isEqualTo(original);
        assertThat(copy.select("#similar tbody td").eachText()).containsExactly("100 %");
        assertThat(copy.select("main > .gap-below .notice").text()).startsWith("100 % like " + original + ".");
        assertThat(page(null, "/" + original).select("main > .gap-below .notice"))
                .isEmpty();
        assertThat(page(null, "/" + original).select("#similar a").eachAttr("href"))
                .contains("/" + copier.name + "/disguised");
    }

    @Test
    void each_version_has_its_own_likeness() {
        Person author = hub.person(Role.MEMBER);
        Path files = adapter(author);
        publish(author, checked(author, files), "past");
        String original = author.name + "/past";
        Person copier = hub.person(Role.MEMBER);
        publish(copier, checked(copier, Disguise.values()[0].copy(files, dir, "disguised")), "own");
        publish(copier, checked(copier, adapter(copier)), "own");

        String path = "/" + copier.name + "/own";
        assertThat(page(null, path).select("main > .gap-below .notice")).isEmpty();
        assertThat(page(null, path).select("#similar a").eachText()).doesNotContain(original);
        assertThat(page(null, path + "?version=1.0.0")
                        .select("main > .gap-below .notice")
                        .text())
                .startsWith("100 % like " + original + ".");
    }

    @Test
    void moderators_see_public_originals_only_with_the_versions_that_are_alike() {
        Person author = hub.person(Role.MEMBER);
        Path files = adapter(author);
        publish(author, checked(author, files), "past");
        Person copier = hub.person(Role.MEMBER);
        publish(copier, checked(copier, Disguise.values()[0].copy(files, dir, "disguised")), "copy");
        publish(copier, checked(copier, adapter(copier)), "copy");
        String session = hub.session(hub.person(Role.MODERATOR));
        String path = "/moderation/cases/" + copier.name + "/copy";

        assertThat(Jsoup.parse(AsBrowser.given(session).get(path).asString())
                        .select("table th")
                        .eachText())
                .contains(copier.name + "/copy 1.0.0", author.name + "/past 1.0.0");

        QuarkusTransaction.requiringNew()
                .run(() -> Adapter.at(author.name, "past").orElseThrow().visibility = Visibility.PRIVATE);

        assertThat(AsBrowser.given(session).get(path).asString()).doesNotContain(author.name);
    }

    @Test
    void another_adapter_is_nobodys_duplicate() {
        Person author = hub.person(Role.MEMBER);
        publish(author, checked(author, adapter(author)), "past");
        Person other = hub.person(Role.MEMBER);

        JsonNode upload = checked(other, adapter(other));

        assertThat(UploadClient.check(upload, "near-duplicate").path("state").asText())
                .isEqualTo("passed");
    }

    /** A unique one, because similarity depends on everything that is published. */
    private Path adapter(Person author) {
        return anAdapter()
                .seeded(1_000_000 + author.id)
                .ofRank(4)
                .ofShape(20, 30)
                .in(dir, author.name);
    }

    private UploadClient client(Person person) {
        return new UploadClient(server, hub.token(person, Scope.WRITE));
    }

    private JsonNode checked(Person person, Path folder) {
        return client(person).checked(AdapterFiles.of(folder).map());
    }

    private void publish(Person person, JsonNode upload, String name) {
        HttpResponse<String> published = client(person)
                .publish(
                        upload,
                        "{\"name\": \"%s\", \"title\": \"Changes words\", \"licence\": \"MIT\", \"visibility\": \"public\"}"
                                .formatted(name));
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
    }

    private Document page(Person person, String path) {
        RequestSpecification browser = person == null ? AsBrowser.given() : AsBrowser.given(hub.session(person));
        return Jsoup.parse(browser.get(path).asString());
    }
}
